package overview

import (
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Names that stand in an example for those of whoever copies it.
const (
	yourConsortium = "my-consortium"
	yourSupplier   = "my-supplier"
	// namedSuppliers are as many as an example needs to show that there may be several.
	namedSuppliers = 2
)

// example is what one writes to use a function: a consortium a MemberFunction, or a SupportAgreement; and a
// supplier a HostedService.
func example(f *v1alpha1.SupportFunction, e Entry, terms *EntryTerms, today v1alpha1.Date) string {
	settings := map[string]any{}
	if s, err := schemaOf(f); err == nil {
		settings = s.samples()
	}
	if f.Spec.Delivery == v1alpha1.DeliveryMemberOnly {
		return manifest(v1alpha1.MemberFunctionKind, f.Name, yourConsortium, withSettings(map[string]any{"function": f.Name}, settings))
	}
	agreement := map[string]any{
		"function": f.Name, "suppliers": suppliersOf(e, terms, today), "term": map[string]any{"start": today},
	}
	service := withSettings(map[string]any{
		"function": f.Name,
		"accepts":  map[string]any{"selector": map[string]any{"matchLabels": map[string]any{v1alpha1.RegionLabel: "london"}}},
		"capacity": map[string]any{"consortia": 40},
	}, settings)
	return "# A consortium takes it from suppliers.\n" + manifest(v1alpha1.SupportAgreementKind, f.Name, yourConsortium, agreement) +
		"---\n# A supplier hosts it.\n" + manifest(v1alpha1.HostedServiceKind, f.Name, yourSupplier, service)
}

func withSettings(spec, settings map[string]any) map[string]any {
	if len(settings) > 0 {
		spec["parameters"] = settings
	}
	return spec
}

// suppliersOf names those first that have room.
func suppliersOf(e Entry, terms *EntryTerms, today v1alpha1.Date) []map[string]any {
	var all []map[string]any
	for _, s := range e.Services {
		if s.IsOpen() && len(all) < namedSuppliers {
			all = append(all, map[string]any{"provider": s.Provider})
			if s.Name != e.Name {
				all[len(all)-1]["service"] = s.Name
			}
		}
	}
	if len(all) == 0 {
		all = []map[string]any{{"provider": yourSupplier}}
	}
	if terms.Requires.DataSharing {
		for _, one := range all {
			one["dataSharing"] = map[string]any{"reference": "DSA-1", "expires": addDays(today, daysAhead)}
		}
	}
	return all
}

// manifest as YAML. It holds nothing but texts, numbers, lists and maps: these can be written.
func manifest(kind, name, namespace string, spec map[string]any) string {
	data, err := yaml.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": kind, "metadata": map[string]any{"name": name, "namespace": namespace}, "spec": spec,
	})
	if err != nil {
		return "# " + err.Error() + "\n"
	}
	return string(data)
}
