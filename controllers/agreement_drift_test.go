package controllers_test

import (
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// TestEveryChildOfAnAgreementAndOfItsServiceIsRestored: what gives access, what says who has it, and what
// runs.
func TestEveryChildOfAnAgreementAndOfItsServiceIsRestored(t *testing.T) {
	t.Parallel()
	p := paired(t, "harm", 426)
	eventually(t, settled, p.agreement, "FallbackReady", "True Ready")
	key, service := client.ObjectKeyFromObject(p.agreement), client.ObjectKeyFromObject(p.one)
	opening := plan.OpeningName(key, service)
	ledger := &corev1.ConfigMap{ObjectMeta: childMeta("commissioning-system", plan.LedgerName(service))}
	managed := append(children(service.Namespace, service.Name), secretOf(p.agreement), ledger,
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
