package gitops

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
)

// Supplier is one supplier's objects.
type Supplier struct {
	Namespace     corev1.Namespace
	Provider      v1alpha1.SupportProvider
	Kustomization map[string]any // as it stands in the folder; nil if there is none
}

// Name of the folder, which is the SupportProvider's.
func (s Supplier) Name() string { return s.Provider.Name }

// Code of the supplier.
func (s Supplier) Code() string { return string(s.Provider.Spec.OrganisationCode) }

func (s Supplier) encode() ([]File, error) {
	return encodeFolder(s.Name(), []content{
		{providerFile, providerHeader, []any{&s.Provider}},
		{namespaceFile, providerHeader, []any{&s.Namespace}},
	}, s.Kustomization, nil)
}

// readSuppliers reads the suppliers' folders that the import wrote.
func (e *Earlier) readSuppliers(dir string) error {
	paths, err := filepath.Glob(filepath.Join(escape(dir), "*", providerFile))
	if err != nil {
		return fmt.Errorf("look for earlier imports in %s: %w", dir, err)
	}
	for _, path := range paths {
		s, found, err := readSupplier(filepath.Dir(path))
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if other, twice := e.Suppliers[s.Code()]; twice {
			return fmt.Errorf("%s: the folders %s and %s both hold the supplier %s: remove one", dir, other.Name(), s.Name(), s.Code())
		}
		e.Suppliers[s.Code()] = s
	}
	return nil
}

func readSupplier(dir string) (Supplier, bool, error) {
	var s Supplier
	found, err := readMarked(filepath.Join(dir, providerFile), one(&s.Provider))
	if err != nil || !found {
		return Supplier{}, false, err
	}
	if name := filepath.Base(dir); s.Name() != name || s.Code() == "" {
		return Supplier{}, false, fmt.Errorf("%s: expected the SupportProvider %s with its organisationCode: restore the file from version control", filepath.Join(dir, providerFile), name)
	}
	_, namespaceErr := readMarked(filepath.Join(dir, namespaceFile), one(&s.Namespace))
	_, kustomizationErr := readMarked(filepath.Join(dir, kustomizationFile), one(&s.Kustomization))
	if err := errors.Join(namespaceErr, kustomizationErr); err != nil {
		return Supplier{}, false, err
	}
	return s, true, nil
}

// AddSuppliers plans the suppliers of a list. Those that the list no longer holds are gone.
func (p *Plan) AddSuppliers(list []estate.Supplier) {
	names := p.supplierNames(list)
	for _, s := range list {
		earlier, found := p.earlier.Suppliers[s.Code]
		if found {
			p.BeforeSuppliers = append(p.BeforeSuppliers, earlier.estate())
		}
		p.Suppliers = append(p.Suppliers, earlier.renew(s, names[s.Code]))
		delete(p.earlier.Retired.Providers, s.Code)
	}
	for _, code := range slices.Sorted(maps.Keys(p.earlier.Suppliers)) {
		if _, listed := names[code]; !listed {
			p.Gone.Suppliers = append(p.Gone.Suppliers, p.earlier.Suppliers[code])
			p.BeforeSuppliers = append(p.BeforeSuppliers, p.earlier.Suppliers[code].estate())
		}
	}
}

// supplierNames gives names to the suppliers of a list. They become namespaces, so no consortium may
// bear or have borne them.
func (p Plan) supplierNames(list []estate.Supplier) map[string]string {
	given, titles := p.earlier.supplierNames(), map[string]string{}
	for _, s := range list {
		titles[s.Code] = s.Title
	}
	taken := slices.Concat(slices.Collect(maps.Values(given)), slices.Collect(maps.Values(p.earlier.consortiumNames())), slices.Collect(maps.Values(p.names)))
	return naming.Provider.Allocate(titles, given, taken)
}

// supplierNames are the names that suppliers have or had, by organisation code.
func (e Earlier) supplierNames() map[string]string {
	names := with(maps.Clone(e.Retired.Providers), nil)
	for code, s := range e.Suppliers {
		names[code] = s.Name()
	}
	return names
}

func (s Supplier) estate() estate.Supplier {
	return estate.Supplier{Code: s.Code(), Title: string(s.Provider.Spec.DisplayName), Sector: s.Provider.Spec.Sector}
}

// renew writes what the list says of a supplier, which may have stood before.
func (s Supplier) renew(listed estate.Supplier, name string) Supplier {
	out := Supplier{Provider: *s.Provider.DeepCopy(), Kustomization: s.Kustomization}
	provider := &out.Provider
	provider.APIVersion, provider.Kind = v1alpha1.GroupVersion.String(), v1alpha1.SupportProviderKind
	provider.Name = name
	provider.Spec.OrganisationCode = v1alpha1.OrganisationCode(listed.Code)
	provider.Spec.DisplayName = v1alpha1.Title(listed.Title)
	provider.Spec.Sector = cmp.Or(listed.Sector, provider.Spec.Sector, v1alpha1.SectorNHS)
	in := string(cmp.Or(provider.Spec.Namespace, v1alpha1.ObjectName(name)))
	out.Namespace = namespace(s.Namespace, in, v1alpha1.ProviderLabel, name)
	return out
}

// Customers counts the agreements that imports wrote into the folder and that name a supplier.
func (p Plan) Customers(supplier string) int {
	n := 0
	for _, folder := range p.earlier.Folders {
		for _, a := range folder.Agreements {
			if slices.ContainsFunc(a.Spec.Suppliers, func(s v1alpha1.Supplier) bool { return string(s.Provider) == supplier }) {
				n++
			}
		}
	}
	return n
}
