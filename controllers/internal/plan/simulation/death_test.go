package simulation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// turn of a story: something happens, or time passes; then the operator makes so many writes, dies, and
// is started anew.
type turn struct {
	event  *event
	pause  int
	writes int
	actors []int
}

// inForce is what counts of a status: whether there was a moment without a supplier, when one was to be
// broken with at once, depends on who looked first.
var inForce = cmp.Transformer("inForce", func(s v1alpha1.SupportAgreementStatus) string { return s.Supplier.Provider })

// places are what counts of a ledger: since when somebody moves depends on who looked first as well.
var places = cmp.Transformer("places", func(l ledger) map[string]state.PlaceState {
	states := map[string]state.PlaceState{}
	for key, place := range l.places {
		states[plan.PlaceKey(key)] = place.State
	}
	return states
})

// Whatever happens, the end is the same whether the operator died after any of its writes or not, where
// there is room for everybody. Where there is not, who began to wait at another time may be admitted in
// another order: then only the rules hold, at every step.
func TestR05_TheOperatorMayDieAfterAnyWrite(t *testing.T) {
	s := scope{services: 4, agreements: 6, isAmple: true}
	rapid.Check(t, func(t *rapid.T) {
		p := drawParameters(t, s)
		steady, mortal := newWorld(t, p), newWorld(t, p)
		steady.settle()
		mortal.settle()
		for range 1 + below(t, 25, "turns") {
			this := drawTurn(t, s, len(mortal.actors()))
			steady.take(this, false)
			mortal.take(this, true)
			if diff := cmp.Diff(steady.store.standing(), mortal.store.standing(), exported, inForce, places); diff != "" {
				t.Fatalf("the operator's death makes a difference (-without +with):\n%s", diff)
			}
		}
	})
}

func drawTurn(t *rapid.T, s scope, actors int) turn {
	drawn := turn{writes: below(t, 12, "writes"), pause: below(t, len(pauses), "pause")}
	if below(t, 3, "what") > 0 {
		e := drawEvent(t, s)
		drawn.event = &e
	}
	for range 20 {
		drawn.actors = append(drawn.actors, below(t, actors, "actor"))
	}
	return drawn
}

// take takes a turn, with the operator's death or without, and lets the world come to rest.
func (w *world) take(this turn, isFatal bool) {
	w.t.Helper()
	if this.event != nil {
		w.happen(*this.event)
	} else {
		w.pass(pauses[this.pause])
	}
	if isFatal {
		w.store.showAll()
		w.work(this)
		w.die()
		w.checkStanding()
	}
	w.settle()
}

// work lets some actors make some writes in all.
func (w *world) work(this turn) {
	for _, n := range this.actors {
		actor := w.actors()[n]
		for done := false; !done; {
			if this.writes == 0 {
				return
			}
			var written bool
			if written, done = w.act(actor); written {
				this.writes--
			}
			w.checkStanding()
			w.store.showAll()
		}
	}
}
