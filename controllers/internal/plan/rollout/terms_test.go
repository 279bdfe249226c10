package rollout_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

// Who says nothing gets the documented defaults: the same as who spells them out.
func TestR12_TheDefaultsOfARollout(t *testing.T) {
	step := func(percent int32) v1alpha1.RolloutStep { return v1alpha1.RolloutStep{Percent: percent, Soak: "10m"} }
	spelt := func(changes ...func(*v1alpha1.Rollout)) v1alpha1.Rollout {
		spec := v1alpha1.Rollout{
			State: v1alpha1.RolloutRunning, Deadline: "10m", MaxFailed: new(int32(0)),
			Steps: []v1alpha1.RolloutStep{step(5), step(50), step(100)},
		}
		for _, change := range changes {
			change(&spec)
		}
		return spec
	}
	tests := map[string]struct{ spec, want v1alpha1.Rollout }{
		"nothing": {v1alpha1.Rollout{}, spelt()},
		"paused": {
			v1alpha1.Rollout{State: v1alpha1.RolloutPaused}, spelt(func(r *v1alpha1.Rollout) { r.State = v1alpha1.RolloutPaused }),
		},
		"some may fail": {
			v1alpha1.Rollout{MaxFailed: new(int32(3))}, spelt(func(r *v1alpha1.Rollout) { r.MaxFailed = new(int32(3)) }),
		},
		"a deadline": {
			v1alpha1.Rollout{Deadline: "1h30m"}, spelt(func(r *v1alpha1.Rollout) { r.Deadline = "90m" }),
		},
		"a duration that cannot be read": {
			v1alpha1.Rollout{Deadline: "soon"}, spelt(),
		},
		"steps of one's own, with the default soak": {
			v1alpha1.Rollout{Steps: []v1alpha1.RolloutStep{{Selector: pilot, Soak: "0s"}, {Percent: 100}}},
			spelt(func(r *v1alpha1.Rollout) {
				r.Steps = []v1alpha1.RolloutStep{{Selector: pilot, Soak: "0h"}, {Percent: 100, Soak: "10m"}}
			}),
		},
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(rollout.TermsOf(tc.want), rollout.TermsOf(tc.spec), all); diff != "" {
				t.Errorf("the terms differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR12_TheTermsOfARollout(t *testing.T) {
	got := rollout.TermsOf(v1alpha1.Rollout{State: v1alpha1.RolloutPaused, MaxFailed: new(int32(3)), Deadline: "1h30m"})
	if !got.Paused || got.MaxFailed != 3 || got.Deadline != 90*time.Minute {
		t.Errorf("the terms are %+v", got)
	}
}
