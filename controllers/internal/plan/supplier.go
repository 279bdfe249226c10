package plan

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Fitness says whether a supplier may supply an agreement, and else why not.
type Fitness string

const (
	// Fit: it may.
	Fit Fitness = "Fit"
	// SupplierMissing: there is no such provider or service (yet).
	SupplierMissing Fitness = "SupplierMissing"
	// OtherFunction: the service offers another function.
	OtherFunction Fitness = "OtherFunction"
	// NotSelectedBySupplier: the service does not accept the consortium (R3).
	NotSelectedBySupplier Fitness = "NotSelected"
	// TermTooLongForSupplier: the service accepts shorter terms only.
	TermTooLongForSupplier Fitness = "TermTooLong"
	// WithoutDataSharing: there is no data sharing agreement in force with it (R2).
	WithoutDataSharing Fitness = "WithoutDataSharing"
	// WithoutAssurance: it lacks an assurance that the function requires (R2).
	WithoutAssurance Fitness = "WithoutAssurance"
	// IsStoodDown: the consortium stood it down.
	IsStoodDown Fitness = "StoodDown"
	// IsDraining: the service moves its consortia on.
	IsDraining Fitness = "Draining"
	// IsGoing: the service, or its provider, is being deleted.
	IsGoing Fitness = "Going"
	// IsClosed: the service takes on nobody new, and the agreement has no place there.
	IsClosed Fitness = "Closed"
	// Unjudged: this cannot be told just now.
	Unjudged Fitness = "Unjudged"
)

// Breaks says that nothing may be given: what was given is withdrawn at once (R2, R3).
func (f Fitness) Breaks() bool {
	switch f {
	case SupplierMissing, OtherFunction, NotSelectedBySupplier, TermTooLongForSupplier, WithoutDataSharing, WithoutAssurance:
		return true
	case Fit, IsStoodDown, IsDraining, IsGoing, IsClosed, Unjudged:
	}
	return false
}

// Leaves says that the agreement moves away as soon as another works: make before break (R5).
func (f Fitness) Leaves() bool { return f == IsStoodDown || f == IsDraining || f == IsGoing }

// SupplierVerdict is how one supplier of an agreement is judged.
type SupplierVerdict struct {
	Fitness     Fitness
	Consent     Consent
	DataSharing DataSharingVerdict
	Assured     Assured
	// Available is the service's word (R5); Since when it says so, zero where it does not.
	Available v1alpha1.Availability
	Since     time.Time
	// OutageDue is when the outage is confirmed, unless it ends before; Confirmed says that it is.
	OutageDue time.Time
	Confirmed bool
	// StableAt is when the service will have been available for long enough to return to it.
	StableAt time.Time
}

// IsServing says that the supplier may supply, and does.
func (v SupplierVerdict) IsServing() bool {
	return v.Fitness == Fit && v.Available == v1alpha1.ServiceAvailable
}

// IsStable says that it has served for long enough to return to it.
func (v SupplierVerdict) IsStable(now time.Time) bool {
	return v.IsServing() && !v.StableAt.IsZero() && !now.Before(v.StableAt)
}

// judgeSupplier looks at one supplier of an agreement.
func judgeSupplier(seen state.SupportAgreement, supplier state.Supplier, terms failoverTerms, calendar Calendar, now time.Time) SupplierVerdict {
	verdict := SupplierVerdict{Available: v1alpha1.ServiceUnknown}
	if supplier.Provider == nil || supplier.Hosted == nil {
		verdict.Fitness = SupplierMissing
		return verdict
	}
	verdict.judgeOutage(supplier.Hosted, terms, now)
	verdict.Consent = Consents(supplier.Hosted.Spec.Accepts, seen.Home.Consortium, seen.Object.Spec.Term)
	verdict.DataSharing = JudgeDataSharing(seen.Function, supplier.Named, calendar, now)
	verdict.Assured = JudgeAssurances(seen.Function.Spec.Requires.Assurances, supplier.Provider.Spec.Assurances, calendar, now)
	verdict.Fitness = verdict.fitness(seen, supplier)
	return verdict
}

