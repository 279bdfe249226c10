package status

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// markFallbackActive says whether another than the first choice supplies, and what the return waits
// for. A fallback in force is no error.
func (g *agreement) markFallbackActive() {
	condition := v1alpha1.FallbackActiveCondition
	switch {
	case g.inForce < 0:
		g.m.isFalse(condition, v1alpha1.ReasonNoSupplier, fmt.Sprintf("Nobody supplies %s.", g.object.Spec.Function))
	case g.inForce == 0:
		g.m.isFalse(condition, v1alpha1.ReasonFirstChoiceInForce, fmt.Sprintf("%s, the first choice, supplies.", g.who(0)))
	case g.isUnknown(0) && meta.IsStatusConditionTrue(*g.m.conditions, condition):
		g.m.kept(condition, v1alpha1.ReasonFirstChoicePassedOver, waitsForOthers)
	default:
		reason, message := g.whyNotFirst()
		g.m.isTrue(condition, reason, message)
	}
}

// whyNotFirst says why the first choice does not supply, and how the agreement returns to it.
func (g *agreement) whyNotFirst() (reason, message string) {
	verdict, first := g.verdict(0), g.who(0)+", the first choice, "
	switch {
	case !g.isUnknown(0) && verdict.Fitness == plan.Fit && verdict.Available == v1alpha1.ServiceNotAvailable:
		return v1alpha1.ReasonFirstChoiceUnavailable, fmt.Sprintf("%s%s. %s", first, g.outSince(0), g.returning(0))
	case !verdict.IsServing() || g.supplier(0).Place.State == state.PlaceWaiting:
		return v1alpha1.ReasonFirstChoicePassedOver, fmt.Sprintf("%sis passed over: %s.", first, g.whyNot(0))
	case !g.returnsTo(0):
		return v1alpha1.ReasonHandoverNeeded, fmt.Sprintf("%sis available%s. %s", first, g.againSince(0), g.byHand())
	default:
		return v1alpha1.ReasonFirstChoiceStabilising, fmt.Sprintf("%s is available%s; the return is due at %s.", g.who(0), g.againSince(0), clock(verdict.StableAt))
	}
}

// againSince: one that supplied before is available again.
func (g *agreement) againSince(i int) string {
	since := ""
	for _, change := range g.status.History {
		if change.From == g.supplier(i).Name() {
			since = " again"
		}
	}
	if at := g.verdict(i).Since; !at.IsZero() {
		since += " since " + clock(at)
	}
	return since
}

// returnsTo says that the agreement returns to a supplier by itself: one that was passed over when the
// present one was admitted is left alone where the return is by hand.
func (g *agreement) returnsTo(i int) bool {
	return g.judged.Returns || !slices.Contains(g.supplier(g.inForce).Place.PassedOver, g.supplier(i).Name())
}

// returning says how the agreement returns to a supplier that does not serve.
func (g *agreement) returning(i int) string {
	if !g.returnsTo(i) {
		return "The return is by hand."
	}
	return fmt.Sprintf("The return follows once it has been available for %s.", span(g.judged.Stabilisation))
}

// byHand says how people make an agreement return.
func (g *agreement) byHand() string {
	why := "The return is by hand"
	if g.seen.Function.Spec.Continuity == v1alpha1.ContinuityHoldsRecords {
		why = fmt.Sprintf("%s holds records: the return is by hand", g.object.Spec.Function)
	}
	return fmt.Sprintf("%s, after a handover: stand %s down, or put it first in spec.suppliers and then back.", why, g.who(g.inForce))
}

// markFallbackReady says whether the next supplier could take over if the present one failed now, with
// all its consortia.
func (g *agreement) markFallbackReady() {
	condition := v1alpha1.FallbackReadyCondition
	if g.inForce < 0 {
		g.m.isFalse(condition, v1alpha1.ReasonNone, "Nobody supplies, so there is nobody to take over from.")
		return
	}
	if g.isFrozen() {
		g.m.kept(condition, v1alpha1.ReasonNotRead, waitsForOthers)
		return
	}
	fails := fmt.Sprintf("If %s fails now, ", g.who(g.inForce))
	if next := g.judged.NextAfter(g.seen, g.inForce); next >= 0 {
		g.markNextReady(condition, fails, next)
		return
	}
	others := g.others()
	if len(others) == 0 {
		g.m.isFalse(condition, v1alpha1.ReasonNone, fails+"nobody takes over: no other supplier is agreed.")
		return
	}
	for _, i := range others {
		if g.isUnknown(i) {
			g.m.isUnknown(condition, v1alpha1.ReasonNotRead, fmt.Sprintf("Whether %s could take over cannot be told just now.", g.whoExactly(i)))
			return
		}
	}
	g.m.isFalse(condition, g.unfitReason(others[0]), fmt.Sprintf("%snobody takes over: %s.", fails, g.whyNone(others)))
}

// markNextReady: room is the ledger's word.
func (g *agreement) markNextReady(condition, fails string, next int) {
	place := g.supplier(next).Place
	mayBegin, reason, message := g.mayBegin(next)
	switch {
	case place.State == state.PlaceWaiting:
		g.m.isFalse(condition, v1alpha1.ReasonNoRoomInStorm, fmt.Sprintf("Nobody could take over now: %s.", g.noRoom(next)))
	case place.State == state.PlaceStandby && place.NoRoom:
		g.m.isFalse(condition, v1alpha1.ReasonNoRoomInStorm, fmt.Sprintf("%swith all its consortia, %s.", fails, g.noRoomInStorm(next)))
	case !place.Counts() && !mayBegin:
		g.m.isFalse(condition, reason, message)
	case place.State == state.PlaceNone:
		g.m.isUnknown(condition, v1alpha1.ReasonNotRead, fmt.Sprintf("Whether %s has room has not been looked at yet.", g.whoExactly(next)))
	case !g.judged.Automatic:
		g.m.isTrue(condition, v1alpha1.ReasonFallbackReady, fmt.Sprintf("%s can carry this agreement; the change is by hand.", g.whoExactly(next)))
	default:
		g.m.isTrue(condition, v1alpha1.ReasonFallbackReady, fmt.Sprintf("%s can carry this agreement.", g.whoExactly(next)))
	}
}

func (g *agreement) noRoomInStorm(i int) string {
	return fmt.Sprintf("%s has no room for this agreement: %s", g.whoExactly(i), areBefore(g.supplier(i).Place.Ahead))
}

func areBefore(ahead int32) string {
	if ahead == 1 {
		return "1 comes before it"
	}
	return fmt.Sprintf("%s come before it", Thousands(int64(ahead)))
}

// others are the suppliers beside the one in force.
func (g *agreement) others() []int {
	var others []int
	for i := range g.seen.Suppliers {
		if i != g.inForce {
			others = append(others, i)
		}
	}
	return others
}
