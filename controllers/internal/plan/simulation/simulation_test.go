// Package simulation_test lets the rules R1 to R5 work together: services, consortia and agreements in
// a world that changes at random, and an operator at work that reads what is out of date, takes its
// steps in any order, and dies.
package simulation_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var pauses = []time.Duration{
	time.Second, time.Second, 2 * time.Second, 10 * time.Second, 11 * time.Second, time.Minute, time.Minute, time.Minute, 5 * time.Minute,
	5 * time.Minute, 5 * time.Minute, 31 * time.Minute, 3 * time.Hour, 25 * time.Hour, 73 * time.Hour,
}

// drawPause draws minutes mostly, and years at times.
func drawPause(t *rapid.T) time.Duration {
	if below(t, 100, "years") == 0 {
		return 400 * 24 * time.Hour
	}
	return oneOf(t, pauses, "pause")
}

// step is one step of the world: mostly one write of the operator.
func (w *world) step(t *rapid.T, s scope) {
	switch what := below(t, 100, "what"); {
	case what < 45:
		w.act(oneOf(t, w.actors(), "actor"))
	case what < 60:
		if lagging := w.store.lagging(); len(lagging) > 0 {
			w.store.show(oneOf(t, lagging, "shown"))
		}
	case what < 74:
		w.happen(drawEvent(t, s))
	case what < 86:
		w.pass(drawPause(t))
	case what < 89:
		w.die()
	default:
		w.settle()
	}
	w.checkStanding()
}

// Whatever is read late, in whatever order steps are taken, and wherever the operator dies: nothing is given
// that must not be (R1 to R3), nobody is admitted out of turn or put out (R4), and what a consortium calls
// is open to it, and changes with reason only (R5).
func TestR01_R02_R03_R04_R05_TheRulesHoldAtEveryStep(t *testing.T) {
	s := scope{services: 4, agreements: 8}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawParameters(t, s))
		w.settle()
		for range 40 + below(t, 120, "steps") {
			w.step(t, s)
		}
		w.settle()
	})
}
