package state_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func tenant(kind, name string, created int64) state.Tenant {
	return state.Tenant{Owner: state.Owner{Kind: kind, Name: name}, Created: metav1.Unix(created, 0)}
}

func TestTheOlderOfTwoTenants(t *testing.T) {
	const consortium, provider = v1alpha1.ConsortiumKind, v1alpha1.SupportProviderKind
	tests := map[string]struct{ older, younger state.Tenant }{
		"the one that was created first":         {tenant(provider, "z", 1), tenant(consortium, "a", 2)},
		"of the same second, the name decides":   {tenant(provider, "a", 1), tenant(consortium, "b", 1)},
		"and of the same name, the kind decides": {tenant(consortium, "a", 1), tenant(provider, "a", 1)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if !tc.older.IsOlderThan(tc.younger) || tc.younger.IsOlderThan(tc.older) {
				t.Error("the order is not so")
			}
		})
	}
	if one := tenant(consortium, "a", 1); one.IsOlderThan(one) {
		t.Error("nobody is older than oneself")
	}
}

func TestWhoseANamespaceIsByItsLabels(t *testing.T) {
	consortium := tenant(v1alpha1.ConsortiumKind, "nel", 1)
	tests := map[string]struct {
		labels    map[string]string
		isTenants bool
		another   state.Owner
	}{
		"nobody's":             {},
		"its own":              {labels: map[string]string{v1alpha1.ConsortiumLabel: "nel"}, isTenants: true},
		"another consortium's": {labels: map[string]string{v1alpha1.ConsortiumLabel: "kent"}, another: state.Owner{Kind: v1alpha1.ConsortiumKind, Name: "kent"}},
		"a supplier's of the same name": {
			labels: map[string]string{v1alpha1.ProviderLabel: "nel"}, another: state.Owner{Kind: v1alpha1.SupportProviderKind, Name: "nel"},
		},
		"its own and a supplier's": {
			labels:    map[string]string{v1alpha1.ConsortiumLabel: "nel", v1alpha1.ProviderLabel: "nel-csu"},
			isTenants: true, another: state.Owner{Kind: v1alpha1.SupportProviderKind, Name: "nel-csu"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: tc.labels}}
			got, isAnothers := consortium.LabelledForAnother(namespace)
			if got != tc.another || isAnothers != (tc.another != state.Owner{}) {
				t.Errorf("it is labelled for %v (%v), want %v", got, isAnothers, tc.another)
			}
			if got := (state.Premises{Tenant: consortium, Namespace: namespace}).IsTenants(); got != tc.isTenants {
				t.Errorf("it is the tenant's: %v, want %v", got, tc.isTenants)
			}
		})
	}
	if (state.Premises{Tenant: consortium}).IsTenants() {
		t.Error("a namespace that does not exist is nobody's")
	}
}

func TestWhatIsLeftBehindSaysForWhom(t *testing.T) {
	one := tenant(v1alpha1.SupportProviderKind, "age-well", 1)
	if got := one.RetainedAs(); got != "age-well" {
		t.Errorf("without a code it is kept for %q, want the name", got)
	}
	one.Code = "0DJ"
	if got := one.RetainedAs(); got != "0DJ" {
		t.Errorf("with a code it is kept for %q, want the code", got)
	}
}

func TestAProvidersHomeIsActive(t *testing.T) {
	deleted := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &metav1.Time{Time: metav1.Unix(1, 0).Time}}}
	tests := map[string]struct {
		home state.ProviderHome
		want bool
	}{
		"of a supplier":                        {state.ProviderHome{Provider: &v1alpha1.SupportProvider{}}, true},
		"of nobody":                            {state.ProviderHome{}, false},
		"of a supplier that is being deleted":  {state.ProviderHome{Provider: deleted}, false},
		"while the namespace is being deleted": {state.ProviderHome{Provider: &v1alpha1.SupportProvider{}, Terminating: true}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.home.IsActive(); got != tc.want {
				t.Errorf("it is active: %v, want %v", got, tc.want)
			}
		})
	}
}
