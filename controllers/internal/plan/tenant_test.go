package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestTenants(t *testing.T) {
	meta := metav1.ObjectMeta{Name: "nel", UID: "1", CreationTimestamp: metav1.Unix(7, 0)}
	quota := map[string]resource.Quantity{"pods": resource.MustParse("80")}
	consortium := &v1alpha1.Consortium{ObjectMeta: meta, Spec: v1alpha1.ConsortiumSpec{
		OrganisationCode: "08V", Namespace: "nel-work", Quota: quota, DeletionPolicy: v1alpha1.DeletionPolicyDelete,
	}}
	provider := &v1alpha1.SupportProvider{ObjectMeta: meta, Spec: v1alpha1.SupportProviderSpec{
		OrganisationCode: "0DJ", Namespace: "nel-services", Quota: quota, DeletionPolicy: v1alpha1.DeletionPolicyDelete,
	}}
	tests := map[string]struct {
		got                   state.Tenant
		kind, namespace, code string
	}{
		"a consortium": {plan.ConsortiumTenant(consortium), v1alpha1.ConsortiumKind, "nel-work", "08V"},
		"a supplier":   {plan.ProviderTenant(provider), v1alpha1.SupportProviderKind, "nel-services", "0DJ"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := state.Tenant{
				Owner: state.Owner{Kind: tc.kind, Name: "nel", UID: "1"}, Namespace: tc.namespace, Code: tc.code,
				Created: metav1.NewTime(time.Unix(7, 0)), Quota: quota, DeletionPolicy: v1alpha1.DeletionPolicyDelete,
			}
			if diff := cmp.Diff(want, tc.got); diff != "" {
				t.Errorf("the tenant differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamespaceOf(t *testing.T) {
	meta := metav1.ObjectMeta{Name: "tower-hamlets"}
	tests := map[string]struct{ got, want string }{
		"a consortium's, not given": {plan.NamespaceOf(&v1alpha1.Consortium{ObjectMeta: meta}), "tower-hamlets"},
		"a consortium's, given": {
			plan.NamespaceOf(&v1alpha1.Consortium{ObjectMeta: meta, Spec: v1alpha1.ConsortiumSpec{Namespace: "th-prod"}}), "th-prod",
		},
		"a supplier's, not given": {plan.ProviderNamespaceOf(&v1alpha1.SupportProvider{ObjectMeta: meta}), "tower-hamlets"},
		"a supplier's, given": {
			plan.ProviderNamespaceOf(&v1alpha1.SupportProvider{ObjectMeta: meta, Spec: v1alpha1.SupportProviderSpec{Namespace: "th-hosts"}}), "th-hosts",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("it is %q, want %q", tc.got, tc.want)
			}
		})
	}
}

func TestR08_NamespacesAreKeptUnlessDeletionIsAskedFor(t *testing.T) {
	tests := map[string]struct {
		given, want v1alpha1.DeletionPolicy
	}{
		"nothing given":        {want: v1alpha1.DeletionPolicyRetain},
		"Retain given":         {given: v1alpha1.DeletionPolicyRetain, want: v1alpha1.DeletionPolicyRetain},
		"Delete given":         {given: v1alpha1.DeletionPolicyDelete, want: v1alpha1.DeletionPolicyDelete},
		"an unknown one given": {given: "Purge", want: v1alpha1.DeletionPolicyRetain},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.DeletionPolicyOf(state.Tenant{DeletionPolicy: tc.given}); got != tc.want {
				t.Errorf("DeletionPolicyOf() = %q, want %q", got, tc.want)
			}
		})
	}
}
