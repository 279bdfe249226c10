package rollout_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

// laws hold whenever the operator looks, whatever happened before.
var laws = map[string]func(*rapid.T, turn){
	"its status keeps to the API":                            wellFormed,
	"the same in whatever order the instances are seen":      anyOrder,
	"asked again, it changes nothing":                        settled,
	"nothing changes before the instant that it foretells":   foretold,
	"who is assigned the target keeps it":                    monotonic,
	"a step takes exactly its share":                         exactShare,
	"a step begins when the last has worked for a while":     gated,
	"nothing further is chosen while it is paused or halted": heldBack,
	"a revision that is under way is put back at once":       putBack,
	"a ninth revision changes nothing for anybody":           ninth,
	"who joins late and never works disturbs nothing":        lateJoiner,
	"who leaves changes nothing for the others":              leaver,
}

func TestR12_WhateverHappens(t *testing.T) {
	for name, law := range laws {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) { t.Repeat(drawWorld(t).events(law)) }))
	}
}

func wellFormed(t *rapid.T, x turn) {
	is, last := x.is, len(x.is.Layers)-1
	revisions := map[int64]bool{}
	for n, layer := range is.Layers {
		revisions[layer.Revision] = true
		if isBare := reflect.DeepEqual(layer, v1alpha1.RolloutLayer{Revision: layer.Revision}); isBare != (n == last) {
			t.Fatalf("layer %d of %d is %+v", n, last, layer)
		}
		if n < last && (layer.Step < 1 || layer.Step > 16 || len(layer.Selectors) > 16) {
			t.Fatalf("a layer is %+v", layer)
		}
	}
	if last < 0 || last > 7 || len(revisions) != len(is.Layers) {
		t.Fatalf("the layers are %+v", is.Layers)
	}
	if last == 0 && !reflect.DeepEqual(is, v1alpha1.RolloutStatus{Layers: is.Layers}) {
		t.Fatalf("it is complete, and says %+v", is)
	}
	isBlocked := is.Halted == v1alpha1.HaltInstancesFailed || is.Halted == v1alpha1.HaltDeadlineExceeded
	if isBlocked != (len(is.Failing) > 0) {
		t.Fatalf("halted for %q, it names %v", is.Halted, is.Failing)
	}
	if x.seen.Terms.Paused && (is.ProgressedAt != nil || is.SoakingSince != nil) || is.Halted != "" && is.SoakingSince != nil {
		t.Fatalf("paused %t, halted %q, it watches since %v, went on at %v", x.seen.Terms.Paused, is.Halted, is.SoakingSince, is.ProgressedAt)
	}
	for _, stamp := range []*metav1.Time{is.ProgressedAt, is.SoakingSince} {
		if stamp != nil && stamp.Before(is.StartedAt) {
			t.Fatalf("the step began at %v, and it went on at %v, and is watched since %v", is.StartedAt, is.ProgressedAt, is.SoakingSince)
		}
	}
	if last > 0 && (is.Step < 1 || is.Step > is.Steps || *is.Updated > *is.Chosen) {
		t.Fatalf("step %d of %d, %d of %d", is.Step, is.Steps, *is.Updated, *is.Chosen)
	}
}

func anyOrder(t *rapid.T, x turn) {
	was, members := x.was.DeepCopy(), slices.Clone(x.seen.Members)
	other := x.seen
	other.Members = rapid.Permutation(members).Draw(t, "order")
	is, next := rollout.Plan(x.was, other, x.now)
	if diff := cmp.Diff(x.is, is); diff != "" || !next.Equal(x.next) {
		t.Fatalf("in another order, next at %s and not %s:\n%s", next, x.next, diff)
	}
	if diff := cmp.Diff(was, &x.was); diff != "" {
		t.Fatalf("it changed what it was given:\n%s", diff)
	}
}

func settled(t *rapid.T, x turn) { mustStay(t, x, x.now) }

func foretold(t *rapid.T, x turn) {
	until := x.next
	if until.IsZero() {
		until = x.now.AddDate(1, 0, 0)
	}
	if !until.After(x.now) {
		t.Fatalf("at %s it asks to look again at %s", x.now, until)
	}
	mustStay(t, x, x.now.Add(time.Duration(rapid.Int64Range(1, int64(until.Sub(x.now)-1)).Draw(t, "later"))))
}

func mustStay(t *rapid.T, x turn, at time.Time) {
	kept, err := json.Marshal(x.is) // as the API keeps it
	var read v1alpha1.RolloutStatus
	if err := errors.Join(err, json.Unmarshal(kept, &read)); err != nil {
		t.Fatal(err)
	}
	is, next := rollout.Plan(read, x.seen, at)
	if diff := cmp.Diff(x.is, is); diff != "" || !next.Equal(x.next) {
		t.Fatalf("%s later, next at %s and not %s:\n%s", at.Sub(x.now), next, x.next, diff)
	}
}

func monotonic(t *rapid.T, x turn) {
	for _, m := range x.seen.Members {
		before, after := assignedBy(x.was, m), assignedBy(x.is, m)
		if m.Pinned != 0 && after != m.Pinned {
			t.Fatalf("%s pins %d, and is assigned %d", m.Namespace, m.Pinned, after)
		}
		if before == x.seen.Target && after != before {
			t.Fatalf("%s was assigned the target, %d, and is assigned %d", m.Namespace, before, after)
		}
	}
}

func assignedBy(status v1alpha1.RolloutStatus, m rollout.Member) int64 {
	return rollout.Assigned(function, status.Layers, m.Instance)
}

// positionOf is the documented order in which a revision reaches instances.
func positionOf(revision int64, m rollout.Member) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s/%s", function, revision, m.Namespace, m.Name))
	return fmt.Sprintf("%x", sum[:8])
}

func followers(members []rollout.Member) []rollout.Member {
	return slices.DeleteFunc(slices.Clone(members), func(m rollout.Member) bool { return m.Pinned != 0 })
}

// heldBy are those whom a layer holds, whatever lies above it.
func heldBy(layer v1alpha1.RolloutLayer, members []rollout.Member) []rollout.Member {
	alone := []v1alpha1.RolloutLayer{layer, {Revision: -1}}
	return slices.DeleteFunc(followers(members), func(m rollout.Member) bool {
		return rollout.Assigned(function, alone, m.Instance) != layer.Revision
	})
}
