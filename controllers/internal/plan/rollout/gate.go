package rollout

import (
	"cmp"
	"slices"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/selector"
)

// gate is what the instances say that a layer has reached.
type gate struct {
	chosen, done int
	// waiting are those that are not done, and failing those of them that say that they cannot be; in order.
	waiting, failing []Member
}

// isOpen says whether the next step may begin: all are done but as many as may fail. Whoever does not
// say that it fails is waited for until the step is overdue.
func (g gate) isOpen(maxFailed int, isOverdue bool) bool {
	return len(g.waiting) <= maxFailed && (isOverdue || len(g.waiting) == len(g.failing))
}

// isSilent says that nobody can tell whether the revision works: all who were chosen are gone, or idle.
func (g gate) isSilent() bool { return g.done == 0 && len(g.waiting) == 0 }

// gate looks at whom a layer holds, but for those who came after the step began: who joins late disturbs
// nothing. Where all did, as after a restore, they count.
func (s Seen) gate(layer v1alpha1.RolloutLayer, began time.Time) gate {
	held := slices.DeleteFunc(s.following(), func(m Member) bool { return !holds(s.Function, layer, m.Instance) })
	if isLate := func(m Member) bool { return m.Created.After(began) }; slices.ContainsFunc(held, func(m Member) bool { return !isLate(m) }) {
		held = slices.DeleteFunc(held, isLate)
	}
	g := gate{chosen: len(held)}
	for _, member := range held {
		isThere := member.Revision == layer.Revision
		switch {
		case isThere && member.IsDone:
			g.done++
		case member.IsIdle:
		case isThere && member.IsFailing:
			g.failing = append(g.failing, member)
			g.waiting = append(g.waiting, member)
		default:
			g.waiting = append(g.waiting, member)
		}
	}
	return g
}

// following are the instances that follow the catalogue, by namespace and name.
func (s Seen) following() []Member {
	members := slices.DeleteFunc(slices.Clone(s.Members), func(m Member) bool { return m.Pinned != 0 })
	slices.SortFunc(members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return members
}

// count says how far the newest revision is.
func (s Seen) count(is v1alpha1.RolloutStatus) v1alpha1.RolloutStatus {
	if len(is.Layers) < 2 {
		is.Step, is.Steps, is.Chosen, is.Updated = 0, 0, nil, nil
		return is
	}
	top := is.Layers[0]
	began := time.Time{}
	if is.StartedAt != nil {
		began = is.StartedAt.Time
	}
	g := s.gate(top, began)
	chosen, done := int32(g.chosen), int32(g.done) //nolint:gosec // one object each
	is.Steps = s.Terms.steps()
	is.Step = min(top.Step, is.Steps)
	is.Chosen, is.Updated = &chosen, &done
	return is
}

// choose lets a layer reach a step: exactly the first so many percent of those who follow now, at least
// one; or those whose labels match, and where none do, the first. What it has reached, it keeps.
func (s Seen) choose(layer v1alpha1.RolloutLayer, step int32) v1alpha1.RolloutLayer {
	layer.Step = min(step, s.Terms.steps())
	terms := s.Terms.step(layer.Step)
	if terms.percent == 100 {
		layer.Threshold = everybody
		return layer
	}
	members := s.following()
	if len(members) == 0 {
		return layer
	}
	if isGroup := terms.percent == 0; isGroup {
		layer.Selectors = append(slices.Clone(layer.Selectors), terms.selector)
		if slices.ContainsFunc(members, func(m Member) bool { return selector.Matches(terms.selector, m.Labels) }) {
			return layer
		}
	}
	positions := make([]string, len(members))
	for i, member := range members {
		positions[i] = position(s.Function, layer.Revision, member.Instance)
	}
	slices.Sort(positions)
	share := max(1, (len(positions)*int(terms.percent)+99)/100)
	layer.Threshold = max(layer.Threshold, positions[share-1])
	return layer
}

// further lets a layer hold the next that runs anything, where nobody whom it holds can tell whether the
// revision works, and there is a next.
func (s Seen) further(layer v1alpha1.RolloutLayer, g gate) (v1alpha1.RolloutLayer, bool) {
	if !g.isSilent() {
		return layer, false
	}
	var positions []string
	for _, member := range s.following() {
		if !member.IsIdle && !holds(s.Function, layer, member.Instance) {
			positions = append(positions, position(s.Function, layer.Revision, member.Instance))
		}
	}
	if len(positions) == 0 {
		return layer, false
	}
	layer.Threshold = slices.Min(positions)
	return layer, true
}
