package rollout

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Terms of a rollout, with the defaults.
type Terms struct {
	Paused    bool
	MaxFailed int
	Deadline  time.Duration
	list      []stepTerms
}

// stepTerms are those of one step: a percentage, or, where that is 0, a group.
type stepTerms struct {
	percent  int32
	selector v1alpha1.LabelSelector
	soak     time.Duration
}

// Defaults of rollouts: part of the API, documented with SupportFunction.spec.rollout.
const (
	defaultSoak     = 10 * time.Minute
	defaultDeadline = 10 * time.Minute
)

var defaultSteps = []v1alpha1.RolloutStep{{Percent: 5}, {Percent: 50}, {Percent: 100}}

// TermsOf reads the terms of a rollout.
func TermsOf(spec v1alpha1.Rollout) Terms {
	terms := Terms{
		Paused:   spec.State == v1alpha1.RolloutPaused,
		Deadline: spec.Deadline.Or(defaultDeadline),
	}
	if spec.MaxFailed != nil {
		terms.MaxFailed = int(*spec.MaxFailed)
	}
	steps := spec.Steps
	if len(steps) == 0 {
		steps = defaultSteps
	}
	for _, step := range steps {
		terms.list = append(terms.list, stepTerms{step.Percent, step.Selector, step.Soak.Or(defaultSoak)})
	}
	return terms
}

func (t Terms) steps() int32 { return int32(len(t.list)) } //nolint:gosec // at most 16

// step counts from one; a step beyond the last is the last.
func (t Terms) step(n int32) stepTerms { return t.list[min(max(n, 1), t.steps())-1] }
