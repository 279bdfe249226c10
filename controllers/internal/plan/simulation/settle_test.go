package simulation_test

import "time"

// maxRounds is within how many rounds, in each of which everything is looked at once, the world comes
// to rest while the clock stands still.
const maxRounds = 40

// settle lets the operator work, without delays, until it writes nothing more, and returns when
// the clock alone makes it go on; zero: never.
func (w *world) settle() time.Time {
	w.t.Helper()
	for range maxRounds {
		w.store.showAll()
		before, next := w.store.writes, time.Time{}
		for _, actor := range w.actors() {
			if instant := w.finish(actor); !instant.IsZero() && instant.After(w.now) && (next.IsZero() || instant.Before(next)) {
				next = instant
			}
			w.store.showAll()
		}
		if w.store.writes == before {
			clear(w.broken)
			w.look()
			w.checkStanding()
			return next
		}
	}
	w.t.Fatalf("the world does not come to rest within %d rounds", maxRounds)
	return time.Time{}
}

// finish lets an actor finish its reconcile, and returns when it looks again.
func (w *world) finish(actor string) time.Time {
	for {
		_, done := w.act(actor)
		w.checkStanding()
		if done {
			return w.lastNext[actor]
		}
	}
}

// finishAll ends what is under way.
func (w *world) finishAll() {
	for _, actor := range w.actors() {
		if w.runs[actor] != nil {
			w.finish(actor)
		}
	}
}

// pass lets time pass. Reconciles that have begun do not last longer than the cache may lag.
func (w *world) pass(d time.Duration) {
	if d >= lagLimit {
		w.finishAll()
	}
	w.now = w.now.Add(d)
	w.events++
	w.look()
	for actor, current := range w.runs {
		if w.now.Sub(current.begun) >= lagLimit {
			w.finish(actor)
		}
	}
	w.store.showOverdue(w.now)
}

// passUntil lets the clock run on, from one instant at which something is due to the next.
func (w *world) passUntil(end time.Time) {
	w.t.Helper()
	const maxInstants = 400
	for range maxInstants {
		next := w.settle()
		if next.IsZero() || next.After(end) {
			w.pass(end.Sub(w.now))
			w.settle()
			return
		}
		w.pass(next.Sub(w.now))
	}
	w.t.Fatalf("more than %d instants are due until %s", maxInstants, end)
}
