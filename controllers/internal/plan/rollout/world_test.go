package rollout_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

const function = "referral-management"

// dawn is when a world begins: the operator's clock knows parts of a second, the API's does not.
var dawn = time.Date(2026, 11, 22, 9, 0, 0, 700_000_000, time.UTC)

// pilot selects the group that goes first.
var pilot = v1alpha1.LabelSelector{MatchLabels: map[string]string{"wave": "pilot"}}

// conduct is how instances fare with a revision: they work, say that they cannot run it, or never come to work.
type conduct int

const (
	works conduct = iota
	fails
	hangs
)

// instance of the world. One that is ill works with no revision; of one without a home nothing can run.
type instance struct {
	rollout.Member
	isIll, isHomeless bool
}

// world is a catalogue entry, those that run it, and a clock.
type world struct {
	now, next    time.Time
	spec         v1alpha1.Rollout
	target, last int64
	conduct      map[int64]conduct
	status       v1alpha1.RolloutStatus
	instances    []*instance
	born         int
}

// turn is one look of the operator at the world.
type turn struct {
	spec v1alpha1.Rollout
	was  v1alpha1.RolloutStatus
	seen rollout.Seen
	now  time.Time
	is   v1alpha1.RolloutStatus
	next time.Time
}

// newWorld is one at rest, with so many instances that work.
func newWorld(instances int) *world {
	w := &world{now: dawn, target: 1, last: 1, conduct: map[int64]conduct{}}
	w.reconcile()
	for range instances {
		w.join()
	}
	w.tendAll()
	return w
}

// join adds an instance of which nothing runs yet.
func (w *world) join() *instance {
	w.born++
	i := &instance{Member: rollout.Member{
		Kind: v1alpha1.MemberFunctionKind, Created: w.now.Truncate(time.Second), IsIdle: true,
		Instance: rollout.Instance{Namespace: fmt.Sprintf("consortium-%02d", w.born), Name: function},
	}}
	w.instances = append(w.instances, i)
	return i
}

func (w *world) leave(i *instance) {
	w.instances = slices.DeleteFunc(w.instances, func(other *instance) bool { return other == i })
}

// tend lets an instance take on what it is assigned, and else show how it fares with that.
func (w *world) tend(i *instance) {
	assigned := w.assigned(i)
	how, isThere := w.conduct[assigned], i.Revision == assigned && !i.isHomeless
	i.Revision, i.IsIdle = assigned, i.isHomeless
	i.IsDone, i.IsFailing = isThere && how == works && !i.isIll, isThere && how == fails
}

// tendAll lets all take on what they are assigned, and show how they fare with it.
func (w *world) tendAll() {
	for range 2 {
		for _, i := range w.instances {
			w.tend(i)
		}
	}
}

func (w *world) assigned(i *instance) int64 {
	return rollout.Assigned(function, w.status.Layers, i.Instance)
}

// change makes a new revision.
func (w *world) change(how conduct) {
	w.last++
	w.target = w.last
	w.conduct[w.target] = how
}

func (w *world) seen() rollout.Seen {
	seen := rollout.Seen{Function: function, Target: w.target, Terms: rollout.TermsOf(w.spec)}
	for _, i := range w.instances {
		seen.Members = append(seen.Members, i.Member)
	}
	return seen
}

func (w *world) reconcile() turn {
	x := turn{spec: w.spec, was: w.status, seen: w.seen(), now: w.now}
	x.is, x.next = rollout.Plan(x.was, x.seen, x.now)
	w.status, w.next = x.is, x.next
	return x
}

// drawWorld is one in which up to eight changes lie on top of one another.
func drawWorld(t *rapid.T) *world {
	w := newWorld(rapid.IntRange(0, 30).Draw(t, "instances"))
	for _, i := range w.instances {
		drawTraits(t, w, i)
	}
	w.tendAll()
	w.spec = drawTerms(t)
	for range rapid.IntRange(0, 8).Draw(t, "changes") {
		w.change(drawConduct(t))
		w.reconcile()
	}
	return w
}

func drawTraits(t *rapid.T, w *world, i *instance) {
	switch rapid.IntRange(0, 9).Draw(t, "trait") {
	case 0:
		i.Pinned = rapid.Int64Range(1, w.last).Draw(t, "pinned")
	case 1, 2:
		i.Labels = pilot.MatchLabels
	case 3:
		i.isHomeless = true
	}
}

func drawConduct(t *rapid.T) conduct {
	return rapid.SampledFrom([]conduct{works, works, fails, hangs}).Draw(t, "conduct")
}

// drawTerms draws none half of the time, and so the defaults.
func drawTerms(t *rapid.T) v1alpha1.Rollout {
	terms := v1alpha1.Rollout{Deadline: rapid.SampledFrom([]v1alpha1.Duration{"", "1m"}).Draw(t, "deadline")}
	if rapid.Bool().Draw(t, "some may fail") {
		terms.MaxFailed = new(rapid.Int32Range(0, 2).Draw(t, "maxFailed"))
	}
	if rapid.Bool().Draw(t, "default steps") {
		return terms
	}
	percents := rapid.SliceOfN(rapid.Int32Range(1, 100), 0, 4).Draw(t, "percents")
	slices.Sort(percents)
	for _, percent := range percents {
		step := v1alpha1.RolloutStep{Percent: percent}
		if rapid.Bool().Draw(t, "pilot group") {
			step = v1alpha1.RolloutStep{Selector: pilot}
		}
		terms.Steps = append(terms.Steps, step)
	}
	terms.Steps = append(terms.Steps, v1alpha1.RolloutStep{Percent: 100})
	for n := range terms.Steps {
		terms.Steps[n].Soak = rapid.SampledFrom([]v1alpha1.Duration{"", "0s", "1m"}).Draw(t, "soak")
	}
	return terms
}
