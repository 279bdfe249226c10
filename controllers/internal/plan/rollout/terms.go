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

// TermsOf reads the terms of a rollout.
func TermsOf(spec v1alpha1.Rollout) Terms {
	terms := Terms{
		Paused:   spec.State == v1alpha1.RolloutPaused,
		Deadline: spec.DeadlineOrDefault(),
	}
	if spec.MaxFailed != nil {
		terms.MaxFailed = int(*spec.MaxFailed)
	}
	for _, step := range spec.StepsOrDefault() {
		terms.list = append(terms.list, stepTerms{step.Percent, step.Selector, step.SoakOrDefault()})
	}
	return terms
}

func (t Terms) steps() int32 { return int32(len(t.list)) } //nolint:gosec // at most 16

// step counts from one; a step beyond the last is the last.
func (t Terms) step(n int32) stepTerms { return t.list[min(max(n, 1), t.steps())-1] }
