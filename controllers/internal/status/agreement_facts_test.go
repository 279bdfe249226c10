package status_test

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// agreementFacts are what a SupportAgreement's status is made of. They are judged, and the supplier is
// chosen, as a reconcile does it.
type agreementFacts struct {
	object *v1alpha1.SupportAgreement
	seen   state.SupportAgreement
	now    time.Time
	done   state.Result
	err    error
	// due is when the status asked to be looked at again.
	due time.Time
}

const nel, kent = 0, 1 // the suppliers, in the order of the list

// agreed is an agreement on data analytics with two suppliers, of which the first has a place for it.
func agreed() *agreementFacts {
	a := &v1alpha1.SupportAgreement{ObjectMeta: named("tower-hamlets", "data-analytics"), Spec: v1alpha1.SupportAgreementSpec{
		Function: "data-analytics", Term: v1alpha1.Term{Start: "2026-04-01", End: "2027-09-30"},
	}}
	f := &agreementFacts{object: a, now: clock("2026-10-12T09:15:02Z"), done: stepsDone(3)}
	f.seen = state.SupportAgreement{Object: a, Home: state.Home{Namespace: "tower-hamlets", Consortium: countedConsortium()}, Function: analytics()}
	f.add(supplier("nel-csu", "NHS NEL CSU", "data-analytics", "DSA-2026-114"))
	f.add(supplier("kent-csu", "NHS Kent and Medway CSU", "analytics-gold", "DSA-2026-131"))
	f.place(nel, state.Place{State: state.PlaceAdmitted, Admitted: new(f.now)})
	f.place(kent, state.Place{State: state.PlaceStandby})
	return f
}

func countedConsortium() *v1alpha1.Consortium {
	return &v1alpha1.Consortium{
		ObjectMeta: named("", "tower-hamlets"), Spec: v1alpha1.ConsortiumSpec{OrganisationCode: "08V", DisplayName: "NHS Tower Hamlets"},
		Status: v1alpha1.ConsortiumStatus{
			RegisteredPatients: new(int64(347870)), Conditions: with(condition(v1alpha1.PopulationKnownCondition, "True", v1alpha1.ReasonCounted)),
		},
	}
}

func analytics() *v1alpha1.SupportFunction {
	return &v1alpha1.SupportFunction{ObjectMeta: named("", "data-analytics"), Spec: v1alpha1.SupportFunctionSpec{
		Delivery: v1alpha1.DeliveryHosted, DataClass: v1alpha1.DataPseudonymised, Continuity: v1alpha1.ContinuityInterchangeable,
		Requires: v1alpha1.Requirements{Assurances: []v1alpha1.AssuranceRequirement{{Scheme: "DSPT", Results: []string{"StandardsMet", "StandardsExceeded"}}}},
	}}
}

