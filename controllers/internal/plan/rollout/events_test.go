package rollout_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// events are what happens in a world; after each the operator looks, and the law is held against it.
func (w *world) events(law func(*rapid.T, turn)) map[string]func(*rapid.T) {
	events := map[string]func(*rapid.T){
		"": func(t *rapid.T) { law(t, w.reconcile()) },
		"the catalogue changes": func(t *rapid.T) {
			w.change(drawConduct(t))
		},
		"a revision is put back": func(t *rapid.T) {
			w.target = rapid.SampledFrom(w.status.Layers).Draw(t, "layer").Revision
		},
		"the revision is mended": func(*rapid.T) { w.conduct[w.target] = works },
		"the terms are edited": func(t *rapid.T) {
			state := w.spec.State
			w.spec = drawTerms(t)
			w.spec.State = state
		},
		"it is paused, or resumed": func(*rapid.T) { w.togglePause() },
		"one joins": func(t *rapid.T) {
			i := w.join()
			drawTraits(t, w, i)
			i.isIll = rapid.Bool().Draw(t, "is ill")
		},
		"all go on":   func(*rapid.T) { w.tendAll() },
		"time passes": w.pass,
		"all go on until what is foretold": func(t *rapid.T) {
			w.tendAll()
			law(t, w.reconcile())
			w.wait()
		},
	}
	for name, event := range w.eventsOfOne() {
		events[name] = func(t *rapid.T) {
			if len(w.instances) == 0 {
				t.Skip("nobody is there")
			}
			event(t, rapid.SampledFrom(w.instances).Draw(t, "instance"))
		}
	}
	return events
}

func (w *world) eventsOfOne() map[string]func(*rapid.T, *instance) {
	return map[string]func(*rapid.T, *instance){
		"one goes on":        func(_ *rapid.T, i *instance) { w.tend(i) },
		"one stops working":  func(_ *rapid.T, i *instance) { i.IsDone = false },
		"one leaves":         func(_ *rapid.T, i *instance) { w.leave(i) },
		"one loses its home": func(_ *rapid.T, i *instance) { i.isHomeless = true },
		"one gets well":      func(_ *rapid.T, i *instance) { i.isIll, i.isHomeless = false, false },
		"one pins, or lets go": func(t *rapid.T, i *instance) {
			if i.Pinned != 0 {
				i.Pinned = 0
				return
			}
			i.Pinned = rapid.Int64Range(1, w.last).Draw(t, "pinned")
		},
		"one joins the pilot group, or leaves it": func(_ *rapid.T, i *instance) {
			if i.Labels == nil {
				i.Labels = pilot.MatchLabels
			} else {
				i.Labels = nil
			}
		},
	}
}

func (w *world) togglePause() {
	if w.spec.State == v1alpha1.RolloutPaused {
		w.spec.State = v1alpha1.RolloutRunning
	} else {
		w.spec.State = v1alpha1.RolloutPaused
	}
}

func (w *world) pass(t *rapid.T) {
	w.now = w.now.Add(rapid.SampledFrom([]time.Duration{
		300 * time.Millisecond, time.Second, time.Minute, 10 * time.Minute, 24 * time.Hour,
	}).Draw(t, "pause"))
}

// wait lets the clock run to the instant at which the operator asked to look again.
func (w *world) wait() {
	if w.next.After(w.now) {
		w.now = w.next
	}
}
