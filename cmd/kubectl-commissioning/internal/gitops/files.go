package gitops

import (
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"
)

// files of the plan, those above the folders last: they list what must be there before.
func (p Plan) files() ([]File, error) {
	var files []File
	for _, folder := range p.Folders {
		encoded, err := folder.encode()
		if err != nil {
			return nil, err
		}
		files = append(files, encoded...)
	}
	for _, supplier := range p.Suppliers {
		encoded, err := supplier.encode()
		if err != nil {
			return nil, err
		}
		files = append(files, encoded...)
	}
	names, gone := p.folderNames()
	kustomization, err := encodeKustomization(header, p.earlier.Kustomization, names, gone)
	if err != nil {
		return nil, err
	}
	if retired := p.earlier.Retired; len(retired.Consortia)+len(retired.Providers) > 0 {
		data, err := yaml.Marshal(retired)
		if err != nil {
			return nil, fmt.Errorf("write %s as YAML: %w", retiredFile, err)
		}
		files = append(files, File{Path: retiredFile, Data: append([]byte(retiredHeader), data...)})
	}
	return append(files, File{Path: kustomizationFile, Data: kustomization}), nil
}

// folderNames are those that stand after the plan, and those that it let go.
func (p Plan) folderNames() (names, gone []string) {
	standing := map[string]bool{}
	for _, folder := range slices.Concat(slices.Collect(maps.Values(p.earlier.Folders)), p.Folders) {
		standing[folder.Name()] = true
	}
	for _, supplier := range slices.Concat(slices.Collect(maps.Values(p.earlier.Suppliers)), p.Suppliers) {
		standing[supplier.Name()] = true
	}
	for _, r := range p.removals() {
		gone = append(gone, r.folder)
	}
	return slices.Sorted(maps.Keys(standing)), gone
}

// removals are the folders of those that were let go.
func (p Plan) removals() []removal {
	var all []removal
	for _, folder := range p.Gone.Consortia {
		if _, kept := p.earlier.Folders[folder.Code()]; !kept {
			all = append(all, removal{folder.Name(), []string{namespaceFile, agreementFile, memberFunctionFile, localitiesFile, kustomizationFile, consortiumFile}, true})
		}
	}
	for _, supplier := range p.Gone.Suppliers {
		if _, kept := p.earlier.Suppliers[supplier.Code()]; !kept {
			all = append(all, removal{supplier.Name(), []string{namespaceFile, kustomizationFile, providerFile}, true})
		}
	}
	return all
}
