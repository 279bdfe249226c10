package plan_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// premisesOf is what is seen where a tenant named nel has the namespace nel, given to it.
func premisesOf(kind string) state.Premises {
	tenant := state.Tenant{Owner: state.Owner{Kind: kind, Name: "nel", UID: "1"}, Namespace: "nel", Code: "0DJ"}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: "nel", Labels: map[string]string{tenant.Label(): "nel"}, Annotations: map[string]string{},
	}}
	return state.Premises{Tenant: tenant, Namespace: namespace}
}

func TestR07_OnlyWhatIsOursIsUsed(t *testing.T) {
	another := map[string]string{v1alpha1.ConsortiumKind: v1alpha1.SupportProviderKind, v1alpha1.SupportProviderKind: v1alpha1.ConsortiumKind}
	labels := map[string]string{v1alpha1.ConsortiumKind: v1alpha1.ConsortiumLabel, v1alpha1.SupportProviderKind: v1alpha1.ProviderLabel}
	made := func(kind, name, uid string) func(*state.Premises) {
		return func(seen *state.Premises) {
			seen.Namespace.Annotations[v1alpha1.OwnerAnnotation] = kind + "//" + name + "/" + uid
		}
	}
	retained := func(as string) func(*state.Premises) {
		return func(seen *state.Premises) { seen.Namespace.Annotations[v1alpha1.RetainedAnnotation] = as }
	}
	for kind, other := range another {
		labelled := func(kind, name string) func(*state.Premises) {
			return func(seen *state.Premises) { seen.Namespace.Labels[labels[kind]] = name }
		}
		tests := map[string]struct {
			mutate []func(*state.Premises)
			want   plan.NamespaceVerdict
		}{
			"it was given":        {want: plan.NamespaceAdopted},
			"it was created":      {[]func(*state.Premises){made(kind, "nel", "1")}, plan.NamespaceCreated},
			"there is none":       {[]func(*state.Premises){func(seen *state.Premises) { seen.Namespace = nil }}, plan.NamespaceMissing},
			"it is the cluster's": {[]func(*state.Premises){func(seen *state.Premises) { seen.Tenant.Namespace = "kube-system" }}, plan.NamespaceReserved},
			"the code is an older one's, and there is no namespace": {[]func(*state.Premises){func(seen *state.Premises) {
				seen.Namespace, seen.CodeHolder = nil, "nel-older"
			}}, plan.CodeTaken},
			"an older one of the kind asked for it": {[]func(*state.Premises){func(seen *state.Premises) {
				seen.NamespaceHolder = state.Owner{Kind: kind, Name: "nel-older"}
			}}, plan.NamespaceTaken},
			"an older one of the other kind asked for it": {[]func(*state.Premises){func(seen *state.Premises) {
				seen.NamespaceHolder = state.Owner{Kind: other, Name: "nel"}
			}}, plan.NamespaceTaken},
			"it was given to another of the kind":           {[]func(*state.Premises){labelled(kind, "kent")}, plan.NamespaceTaken},
			"it was given to the other kind":                {[]func(*state.Premises){labelled(kind, ""), labelled(other, "nel")}, plan.NamespaceTaken},
			"it was given to both":                          {[]func(*state.Premises){labelled(other, "nel")}, plan.NamespaceTaken},
			"it was given to nobody":                        {[]func(*state.Premises){labelled(kind, "")}, plan.NamespaceForeign},
			"it goes":                                       {[]func(*state.Premises){func(seen *state.Premises) { seen.Namespace.DeletionTimestamp = &metav1.Time{} }}, plan.NamespaceTerminating},
			"an earlier one of the name left it on purpose": {[]func(*state.Premises){made(kind, "nel", "0"), retained("0DJ")}, plan.NamespaceCreated},
			"an earlier one of the name did not leave it":   {[]func(*state.Premises){made(kind, "nel", "0")}, plan.NamespaceOfAnEarlier},
			"another organisation of the name left it":      {[]func(*state.Premises){made(kind, "nel", "0"), retained("0AM")}, plan.NamespaceOfAnEarlier},
			"one without a code left it":                    {[]func(*state.Premises){made(kind, "nel", "0"), retained("nel")}, plan.NamespaceOfAnEarlier},
			"one without a code left it, to one without": {[]func(*state.Premises){made(kind, "nel", "0"), retained("nel"), func(seen *state.Premises) {
				seen.Tenant.Code = ""
			}}, plan.NamespaceCreated},
			"it was created for the other kind": {[]func(*state.Premises){made(other, "nel", "1")}, plan.NamespaceOfAnEarlier},
			"it was created for another name":   {[]func(*state.Premises){made(kind, "kent", "1")}, plan.NamespaceOfAnEarlier},
		}
		for name, tc := range tests {
			t.Run(kind+": "+name, func(t *testing.T) {
				seen := premisesOf(kind)
				for _, mutate := range tc.mutate {
					mutate(&seen)
				}
				got := plan.JudgeNamespace(seen, state.Settings{OperatorNamespace: "commissioning-system"})
				if got != tc.want {
					t.Errorf("the verdict is %s, want %s", got, tc.want)
				}
				isUsable := tc.want == plan.NamespaceMissing || tc.want == plan.NamespaceCreated || tc.want == plan.NamespaceAdopted
				if got.IsUsable() != isUsable {
					t.Errorf("it is used: %v, want %v", got.IsUsable(), isUsable)
				}
			})
		}
	}
}
