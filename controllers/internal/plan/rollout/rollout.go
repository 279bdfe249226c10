package rollout

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Member is an instance, and how far it is.
type Member struct {
	Instance
	Kind    string
	Created time.Time
	// Revision that its status speaks of.
	Revision int64
	// IsDone says that it runs that revision wholly, and works; IsFailing, that it says itself that it
	// cannot. IsIdle: nothing of it runs, or can, and that is not the revision's fault.
	IsDone, IsFailing, IsIdle bool
}

// Seen is what a rollout is decided on.
type Seen struct {
	Function string
	// Target is the revision that the catalogue entry makes now.
	Target  int64
	Terms   Terms
	Members []Member // in any order
}

// maxLayers of revisions may be in use at a time (the bound of the API).
const maxLayers = 8

// Plan is rule R12: it says how far a rollout is, from how far it was, and when to look again, zero for
// when something changes. A target that is new begins at the first step, on top of what is under way; one
// that is under way already ends all that came after it, at once. A step begins when all instances of the
// last have worked for a while, and chooses by names alone. Whoever fails keeps all others as they are.
func Plan(was v1alpha1.RolloutStatus, seen Seen, now time.Time) (v1alpha1.RolloutStatus, time.Time) {
	is := *was.DeepCopy()
	switch at := layerOf(is.Layers, seen.Target); {
	case len(is.Layers) == 0:
		return complete(seen.Target), time.Time{}
	case at > 0:
		is = v1alpha1.RolloutStatus{Layers: is.Layers[at:]}
	case at < 0 && seen.Terms.Paused:
		return seen.paused(is), time.Time{}
	case at < 0 && len(is.Layers) == maxLayers:
		is.Halted, is.SoakingSince, is.Failing = v1alpha1.HaltFinishOrUndo, nil, nil
		return seen.count(is), time.Time{}
	case at < 0:
		first := seen.choose(v1alpha1.RolloutLayer{Revision: seen.Target}, 1)
		is = v1alpha1.RolloutStatus{Layers: append([]v1alpha1.RolloutLayer{first}, is.Layers...)}
	case is.Halted == v1alpha1.HaltFinishOrUndo:
		is.Halted, is.ProgressedAt = "", nil
	}
	if len(is.Layers) == 1 || len(seen.following()) == 0 {
		return complete(seen.Target), time.Time{}
	}
	return seen.advance(is, now)
}

// paused is a rollout whose clocks stand still.
func (s Seen) paused(is v1alpha1.RolloutStatus) v1alpha1.RolloutStatus {
	is.ProgressedAt, is.SoakingSince = nil, nil
	return s.count(is)
}

// complete is a rollout that has reached everybody.
func complete(revision int64) v1alpha1.RolloutStatus {
	return v1alpha1.RolloutStatus{Layers: []v1alpha1.RolloutLayer{{Revision: revision}}}
}

func layerOf(layers []v1alpha1.RolloutLayer, revision int64) int {
	for i, layer := range layers {
		if layer.Revision == revision {
			return i
		}
	}
	return -1
}

// advance goes through the gate, where it is open.
func (s Seen) advance(was v1alpha1.RolloutStatus, now time.Time) (v1alpha1.RolloutStatus, time.Time) {
	was.StartedAt = since(was.StartedAt, now)
	if s.Terms.Paused {
		return s.paused(was), time.Time{}
	}
	is, gate := s.count(was), s.gate(was.Layers[0], was.StartedAt.Time)
	is.ProgressedAt = since(is.ProgressedAt, now)
	if was.Updated != nil && *is.Updated > *was.Updated {
		is.ProgressedAt = stamp(now)
	}
	due := is.ProgressedAt.Add(s.Terms.Deadline)
	isOverdue, wasOpen := !now.Before(due), is.SoakingSince != nil
	switch {
	case gate.isOpen(s.Terms.MaxFailed, isOverdue || wasOpen || is.Halted != ""):
		return s.soak(is, gate, now)
	case len(gate.failing) > s.Terms.MaxFailed:
		return halted(is, v1alpha1.HaltInstancesFailed, gate.failing), time.Time{}
	case wasOpen: // one that worked does not: it has the whole deadline
		is.SoakingSince, is.ProgressedAt = nil, stamp(now)
		return is, is.ProgressedAt.Add(s.Terms.Deadline)
	case isOverdue:
		return halted(is, v1alpha1.HaltDeadlineExceeded, gate.waiting), time.Time{}
	case is.Halted != "":
		return halted(is, is.Halted, gate.waiting), due
	}
	return is, due
}

// soak watches a step that is done for a while, and then begins the next. One of which nobody can tell
// whether it works takes another instance. After the last, all is done.
func (s Seen) soak(is v1alpha1.RolloutStatus, gate gate, now time.Time) (v1alpha1.RolloutStatus, time.Time) {
	is.Halted, is.Failing = "", nil
	top := is.Layers[0]
	if top.Threshold == everybody {
		return complete(top.Revision), time.Time{}
	}
	is.SoakingSince = since(is.SoakingSince, now)
	ends := is.SoakingSince.Add(s.Terms.step(top.Step).soak)
	further, isFurther := s.further(top, gate)
	switch {
	case isFurther:
		is.Layers[0] = further
	case now.Before(ends):
		return is, ends
	default:
		is.Layers[0] = s.choose(top, top.Step+1)
	}
	is.StartedAt, is.ProgressedAt, is.SoakingSince = nil, nil, nil
	return s.advance(is, now)
}

func halted(is v1alpha1.RolloutStatus, reason v1alpha1.HaltReason, failing []Member) v1alpha1.RolloutStatus {
	is.Halted, is.SoakingSince, is.Failing = reason, nil, nil
	for _, member := range failing[:min(len(failing), maxNamed)] {
		is.Failing = append(is.Failing, v1alpha1.FunctionUser{Kind: member.Kind, Namespace: member.Namespace, Name: member.Name})
	}
	return is
}

// maxNamed is how many failing instances a status names.
const maxNamed = 3

// stamp is an instant as a status keeps it: whole seconds.
func stamp(now time.Time) *metav1.Time { return &metav1.Time{Time: now.UTC().Truncate(time.Second)} }

// since is when something began: now, where it had not.
func since(began *metav1.Time, now time.Time) *metav1.Time {
	if began != nil {
		return began
	}
	return stamp(now)
}
