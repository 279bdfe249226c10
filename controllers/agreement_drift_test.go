package controllers_test

import (
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// TestEveryChildOfAnAgreementAndOfItsServiceIsRestored: what gives access, what says who has it, and what
// runs.
func TestEveryChildOfAnAgreementAndOfItsServiceIsRestored(t *testing.T) {
	t.Parallel()
	p := paired(t, "harm", 426)
	eventually(t, settled, p.agreement, v1alpha1.FallbackReadyCondition, "True Ready")
	key, service := client.ObjectKeyFromObject(p.agreement), client.ObjectKeyFromObject(p.one)
	opening := plan.OpeningName(key, service)
	managed := append(children(service.Namespace, service.Name), secretOf(p.agreement),
		&corev1.Service{ObjectMeta: childMeta(key.Namespace, key.Name)},
		&networkingv1.NetworkPolicy{ObjectMeta: childMeta(key.Namespace, opening)},
		&networkingv1.NetworkPolicy{ObjectMeta: childMeta(service.Namespace, opening)},
		&corev1.ConfigMap{ObjectMeta: childMeta(service.Namespace, service.Name+"-keys")},
		&corev1.ConfigMap{ObjectMeta: childMeta(service.Namespace, plan.DirectoryName(service.Name, plan.Shard(code(426))))})
	for _, child := range managed {
		for name, harm := range harmsTo(t, child) {
			t.Run(fmt.Sprintf("%T %s %s", child, child.GetName(), name), func(t *testing.T) {
				harmed, before := child.DeepCopyObject().(client.Object), child.GetResourceVersion()
				want := content(t, child)
				harm(t, harmed)
				if harmed.GetResourceVersion() == before {
					t.Fatal("the harm did nothing: this case cannot fail")
				}
				gomega.NewWithT(t).Eventually(func() string { return content(t, child) }).WithTimeout(soon).Should(gomega.Equal(want))
			})
		}
	}
}

// TestR04_ALedgerThatSomebodyTouchesIsWhatItWas: nobody loses a place, or is admitted, by it.
func TestR04_ALedgerThatSomebodyTouchesIsWhatItWas(t *testing.T) {
	t.Parallel()
	p := paired(t, "touch", 497)
	ledger := &corev1.ConfigMap{ObjectMeta: childMeta("commissioning-system", plan.LedgerName(client.ObjectKeyFromObject(p.one)))}
	seen, g := observe(t, p.agreement), gomega.NewWithT(t)
	for name, harm := range harmsTo(t, ledger) {
		t.Run(name, func(t *testing.T) {
			before := ledger.GetResourceVersion()
			harm(t, ledger)
			if ledger.GetResourceVersion() == before {
				t.Fatal("the harm did nothing: this case cannot fail")
			}
			g.Eventually(func() string {
				if !exists(t, ledger) || len(ledger.Data) != 1 {
					return "(gone)"
				}
				return ledger.Labels[v1alpha1.OwnerLabel] + places(t, p.one)["touch-north"]
			}).WithTimeout(soon).Should(gomega.Equal(plan.OwnerHash(v1alpha1.HostedServiceKind, "touch-one", "touch-function") + "Admitted"))
		})
	}
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True InForce")
	g.Expect(seen.gaps()).To(gomega.BeEmpty())
	change(t, p.one, carrying(0)) // and the service goes on
	eventually(t, soon, p.one, v1alpha1.OverCapacityCondition, "True Over")
}
