package controllers_test

import (
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// withdrawal is one way in which an agreement loses what it needs, and regains it.
type withdrawal struct {
	name              string
	withdraw, restore func(*testing.T)
	reason            v1alpha1.SwitchReason
}

// TestR03_WhenEitherSideWithdrawsNothingIsLeftWithin5Seconds: neither Secret nor alias nor openings nor
// the directory's entry. R2 adds data sharing, assurance and term.
func TestR03_WhenEitherSideWithdrawsNothingIsLeftWithin5Seconds(t *testing.T) {
	t.Parallel()
	consortium := populated(t, "wd-north", 430)
	change(t, consortium, inLondon)
	provider := hosting(t, "wd-csu", 431, assured)
	service := makeHosted("wd-csu", "wd-function", accepting("somebody-else"), acceptingLondon)
	agreement := makeAgreement("wd-north", "wd-function", []string{"wd-csu"})
	create(t, makeFunction("wd-function", hostedFunction, requiring("WD")), service, agreement)
	passed(t, provider)
	g := gomega.NewWithT(t)
	for _, w := range withdrawals(consortium, provider, service, agreement) {
		t.Run(w.name, func(t *testing.T) {
			boundTo(t, agreement, service)
			w.withdraw(t)
			g.Eventually(func() []string { return given(t, agreement, service) }).WithTimeout(soon).Should(gomega.BeEmpty())
			g.Eventually(func() string { return suppliedBy(t, agreement) }).WithTimeout(soon).Should(gomega.BeEmpty())
			if all := reasons(t, agreement); all[len(all)-1] != w.reason {
				t.Errorf("the reason is %s, want %s", all[len(all)-1], w.reason)
			}
			w.restore(t)
		})
	}
	boundTo(t, agreement, service)
	remove(t, agreement)
	g.Eventually(func() bool { return exists(t, agreement) }).WithTimeout(soon).Should(gomega.BeFalse())
	g.Eventually(func() []string { return given(t, agreement, service) }).WithTimeout(soon).Should(gomega.BeEmpty())
}

func withdrawals(consortium *v1alpha1.Consortium, provider *v1alpha1.SupportProvider, service *v1alpha1.HostedService, agreement *v1alpha1.SupportAgreement) []withdrawal {
	serve := func(mutate func(*v1alpha1.HostedService)) func(*testing.T) {
		return func(t *testing.T) { change(t, service, mutate) }
	}
	agree := func(mutate func(*v1alpha1.SupportAgreement)) func(*testing.T) {
		return func(t *testing.T) { change(t, agreement, mutate) }
	}
	spec := agreement.DeepCopy().Spec
	as := agree(func(a *v1alpha1.SupportAgreement) { a.Spec.Term, a.Spec.Suppliers = spec.Term, spec.Suppliers })
	return []withdrawal{
		{name: "the supplier no longer selects it", withdraw: serve(accepting("somebody-else")), restore: serve(acceptingLondon), reason: v1alpha1.SwitchConsentWithdrawn},
		{name: "the label is taken away", withdraw: func(t *testing.T) {
			change(t, consortium, func(c *v1alpha1.Consortium) { delete(c.Labels, v1alpha1.RegionLabel) })
		}, restore: func(t *testing.T) { change(t, consortium, inLondon) }, reason: v1alpha1.SwitchConsentWithdrawn},
		{name: "the consortium names another", withdraw: agree(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].Provider = "wd-unheard-of" }),
			restore: as, reason: v1alpha1.SwitchReordered},
		{name: "no data sharing", withdraw: agree(func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers[0].DataSharing = v1alpha1.DataSharing{} }),
			restore: as, reason: v1alpha1.SwitchDataSharingLapsed},
		{name: "the term is over", withdraw: agree(func(a *v1alpha1.SupportAgreement) { a.Spec.Term.End = ended }), restore: as, reason: v1alpha1.SwitchTermEnded},
		{name: "the assurance is gone", withdraw: func(t *testing.T) { change(t, provider, assured) },
			restore: func(t *testing.T) { passed(t, provider) }, reason: v1alpha1.SwitchAssuranceLapsed},
	}
}

