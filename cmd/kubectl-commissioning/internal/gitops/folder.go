package gitops

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
)

// Folder is one consortium's objects.
type Folder struct {
	Namespace       corev1.Namespace
	Consortium      v1alpha1.Consortium
	Localities      []v1alpha1.Locality       // by name
	MemberFunctions []v1alpha1.MemberFunction // by name
	Agreements      []v1alpha1.SupportAgreement
	Kustomization   map[string]any // as it stands in the folder; nil if there is none
	unlisted        []string       // files that the kustomization lists no more
}

// Name of the folder, which is the Consortium's.
func (f Folder) Name() string { return f.Consortium.Name }

// Code of the consortium.
func (f Folder) Code() string { return string(f.Consortium.Spec.OrganisationCode) }

// Estate reads the folder back as the publication would describe it. Its region is the label's.
func (f Folder) Estate() estate.Consortium {
	c := estate.Consortium{Code: f.Code(), Title: string(f.Consortium.Spec.DisplayName), Region: f.Consortium.Labels[v1alpha1.RegionLabel]}
	for _, l := range f.Localities {
		locality := estate.Locality{Code: string(l.Spec.OrganisationCode), Title: string(l.Spec.DisplayName)}
		for _, p := range l.Spec.Practices {
			locality.Practices = append(locality.Practices, estate.Practice{Code: string(p.OrganisationCode), Name: p.Name, Patients: p.RegisteredPatients})
		}
		c.Localities = append(c.Localities, locality)
	}
	slices.SortFunc(c.Localities, func(x, y estate.Locality) int { return cmp.Compare(x.Code, y.Code) })
	return c
}

// asOf is the newest day of the folder's lists, year-month-day.
func (f Folder) asOf() string {
	newest := ""
	for _, l := range f.Localities {
		newest = max(newest, string(l.Spec.RegisteredAsOf))
	}
	return newest
}

// locality with an organisation code; none stands for the practices without a network.
func (f Folder) locality(code string) (v1alpha1.Locality, bool) {
	i := slices.IndexFunc(f.Localities, func(l v1alpha1.Locality) bool { return string(l.Spec.OrganisationCode) == code })
	if i < 0 {
		return v1alpha1.Locality{}, false
	}
	return f.Localities[i], true
}

// namespace in which the consortium's objects live.
func (f Folder) namespace() string {
	return string(cmp.Or(f.Consortium.Spec.Namespace, v1alpha1.ObjectName(f.Name())))
}

// Earlier is what an earlier import left in the output folder.
type Earlier struct {
	Folders       map[string]Folder   // consortia, by organisation code
	Suppliers     map[string]Supplier // by organisation code
	Retired       Retired
	Kustomization map[string]any // the one above the folders; nil if there is none
}

// Retired are the names of those that left, by organisation code.
type Retired struct {
	Consortia map[string]string `json:"consortia,omitempty"`
	Providers map[string]string `json:"providers,omitempty"`
}

// AsOf is the newest day of the lists, year-month-day; empty if there was no earlier import.
func (e Earlier) AsOf() string {
	newest := ""
	for _, f := range e.Folders {
		newest = max(newest, f.asOf())
	}
	return newest
}
