package plan

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// AgreementStanding says whether an agreement can be in force at all, whoever supplies.
type AgreementStanding string

const (
	// AgreementStands: it can.
	AgreementStands AgreementStanding = "Stands"
	// AgreementDeleting: it is being deleted.
	AgreementDeleting AgreementStanding = "Deleting"
	// AgreementHomeless: its namespace is no consortium's, or goes.
	AgreementHomeless AgreementStanding = "Homeless"
	// AgreementEnded: its term is over.
	AgreementEnded AgreementStanding = "Ended"
	// AgreementFunctionMissing: the catalogue has no such function. What is unknown freezes.
	AgreementFunctionMissing AgreementStanding = "FunctionMissing"
	// AgreementMemberOnly: the function is member-only: it cannot be delegated (R1).
	AgreementMemberOnly AgreementStanding = "MemberOnly"
	// AgreementDuplicate: an older agreement of the consortium has the function in this term.
	AgreementDuplicate AgreementStanding = "Duplicate"
	// AgreementNotYet: its term has not begun.
	AgreementNotYet AgreementStanding = "NotYet"
)

// Wish is what an agreement asks of the ledger of one supplier's service.
type Wish string

const (
	// WishNothing: nothing, here or elsewhere; what it has is given up.
	WishNothing Wish = "Nothing"
	// WishElsewhere: nothing here; what it has is given up when another has had time to take it on.
	WishElsewhere Wish = "Elsewhere"
	// WishKeep: to keep what it has for as long as it uses it.
	WishKeep Wish = "Keep"
	// WishReserve: to keep its place for the return, or its turn.
	WishReserve Wish = "Reserve"
	// WishPlace: a place.
	WishPlace Wish = "Place"
	// WishFrozen: this cannot be told just now; what it has stays.
	WishFrozen Wish = "Frozen"
)

// isForHere says that something may be given at this supplier.
func (w Wish) isForHere() bool { return w != WishNothing && w != WishElsewhere }

// Agreement is how a SupportAgreement is judged: what holds for it as a whole, and each supplier.
type Agreement struct {
	Standing  AgreementStanding
	Term      TermVerdict
	Suppliers []SupplierVerdict
	// Wishes at each supplier.
	Wishes []Wish
	// PopulationKnown says that the consortium's registered patients are counted.
	PopulationKnown bool
	Patients        int64
	// Succeeded says that a successor takes over the consortium's members: nothing new is begun.
	Succeeded bool
	// Returns says that the agreement returns to an earlier choice by itself.
	Returns bool
	// Automatic says that the next supplier takes over by itself.
	Automatic bool
	// AfterOutage and Stabilisation are how long an outage lasts until it is confirmed, and how long an
	// earlier choice must have served before the return.
	AfterOutage, Stabilisation time.Duration
	// Next is the next instant at which the clock alone may change this; zero: never.
	Next time.Time
}

// JudgeAgreement looks at an agreement, its consortium and its suppliers. It is the one judgement that
// the agreement itself, and the ledgers of all its suppliers, go by.
func JudgeAgreement(seen state.SupportAgreement, calendar Calendar, now time.Time) Agreement {
	judged := Agreement{Term: JudgeTerm(seen.Object.Spec.Term, calendar, now)}
	judged.Standing = judged.standing(seen)
	judged.Wishes = make([]Wish, len(seen.Suppliers))
	judged.Suppliers = make([]SupplierVerdict, len(seen.Suppliers))
	if seen.Home.Consortium != nil {
		judged.lookAtConsortium(seen.Home.Consortium)
	}
	if seen.Home.Consortium != nil && seen.Function != nil {
		judged.judgeSuppliers(seen, calendar, now)
	}
	judged.wishAll(seen)
	judged.Next = judged.next(now)
	return judged
}

func (a *Agreement) judgeSuppliers(seen state.SupportAgreement, calendar Calendar, now time.Time) {
	terms := failoverOf(seen)
	a.Returns, a.Automatic = terms.returns, terms.automatic
	a.AfterOutage, a.Stabilisation = terms.afterOutage, terms.stabilisation
	for i := range seen.Suppliers {
		a.Suppliers[i] = judgeSupplier(seen, seen.Suppliers[i], terms, calendar, now)
	}
}

func (a *Agreement) standing(seen state.SupportAgreement) AgreementStanding {
	switch {
	case !seen.Object.DeletionTimestamp.IsZero():
		return AgreementDeleting
	case !seen.Home.IsActive():
		return AgreementHomeless
	case a.Term.State == TermEnded:
		return AgreementEnded
	case seen.Function == nil:
		return AgreementFunctionMissing
	case seen.Function.Spec.Delivery != v1alpha1.DeliveryHosted:
		return AgreementMemberOnly
	case seen.OlderAgreement != "":
		return AgreementDuplicate
	case a.Term.State == TermNotYet:
		return AgreementNotYet
	}
	return AgreementStands
}

