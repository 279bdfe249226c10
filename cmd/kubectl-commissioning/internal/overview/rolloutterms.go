package overview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// terms of a rollout, with the defaults.
type terms struct {
	maxFailed int32
	deadline  time.Duration
	list      []v1alpha1.RolloutStep
}

func termsOf(spec v1alpha1.Rollout) terms {
	return terms{maxFailed: value(spec.MaxFailed), deadline: spec.DeadlineOrDefault(), list: spec.StepsOrDefault()}
}

func (t terms) steps() int32 { return int32(len(t.list)) } //nolint:gosec // at most 16

// step counts from one; a step beyond the last is the last.
func (t terms) step(n int32) v1alpha1.RolloutStep { return t.list[min(max(n, 1), t.steps())-1] }

// named is a step in words: step 2 of 3 (50 %).
func (t terms) named(n int32) string {
	n = min(n, t.steps())
	return fmt.Sprintf("step %d of %d (%s)", n, t.steps(), WhomOf(t.step(n).Percent, selectorOf(t.step(n).Selector)))
}

// WhomOf says whom a step reaches.
func WhomOf(percent int32, selector string) string {
	switch {
	case percent > 0:
		return fmt.Sprintf("%d %%", percent)
	case selector == "":
		return "one instance" // a selector that asks for nothing
	}
	return "those with " + selector
}

// lasting writes a duration without what is zero: 10m, or 1h30m.
func lasting(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// selectorOf writes a selector as kubectl takes it.
func selectorOf(s v1alpha1.LabelSelector) string {
	var all []string
	for key, text := range s.MatchLabels {
		all = append(all, key+"="+text)
	}
	slices.Sort(all)
	for _, c := range s.MatchExpressions {
		values := " (" + strings.Join(c.Values, ",") + ")"
		switch c.Operator {
		case v1alpha1.LabelIn:
			all = append(all, c.Key+" in"+values)
		case v1alpha1.LabelNotIn:
			all = append(all, c.Key+" notin"+values)
		case v1alpha1.LabelExists:
			all = append(all, c.Key)
		case v1alpha1.LabelDoesNotExist:
			all = append(all, "!"+c.Key)
		}
	}
	return strings.Join(all, ",")
}
