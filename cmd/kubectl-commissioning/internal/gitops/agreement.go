package gitops

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
)

// AgreementPlan is what an import of agreements makes of the output folder.
type AgreementPlan struct {
	Folders []Folder // of the consortia that have or had agreements, by code
	Gone    []GoneAgreement
	Before  []estate.Agreement // what the folder held

	letGo bool
}

// GoneAgreement is an agreement that the spreadsheet no longer holds. It stays in the output folder
// until somebody lets it go.
type GoneAgreement struct {
	Folder    Folder
	Agreement v1alpha1.SupportAgreement
}

// NewAgreementPlan says what becomes of the agreements in the output folder. All consortia of the
// list are there.
func NewAgreementPlan(list []estate.Agreement, earlier Earlier) AgreementPlan {
	var p AgreementPlan
	for _, code := range slices.Sorted(maps.Keys(earlier.Folders)) {
		folder := earlier.Folders[code]
		listed := slices.DeleteFunc(slices.Clone(list), func(a estate.Agreement) bool { return a.Consortium != code })
		if len(listed)+len(folder.Agreements) == 0 {
			continue
		}
		for _, a := range folder.Agreements {
			p.Before = append(p.Before, agreementEstate(code, a))
		}
		p.Folders = append(p.Folders, p.renew(folder, listed))
	}
	return p
}

// renew gives a folder the agreements that are listed, and keeps those that are gone.
func (p *AgreementPlan) renew(folder Folder, listed []estate.Agreement) Folder {
	before := folder.Agreements
	folder.Agreements = nil
	for _, a := range listed {
		i := slices.IndexFunc(before, func(b v1alpha1.SupportAgreement) bool { return string(b.Spec.Function) == a.Function })
		var earlier v1alpha1.SupportAgreement
		if i >= 0 {
			earlier = before[i]
		}
		folder.Agreements = append(folder.Agreements, agreement(a, earlier, folder.namespace()))
	}
	for _, b := range before {
		if !slices.ContainsFunc(listed, func(a estate.Agreement) bool { return a.Function == string(b.Spec.Function) }) {
			p.Gone = append(p.Gone, GoneAgreement{Folder: folder, Agreement: b})
			folder.Agreements = append(folder.Agreements, b)
		}
	}
	return folder
}

// LetGo removes from the plan what is gone.
func (p *AgreementPlan) LetGo() {
	p.letGo = true
	for i := range p.Folders {
		folder := &p.Folders[i]
		folder.Agreements = slices.DeleteFunc(folder.Agreements, func(a v1alpha1.SupportAgreement) bool {
			return slices.ContainsFunc(p.Gone, func(g GoneAgreement) bool {
				return g.Folder.Name() == folder.Name() && g.Agreement.Spec.Function == a.Spec.Function
			})
		})
		if len(folder.Agreements) == 0 {
			folder.unlisted = []string{agreementFile}
		}
	}
}

// files are the agreements of each consortium and the kustomization that lists them. The rest of the
// folder is not for this import to write.
func (p AgreementPlan) files() ([]File, error) {
	var files []File
	for _, folder := range p.Folders {
		encoded, err := folder.encode()
		if err != nil {
			return nil, err
		}
		for _, file := range encoded {
			if base := filepath.Base(file.Path); base == agreementFile || base == kustomizationFile {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// removals are the files of the consortia that have no agreements any more.
func (p AgreementPlan) removals() []removal {
	var all []removal
	for _, folder := range p.Folders {
		if p.letGo && len(folder.Agreements) == 0 {
			all = append(all, removal{folder: folder.Name(), files: []string{agreementFile}})
		}
	}
	return all
}

// agreement writes what the list says of an agreement, which may have stood before.
func agreement(a estate.Agreement, earlier v1alpha1.SupportAgreement, namespace string) v1alpha1.SupportAgreement {
	out := *earlier.DeepCopy()
	out.APIVersion, out.Kind = v1alpha1.GroupVersion.String(), v1alpha1.SupportAgreementKind
	out.Name, out.Namespace = cmp.Or(out.Name, a.Function), namespace
	out.Spec.Function = v1alpha1.ObjectName(a.Function)
	out.Spec.Term = v1alpha1.Term{Start: v1alpha1.Date(a.Start), End: v1alpha1.Date(a.End)}
	out.Spec.Suppliers = nil
	for _, choice := range a.Choices {
		out.Spec.Suppliers = append(out.Spec.Suppliers, supplierOf(choice, earlier))
	}
	return out
}

// supplierOf writes one choice. What people have said of that supplier stays: its standing, and the
// purposes for which data is shared with it.
func supplierOf(choice estate.Choice, earlier v1alpha1.SupportAgreement) v1alpha1.Supplier {
	out := v1alpha1.Supplier{Provider: v1alpha1.ObjectName(choice.Provider), Service: v1alpha1.ObjectName(choice.Service)}
	for _, s := range earlier.Spec.Suppliers {
		if s.Provider == out.Provider && serviceOf(s, earlier.Spec.Function) == choice.Service {
			out = *s.DeepCopy()
		}
	}
	if choice.Reference == "" {
		out.DataSharing = v1alpha1.DataSharing{}
		return out
	}
	out.DataSharing.Reference = v1alpha1.Title(choice.Reference)
	out.DataSharing.Expires = v1alpha1.Date(choice.Expires)
	return out
}

// serviceOf a supplier, empty if it is named as the function.
func serviceOf(s v1alpha1.Supplier, function v1alpha1.ObjectName) string {
	if s.Service == function {
		return ""
	}
	return string(s.Service)
}

// agreementEstate reads an agreement back as a spreadsheet would describe it.
func agreementEstate(code string, a v1alpha1.SupportAgreement) estate.Agreement {
	out := estate.Agreement{Consortium: code, Function: string(a.Spec.Function), Start: string(a.Spec.Term.Start), End: string(a.Spec.Term.End)}
	for _, s := range a.Spec.Suppliers {
		out.Choices = append(out.Choices, estate.Choice{Provider: string(s.Provider), Service: serviceOf(s, a.Spec.Function),
			Reference: string(s.DataSharing.Reference), Expires: string(s.DataSharing.Expires)})
	}
	return out
}