// supplier is one that consents and serves.
func supplier(provider, name, service, sharing string) state.Supplier {
	return state.Supplier{
		Named:   v1alpha1.Supplier{Provider: v1alpha1.ObjectName(provider), DataSharing: v1alpha1.DataSharing{Reference: v1alpha1.Title(sharing), Expires: "2027-03-31"}},
		Service: types.NamespacedName{Namespace: provider, Name: service},
		Provider: &v1alpha1.SupportProvider{
			ObjectMeta: named("", provider),
			Spec: v1alpha1.SupportProviderSpec{
				DisplayName: v1alpha1.Title(name), Assurances: []v1alpha1.Assurance{{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2027-06-30"}},
			},
			Status: v1alpha1.SupportProviderStatus{Conditions: with(condition(v1alpha1.NamespaceAvailableCondition, "True", v1alpha1.ReasonCreated))},
		},
		Hosted: &v1alpha1.HostedService{
			ObjectMeta: named(provider, service), Spec: v1alpha1.HostedServiceSpec{Function: "data-analytics", Accepts: v1alpha1.Acceptance{Names: []v1alpha1.ObjectName{"tower-hamlets"}}},
			Status: v1alpha1.HostedServiceStatus{
				Available: v1alpha1.ServiceAvailable, AvailableSince: at("2026-10-01T08:00:00Z"),
				Replicas: v1alpha1.Replicas{Desired: new(int32(2)), Available: new(int32(2))},
			},
		},
		HasLedger: true,
	}
}

func at(instant string) *metav1.Time { return &metav1.Time{Time: clock(instant)} }

func (f *agreementFacts) add(s state.Supplier) {
	f.seen.Suppliers = append(f.seen.Suppliers, s)
	f.object.Spec.Suppliers = append(f.object.Spec.Suppliers, s.Named)
}

// only leaves the first supplier.
func (f *agreementFacts) only() {
	f.seen.Suppliers, f.object.Spec.Suppliers = f.seen.Suppliers[:1], f.object.Spec.Suppliers[:1]
}

// place gives the agreement a place; whoever has a usable one is listed.
func (f *agreementFacts) place(i int, place state.Place) {
	s := &f.seen.Suppliers[i]
	s.Place, s.Listed = place, place.IsUsable()
}

// failed is a supplier's service since it was seen to serve no longer.
func (f *agreementFacts) failed(i int, since string) {
	s := &f.seen.Suppliers[i].Hosted.Status
	s.Available, s.AvailableSince, s.UnavailableSince, s.Replicas.Available = v1alpha1.ServiceNotAvailable, nil, at(since), new(int32(0))
}

func (f *agreementFacts) recovered(i int, since string) {
	s := &f.seen.Suppliers[i].Hosted.Status
	s.Available, s.AvailableSince, s.UnavailableSince, s.Replicas.Available = v1alpha1.ServiceAvailable, at(since), nil, new(int32(2))
}

func (f *agreementFacts) unread(i int) {
	f.seen.Suppliers[i].Hosted.Status.Available = v1alpha1.ServiceUnknown
}

// judge is what a reconcile decides before it writes.
func (f *agreementFacts) judge() (plan.Agreement, plan.Choice) {
	judged := plan.JudgeAgreement(f.seen, plan.NewCalendar(time.UTC), f.now)
	return judged, plan.Choose(f.seen, judged, f.now)
}

func (f *agreementFacts) mark() *v1alpha1.SupportAgreement {
	judged, choice := f.judge()
	f.due = status.SupportAgreement(f.object, f.seen, judged, choice, f.done, f.err, f.now)
	return f.object
}

// then goes on from what stands, at an instant.
func (f *agreementFacts) then(instant string, change func(*agreementFacts)) *agreementFacts {
	next := *f
	next.object = f.object.DeepCopy()
	next.seen.Object, next.seen.Home.Consortium, next.seen.Function = next.object, f.seen.Home.Consortium.DeepCopy(), f.seen.Function.DeepCopy()
	next.seen.Suppliers = nil
	for _, s := range f.seen.Suppliers {
		s.Provider, s.Hosted = s.Provider.DeepCopy(), s.Hosted.DeepCopy()
		next.seen.Suppliers = append(next.seen.Suppliers, s)
	}
	next.now = clock(instant)
	change(&next)
	next.mark()
	return &next
}

func (f *agreementFacts) told(situation string) example {
	return example{situation, v1alpha1.SupportAgreementKind, f.object}
}

// The story of an outage, as people live through it. Each goes on from what stood before.

func inForce() *agreementFacts {
	f := agreed()
	f.mark()
	return f
}

func outageSeen() *agreementFacts {
	return inForce().then("2026-11-22T10:03:00Z", func(f *agreementFacts) { f.failed(nel, "2026-11-22T10:02:11Z") })
}

func failedOver() *agreementFacts {
	return outageSeen().then("2026-11-22T10:07:13Z", func(f *agreementFacts) {
		f.place(kent, state.Place{State: state.PlaceAdmitted, Admitted: new(f.now), PassedOver: []string{"nel-csu/data-analytics"}})
		f.place(nel, state.Place{State: state.PlaceHeld, Admitted: new(f.now)})
	})
}

func stabilising() *agreementFacts {
	return failedOver().then("2026-11-22T10:40:03Z", func(f *agreementFacts) {
		f.recovered(nel, "2026-11-22T10:40:00Z")
		f.seen.Suppliers[nel].Place.State = state.PlaceAdmitted
	})
}

func returned() *agreementFacts {
	return stabilising().then("2026-11-22T11:10:02Z", func(f *agreementFacts) {
		f.seen.Suppliers[nel].Listed = true
		f.seen.Suppliers[kent].Place.State = state.PlaceMoving
	})
}

func bothOut() *agreementFacts {
	return failedOver().then("2026-11-22T10:22:00Z", func(f *agreementFacts) { f.failed(kent, "2026-11-22T10:21:09Z") })
}

func unreadable() *agreementFacts {
	return failedOver().then("2026-11-22T10:22:00Z", func(f *agreementFacts) { f.unread(kent) })
}
