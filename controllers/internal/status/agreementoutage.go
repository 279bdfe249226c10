package status

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// markOut says what follows from an outage of a supplier: of the one in force, or of the one that the
// agreement turned to first.
func (g *agreement) markOut(i int) {
	verdict := g.verdict(i)
	out := fmt.Sprintf("%s %s.", g.who(i), g.outSince(i))
	next := g.judged.NextAfter(g.seen, i)
	switch {
	case verdict.Fitness == plan.Unjudged:
		g.notReady(v1alpha1.ReasonSupplierUnavailable, out+" Nobody takes over while it cannot be told whether it may supply.")
	case next < 0:
		g.notReady(v1alpha1.ReasonSupplierUnavailable, g.allOut(i))
	case !g.judged.Automatic:
		g.notReady(v1alpha1.ReasonSupplierUnavailable, fmt.Sprintf("%s The change is by hand: %s can take over if you reorder the list or stand %s down.", out, g.who(next), g.who(i)))
	case !verdict.Confirmed && !verdict.OutageDue.IsZero():
		g.notReady(v1alpha1.ReasonSupplierUnavailable, fmt.Sprintf("%s If it stays so until %s, %s.", out, clock(verdict.OutageDue), g.takesOver(next)))
	case g.supplier(next).Place.State == state.PlaceWaiting:
		g.notReady(v1alpha1.ReasonWaitingForRoom, fmt.Sprintf("%s %s takes over as soon as it has room: place %d in the queue.", out, g.who(next), g.supplier(next).Place.Ahead+1))
	default:
		g.notReady(v1alpha1.ReasonSwitching, fmt.Sprintf("%s %s takes over as soon as it has a place for this agreement.", out, g.who(next)))
	}
}

// takesOver says what the next supplier does when an outage is confirmed.
func (g *agreement) takesOver(next int) string {
	if g.hasRoom(next) {
		return g.who(next) + " takes over"
	}
	return g.who(next) + " takes over when it has room"
}

// takingOver says who takes over from a supplier that is left.
func (g *agreement) takingOver(i int) string {
	if next := g.judged.NextAfter(g.seen, i); next >= 0 {
		return fmt.Sprintf("%s takes over as soon as it has a place for this agreement.", g.who(next))
	}
	return "Access stays until another supplier can take over."
}

// allOut says that no supplier that could supply serves, and what follows.
func (g *agreement) allOut(i int) string {
	var out, unfit []int
	for other := range g.seen.Suppliers {
		switch verdict := g.verdict(other); {
		case other == i || verdict.Fitness == plan.Fit && verdict.Available == v1alpha1.ServiceNotAvailable:
			out = append(out, other)
		default:
			unfit = append(unfit, other)
		}
	}
	resumes := fmt.Sprintf("The service resumes when %s is back", g.who(i))
	if len(out) > 1 {
		return g.noneOf(out) + g.firstOf(out)
	}
	if g.inForce >= 0 {
		resumes = fmt.Sprintf("Access is kept, and the service resumes when %s is back", g.who(i))
	}
	why := "No other supplier is agreed"
	if len(unfit) > 0 {
		why = "Nobody takes over: " + g.whyNone(unfit)
	}
	return fmt.Sprintf("%s %s. %s. %s.", g.who(i), g.outSince(i), why, resumes)
}

// noneOf names those who are out, and since when.
func (g *agreement) noneOf(out []int) string {
	names := make([]string, len(out))
	for n, i := range out {
		names[n] = g.who(i)
		if since := g.verdict(i).Since; !since.IsZero() {
			names[n] = fmt.Sprintf("%s (since %s)", g.who(i), clock(since))
		}
	}
	if len(names) == 2 {
		return fmt.Sprintf("Neither %s nor %s is available.", names[0], names[1])
	}
	return fmt.Sprintf("None of %s is available.", strings.Join(names[:len(names)-1], ", ")+" and "+names[len(names)-1])
}

// firstOf says what follows when all are out.
func (g *agreement) firstOf(out []int) string {
	kept, them := "", "them"
	if len(out) == 2 {
		them = "the two"
	}
	if g.inForce >= 0 {
		kept = fmt.Sprintf(" The last binding, to %s, is kept", g.who(g.inForce))
	}
	switch {
	case !g.judged.Automatic && kept != "":
		return fmt.Sprintf("%s; another takes over by hand only.", kept)
	case kept != "":
		return fmt.Sprintf("%s; the first of %s that is available again takes over.", kept, them)
	}
	return fmt.Sprintf(" The first of %s that is available again takes over.", them)
}

// markReadyWithout: nobody supplies. It says what that waits for: a supplier that may supply and is not
// there yet, or why none may.
func (g *agreement) markReadyWithout() {
	if g.isMoving() {
		g.repeat(v1alpha1.BoundCondition)
		return
	}
	for i := range g.seen.Suppliers {
		switch verdict := g.verdict(i); {
		case g.isUnknown(i):
			g.unknown(i)
			return
		case verdict.Fitness != plan.Fit || g.isPassedBy(i):
			continue
		}
		g.markComing(i)
		return
	}
	g.markNobody()
}

// isPassedBy says that the outage of a supplier is confirmed, and another serves.
func (g *agreement) isPassedBy(i int) bool {
	verdict := g.verdict(i)
	return verdict.Available == v1alpha1.ServiceNotAvailable && verdict.Confirmed && g.judged.Automatic && g.judged.NextAfter(g.seen, i) >= 0
}

// markComing says what is missing until a supplier that may supply does.
func (g *agreement) markComing(i int) {
	place := g.supplier(i).Place
	mayBegin, reason, message := g.mayBegin(i)
	switch {
	case !place.Counts() && !mayBegin:
		g.notReady(reason, message) // also during an outage
	case g.verdict(i).Available == v1alpha1.ServiceNotAvailable:
		g.markOut(i)
	case place.State == state.PlaceWaiting:
		g.notReady(v1alpha1.ReasonWaitingForRoom, sentence(g.noRoom(i)))
	case g.unlisted() == i:
		g.notReady(v1alpha1.ReasonSwitching, sentence(g.notYetListed(i)))
	default:
		g.notReady(g.asking(i))
	}
}

// markNobody says why no supplier may supply: what they all lack, or each its own.
func (g *agreement) markNobody() {
	reason, all := g.brokenReason(0), make([]int, len(g.seen.Suppliers))
	isShared := g.verdict(0).Fitness == plan.WithoutDataSharing || g.verdict(0).Fitness == plan.WithoutAssurance
	for i := range all {
		all[i] = i
		isShared = isShared && g.brokenReason(i) == reason
	}
	if !isShared {
		reason = v1alpha1.ReasonNoSupplier
	}
	message := sentence(g.whyNone(all))
	if len(all) > 1 {
		message = fmt.Sprintf("Nobody in the list supplies %s: %s.", g.object.Spec.Function, g.whyNone(all))
	}
	g.notReady(reason, message)
}
