package rollout_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Whatever happened before: once it is not paused, and the revision and all who can run it work, it reaches
// everybody but those who pin.
func TestR12_ARolloutCompletesWhereAllIsWell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		t.Repeat(w.events(func(*rapid.T, turn) {}))
		w.heal()
		for turns := 0; len(w.status.Layers) > 1; turns++ {
			if turns > 100 {
				t.Fatalf("it does not end: %+v", w.status)
			}
			w.tendAll()
			w.wait()
			w.reconcile()
		}
		for _, i := range w.instances {
			want := w.target
			if i.Pinned != 0 {
				want = i.Pinned
			}
			if got := w.assigned(i); got != want {
				t.Fatalf("%s is assigned %d, want %d", i.Namespace, got, want)
			}
		}
		if w.status.Layers[0].Revision != w.target || !w.next.IsZero() {
			t.Fatalf("it ends with %+v, and looks again at %s; want revision %d", w.status, w.next, w.target)
		}
	})
}

// heal lets all be well, but for those without a home.
func (w *world) heal() {
	w.spec.State, w.conduct[w.target] = v1alpha1.RolloutRunning, works
	for _, i := range w.instances {
		i.isIll = false
	}
	if w.reconcile(); w.status.Halted == v1alpha1.HaltFinishOrUndo {
		w.target = w.status.Layers[0].Revision
		w.heal()
	}
}

// A revision that works nowhere reaches the first step, and who joins; nobody else is ever touched, and
// it says so.
func TestR12_ABadRevisionGoesNoFurtherThanTheFirstStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.IntRange(1, 60).Draw(t, "instances"))
		n := len(w.instances)
		w.change(rapid.SampledFrom([]conduct{fails, hangs}).Draw(t, "conduct"))
		w.reconcile()
		first := w.touched()
		if want := (5*n + 99) / 100; len(first) != want {
			t.Fatalf("the first step takes %d of %d, want %d", len(first), n, want)
		}
		events := w.events(func(t *rapid.T, _ turn) {
			if now := w.touched(); !slices.Equal(now, first) {
				t.Fatalf("it has reached %v, and the first step took %v", now, first)
			}
		})
		t.Repeat(map[string]func(*rapid.T){
			"": events[""], "all go on": events["all go on"], "one goes on": events["one goes on"], "time passes": events["time passes"],
			"all go on until what is foretold": events["all go on until what is foretold"], "it is paused, or resumed": events["it is paused, or resumed"],
			"one joins": func(*rapid.T) {
				if i := w.join(); w.assigned(i) == w.target {
					first = append(first, i.Namespace)
				}
			},
		})
		w.spec.State = v1alpha1.RolloutRunning
		for range 2 {
			w.reconcile()
			w.tendAll()
			w.now = w.now.Add(time.Hour)
		}
		if w.reconcile(); w.status.Halted == "" || len(w.touched()) != len(first) {
			t.Fatalf("it is not halted: %+v", w.status)
		}
	})
}

// touched are those that are assigned the target.
func (w *world) touched() []string {
	var names []string
	for _, i := range w.instances {
		if w.assigned(i) == w.target {
			names = append(names, i.Namespace)
		}
	}
	return names
}