func inLondon(c *v1alpha1.Consortium) { c.Labels = map[string]string{v1alpha1.RegionLabel: "london"} }

func acceptingLondon(h *v1alpha1.HostedService) {
	h.Spec.Accepts.Selector.MatchLabels = map[string]string{v1alpha1.RegionLabel: "london"}
}

// passed gives a supplier the assurance WD as well.
func passed(t *testing.T, provider *v1alpha1.SupportProvider) {
	t.Helper()
	change(t, provider, func(p *v1alpha1.SupportProvider) {
		p.Spec.Assurances = append(p.Spec.Assurances, v1alpha1.Assurance{Scheme: "WD", Result: "Passed", ValidUntil: "2099-03-31"})
	})
}

// TestR05_ASupplierThatWithdrawsIsBrokenWithAtOnceAndTheNextTakesOver without any outage, and without
// the period in which a former supplier's opening stays.
func TestR05_ASupplierThatWithdrawsIsBrokenWithAtOnceAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	populated(t, "wd-south", 432)
	hosting(t, "wd-one", 433, assured)
	hosting(t, "wd-two", 434, assured)
	one, two := makeHosted("wd-one", "wd-both"), makeHosted("wd-two", "wd-both")
	agreement := makeAgreement("wd-south", "wd-both", []string{"wd-one", "wd-two"})
	create(t, makeFunction("wd-both", hostedFunction), one, two)
	ready(t, one, two)
	create(t, agreement)
	boundTo(t, agreement, one)
	change(t, one, accepting("somebody-else"))
	g := gomega.NewWithT(t)
	g.Eventually(func() []string { return given(t, agreement, one) }).WithTimeout(soon).Should(gomega.Equal([]string{"Secret wd-both"}), "the Secret is that of the next")
	boundTo(t, agreement, two)
	eventually(t, soon, agreement, v1alpha1.ReadyCondition, "True FallbackInForce: NHS wd-two supplies wd-both since ")
	g.Expect(reasons(t, agreement)[1:]).To(gomega.ContainElement(v1alpha1.SwitchConsentWithdrawn))
}

// TestR02_AConsortiumThatGoesLeavesNothingAtItsSupplier, whatever becomes of its namespace.
func TestR02_AConsortiumThatGoesLeavesNothingAtItsSupplier(t *testing.T) {
	t.Parallel()
	hosting(t, "left-csu", 435, assured)
	service := makeHosted("left-csu", "left-function")
	create(t, makeFunction("left-function", hostedFunction), service)
	ready(t, service)
	for i, policy := range []v1alpha1.DeletionPolicy{v1alpha1.DeletionPolicyRetain, v1alpha1.DeletionPolicyDelete} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			name := []string{"left-kept", "left-removed"}[i]
			consortium := populated(t, name, 436+i)
			change(t, consortium, withDeletion(policy))
			agreement := makeAgreement(name, "left-function", []string{"left-csu"})
			create(t, agreement)
			boundTo(t, agreement, service)
			shard := &corev1.ConfigMap{ObjectMeta: childMeta("left-csu", plan.DirectoryName(service.Name, plan.Shard(code(436+i))))}
			opening := &networkingv1.NetworkPolicy{ObjectMeta: childMeta("left-csu", plan.OpeningName(client.ObjectKeyFromObject(agreement), client.ObjectKeyFromObject(service)))}
			remove(t, consortium)
			g := gomega.NewWithT(t)
			g.Eventually(func() bool { return exists(t, opening) || exists(t, secretOf(agreement)) }).WithTimeout(soon).Should(gomega.BeFalse())
			g.Eventually(func() map[string]string { exists(t, shard); return shard.Data }).WithTimeout(soon).ShouldNot(gomega.HaveKey(plan.DirectoryFile(code(436 + i))))
			g.Eventually(func() map[string]string { return places(t, service) }).ShouldNot(gomega.HaveKey(name))
			remove(t, agreement) // where the namespace is kept, the consortium waits for it
			g.Eventually(func() bool { return exists(t, consortium) || exists(t, agreement) }).Should(gomega.BeFalse())
		})
	}
}
