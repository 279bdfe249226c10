// Package gitops turns an estate into the files of a Git repository, and reads back what an earlier
// import wrote there: one folder a consortium or supplier, each with a kustomization.yaml, and one
// above them.
//
// The import owns what its source says. Fields, labels and resources that people add to its
// files are kept; comments are not. Files that it did not write are never touched.
package gitops

import "path/filepath"

// Names of the files in a folder. The consortium's or the supplier's own says whose folder it is, so
// it is written first and removed last.
const (
	agreementFile      = "supportagreements.yaml"
	consortiumFile     = "consortium.yaml"
	kustomizationFile  = "kustomization.yaml"
	localitiesFile     = "localities.yaml"
	memberFunctionFile = "memberfunctions.yaml"
	namespaceFile      = "namespace.yaml"
	providerFile       = "provider.yaml"

	// retiredFile stands beside the folders: names of those that left, never to be given again.
	retiredFile = "retired-names.yaml"
)

// mark is how a file says that an import wrote it.
const mark = "# Written by kubectl commissioning import "

const header = mark + `gp-registrations. The next import rewrites this file and
# keeps what the publication does not know (access, quota, labels), but no comments.
# Source: "Patients Registered at a GP Practice", NHS Digital. Contains public sector information
# licensed under the Open Government Licence v3.0.
`

const providerHeader = mark + `gp-registrations. The next import rewrites this file and
# keeps what the list of support units does not know (access, assurances, quota, labels), but no
# comments. Source: codes and names of the Organisation Data Service, NHS Digital. Contains public
# sector information licensed under the Open Government Licence v3.0.
`

const agreementHeader = mark + `agreements. The next import rewrites this file and keeps
# what the spreadsheet does not know (failover, standing, purposes, labels), but no comments.
`

const retiredHeader = mark + `gp-registrations. It holds the names of
# consortia and suppliers that left, by organisation code: their namespaces may still hold their
# data, so these names are given to nobody else.
`

// File is a file to be written, by its path below the output folder.
type File struct {
	Path string
	Data []byte
}

func inFolder(folder, file string) string { return filepath.Join(folder, file) }
