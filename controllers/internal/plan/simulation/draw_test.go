package simulation_test

import (
	"fmt"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// parameters are what a world begins with.
type parameters struct {
	function   *v1alpha1.SupportFunction
	services   []offer
	consortia  []*v1alpha1.Consortium
	agreements []*v1alpha1.SupportAgreement
}

type offer struct {
	provider *v1alpha1.SupportProvider
	hosted   *v1alpha1.HostedService
}

// below draws a number below n, each as likely as any other: those of rapid prefer the small ones.
func below(t *rapid.T, n int, label string) int {
	const bits = 10
	return rapid.Custom(func(t *rapid.T) int {
		drawn := 0
		for range bits {
			drawn *= 2
			if rapid.Bool().Draw(t, "bit") {
				drawn++
			}
		}
		return drawn * n >> bits
	}).Draw(t, label)
}

// oneOf draws one of some values, each as likely as any other.
func oneOf[T any](t *rapid.T, values []T, label string) T {
	return values[below(t, len(values), label)]
}

// scope bounds a world. One that is ample has room for everybody everywhere.
type scope struct {
	services, agreements int
	isAmple              bool
}

func drawParameters(t *rapid.T, s scope) parameters {
	p := parameters{function: drawFunction(t)}
	for n := range 2 + below(t, s.services-1, "services") {
		p.services = append(p.services, drawOffer(t, n, s))
	}
	for n := range 3 + below(t, s.agreements-2, "agreements") {
		consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "consortium-" + strconv.Itoa(n)}}
		consortium.Spec.OrganisationCode = v1alpha1.OrganisationCode(fmt.Sprintf("Q%02d", n))
		consortium.Spec.DisplayName = v1alpha1.Title("Consortium " + strconv.Itoa(n))
		populate(consortium, oneOf(t, []int{-1, 0, 1, 2, 3, 4, 2, 3, 1, 1}, "population"))
		p.consortia = append(p.consortia, consortium)
		for _, service := range p.services {
			if below(t, 8, "accepted") > 0 {
				service.hosted.Spec.Accepts.Names = append(service.hosted.Spec.Accepts.Names, v1alpha1.ObjectName(consortium.Name))
			}
		}
		p.agreements = append(p.agreements, drawAgreement(t, p, consortium.Name, function))
	}
	second := drawAgreement(t, p, p.consortia[0].Name, "succession") // at times in the same term: a duplicate
	delegated := drawAgreement(t, p, p.consortia[1].Name, memberOnly)
	delegated.Spec.Function = memberOnly
	p.agreements = append(p.agreements, second, delegated)
	return p
}

func drawFunction(t *rapid.T) *v1alpha1.SupportFunction {
	drawn := &v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: function}}
	drawn.Spec.Delivery = v1alpha1.DeliveryHosted
	drawn.Spec.DataClass = v1alpha1.DataPseudonymised
	drawn.Spec.Requires.DataSharing = oneOf(t, []v1alpha1.DataSharingRequirement{v1alpha1.DataSharingRequired, v1alpha1.DataSharingNotRequired}, "data sharing")
	if rapid.Bool().Draw(t, "assured") {
		drawn.Spec.Requires.Assurances = []v1alpha1.AssuranceRequirement{{Scheme: scheme, Results: []string{"StandardsMet"}}}
	}
	drawn.Spec.OnAssuranceLapse = oneOf(t, []v1alpha1.AssuranceLapsePolicy{v1alpha1.AssuranceLapseWithdraw, v1alpha1.AssuranceLapseRefuseNew}, "on lapse")
	drawn.Spec.Continuity = oneOf(t, []v1alpha1.Continuity{v1alpha1.ContinuityInterchangeable, v1alpha1.ContinuityInterchangeable, v1alpha1.ContinuityHoldsRecords}, "continuity")
	return drawn
}

func drawOffer(t *rapid.T, n int, s scope) offer {
	name := "supplier-" + strconv.Itoa(n)
	provider := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: name}}
	provider.Spec.DisplayName = v1alpha1.Title("Supplier " + strconv.Itoa(n))
	provider.Spec.Assurances = assurances(dayAfter(begins, oneOf(t, days, "assured for")))
	provider.Status.Conditions = []metav1.Condition{{Type: v1alpha1.NamespaceAvailableCondition, Status: metav1.ConditionTrue}}
	hosted := &v1alpha1.HostedService{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: function}}
	hosted.Spec.Function = function
	if !s.isAmple {
		hosted.Spec.Capacity = capacityOf(1+below(t, 5, "places"), 1+below(t, 7, "patients"))
	}
	if below(t, 8, "up") > 0 {
		available(hosted, v1alpha1.ServiceAvailable, begins)
	}
	return offer{provider, hosted}
}

func drawAgreement(t *rapid.T, p parameters, namespace, name string) *v1alpha1.SupportAgreement {
	agreement := &v1alpha1.SupportAgreement{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	agreement.Spec.Function = function
	agreement.Spec.Term.Start = dayAfter(begins, oneOf(t, []int{-30, -30, -30, -30, -30, 0, 1}, "from"))
	if rapid.Bool().Draw(t, "ends") {
		agreement.Spec.Term.End = dayAfter(begins, oneOf(t, []int{2, 400, 800, 800}, "until"))
	}
	order := rapid.Permutation(p.services).Draw(t, "order")
	for _, service := range order[:1+below(t, len(order), "suppliers")] {
		supplier := v1alpha1.Supplier{Provider: v1alpha1.ObjectName(service.hosted.Namespace), Service: function}
		supplier.DataSharing = v1alpha1.DataSharing{Reference: "DSA-2026-114", Expires: dayAfter(begins, oneOf(t, days, "shared for"))}
		agreement.Spec.Suppliers = append(agreement.Spec.Suppliers, supplier)
	}
	modes := []v1alpha1.FailoverMode{v1alpha1.FailoverAutomatic, v1alpha1.FailoverAutomatic, v1alpha1.FailoverManual}
	patience := []v1alpha1.Duration{"10s", "1m", "5m"}
	agreement.Spec.Failover = v1alpha1.Failover{
		Mode: oneOf(t, modes, "failover"), AfterOutage: oneOf(t, patience, "after"),
		Failback: v1alpha1.Failback{Mode: oneOf(t, modes, "failback"), Stabilisation: oneOf(t, patience, "stable")},
	}
	return agreement
}

// drawEvent draws what happens next. In an ample world it is nothing that takes room away.
func drawEvent(t *rapid.T, s scope) event {
	kinds := []string{
		"up", "up", "up", "up", "up", "up", "up", "up", "down", "down", "down", "down", "down", "unknown", "accept", "accept", "refuse", "capacity", "capacity", "intake", "reorder",
		"stand down", "reinstate", "population", "share", "assure", "namespace", "catalogue", "delete", "create", "create", "end", "agree", "succeed", "lose",
	}
	if s.isAmple {
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == "capacity" })
	}
	return event{oneOf(t, kinds, "event"), below(t, 12, "a"), below(t, 12, "b"), below(t, 12, "c")}
}
