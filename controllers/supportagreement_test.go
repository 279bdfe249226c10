package controllers_test

import (
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// Organisation codes and names of these tests: 400 to 499.

func makeProvider(name string, n int, mutate ...func(*v1alpha1.SupportProvider)) *v1alpha1.SupportProvider {
	p := &v1alpha1.SupportProvider{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.SupportProviderSpec{
			OrganisationCode: code(n), DisplayName: v1alpha1.Title("NHS " + name), Sector: v1alpha1.SectorNHS,
		},
	}
	for _, m := range mutate {
		m(p)
	}
	return p
}

func assured(p *v1alpha1.SupportProvider) {
	p.Spec.Assurances = []v1alpha1.Assurance{{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2099-03-31"}}
}

func makeHosted(provider, function string, mutate ...func(*v1alpha1.HostedService)) *v1alpha1.HostedService {
	h := &v1alpha1.HostedService{
		ObjectMeta: metav1.ObjectMeta{Namespace: provider, Name: function},
		Spec: v1alpha1.HostedServiceSpec{
			Function: v1alpha1.ObjectName(function), Accepts: v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone},
		},
	}
	for _, m := range mutate {
		m(h)
	}
	return h
}

func makeAgreement(namespace, function string, providers []string, mutate ...func(*v1alpha1.SupportAgreement)) *v1alpha1.SupportAgreement {
	a := &v1alpha1.SupportAgreement{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: function},
		Spec: v1alpha1.SupportAgreementSpec{
			Function: v1alpha1.ObjectName(function), Term: v1alpha1.Term{Start: "2026-01-01", End: "2099-03-31"},
			Failover: v1alpha1.Failover{AfterOutage: "10s", Failback: v1alpha1.Failback{Stabilisation: "10s"}},
		},
	}
	for i, provider := range providers {
		a.Spec.Suppliers = append(a.Spec.Suppliers, v1alpha1.Supplier{
			Provider:    v1alpha1.ObjectName(provider),
			DataSharing: v1alpha1.DataSharing{Reference: v1alpha1.Title(fmt.Sprintf("DSA-%d", i+1)), Expires: "2099-03-31"},
		})
	}
	for _, m := range mutate {
		m(a)
	}
	return a
}

// supplying makes providers that each host data analytics, with their services available.
func supplying(t *testing.T, n int, names []string) {
	t.Helper()
	for i, name := range names {
		hosting(t, name, n+i, assured)
		create(t, makeHosted(name, "data-analytics"))
	}
	for _, name := range names {
		ready(t, makeHosted(name, "data-analytics"))
	}
}

// populated makes a consortium with registered patients.
func populated(t *testing.T, name string, n int) *v1alpha1.Consortium {
	t.Helper()
	consortium := established(t, name, n)
	create(t, makeLocality(name, "members", map[string]int32{fmt.Sprintf("P%05d", n): 1000}))
	eventually(t, settled, consortium, v1alpha1.PopulationKnownCondition, "True")
	return consortium
}

func suppliedBy(t *testing.T, agreement *v1alpha1.SupportAgreement) string {
	t.Helper()
	if !exists(t, agreement) {
		return "(gone)"
	}
	return agreement.Status.Supplier.Provider
}

func TestAnAgreementInForceGivesAccess(t *testing.T) {
	t.Parallel()
	supplying(t, 400, []string{"access-csu"})
	populated(t, "access-north", 401)
	agreement := makeAgreement("access-north", "data-analytics", []string{"access-csu"})
	create(t, agreement)
	ready(t, agreement)

	g := gomega.NewWithT(t)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "access-north", Name: "data-analytics"}}
	g.Expect(exists(t, secret)).To(gomega.BeTrue(), "the binding Secret")
	g.Expect(string(secret.Data["uri"])).To(gomega.Equal("http://data-analytics.access-north.svc"))
	alias := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "access-north", Name: "data-analytics"}}
	g.Expect(exists(t, alias)).To(gomega.BeTrue(), "the alias")
	g.Expect(alias.Spec.ExternalName).To(gomega.Equal("data-analytics.access-csu.svc.cluster.local"))
	g.Expect(openings(t, "access-csu")).To(gomega.HaveLen(1))
	g.Expect(openings(t, "access-north")).To(gomega.HaveLen(1))

	remove(t, agreement)
	g.Eventually(func() bool { return exists(t, agreement) }).Should(gomega.BeFalse())
	g.Eventually(func() []string { return openings(t, "access-csu") }).WithTimeout(soon).Should(gomega.BeEmpty())
	g.Eventually(func() bool { return exists(t, secret) }).Should(gomega.BeFalse())
	hosted := makeHosted("access-csu", "data-analytics")
	g.Eventually(func() int64 { exists(t, hosted); return *hosted.Status.Consortia.Served }).Should(gomega.BeZero())
}

// openings are the agreements' network policies in a namespace.
func openings(t *testing.T, namespace string) []string {
	t.Helper()
	policies := &networkingv1.NetworkPolicyList{}
	if err := env.Client.List(t.Context(), policies, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, policy := range policies.Items {
		if owner := policy.Annotations[v1alpha1.OwnerAnnotation]; len(owner) > 16 && owner[:16] == "SupportAgreement" {
			names = append(names, policy.Name)
		}
	}
	return names
}

func TestTheNextSupplierTakesOver(t *testing.T) {
	t.Parallel()
	supplying(t, 410, []string{"takeover-csu", "takeover-two"})
	populated(t, "takeover-north", 412)
	agreement := makeAgreement("takeover-north", "data-analytics", []string{"takeover-csu", "takeover-two"})
	create(t, agreement)
	ready(t, agreement)
	g := gomega.NewWithT(t)
	g.Expect(suppliedBy(t, agreement)).To(gomega.Equal("takeover-csu"))
	if err := env.Cluster.Fail(t.Context(), cluster.Failure{Namespace: "takeover-csu"}); err != nil {
		t.Fatal(err)
	}
	g.Eventually(func() string { return suppliedBy(t, agreement) }).Should(gomega.Equal("takeover-two"))
	eventually(t, settled, agreement, v1alpha1.ReadyCondition, "True FallbackInForce")
	if err := env.Cluster.Heal(t.Context(), cluster.Failure{Namespace: "takeover-csu"}); err != nil {
		t.Fatal(err)
	}
	g.Eventually(func() string { return suppliedBy(t, agreement) }).WithTimeout(2 * settled).Should(gomega.Equal("takeover-csu"))
	eventually(t, settled, agreement, v1alpha1.ReadyCondition, "True InForce")
}
