package controllers_test

import (
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/hack/testenv"
)

// TestR05_WhatIsUnknownFreezesAndAnOutageOutlivesTheOperator: two agreements with the same two suppliers.
// The first supplier fails in both functions, and the operator is restarted before the outage is
// confirmed. Of the one function, the cluster has stopped looking: nothing is decided by what it last
// said. Of the other it has not, and the change of supplier comes when it is due.
func TestR05_WhatIsUnknownFreezesAndAnOutageOutlivesTheOperator(t *testing.T) {
	known := paired(t, "away", 485)
	unknown := beside(t, known, "away-unknown", func(f *v1alpha1.SupportFunction) {
		withSchema(`{"type":"object","properties":{"days":{"type":"integer"}}}`)(f)
	})
	fail(t, "away-one")
	g := gomega.NewWithT(t)
	for _, p := range []pair{known, unknown} {
		g.Eventually(func() bool { exists(t, p.one); return p.one.Status.UnavailableSince != nil }).Should(gomega.BeTrue())
	}
	began := *unknown.one.Status.UnavailableSince

	const looksAtWorkloads = "kube-controller-manager"
	must(t, env.Cluster.Stop(t.Context(), looksAtWorkloads))
	change(t, unknown.one, func(h *v1alpha1.HostedService) { h.Spec.Parameters = &runtime.RawExtension{Raw: []byte(`{"days":2}`)} })
	g.Eventually(func() v1alpha1.Availability { exists(t, unknown.one); return unknown.one.Status.Available }).WithTimeout(soon).Should(gomega.Equal(v1alpha1.ServiceUnknown))
	restart(t, func() {})

	boundTo(t, known.agreement, known.two)
	isOnTime(t, known)
	g.Eventually(func() bool { return time.Since(began.Time) > afterOutage+soon/2 }).Should(gomega.BeTrue())
	g.Expect(suppliedBy(t, unknown.agreement)).To(gomega.Equal("away-one"), "what is unknown confirms no outage")
	eventually(t, soon, unknown.agreement, v1alpha1.SupplierAvailableCondition, "Unknown NotRead: Whether NHS away-one (away-one/away-unknown) is available cannot be told just now.")
	exists(t, unknown.one)
	g.Expect(unknown.one.Status.UnavailableSince.Equal(&began)).To(gomega.BeTrue(), "nor ends one")

	must(t, env.Cluster.Start(t.Context(), looksAtWorkloads))
	boundTo(t, unknown.agreement, unknown.two)
	exists(t, unknown.one)
	g.Expect(unknown.one.Status.UnavailableSince.Equal(&began)).To(gomega.BeTrue(), "it is the same outage")
	heal(t, "away-one")
	remove(t, known.agreement)
	remove(t, unknown.agreement)
}

// TestSigningKeysThatSomebodyUnlabelsStay: with others, or with none, every caller would be refused.
func TestSigningKeysThatSomebodyUnlabelsStay(t *testing.T) {
	supplying(t, 429, []string{"keys-csu"})
	keys := &corev1.Secret{ObjectMeta: childMeta("commissioning-system", plan.SigningKeysName)}
	published := &corev1.ConfigMap{ObjectMeta: childMeta("keys-csu", "data-analytics-keys")}
	want, wantPublished := content(t, keys), content(t, published)
	began := time.Now()
	change(t, keys, func(s *corev1.Secret) { s.Labels = nil })
	gomega.NewWithT(t).Eventually(func() string { return content(t, keys) }).WithTimeout(soon).Should(gomega.Equal(want))
	touch := makeHosted("keys-csu", "data-analytics")
	change(t, touch, withIntake(v1alpha1.IntakeClosed))
	ready(t, touch)
	if now := content(t, published); now != wantPublished {
		t.Errorf("the published keys are %s\nwant %s", now, wantPublished)
	}
	if written := env.Requests.Since(began, func(r testenv.Request) bool { return r.IsWrite() && r.Name == "data-analytics-keys" }); len(written) > 0 {
		t.Errorf("they were published anew meanwhile: %v", written)
	}
}
