package controllers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// crossing is an agreement that is taken from one supplier to the other and back. The operator's clock
// is set instead of waiting: an outage is confirmed as soon as the clock says so.
type crossing struct {
	pair
	touched int
}

// pass lets the time pass, and makes the operator look.
func (c *crossing) pass(t *testing.T, d time.Duration) {
	t.Helper()
	env.Clock.Set(env.Clock.Now().Add(d))
	c.touched++
	for _, object := range []client.Object{c.agreement, c.one, c.two} {
		change(t, object, func(o client.Object) { o.SetAnnotations(map[string]string{"test/touched": fmt.Sprint(c.touched)}) })
	}
}

// outcome is what two runs must agree on, once they have come to rest.
func (c *crossing) outcome(t *testing.T) string {
	t.Helper()
	supplier, alias := suppliedBy(t, c.agreement), &corev1.Service{ObjectMeta: childMeta(c.agreement.Namespace, c.agreement.Name)}
	exists(t, alias)
	isReady, _, _ := strings.Cut(condition(t, c.agreement, v1alpha1.ReadyCondition), ":")
	all := reasons(t, c.agreement)
	return fmt.Sprintf("supplied by %s after %v, ready: %s, calls %s, ledgers: %v %v, given: %v %v",
		supplier, all[max(0, len(all)-2):], isReady, alias.Spec.ExternalName,
		places(t, c.one), places(t, c.two), given(t, c.agreement, c.one), given(t, c.agreement, c.two))
}

// fails makes the first supplier fail, until its outage only has to be confirmed.
func (c *crossing) fails(t *testing.T) {
	t.Helper()
	fail(t, c.one.Namespace)
	gomega.NewWithT(t).Eventually(func() bool { exists(t, c.one); return c.one.Status.UnavailableSince != nil }).Should(gomega.BeTrue())
}

// heals brings the first supplier back, until it only has to be seen to be stable.
func (c *crossing) heals(t *testing.T) {
	t.Helper()
	heal(t, c.one.Namespace)
	gomega.NewWithT(t).Eventually(func() bool { exists(t, c.one); return c.one.Status.AvailableSince != nil }).Should(gomega.BeTrue())
}

// dies lets the operator die after so many writes of what the passing of time begins, and starts the
// next one. It returns whether there were so many, and what came of it.
func (c *crossing) dies(t *testing.T, writes int, d time.Duration, want string) bool {
	t.Helper()
	g := gomega.NewWithT(t)
	env.Requests.DieAfter(writes)
	c.pass(t, d)
	g.Eventually(func() bool { return env.Requests.HasDied() || c.outcome(t) == want }).Should(gomega.BeTrue())
	died := env.Requests.HasDied()
	if died {
		restart(t, env.Requests.Revive)
	}
	g.Eventually(func() string { return c.outcome(t) }).Should(gomega.Equal(want), "after a death after %d writes", writes)
	env.Requests.Revive()
	return died
}

// restart stops the operator, and starts it again after what happens meanwhile.
func restart(t *testing.T, meanwhile func()) {
	t.Helper()
	must(t, env.StopOperator())
	meanwhile()
	must(t, env.StartOperator(t.Context()))
}

// TestR05_AChangeOfSupplierSurvivesTheOperatorsDeathAfterAnyOfItsWrites: whatever was written last, the
// next operator finishes it, and the end is that of a run without a death.
func TestR05_AChangeOfSupplierSurvivesTheOperatorsDeathAfterAnyOfItsWrites(t *testing.T) {
	c := &crossing{pair: paired(t, "crash", 480)}
	defer env.Clock.Reset()
	defer remove(t, c.agreement)
	g := gomega.NewWithT(t)
	c.fails(t)
	c.pass(t, afterOutage)
	g.Eventually(func() string { return c.outcome(t) }).Should(gomega.HavePrefix(
		"supplied by crash-two after [Accepted Failover], ready: True FallbackInForce, calls crash-function.crash-two.svc.cluster.local, ledgers: map[crash-north:Admitted] map[crash-north:Admitted]"))
	there := strings.Replace(c.outcome(t), "Accepted", "FailBack", 1)
	c.pass(t, time.Minute)
	g.Eventually(func() []string { return given(t, c.agreement, c.one) }).WithTimeout(soon).Should(gomega.Equal([]string{"Secret crash-function"}), "the former supplier's opening is closed after a while")
	g.Eventually(func() string { return places(t, c.one)["crash-north"] }).WithTimeout(soon).Should(gomega.Equal("Held"), "and a place is kept for the return")
	c.heals(t)
	c.pass(t, stabilisation)
	g.Eventually(func() string { return c.outcome(t) }).Should(gomega.HavePrefix(
		"supplied by crash-one after [Failover FailBack], ready: True InForce, calls crash-function.crash-one.svc.cluster.local, ledgers: map[crash-north:Admitted] map[crash-north:"))
	back := c.outcome(t)

	var failovers, returns []int
	for writes := 1; len(failovers) == writes-1; writes++ {
		c.settles(t)
		c.fails(t)
		if c.dies(t, writes, afterOutage, there) {
			failovers = append(failovers, writes)
		}
		c.heals(t)
		if c.dies(t, writes, stabilisation, back) {
			returns = append(returns, writes)
		}
	}
	t.Logf("died in %d failovers and %d returns, after each of their writes", len(failovers), len(returns))
	if len(failovers) < 6 || len(returns) < 4 {
		t.Error("so few writes do not make a change of supplier: this test looks at too few")
	}
}

// settles lets nothing be left of the change before: neither opening nor place.
func (c *crossing) settles(t *testing.T) {
	t.Helper()
	g := gomega.NewWithT(t)
	c.pass(t, time.Minute)
	g.Eventually(func() string { return places(t, c.two)["crash-north"] }).Should(gomega.Or(gomega.Equal("Leaving"), gomega.Equal("Standby")))
	c.pass(t, afterOutage)
	g.Eventually(func() string { return places(t, c.two)["crash-north"] }).Should(gomega.Equal("Standby"))
}
