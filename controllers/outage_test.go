package controllers_test

import (
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Terms of failover of these agreements: the shortest that there are.
const afterOutage, stabilisation = 10 * time.Second, 10 * time.Second

// TestR05_WhatFollowsAnOutageIsWhatWasAgreed: one outage of a supplier of three functions. One agreement
// fails over and returns; of one, the supplier holds records, and the return is by hand; of one,
// everything is by hand.
func TestR05_WhatFollowsAnOutageIsWhatWasAgreed(t *testing.T) {
	t.Parallel()
	automatic := paired(t, "out", 465)
	records, byHand := beside(t, automatic, "out-records", holdingRecords), beside(t, automatic, "out-by-hand")
	change(t, byHand.agreement, func(a *v1alpha1.SupportAgreement) { a.Spec.Failover.Mode = v1alpha1.FailoverManual })
	seen := observe(t, automatic.agreement)
	fail(t, "out-one")
	eventually(t, settled, automatic.agreement, v1alpha1.SupplierAvailableCondition, "False NotAvailable: NHS out-one (out-one/out-function) has not been available since ")
	eventually(t, soon, automatic.agreement, v1alpha1.ReadyCondition, "False SupplierUnavailable: NHS out-one has not been available since ")
	for _, p := range []pair{automatic, records} {
		boundTo(t, p.agreement, p.two)
		eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True FallbackInForce")
		isOnTime(t, p)
	}
	g := gomega.NewWithT(t)
	g.Eventually(func() string { return condition(t, byHand.agreement, v1alpha1.ReadyCondition) }).Should(gomega.And(gomega.HavePrefix("False SupplierUnavailable"),
		gomega.HaveSuffix("The change is by hand: NHS out-two can take over if you reorder the list or stand NHS out-one down.")))
	g.Consistently(func() string { return suppliedBy(t, byHand.agreement) }).WithTimeout(soon / 2).Should(gomega.Equal("out-one"))
	g.Eventually(func() map[string]string { return places(t, automatic.one) }).WithTimeout(2*time.Minute).Should(gomega.Equal(map[string]string{"out-north": "Admitted"}), "the place is kept for the return")
	change(t, byHand.agreement, standDown(0))
	boundTo(t, byHand.agreement, byHand.two)

	heal(t, "out-one")
	boundTo(t, automatic.agreement, automatic.one)
	eventually(t, soon, automatic.agreement, v1alpha1.ReadyCondition, "True InForce")
	g.Expect(reasons(t, automatic.agreement)).To(gomega.Equal([]v1alpha1.SwitchReason{v1alpha1.SwitchAccepted, v1alpha1.SwitchFailover, v1alpha1.SwitchFailBack}))
	g.Expect(seen.gaps()).To(gomega.BeEmpty())

	eventually(t, soon, records.agreement, v1alpha1.FallbackActiveCondition, "True HandoverNeeded: NHS out-one, the first choice, is available again since ")
	g.Consistently(func() string { return suppliedBy(t, records.agreement) }).WithTimeout(soon / 2).Should(gomega.Equal("out-two"))
	change(t, records.agreement, standDown(1))
	boundTo(t, records.agreement, records.one)
}

func holdingRecords(f *v1alpha1.SupportFunction) { f.Spec.Continuity = v1alpha1.ContinuityHoldsRecords }

// beside makes another function that the two suppliers of a pair serve, and the same consortium takes.
func beside(t *testing.T, p pair, name string, mutate ...func(*v1alpha1.SupportFunction)) pair {
	t.Helper()
	other := pair{makeHosted(p.one.Namespace, name), makeHosted(p.two.Namespace, name),
		makeAgreement(p.agreement.Namespace, name, []string{p.one.Namespace, p.two.Namespace})}
	create(t, makeFunction(name, append([]func(*v1alpha1.SupportFunction){hostedFunction}, mutate...)...), other.one, other.two)
	ready(t, other.one, other.two)
	create(t, other.agreement)
	boundTo(t, other.agreement, other.one)
	return other
}

// isOnTime checks that an outage was confirmed before the change of supplier, and the change not late.
func isOnTime(t *testing.T, p pair) {
	t.Helper()
	exists(t, p.one)
	outage := p.agreement.Status.History[0].Time.Sub(p.one.Status.UnavailableSince.Time)
	if outage < afterOutage || outage > afterOutage+soon {
		t.Errorf("%s: the supplier was changed %s after the outage began, want %s to %s", p.agreement.Name, outage, afterOutage, afterOutage+soon)
	}
}

// TestR05_WhenAllSuppliersAreDownTheLastBindingStays and the first to return takes over.
func TestR05_WhenAllSuppliersAreDownTheLastBindingStays(t *testing.T) {
	t.Parallel()
	p := paired(t, "down", 470)
	seen, g := observe(t, p.agreement), gomega.NewWithT(t)
	fail(t, "down-one")
	boundTo(t, p.agreement, p.two)
	fail(t, "down-two")
	g.Eventually(func() string { return condition(t, p.agreement, v1alpha1.ReadyCondition) }).Should(gomega.And(
		gomega.HavePrefix("False SupplierUnavailable: Neither NHS down-one (since "), gomega.ContainSubstring(") nor NHS down-two (since "),
		gomega.HaveSuffix("The last binding, to NHS down-two, is kept; the first of the two that is available again takes over.")))
	exists(t, p.two)
	confirmed := p.two.Status.UnavailableSince.Add(afterOutage + soon/2)
	g.Eventually(func() bool { return time.Now().After(confirmed) }).Should(gomega.BeTrue())
	g.Expect(given(t, p.agreement, p.two)).To(gomega.Equal(everything(p.agreement, p.two)), "nothing is deleted")
	eventually(t, soon, p.agreement, v1alpha1.BoundCondition, "True Bound")

	heal(t, "down-one")
	boundTo(t, p.agreement, p.one)
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True InForce")
	g.Expect(reasons(t, p.agreement)).To(gomega.Equal([]v1alpha1.SwitchReason{v1alpha1.SwitchAccepted, v1alpha1.SwitchFailover, v1alpha1.SwitchFailover}))
	g.Expect(seen.gaps()).To(gomega.BeEmpty())
	heal(t, "down-two")
}
