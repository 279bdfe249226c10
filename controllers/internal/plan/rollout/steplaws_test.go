package rollout_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

const everybody = "ffffffffffffffff"

// layerOf is the layer of a revision, and how many lie above it; -1: it is not under way.
func layerOf(status v1alpha1.RolloutStatus, revision int64) (v1alpha1.RolloutLayer, int) {
	at := slices.IndexFunc(status.Layers, func(l v1alpha1.RolloutLayer) bool { return l.Revision == revision })
	if at < 0 {
		return v1alpha1.RolloutLayer{Revision: revision}, at
	}
	return status.Layers[at], at
}

// asked are those whom a step waits for: all whom its layer holds but who came after it began, where
// anybody came before.
func asked(x turn, layer v1alpha1.RolloutLayer) []rollout.Member {
	held := heldBy(layer, x.seen.Members)
	if layer.Revision != x.was.Layers[0].Revision || x.was.StartedAt == nil {
		return held
	}
	isLate := func(m rollout.Member) bool { return m.Created.After(x.was.StartedAt.Time) }
	if early := slices.DeleteFunc(slices.Clone(held), isLate); len(early) > 0 {
		return early
	}
	return held
}

func isRunning(m rollout.Member) bool { return !m.IsIdle }

func isMatched(m rollout.Member) bool { return m.Labels["wave"] == "pilot" }

// stepsOf are the steps as spec.rollout documents them.
func stepsOf(spec v1alpha1.Rollout) []v1alpha1.RolloutStep {
	if len(spec.Steps) == 0 {
		return []v1alpha1.RolloutStep{{Percent: 5}, {Percent: 50}, {Percent: 100}}
	}
	return spec.Steps
}

// queue is the order in which a revision reaches those who follow, and how many of them it has reached.
type queue struct {
	members []rollout.Member
	reached int
	group   bool // and the pilot group
}

func queueOf(x turn, layer v1alpha1.RolloutLayer) queue {
	q := queue{members: followers(x.seen.Members), group: len(layer.Selectors) > 0}
	slices.SortFunc(q.members, func(a, b rollout.Member) int {
		return cmp.Compare(positionOf(layer.Revision, a), positionOf(layer.Revision, b))
	})
	for q.reached < len(q.members) && positionOf(layer.Revision, q.members[q.reached]) <= layer.Threshold {
		q.reached++
	}
	return q
}

func (q queue) chosen() []string {
	var names []string
	for n, m := range q.members {
		if n < q.reached || q.group && isMatched(m) {
			names = append(names, m.Namespace)
		}
	}
	return names
}

// step goes as far as a step says, and further where all whom that takes are idle.
func (q queue) step(step v1alpha1.RolloutStep) queue {
	q.group = q.group || step.Percent == 0
	if step.Percent > 0 || !slices.ContainsFunc(q.members, isMatched) {
		q.reached = max(q.reached, 1, (len(q.members)*int(step.Percent)+99)/100)
	}
	isTaken := func(m rollout.Member) bool { return isRunning(m) && slices.Contains(q.chosen(), m.Namespace) }
	if slices.ContainsFunc(q.members, isTaken) {
		return q
	}
	return q.further()
}

// further goes on to the next who runs anything, and who is not in the group.
func (q queue) further() queue {
	isNext := func(m rollout.Member) bool { return isRunning(m) && (!q.group || !isMatched(m)) }
	if next := slices.IndexFunc(q.members[q.reached:], isNext); next >= 0 {
		q.reached += next + 1
	}
	return q
}

// A step takes max(1, ceil(percent of those who follow)), those first whose turn is first; or the group.
// Where all of these are idle, or gone, it takes the next that is not.
func exactShare(t *rapid.T, x turn) {
	old, _ := layerOf(x.was, x.seen.Target)
	is := x.is.Layers[0]
	if reflect.DeepEqual(old, is) || is.Revision != x.seen.Target || is.Threshold == everybody || len(x.is.Layers) == 1 {
		return
	}
	q := queueOf(x, old)
	if old.Step > 0 && !slices.ContainsFunc(asked(x, old), isRunning) {
		q = q.further()
	}
	for n := old.Step; n < is.Step; n++ {
		q = q.step(stepsOf(x.spec)[n])
	}
	got := queueOf(x, is).chosen()
	if want := q.chosen(); !slices.Equal(got, want) {
		t.Fatalf("from step %d to %d of %+v it chose %v of %d, want %v", old.Step, is.Step, x.spec.Steps, got, len(q.members), want)
	}
	if holds := len(heldBy(is, x.seen.Members)); holds != len(got) {
		t.Fatalf("it chose %v, and holds %d", got, holds)
	}
}

