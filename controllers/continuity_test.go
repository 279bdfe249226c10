package controllers_test

import (
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// pair is two services of one function, both stable, and what is agreed with them.
type pair struct {
	one, two  *v1alpha1.HostedService
	agreement *v1alpha1.SupportAgreement
}

// paired makes a function, two suppliers that serve it, and a consortium that takes it from the first.
// Names begin with the prefix, and organisation codes with n, of which there are three.
func paired(t *testing.T, prefix string, n int) pair {
	t.Helper()
	name, one, two := prefix+"-function", prefix+"-one", prefix+"-two"
	consortium := makeConsortium(prefix+"-north", n)
	create(t, makeFunction(name, hostedFunction), consortium,
		makeProvider(one, n+1, assured), makeProvider(two, n+2, assured))
	p := pair{makeHosted(one, name), makeHosted(two, name), makeAgreement(prefix+"-north", name, []string{one, two})}
	ready(t, consortium, makeProvider(one, n+1), makeProvider(two, n+2))
	create(t, p.one, p.two, makeLocality(consortium.Name, "members", map[string]int32{fmt.Sprintf("P%05d", n): 1000}))
	ready(t, p.one, p.two)
	eventually(t, settled, consortium, v1alpha1.PopulationKnownCondition, "True")
	create(t, p.agreement)
	boundTo(t, p.agreement, p.one)
	return p
}

// TestR05_AConsortiumChangesItsSupplierByHandWithoutAnOutage: it stands one down and reinstates it, turns
// its list round, and takes one out.
func TestR05_AConsortiumChangesItsSupplierByHandWithoutAnOutage(t *testing.T) {
	t.Parallel()
	p := paired(t, "hand", 450)
	seen, g := observe(t, p.agreement), gomega.NewWithT(t)
	change(t, p.agreement, standDown(0))
	boundTo(t, p.agreement, p.two)
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True FallbackInForce: NHS hand-two supplies hand-function since ")
	eventually(t, soon, p.agreement, v1alpha1.FallbackActiveCondition, "True FirstChoicePassedOver: NHS hand-one, the first choice, is passed over: NHS hand-one is stood down: no activity report since August.")
	g.Expect(p.agreement.Spec.Suppliers[0].Provider).To(gomega.BeEquivalentTo("hand-one"), "the order stays")
	g.Expect(p.agreement.Status.History[0].Message).To(gomega.Equal("no activity report since August"))

	change(t, p.agreement, reinstate(0))
	boundTo(t, p.agreement, p.one)
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True InForce")

	change(t, p.agreement, func(a *v1alpha1.SupportAgreement) {
		a.Spec.Suppliers[0], a.Spec.Suppliers[1] = a.Spec.Suppliers[1], a.Spec.Suppliers[0]
	})
	boundTo(t, p.agreement, p.two)
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True InForce: NHS hand-two supplies hand-function since ")
	g.Expect(given(t, p.agreement, p.one)).To(gomega.ContainElement("opening in hand-one"), "calls that are under way come to their end")

	g.Expect(seen.gaps()).To(gomega.BeEmpty())

	change(t, p.agreement, func(a *v1alpha1.SupportAgreement) { a.Spec.Suppliers = a.Spec.Suppliers[1:] })
	g.Eventually(func() []string { return given(t, p.agreement, p.two) }).WithTimeout(soon).ShouldNot(gomega.ContainElement(gomega.HavePrefix("opening")),
		"who is taken out of the list has no opening left")
	boundTo(t, p.agreement, p.one)
	g.Expect(reasons(t, p.agreement)).To(gomega.Equal([]v1alpha1.SwitchReason{
		v1alpha1.SwitchAccepted, v1alpha1.SwitchStoodDown, v1alpha1.SwitchFailBack, v1alpha1.SwitchReordered, v1alpha1.SwitchReordered,
	}))
}

// TestR05_ADrainingServiceMovesEverybodyMakeBeforeBreak: no consortium is ever without a name that leads
// to where it is let in.
func TestR05_ADrainingServiceMovesEverybodyMakeBeforeBreak(t *testing.T) {
	t.Parallel()
	p := paired(t, "drain", 453)
	agreements := []*v1alpha1.SupportAgreement{p.agreement}
	for i, name := range []string{"drain-east", "drain-west"} {
		populated(t, name, 456+i)
		agreement := makeAgreement(name, p.agreement.Name, []string{"drain-one", "drain-two"})
		create(t, agreement)
		boundTo(t, agreement, p.one)
		agreements = append(agreements, agreement)
	}
	var traces []*trace
	for _, agreement := range agreements {
		traces = append(traces, observe(t, agreement))
	}
	change(t, p.one, withIntake(v1alpha1.IntakeDraining))
	for i, agreement := range agreements {
		boundTo(t, agreement, p.two)
		eventually(t, soon, agreement, v1alpha1.ReadyCondition, "True FallbackInForce")
		gomega.NewWithT(t).Expect(reasons(t, agreement)).To(gomega.Equal([]v1alpha1.SwitchReason{v1alpha1.SwitchAccepted, v1alpha1.SwitchDrained}))
		for _, gap := range traces[i].gaps() {
			t.Errorf("%s: %s", agreement.Namespace, gap)
		}
	}
	g := gomega.NewWithT(t)
	g.Eventually(func() int64 { exists(t, p.two); return *p.two.Status.Consortia.Served }).WithTimeout(soon).Should(gomega.BeEquivalentTo(3))
}

// TestR08_AServiceInUseIsDeletedOnlyOnPurpose: those whom it serves then move on, or are left without.
func TestR08_AServiceInUseIsDeletedOnlyOnPurpose(t *testing.T) {
	t.Parallel()
	p := paired(t, "goes", 460)
	populated(t, "goes-alone", 463)
	alone := makeAgreement("goes-alone", p.agreement.Name, []string{"goes-one"})
	create(t, alone)
	boundTo(t, alone, p.one)
	g := gomega.NewWithT(t)
	g.Eventually(func() int64 { exists(t, p.one); return *p.one.Status.Consortia.Served }).WithTimeout(soon).Should(gomega.BeEquivalentTo(2))
	refused(t, p.one, "the service goes-one/goes-function serves 2 consortia and cannot be deleted.")
	g.Eventually(func() string { return refusal(t, makeProvider("goes-one", 461)) }).WithTimeout(soon).
		Should(gomega.ContainSubstring("the supplier goes-one serves 2 consortia and cannot be deleted."))

	meant(t, p.one)
	remove(t, p.one)
	g.Eventually(func() bool { return exists(t, p.one) }).Should(gomega.BeFalse())
	boundTo(t, p.agreement, p.two)
	g.Eventually(func() []string { return given(t, p.agreement, p.one) }).WithTimeout(soon).Should(gomega.Equal([]string{"Secret goes-function"}), "the Secret is that of the next")
	eventually(t, soon, alone, v1alpha1.ReadyCondition, "False NoSupplier: NHS goes-one has no service goes-function (yet).")
	g.Eventually(func() []string { return given(t, alone, p.one) }).WithTimeout(soon).Should(gomega.BeEmpty())

	provider := makeProvider("goes-two", 462)
	meant(t, provider)
	remove(t, provider)
	g.Eventually(func() string { return condition(t, p.agreement, v1alpha1.ReadyCondition) }).WithTimeout(soon).Should(gomega.And(gomega.HavePrefix("True FallbackInForce"),
		gomega.ContainSubstring("NHS goes-two takes on nobody, and ceases to be a supplier. Access stays until another supplier can take over.")))
	again := makeHosted("goes-one", p.one.Name)
	create(t, again)
	boundTo(t, p.agreement, again)
	boundTo(t, alone, again)
	eventually(t, soon, p.agreement, v1alpha1.ReadyCondition, "True InForce")
}

// meant says of an object that it may be deleted although it is in use.
func meant[T client.Object](t *testing.T, object T) {
	t.Helper()
	change(t, object, func(o T) { o.SetAnnotations(map[string]string{v1alpha1.AllowDeletionAnnotation: "true"}) })
}

// refusal is what whoever tries to delete an object is told; empty where it would be deleted.
func refusal(t *testing.T, object client.Object) string {
	t.Helper()
	if err := env.Client.Delete(t.Context(), object, client.DryRunAll); err != nil {
		return err.Error()
	}
	return ""
}

func refused(t *testing.T, object client.Object, want string) {
	t.Helper()
	err := env.Client.Delete(t.Context(), object)
	if !apierrors.IsForbidden(err) {
		t.Fatalf("deleted, or refused otherwise: %v", err)
	}
	gomega.NewWithT(t).Expect(err.Error()).To(gomega.ContainSubstring(want))
}
