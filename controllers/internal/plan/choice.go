package plan

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// drainPeriod is for how long the opening to a former supplier stays after a switch: names are cached,
// and requests are under way.
const drainPeriod = time.Minute

// Choice is who supplies an agreement from now on, and what stands for it.
type Choice struct {
	// Current supplier in force, and Goal, who shall be; indexes of the list, -1: none.
	Current, Goal int
	// Reason for which the goal differs from the current one.
	Reason v1alpha1.SwitchReason
	// Draining is the former supplier whose opening still stands; -1: none.
	Draining int
	// Next is when to look again, if nothing changes; zero: never.
	Next time.Time
}

// Switches says whether the supplier changes.
func (c Choice) Switches() bool { return c.Current != c.Goal }

// Choose is rule R5: it decides who supplies from now on, by what was judged and what the ledgers
// grant. A supplier whose consent, assurance or data sharing is gone supplies no longer. Another
// replaces one that supplies only after a confirmed outage, because the consortium stood it down, or
// with the leave of its ledger; and only one that has a place for the agreement, serves, and lists it.
func Choose(seen state.SupportAgreement, judged Agreement, now time.Time) Choice {
	choice := Choice{Current: inForce(seen), Goal: -1, Draining: -1, Next: judged.Next}
	if judged.Standing == AgreementFunctionMissing {
		choice.Goal = choice.Current // frozen
		return choice
	}
	if judged.Standing != AgreementStands {
		choice.Reason = withdrawal(judged.Standing)
		return choice
	}
	choice.Goal = judged.goal(seen, choice.Current)
	if choice.Switches() {
		choice.Reason = judged.switchReason(seen, choice)
	}
	choice.drain(seen, judged, now)
	return choice
}

// goal is who shall supply; -1: nobody.
func (a *Agreement) goal(seen state.SupportAgreement, current int) int {
	best := a.best(seen)
	switch {
	case current < 0 && best < 0:
		return a.begun(seen)
	case current < 0 || a.Suppliers[current].Fitness.Breaks() || !isEntitled(seen.Suppliers[current]):
		return best
	case best >= 0 && best != current && a.mayReplace(seen, current):
		return best
	}
	return current
}

// inForce is the supplier that the status says is in force, where the list still names it. One that the
// consortium took out of its list is no longer named (R3): nothing is left for it.
func inForce(seen state.SupportAgreement) int {
	status := seen.Object.Status.Supplier
	for i, supplier := range seen.Suppliers {
		if status.Provider != "" && supplier.Name() == status.Provider+"/"+status.Service {
			return i
		}
	}
	return -1
}

// isEntitled: an agreement binds only what a ledger grants; whoever is bound stays so while its place
// counts. A ledger that somebody removed or spoilt says nothing.
func isEntitled(supplier state.Supplier) bool { return supplier.Place.Counts() || !supplier.HasLedger }

// begun is the supplier whose opening stands although the status names nobody: the operator died before
// it could record this, or the record was lost. An outage is no reason to take that back. -1: none.
func (a *Agreement) begun(seen state.SupportAgreement) int {
	used := usedSupplier(seen)
	if used < 0 || seen.Object.Status.Supplier.Provider != "" || a.Suppliers[used].Fitness.Breaks() {
		return -1
	}
	return used
}

// best is the first supplier that may take over now; -1: none.
func (a *Agreement) best(seen state.SupportAgreement) int {
	for i, supplier := range seen.Suppliers {
		if a.Wishes[i] == WishPlace && supplier.Place.IsUsable() && supplier.Listed && a.Suppliers[i].IsServing() {
			return i
		}
	}
	return -1
}

// mayReplace says whether the supplier in force may be replaced although it keeps its consent.
func (a *Agreement) mayReplace(seen state.SupportAgreement, current int) bool {
	verdict := a.Suppliers[current]
	return verdict.Fitness == IsStoodDown || verdict.Confirmed && a.Automatic ||
		seen.Suppliers[current].Place.State == state.PlaceMoving
}

// drain keeps the opening to the former supplier for a while, where it still stands and may.
func (c *Choice) drain(seen state.SupportAgreement, judged Agreement, now time.Time) {
	former, since := c.Current, now
	if !c.Switches() {
		former, since = formerSupplier(seen)
	}
	if former < 0 || former == c.Goal || c.Goal < 0 || judged.Suppliers[former].Fitness.Breaks() {
		return
	}
	if supplier := seen.Suppliers[former]; !supplier.Opening || !isEntitled(supplier) {
		return
	}
	if ends := since.Add(drainPeriod); now.Before(ends) {
		c.Draining = former
		c.Next = nextOf(now, c.Next, ends)
	}
}

// formerSupplier is who supplied before the last switch, and when that was; -1: nobody who is listed.
func formerSupplier(seen state.SupportAgreement) (int, time.Time) {
	history := seen.Object.Status.History
	if len(history) == 0 || history[0].Time == nil {
		return -1, time.Time{}
	}
	for i, supplier := range seen.Suppliers {
		if supplier.Name() == history[0].From {
			return i, history[0].Time.Time
		}
	}
	return -1, time.Time{}
}

func withdrawal(standing AgreementStanding) v1alpha1.SwitchReason {
	if standing == AgreementEnded || standing == AgreementNotYet {
		return v1alpha1.SwitchTermEnded
	}
	return v1alpha1.SwitchWithdrawn
}

// breakReasons are why a supplier that is no longer fit is replaced.
var breakReasons = map[Fitness]v1alpha1.SwitchReason{
	SupplierMissing:        v1alpha1.SwitchSupplierGone,
	OtherFunction:          v1alpha1.SwitchSupplierGone,
	NotSelectedBySupplier:  v1alpha1.SwitchConsentWithdrawn,
	TermTooLongForSupplier: v1alpha1.SwitchConsentWithdrawn,
	WithoutDataSharing:     v1alpha1.SwitchDataSharingLapsed,
	WithoutAssurance:       v1alpha1.SwitchAssuranceLapsed,
	IsStoodDown:            v1alpha1.SwitchStoodDown,
	IsDraining:             v1alpha1.SwitchDrained,
	IsGoing:                v1alpha1.SwitchDrained,
}

// switchReason says why the supplier changes.
func (a *Agreement) switchReason(seen state.SupportAgreement, c Choice) v1alpha1.SwitchReason {
	if c.Current < 0 {
		if seen.Object.Status.Supplier.Provider != "" {
			return v1alpha1.SwitchReordered // the former is no longer in the list
		}
		return v1alpha1.SwitchAccepted
	}
	verdict := a.Suppliers[c.Current]
	if reason, known := breakReasons[verdict.Fitness]; known {
		return reason
	}
	switch {
	case c.Goal < 0:
		return v1alpha1.SwitchWithdrawn
	case verdict.Confirmed && a.Automatic:
		return v1alpha1.SwitchFailover
	}
	return a.returnReason(seen, c)
}

// returnReason tells the return to an earlier choice from a list that was reordered.
func (a *Agreement) returnReason(seen state.SupportAgreement, c Choice) v1alpha1.SwitchReason {
	for _, name := range seen.Suppliers[c.Current].Place.PassedOver {
		if name == seen.Suppliers[c.Goal].Name() {
			return v1alpha1.SwitchFailBack
		}
	}
	return v1alpha1.SwitchReordered
}