func (a *Agreement) lookAtConsortium(consortium *v1alpha1.Consortium) {
	a.Succeeded = consortium.Spec.SucceededBy != ""
	a.PopulationKnown = meta.IsStatusConditionTrue(consortium.Status.Conditions, v1alpha1.PopulationKnownCondition)
	if consortium.Status.RegisteredPatients != nil {
		a.Patients = *consortium.Status.RegisteredPatients
	}
}

// wishAll decides what the agreement asks of each supplier, in order of preference.
func (a *Agreement) wishAll(seen state.SupportAgreement) {
	settled := false
	for i := range a.Wishes {
		switch a.Standing {
		case AgreementFunctionMissing:
			a.Wishes[i] = WishFrozen
		case AgreementStands:
			var settles bool
			a.Wishes[i], settles = a.wishAt(seen, i, settled)
			settled = settled || settles
		default:
			a.Wishes[i] = WishNothing
		}
	}
}

// wishAt decides what the agreement asks of one supplier; settled says that an earlier one is not
// passed over. It returns whether this one is not passed over either.
func (a *Agreement) wishAt(seen state.SupportAgreement, i int, settled bool) (wish Wish, settles bool) {
	verdict, supplier := a.Suppliers[i], seen.Suppliers[i]
	switch {
	case verdict.Fitness == Unjudged:
		return WishFrozen, true
	case verdict.Fitness.Breaks() || verdict.Fitness == IsClosed:
		return WishElsewhere, false
	case verdict.Fitness.Leaves() || settled:
		return WishKeep, false
	case verdict.Confirmed && a.Automatic:
		return a.wishDuringOutage(supplier), false
	case a.isPassedOverByHand(seen, i):
		return WishKeep, false
	case isIn(supplier):
		return WishPlace, true
	}
	return a.wishToEnter(supplier.Place, verdict, hasPlaceElsewhere(seen, i))
}

// wishToEnter is the wish of one who has no place at a supplier that could take it.
func (a *Agreement) wishToEnter(place state.Place, verdict SupplierVerdict, isElsewhere bool) (wish Wish, settles bool) {
	switch {
	case isElsewhere && verdict.Available == v1alpha1.ServiceNotAvailable:
		return WishReserve, false // it was never in force: the next one need not wait for it
	case !a.PopulationKnown || a.Succeeded && !isElsewhere:
		return WishFrozen, true
	}
	return WishPlace, place.State != state.PlaceWaiting
}

// wishDuringOutage keeps a place for who returns by itself, and everybody's turn.
func (a *Agreement) wishDuringOutage(supplier state.Supplier) Wish {
	if a.Returns || !isIn(supplier) {
		return WishReserve
	}
	return WishKeep
}

// isPassedOverByHand: where the return is by hand, a supplier that stood before the one in force when
// that was admitted is left alone, until the list is reordered or the one in force fails.
func (a *Agreement) isPassedOverByHand(seen state.SupportAgreement, i int) bool {
	if a.Returns {
		return false
	}
	for later := i + 1; later < len(seen.Suppliers); later++ {
		verdict, supplier := a.Suppliers[later], seen.Suppliers[later]
		hasFailed := verdict.Fitness != Fit || verdict.Confirmed && a.Automatic
		if !hasFailed && passesOver(supplier, seen.Suppliers[i].Name()) {
			return true
		}
	}
	return false
}

// passesOver says that a supplier is in force, and another was passed over for it: where somebody removed
// the ledger, all who stand before it.
func passesOver(inForce state.Supplier, name string) bool {
	isPassedOver := inForce.Place.IsUsable() && slices.Contains(inForce.Place.PassedOver, name)
	return inForce.Opening && (isPassedOver || !inForce.HasLedger)
}

func hasPlaceElsewhere(seen state.SupportAgreement, i int) bool {
	for other := range seen.Suppliers {
		if other != i && isIn(seen.Suppliers[other]) {
			return true
		}
	}
	return false
}

// next is the earliest instant after now at which the clock alone changes a verdict.
func (a *Agreement) next(now time.Time) time.Time {
	next := nextOf(now, a.Term.Changes)
	for _, verdict := range a.Suppliers {
		next = nextOf(now, next, verdict.OutageDue, verdict.StableAt, verdict.DataSharing.Changes, verdict.Assured.Changes)
	}
	return next
}

// failoverTerms are the terms of failover, with the defaults.
type failoverTerms struct {
	automatic, returns         bool
	afterOutage, stabilisation time.Duration
}

// Defaults of failover: part of the API, documented with SupportAgreement.spec.failover.
const (
	defaultAfterOutage   = 5 * time.Minute
	defaultStabilisation = 30 * time.Minute
)

// failoverOf: a function that holds records never returns by itself, whatever is asked for.
func failoverOf(seen state.SupportAgreement) failoverTerms {
	spec := seen.Object.Spec.Failover
	return failoverTerms{
		automatic:     spec.Mode != v1alpha1.FailoverManual,
		returns:       spec.Failback.Mode != v1alpha1.FailoverManual && seen.Function.Spec.Continuity != v1alpha1.ContinuityHoldsRecords,
		afterOutage:   spec.AfterOutage.Or(defaultAfterOutage),
		stabilisation: spec.Failback.Stabilisation.Or(defaultStabilisation),
	}
}
