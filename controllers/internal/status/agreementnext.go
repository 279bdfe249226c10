package status

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// next says what happens next: first a change of supplier that is under way or due, then a return, then
// what ends within 30 days. What the consortium can renew by its own spec, it should Renew; anything
// else ends by itself: Withdraw. The instant is that at which access ends.
func (g *agreement) next() v1alpha1.Next {
	switch {
	case g.isFrozen():
		return g.status.Next
	case g.isMoving():
		return g.move(g.choice.Goal, time.Time{})
	case g.inForce < 0:
		return v1alpha1.Next{Action: v1alpha1.NextNone}
	case g.choice.Goal < 0:
		return v1alpha1.Next{Action: v1alpha1.NextWithdraw} // it was not possible just now
	}
	if successor, due := g.successor(); successor >= 0 {
		return g.move(successor, due)
	}
	isOut := g.verdict(g.inForce).Available == v1alpha1.ServiceNotAvailable
	if target, due := g.returnTarget(); target >= 0 && !isOut {
		return g.move(target, due)
	}
	return g.nextEnding()
}

func (g *agreement) nextEnding() v1alpha1.Next {
	first, ends := g.firstEnding()
	switch {
	case !ends || !g.isNear(first) || first.isHarmless:
		return v1alpha1.Next{Action: v1alpha1.NextNone}
	case g.isRenewable(first):
		return v1alpha1.Next{Action: v1alpha1.NextRenew, NotBefore: stamp(first.at)}
	}
	return v1alpha1.Next{Action: v1alpha1.NextWithdraw, NotBefore: stamp(first.at)}
}

// move is a change to another supplier: a return, if it is an earlier choice.
func (g *agreement) move(to int, notBefore time.Time) v1alpha1.Next {
	next := v1alpha1.Next{Action: v1alpha1.NextFailOver, To: g.supplier(to).Name()}
	if to < g.inForce {
		next.Action = v1alpha1.NextFailBack
	}
	if !notBefore.IsZero() {
		next.NotBefore = stamp(notBefore)
	}
	return next
}

// successor is who takes over from a supplier in force that is out or moves its consortia on, and when
// at the earliest, zero where that depends on something else; -1: nobody does.
func (g *agreement) successor() (int, time.Time) {
	verdict, next := g.verdict(g.inForce), g.judged.NextAfter(g.seen, g.inForce)
	isOut := verdict.Fitness == plan.Fit && verdict.Available == v1alpha1.ServiceNotAvailable
	switch {
	case next < 0 || !g.hasRoom(next):
		return -1, time.Time{}
	case verdict.Fitness.Leaves():
		return next, time.Time{}
	case isOut && g.judged.Automatic && !verdict.Confirmed:
		return next, verdict.OutageDue
	case isOut && g.judged.Automatic:
		return next, time.Time{}
	}
	return -1, time.Time{}
}

// hasRoom says that a supplier is not known to have no room for the agreement.
func (g *agreement) hasRoom(i int) bool {
	place := g.supplier(i).Place
	return place.State != state.PlaceWaiting && !place.NoRoom
}

// returnTarget is the earlier choice to which the agreement returns by itself, and when at the earliest,
// zero where that depends on something else; -1: none. The first that serves, else the first.
func (g *agreement) returnTarget() (target int, due time.Time) {
	target = -1
	for i := range g.inForce {
		verdict := g.verdict(i)
		if verdict.Fitness != plan.Fit || !g.returnsTo(i) {
			continue
		}
		if verdict.IsServing() && g.supplier(i).Place.State != state.PlaceWaiting {
			return i, verdict.StableAt
		}
		if target < 0 {
			target = i
		}
	}
	return target, time.Time{}
}
