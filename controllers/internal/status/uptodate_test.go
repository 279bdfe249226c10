package status_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// An instance ran revision 3 wholly; then it is assigned revision 4. What was so of 3 is not so of 4.
func TestR12_WhatIsKnownOfAnOldRevisionDoesNotCount(t *testing.T) {
	of := func(revision int64, isObserved bool) *state.Workload {
		return &state.Workload{Revision: revision, Observed: isObserved, Desired: 2, Updated: 2, Total: 2, Available: 2}
	}
	tests := map[string]struct {
		obstacle plan.Obstacle
		assigned int64
		workload *state.Workload
		want     metav1.ConditionStatus
		recorded int64
	}{
		"nothing new":                                {plan.NoObstacle, 3, of(3, true), "True", 3},
		"nothing new, and it is not looked at":       {plan.NoObstacle, 3, of(3, false), "True", 3},
		"the workload still says the old one":        {plan.NoObstacle, 4, of(3, true), "False", 4},
		"and is not looked at":                       {plan.NoObstacle, 4, of(3, false), "False", 4},
		"the workload is written, and not looked at": {plan.NoObstacle, 4, of(4, false), "False", 4},
		"it is looked at, and has done it all":       {plan.NoObstacle, 4, of(4, true), "True", 4},
		"the workload does not say which":            {plan.NoObstacle, 4, of(0, true), "False", 4},
		"nothing runs":                               {plan.NoObstacle, 4, nil, "Unknown", 4},
		"the parameters do not fit the new one":      {plan.ParametersWrong, 4, of(3, true), "Unknown", 4},
		"the new one cannot be read yet":             {plan.RevisionUnknown, 0, of(3, true), "True", 3},
		"patients are counted anew":                  {plan.PopulationUncounted, 3, of(3, true), "True", 3},
		"patients are counted anew at the same time": {plan.PopulationUncounted, 4, of(3, true), "False", 4},
		"a pin that leads nowhere":                   {plan.RevisionMissing, 0, of(3, true), "Unknown", 3},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, s := running(), serving()
			f.mark()
			s.mark()
			f.planned.Obstacle, f.planned.Problem, f.planned.Revision.Number, f.seen.Workload = tc.obstacle, errUnknown, tc.assigned, tc.workload
			s.planned.Obstacle, s.planned.Problem, s.planned.Revision.Number, s.seen.Workload = tc.obstacle, errUnknown, tc.assigned, tc.workload
			for times := range 2 { // the second look knows no more than the first
				wantStatus(t, f.mark(), v1alpha1.UpToDateCondition, tc.want)
				wantStatus(t, s.mark(), v1alpha1.UpToDateCondition, tc.want)
				if f.object.Status.Revision != tc.recorded || s.object.Status.Revision != tc.recorded {
					t.Errorf("look %d: the statuses speak of revisions %d and %d, want %d", times+1, f.object.Status.Revision, s.object.Status.Revision, tc.recorded)
				}
			}
		})
	}
}

// Whatever is seen, in whatever order: UpToDate is true only of a revision that the workload was once seen
// to run wholly while it was the one to run.
func TestR12_UpToDateIsTrueOnlyOfTheRevisionThatTheStatusNames(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f, seen := running(), int64(0)
		for range rapid.IntRange(1, 6).Draw(r, "looks") {
			f.planned.Revision.Number = rapid.Int64Range(1, 3).Draw(r, "assigned")
			f.seen.Workload = anyWorkload(r)
			f.planned.Obstacle = rapid.SampledFrom([]plan.Obstacle{
				plan.NoObstacle, plan.NoObstacle, plan.PopulationUncounted, plan.RevisionUnknown, plan.GuardRailsUnknown, plan.ParametersWrong,
			}).Draw(r, "obstacle")
			f.planned.Problem = errUnknown
			if f.planned.Obstacle == plan.RevisionUnknown || f.planned.Obstacle == plan.GuardRailsUnknown {
				f.planned.Revision.Number = 0 // it is not looked up
			}
			f.mark()
			w := f.seen.Workload
			if f.planned.Obstacle == plan.NoObstacle && w != nil && w.Observed && w.Updated >= w.Desired && w.Total <= w.Updated {
				seen = w.Revision
			}
			if meta.IsStatusConditionTrue(f.object.Status.Conditions, v1alpha1.UpToDateCondition) && f.object.Status.Revision != seen {
				r.Fatalf("UpToDate is true, of revision %d; what was last seen to run wholly is %d", f.object.Status.Revision, seen)
			}
		}
	})
}
