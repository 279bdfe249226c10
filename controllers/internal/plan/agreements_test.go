package plan_test

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// noon is the now of the tests on agreements.
var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// edit changes an agreement as it was read.
type edit func(*state.SupportAgreement)

// agreed is an agreement of NHS Tower Hamlets with three suppliers, all of which accept it and serve. It has no
// place anywhere yet.
func agreed(edits ...edit) state.SupportAgreement {
	patients := int64(1000)
	consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "tower-hamlets"}}
	consortium.Spec.OrganisationCode, consortium.Spec.DisplayName = "08V", "NHS Tower Hamlets"
	consortium.Status.RegisteredPatients = &patients
	consortium.Status.Conditions = []metav1.Condition{{Type: v1alpha1.PopulationKnownCondition, Status: metav1.ConditionTrue}}
	function := &v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: "data-analytics"}}
	function.Spec.Delivery, function.Spec.DataClass = v1alpha1.DeliveryHosted, v1alpha1.DataPseudonymised
	function.Spec.Continuity = v1alpha1.ContinuityInterchangeable
	function.Spec.Requires.Assurances = []v1alpha1.AssuranceRequirement{{Scheme: "DSPT", Results: []string{"StandardsMet"}}}
	object := &v1alpha1.SupportAgreement{ObjectMeta: metav1.ObjectMeta{Namespace: "tower-hamlets", Name: "data-analytics", UID: "1"}}
	object.Spec.Function = "data-analytics"
	object.Spec.Term = v1alpha1.Term{Start: "2026-04-01", End: "2027-09-30"}
	seen := state.SupportAgreement{
		Object: object, Function: function, Home: state.Home{Namespace: "tower-hamlets", Consortium: consortium},
		Suppliers: []state.Supplier{supplier("nel-csu"), supplier("kent-csu"), supplier("essex-csu")},
	}
	for _, change := range edits {
		change(&seen)
	}
	return seen
}

func supplier(name string) state.Supplier {
	provider := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: name}}
	provider.Spec.Assurances = []v1alpha1.Assurance{{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2027-06-30"}}
	provider.Status.Conditions = []metav1.Condition{{Type: v1alpha1.NamespaceAvailableCondition, Status: metav1.ConditionTrue}}
	hosted := &v1alpha1.HostedService{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: "data-analytics"}}
	hosted.Spec.Function = "data-analytics"
	hosted.Spec.Accepts.Names = []v1alpha1.ObjectName{"tower-hamlets"}
	hosted.Status.Available, hosted.Status.AvailableSince = v1alpha1.ServiceAvailable, &metav1.Time{Time: noon.Add(-time.Hour)}
	return state.Supplier{
		Named: v1alpha1.Supplier{
			Provider:    v1alpha1.ObjectName(name),
			DataSharing: v1alpha1.DataSharing{Reference: "DSA-2026-114", Expires: "2027-03-31"},
		},
		Service:  types.NamespacedName{Namespace: name, Name: "data-analytics"},
		Provider: provider, Hosted: hosted, HasLedger: true,
	}
}

// at changes one supplier of an agreement.
func at(i int, change func(*state.Supplier)) edit {
	return func(seen *state.SupportAgreement) { change(&seen.Suppliers[i]) }
}

// stands gives an agreement a place; what is more than a place says.
func stands(as state.PlaceState, passedOver ...string) func(*state.Supplier) {
	return func(s *state.Supplier) {
		s.Place = state.Place{UID: "1", State: as, Since: noon.Add(-time.Hour), PassedOver: passedOver}
		s.Listed, s.Opening = s.Place.IsUsable(), false
	}
}

// uses gives an agreement a place, and lets it use it.
func uses(as state.PlaceState, passedOver ...string) func(*state.Supplier) {
	return func(s *state.Supplier) {
		stands(as, passedOver...)(s)
		s.Opening = true
	}
}

// isOut takes a service out for so long; one that is back is available for so long.
func isOut(since time.Duration) func(*state.Supplier) {
	return func(s *state.Supplier) {
		s.Hosted.Status.Available, s.Hosted.Status.AvailableSince = v1alpha1.ServiceNotAvailable, nil
		s.Hosted.Status.UnavailableSince = &metav1.Time{Time: noon.Add(-since)}
	}
}

func isBack(since time.Duration) func(*state.Supplier) {
	return func(s *state.Supplier) { s.Hosted.Status.AvailableSince = &metav1.Time{Time: noon.Add(-since)} }
}

func isUnknown(s *state.Supplier) { s.Hosted.Status.Available = v1alpha1.ServiceUnknown }

func isStoodDown(s *state.Supplier) { s.Named.Standing = v1alpha1.StandingStoodDown }

func isDraining(s *state.Supplier) { s.Hosted.Spec.Intake = v1alpha1.IntakeDraining }

func isClosed(s *state.Supplier) { s.Hosted.Spec.Intake = v1alpha1.IntakeClosed }

func isGoing(s *state.Supplier) { s.Hosted.DeletionTimestamp = &metav1.Time{Time: noon} }

func refuses(s *state.Supplier) { s.Hosted.Spec.Accepts.Names = nil }

func isGone(s *state.Supplier) { s.Hosted = nil }

func isUnjudged(s *state.Supplier) { s.Provider.Status.Conditions[0].Status = metav1.ConditionUnknown }

// lostLedger removes the ledger, and with it the place.
func lostLedger(s *state.Supplier) { s.HasLedger, s.Place = false, state.Place{} }

// supplied says who is in force.
func supplied(provider string) edit {
	return func(seen *state.SupportAgreement) {
		seen.Object.Status.Supplier = v1alpha1.SupplierInForceStatus{Provider: provider, Service: "data-analytics"}
	}
}

func manualFailover(seen *state.SupportAgreement) {
	seen.Object.Spec.Failover.Mode = v1alpha1.FailoverManual
}

func manualReturn(seen *state.SupportAgreement) {
	seen.Object.Spec.Failover.Failback.Mode = v1alpha1.FailoverManual
}

func holdsRecords(seen *state.SupportAgreement) {
	seen.Function.Spec.Continuity = v1alpha1.ContinuityHoldsRecords
}

func uncounted(seen *state.SupportAgreement) {
	seen.Home.Consortium.Status.Conditions[0].Status = metav1.ConditionFalse
}

func succeeded(seen *state.SupportAgreement) { seen.Home.Consortium.Spec.SucceededBy = "east-london" }

func uncatalogued(seen *state.SupportAgreement) { seen.Function = nil }

func judge(seen state.SupportAgreement) plan.Agreement {
	return plan.JudgeAgreement(seen, plan.NewCalendar(time.UTC), noon)
}