// fitness puts what breaks before what cannot be told - consent waits for nothing (R3) -, that before
// what leaves, and last what only keeps newcomers out.
func (v SupplierVerdict) fitness(seen state.SupportAgreement, supplier state.Supplier) Fitness {
	if broken := v.whatBreaks(seen, supplier); broken != Fit {
		return broken
	}
	owns := meta.FindStatusCondition(supplier.Provider.Status.Conditions, v1alpha1.NamespaceAvailableCondition)
	switch intake := supplier.Hosted.Spec.Intake; {
	case owns == nil || owns.Status == metav1.ConditionUnknown:
		return Unjudged
	case supplier.Named.Standing == v1alpha1.StandingStoodDown:
		return IsStoodDown
	case isGoing(supplier, owns):
		return IsGoing
	case intake == v1alpha1.IntakeDraining:
		return IsDraining
	case intake == v1alpha1.IntakeClosed && !isIn(supplier):
		return IsClosed
	}
	return Fit
}

// whatBreaks is why nothing may be given; Fit: nothing breaks.
func (v SupplierVerdict) whatBreaks(seen state.SupportAgreement, supplier state.Supplier) Fitness {
	switch {
	case supplier.Hosted.Spec.Function != seen.Object.Spec.Function:
		return OtherFunction
	case v.Consent.Refusal == NotSelected:
		return NotSelectedBySupplier
	case v.Consent.Refusal == TermTooLong:
		return TermTooLongForSupplier
	case v.DataSharing.State == DataSharingMissing || v.DataSharing.State == DataSharingLapsed:
		return WithoutDataSharing
	case !v.isAssured(seen.Function, isIn(supplier)):
		return WithoutAssurance
	}
	return Fit
}

// isAssured: where the function lets those in stay, a lapse ends nobody's access.
func (v SupplierVerdict) isAssured(function *v1alpha1.SupportFunction, isIn bool) bool {
	switch v.Assured.State {
	case AssuranceHeld, AssuranceNotRequired:
		return true
	case AssuranceLapsed:
		return function.Spec.OnAssuranceLapse == v1alpha1.AssuranceLapseRefuseNew && isIn
	case AssuranceMissing:
	}
	return false
}

// isIn: whoever has a place is in; where somebody removed the ledger, whoever has an opening (R4).
func isIn(supplier state.Supplier) bool {
	return supplier.Place.Counts() || !supplier.HasLedger && supplier.Opening
}

func isGoing(supplier state.Supplier, owns *metav1.Condition) bool {
	return !supplier.Hosted.DeletionTimestamp.IsZero() || !supplier.Provider.DeletionTimestamp.IsZero() ||
		owns.Status != metav1.ConditionTrue
}

// judgeOutage is the confirmation of an outage (R5): the service was seen not available for as long as
// the agreement says. What is unknown neither starts nor ends nor confirms one.
func (v *SupplierVerdict) judgeOutage(hosted *v1alpha1.HostedService, terms failoverTerms, now time.Time) {
	status := hosted.Status
	if status.Available != "" {
		v.Available = status.Available
	}
	switch {
	case v.Available == v1alpha1.ServiceAvailable && status.AvailableSince != nil:
		v.Since = status.AvailableSince.Time
		v.StableAt = v.Since.Add(terms.stabilisation)
		if hasNeverFailed(status.Transitions) {
			v.StableAt = v.Since
		}
	case v.Available == v1alpha1.ServiceNotAvailable && status.UnavailableSince != nil:
		v.Since = status.UnavailableSince.Time
		v.OutageDue = v.Since.Add(terms.afterOutage)
		v.Confirmed = !now.Before(v.OutageDue)
	}
}

// hasNeverFailed says that a service has come up for the first time, and served since: then there is no
// outage from which it would have to recover. Where more is recorded than is kept, or nothing, it does not
// say so. The newest transition is the first.
func hasNeverFailed(transitions []v1alpha1.AvailabilityChange) bool {
	if len(transitions) == 0 || len(transitions) == MaxTransitions {
		return false
	}
	failed := false
	for _, transition := range transitions {
		if failed && transition.Available == v1alpha1.ServiceAvailable {
			return false
		}
		failed = failed || transition.Available == v1alpha1.ServiceNotAvailable
	}
	return true
}

// MaxTransitions of availability are kept in a HostedService's status: the bound of the API.
const MaxTransitions = 20
