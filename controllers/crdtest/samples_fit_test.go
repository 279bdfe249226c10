package crdtest_test

import (
	"slices"
	"testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// lastDay of everything in the samples that has an end: they work whenever they are tried.
const lastDay v1alpha1.Date = "2099-03-31"

// The samples fit together: whoever is named is there, offers what is asked for, and accepts who asks.
func TestSamplesFitTogether(t *testing.T) {
	built := build(t, configFolder+"/samples")
	services := map[string]v1alpha1.HostedServiceSpec{}
	for _, service := range decoded[v1alpha1.HostedService](t, built, v1alpha1.HostedServiceKind) {
		services[service.Namespace+"/"+service.Name] = service.Spec
	}
	regions := map[string]string{}
	for _, consortium := range decoded[v1alpha1.Consortium](t, built, v1alpha1.ConsortiumKind) {
		regions[consortium.Name] = consortium.Labels[v1alpha1.RegionLabel]
	}
	agreed := map[string]bool{}
	for _, agreement := range decoded[v1alpha1.SupportAgreement](t, built, v1alpha1.SupportAgreementKind) {
		agreed[agreement.Namespace+"/"+agreement.Name] = true
		for _, supplier := range agreement.Spec.Suppliers {
			name := supplier.Service
			if name == "" {
				name = agreement.Spec.Function
			}
			service := services[string(supplier.Provider)+"/"+string(name)]
			if service.Function != agreement.Spec.Function {
				t.Errorf("%s/%s: %s/%s offers %q", agreement.Namespace, agreement.Name, supplier.Provider, name, service.Function)
			}
			if !acceptsSample(service.Accepts, agreement.Namespace, regions[agreement.Namespace]) {
				t.Errorf("%s/%s: %s/%s does not accept the consortium", agreement.Namespace, agreement.Name, supplier.Provider, name)
			}
		}
	}
	for _, function := range decoded[v1alpha1.MemberFunction](t, built, v1alpha1.MemberFunctionKind) {
		for _, binding := range function.Spec.Bindings {
			if !agreed[function.Namespace+"/"+string(binding)] {
				t.Errorf("%s/%s calls %s, and there is no such agreement", function.Namespace, function.Name, binding)
			}
		}
	}
}

// acceptsSample reads consent as far as the samples give it: by name, or by region.
func acceptsSample(accepts v1alpha1.Acceptance, consortium, region string) bool {
	selected, selects := accepts.Selector.MatchLabels[v1alpha1.RegionLabel]
	return slices.Contains(accepts.Names, v1alpha1.ObjectName(consortium)) || (selects && selected == region)
}

func TestSamplesDoNotExpire(t *testing.T) {
	built := build(t, configFolder+"/samples")
	checkEnd := func(what string, day v1alpha1.Date) {
		t.Helper()
		if day != lastDay {
			t.Errorf("%s ends on %q, want %s", what, day, lastDay)
		}
	}
	for _, agreement := range decoded[v1alpha1.SupportAgreement](t, built, v1alpha1.SupportAgreementKind) {
		name := agreement.Namespace + "/" + agreement.Name
		checkEnd(name, agreement.Spec.Term.End)
		for _, supplier := range agreement.Spec.Suppliers {
			if supplier.DataSharing.Reference != "" {
				checkEnd(name+": data sharing with "+string(supplier.Provider), supplier.DataSharing.Expires)
			}
		}
	}
	for _, provider := range decoded[v1alpha1.SupportProvider](t, built, v1alpha1.SupportProviderKind) {
		for _, assurance := range provider.Spec.Assurances {
			checkEnd(provider.Name+": "+assurance.Scheme, assurance.ValidUntil)
		}
	}
}