// A step is left when no more are not done than may fail, and then after its soak; the last, without.
func gated(t *rapid.T, x turn) {
	old, at := layerOf(x.was, x.seen.Target)
	is := x.is.Layers[0]
	if at < 0 || old.Step == 0 || reflect.DeepEqual(x.is.Layers, x.was.Layers[at:]) {
		return
	}
	isWider := is.Step == old.Step && is.Threshold != everybody && len(x.is.Layers) > 1
	if isWider && slices.ContainsFunc(asked(x, old), isRunning) {
		t.Fatalf("step %d takes more, and those that it took are there", old.Step)
	}
	waiting := 0
	for _, m := range asked(x, old) {
		if isDone := m.Revision == old.Revision && m.IsDone; isRunning(m) && !isDone {
			waiting++
		}
	}
	if most := x.seen.Terms.MaxFailed; waiting > most {
		t.Fatalf("step %d is left while %d are not done, and %d may fail", old.Step, waiting, most)
	}
	if isWider {
		return
	}
	steps := stepsOf(x.spec)
	if len(x.is.Layers) > 1 && int(is.Step) > len(steps) {
		t.Fatalf("it is at step %d of %d", is.Step, len(steps))
	}
	soak, err := time.ParseDuration(string(steps[min(int(old.Step), len(steps))-1].Soak))
	if err != nil {
		soak = 10 * time.Minute
	}
	isSoaked := at == 0 && x.was.SoakingSince != nil && !x.now.Before(x.was.SoakingSince.Add(soak))
	if soak > 0 && !isSoaked && old.Threshold != everybody && len(followers(x.seen.Members)) > 0 {
		t.Fatalf("step %d is left at %s, watched since %v, want for %s", old.Step, x.now, x.was.SoakingSince, soak)
	}
}

func heldBack(t *rapid.T, x turn) {
	_, at := layerOf(x.was, x.seen.Target)
	wasHalted := at == 0 && x.was.Halted != "" && x.is.Halted == x.was.Halted && reflect.DeepEqual(x.was.StartedAt, x.is.StartedAt)
	if !wasHalted && !x.seen.Terms.Paused || len(followers(x.seen.Members)) == 0 {
		return
	}
	if want := x.was.Layers[max(at, 0):]; !reflect.DeepEqual(x.is.Layers, want) {
		t.Fatalf("paused %t, halted %q, it went from %+v to %+v", x.seen.Terms.Paused, x.is.Halted, want, x.is.Layers)
	}
}

func putBack(t *rapid.T, x turn) {
	_, at := layerOf(x.was, x.seen.Target)
	if at < 1 {
		return
	}
	left := v1alpha1.RolloutStatus{Layers: x.was.Layers[at:]}
	for _, m := range x.seen.Members {
		if got, want := assignedBy(x.is, m), assignedBy(left, m); got != want && got != x.seen.Target {
			t.Fatalf("%d is put back, and %s is assigned %d, want %d", x.seen.Target, m.Namespace, got, want)
		}
	}
	if len(x.is.Layers) > len(left.Layers) {
		t.Fatalf("%d is put back, and the layers are %+v", x.seen.Target, x.is.Layers)
	}
}

func ninth(t *rapid.T, x turn) {
	_, at := layerOf(x.was, x.seen.Target)
	isNinth := at < 0 && len(x.was.Layers) == 8
	if isNinth && !reflect.DeepEqual(x.was.Layers, x.is.Layers) {
		t.Fatalf("the layers were %+v and are %+v", x.was.Layers, x.is.Layers)
	}
	if halts := x.is.Halted == v1alpha1.HaltFinishOrUndo; halts != isNinth && !x.seen.Terms.Paused {
		t.Fatalf("there are %d layers, and it is halted: %q", len(x.was.Layers), x.is.Halted)
	}
}

func lateJoiner(t *rapid.T, x turn) {
	wasThere := func(m rollout.Member) bool { return isRunning(m) && !m.Created.After(x.is.StartedAt.Time) }
	if len(x.is.Layers) > 1 && !slices.ContainsFunc(heldBy(x.is.Layers[0], x.seen.Members), wasThere) {
		return // then the word of those who join late is the only one
	}
	joiner := rollout.Member{Created: x.now.Add(time.Second), IsFailing: true, Revision: x.seen.Target}
	joiner.Namespace = fmt.Sprintf("joiner-%d", rapid.IntRange(0, 99).Draw(t, "joiner"))
	if rapid.Bool().Draw(t, "is pilot") {
		joiner.Labels = pilot.MatchLabels
	}
	with := x.seen
	with.Members = append(slices.Clone(with.Members), joiner)
	if is, _ := rollout.Plan(x.is, with, x.now); !reflect.DeepEqual(is, x.is) {
		t.Fatalf("%+v joined; it is\n%+v, want\n%+v", joiner, is, x.is)
	}
}

// What a step waits for may be gone with who leaves: then it goes on, as the other laws say.
func leaver(t *rapid.T, x turn) {
	if len(x.seen.Members) == 0 {
		return
	}
	then := turn{spec: x.spec, was: x.is, seen: x.seen, now: x.now}
	gone := rapid.IntRange(0, len(x.seen.Members)-1).Draw(t, "who leaves")
	then.seen.Members = slices.Delete(slices.Clone(then.seen.Members), gone, gone+1)
	then.is, then.next = rollout.Plan(then.was, then.seen, then.now)
	for _, m := range then.seen.Members {
		if before, after := assignedBy(x.is, m), assignedBy(then.is, m); after != before && after != x.seen.Target {
			t.Fatalf("%s left, and %s was assigned %d, and is assigned %d", x.seen.Members[gone].Namespace, m.Namespace, before, after)
		}
	}
	gated(t, then)
	exactShare(t, then)
}
