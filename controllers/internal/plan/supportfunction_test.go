package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// changed is an entry that has made revision 3, and now says something else.
func changed(f *v1alpha1.SupportFunction) {
	f.Spec.Workload.Image = "ghcr.io/example/referral-management:4"
	f.Status.Rollout.Layers = []v1alpha1.RolloutLayer{{Revision: 3}}
}

// runs is an instance that was created yesterday, and of which all is well with revision 3.
func runs(changes ...func(*state.Use)) state.Use {
	use := state.Use{
		Kind: v1alpha1.MemberFunctionKind, Namespace: "bolton", Name: "referral-management", Function: "referral-management",
		Instance: state.Instance{Created: noon.AddDate(0, 0, -1), Revision: 3},
		Conditions: []metav1.Condition{
			says(v1alpha1.ConsortiumResolvedCondition, metav1.ConditionTrue, v1alpha1.ReasonResolved),
			says(v1alpha1.ParametersValidCondition, metav1.ConditionTrue, v1alpha1.ReasonValid),
			says(v1alpha1.AvailableCondition, metav1.ConditionTrue, v1alpha1.ReasonAvailable),
			says(v1alpha1.UpToDateCondition, metav1.ConditionTrue, v1alpha1.ReasonUpToDate),
		},
	}
	for _, change := range changes {
		change(&use)
	}
	return use
}

func says(condition string, status metav1.ConditionStatus, reason string) metav1.Condition {
	return metav1.Condition{Type: condition, Status: status, Reason: reason}
}

// tells lets an instance say something else, or nothing where the reason is empty.
func tells(condition string, status metav1.ConditionStatus, reason string) func(*state.Use) {
	return func(u *state.Use) {
		u.Conditions = slices.DeleteFunc(u.Conditions, func(c metav1.Condition) bool { return c.Type == condition })
		if reason != "" {
			u.Conditions = append(u.Conditions, says(condition, status, reason))
		}
	}
}

func TestR12_AnEntryTellsWhatItMakes(t *testing.T) {
	chosen, updated := int32(1), int32(0)
	now := &metav1.Time{Time: noon}
	begun := v1alpha1.RolloutStatus{
		StartedAt: now, ProgressedAt: now, Step: 1, Steps: 3, Chosen: &chosen, Updated: &updated,
		Layers: []v1alpha1.RolloutLayer{{Revision: 4, Step: 1, Threshold: "032de10aa03bcad9"}, {Revision: 3}},
	}
	byGroup := begun
	byGroup.Steps = 2
	byGroup.Layers = []v1alpha1.RolloutLayer{{Revision: 4, Step: 1, Selectors: []v1alpha1.LabelSelector{pilots}}, {Revision: 3}}
	kept := []v1alpha1.SupportFunctionRevision{keptOf(entry(), 3)}
	complete := func(revision int64) v1alpha1.RolloutStatus {
		return v1alpha1.RolloutStatus{Layers: []v1alpha1.RolloutLayer{{Revision: revision}}}
	}
	tests := map[string]struct {
		object *v1alpha1.SupportFunction
		want   plan.SupportFunction
	}{
		"the first revision is everybody's": {entry(), plan.SupportFunction{Revision: keptOf(entry(), 3).Spec, Rollout: complete(3)}},
		"a change begins at the first step": {entry(changed), plan.SupportFunction{
			Revision: keptOf(entry(changed), 4).Spec, IsNew: true, Rollout: begun, Next: noon.Add(10 * time.Minute),
		}},
		"a change of the deadline": {
			entry(changed, func(f *v1alpha1.SupportFunction) { f.Spec.Rollout.Deadline = "1h" }),
			plan.SupportFunction{Revision: keptOf(entry(changed), 4).Spec, IsNew: true, Rollout: begun, Next: noon.Add(time.Hour)},
		},
		"a pilot group": {
			entry(changed, func(f *v1alpha1.SupportFunction) {
				f.Spec.Rollout.Steps = []v1alpha1.RolloutStep{{Selector: pilots}, {Percent: 100}}
			}),
			plan.SupportFunction{Revision: keptOf(entry(changed), 4).Spec, IsNew: true, Rollout: byGroup, Next: noon.Add(10 * time.Minute)},
		},
		"paused, a change waits, and is kept": {
			entry(changed, func(f *v1alpha1.SupportFunction) { f.Spec.Rollout.State = v1alpha1.RolloutPaused }),
			plan.SupportFunction{Revision: keptOf(entry(changed), 4).Spec, IsNew: true, Rollout: complete(3)},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			seen := state.SupportFunction{Object: tc.object, Revisions: kept, Instances: []state.Use{runs(isPilot)}}
			if diff := cmp.Diff(tc.want, plan.PlanSupportFunction(seen, noon)); diff != "" {
				t.Errorf("the plan differs (-want +got):\n%s", diff)
			}
		})
	}
}

// An entry whose parameters cannot be read reaches nobody, and takes nothing from anybody.
func TestR12_AnEntryThatCannotBeUsedKeepsAllAsItIs(t *testing.T) {
	broken := entry(changed, withSchema(`{"type":"nonsense"}`))
	broken.Status.Rollout.Layers = []v1alpha1.RolloutLayer{{Revision: 3, Threshold: "8000000000000000", Step: 2}, {Revision: 2}}
	broken.Status.Rollout.SoakingSince = &metav1.Time{Time: noon.Add(-time.Hour)}
	var kept []v1alpha1.SupportFunctionRevision
	for number := range int64(20) {
		kept = append(kept, keptOf(entry(), number+1))
	}
	got := plan.PlanSupportFunction(state.SupportFunction{Object: broken, Revisions: kept, Instances: []state.Use{runs()}}, noon)
	if got.Invalid == nil {
		t.Fatal("it does not say what is wrong")
	}
	got.Invalid = nil
	if diff := cmp.Diff(plan.SupportFunction{Rollout: broken.Status.Rollout}, got); diff != "" {
		t.Errorf("the plan differs (-want +got):\n%s", diff)
	}
}

// One instance is all that a step has taken: how far is it?
func TestR12_WhatAnInstanceSaysOfARevision(t *testing.T) {
	const waits, watched, failed, idle = "waited for", "done", "failing", "idle"
	revision := func(number int64) func(*state.Use) { return func(u *state.Use) { u.Instance.Revision = number } }
	taken := revision(4)
	isNot := func(condition, reason string) func(*state.Use) {
		return tells(condition, metav1.ConditionFalse, reason)
	}
	isUnknown := func(condition, reason string) func(*state.Use) {
		return tells(condition, metav1.ConditionUnknown, reason)
	}
	type changes []func(*state.Use)
	tests := map[string]struct {
		changes
		want string
	}{
		"it runs the revision and works":  {changes{taken}, watched},
		"all is well with the former":     {nil, waits},
		"all is well with a later one":    {changes{revision(5)}, waits},
		"it is being replaced":            {changes{taken, isNot(v1alpha1.UpToDateCondition, v1alpha1.ReasonRollingOut)}, waits},
		"it has not been looked at":       {changes{taken, isUnknown(v1alpha1.UpToDateCondition, v1alpha1.ReasonNotObserved)}, waits},
		"it cannot tell":                  {changes{taken, isUnknown(v1alpha1.UpToDateCondition, v1alpha1.ReasonWaiting)}, waits},
		"it runs the revision, and fails": {changes{taken, isNot(v1alpha1.AvailableCondition, v1alpha1.ReasonNotAvailable)}, waits},
		"nobody knows whether it works":   {changes{taken, isUnknown(v1alpha1.AvailableCondition, v1alpha1.ReasonNotObserved)}, waits},
		"it says nothing of its work":     {changes{taken, tells(v1alpha1.AvailableCondition, "", "")}, waits},
		"it cannot make pods":             {changes{taken, isNot(v1alpha1.UpToDateCondition, v1alpha1.ReasonReplicaFailure)}, failed},
		"it could not make those of the former": {
			changes{isNot(v1alpha1.UpToDateCondition, v1alpha1.ReasonReplicaFailure)}, waits,
		},
		"its parameters do not fit": {
			changes{
				taken, isNot(v1alpha1.ParametersValidCondition, v1alpha1.ReasonInvalid),
				isUnknown(v1alpha1.UpToDateCondition, v1alpha1.ReasonWaiting),
			}, failed,
		},
		"its parameters did not fit the former": {
			changes{isNot(v1alpha1.ParametersValidCondition, v1alpha1.ReasonInvalid)}, waits,
		},
		"nothing of it runs yet":      {changes{taken, isUnknown(v1alpha1.UpToDateCondition, v1alpha1.ReasonNotRunning)}, idle},
		"nobody has looked at it":     {changes{revision(0), func(u *state.Use) { u.Conditions = nil }}, idle},
		"its consortium is gone":      {changes{isNot(v1alpha1.ConsortiumResolvedCondition, v1alpha1.ReasonConsortiumNotFound)}, idle},
		"its provider is gone":        {changes{isNot(v1alpha1.ProviderResolvedCondition, v1alpha1.ReasonProviderNotFound)}, idle},
		"gone, and its parameters":    {changes{isNot(v1alpha1.ConsortiumResolvedCondition, v1alpha1.ReasonConsortiumNotFound), isNot(v1alpha1.ParametersValidCondition, v1alpha1.ReasonInvalid)}, idle},
		"its consortium is not known": {changes{isUnknown(v1alpha1.ConsortiumResolvedCondition, v1alpha1.ReasonInternalError)}, waits},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			object := entry(changed)
			object.Spec.Rollout.Steps = []v1alpha1.RolloutStep{{Selector: pilots}, {Percent: 100}}
			use := runs(append(tc.changes, isPilot)...)
			seen := state.SupportFunction{Object: object, Instances: []state.Use{use}, Revisions: []v1alpha1.SupportFunctionRevision{keptOf(entry(), 3)}}
			got := plan.PlanSupportFunction(seen, noon).Rollout
			if how := readingOf(got); how != tc.want {
				t.Errorf("it is %s, want %s: %+v", how, tc.want, got)
			}
		})
	}
}

var pilots = v1alpha1.LabelSelector{MatchLabels: map[string]string{"wave": "pilot"}}

func isPilot(u *state.Use) { u.Instance.Labels = pilots.MatchLabels }

func readingOf(r v1alpha1.RolloutStatus) string {
	switch {
	case r.Halted == v1alpha1.HaltInstancesFailed:
		return "failing"
	case r.SoakingSince != nil && *r.Updated == 1:
		return "done"
	case r.SoakingSince != nil:
		return "idle"
	}
	return "waited for"
}

// Only those of the entry's delivery that are not on their way out are counted; who pins is left alone, and
// who joins late is not waited for.
func TestR12_WhoCounts(t *testing.T) {
	hosted := func(u *state.Use) { u.Kind = v1alpha1.HostedServiceKind }
	instances := []state.Use{
		runs(in("bolton")), runs(in("kent")),
		runs(in("leaving"), func(u *state.Use) { u.Instance.Deleting = true }),
		runs(in("pinned"), func(u *state.Use) { u.Instance.Pinned = 2 }),
		runs(in("late"), func(u *state.Use) { u.Instance.Created = noon.Add(time.Second) }),
		runs(in("nel-csu"), hosted), runs(in("essex-csu"), hosted, named("referrals-east")), runs(in("essex-csu"), hosted),
		runs(in("leaving-csu"), hosted, func(u *state.Use) { u.Instance.Deleting = true }),
	}
	tests := map[v1alpha1.Delivery]struct {
		chosen  int32
		failing []v1alpha1.FunctionUser
	}{
		v1alpha1.DeliveryMemberOnly: {2, []v1alpha1.FunctionUser{
			{Kind: "MemberFunction", Namespace: "bolton", Name: "referral-management"}, {Kind: "MemberFunction", Namespace: "kent", Name: "referral-management"},
		}},
		v1alpha1.DeliveryHosted: {3, []v1alpha1.FunctionUser{
			{Kind: "HostedService", Namespace: "essex-csu", Name: "referral-management"},
			{Kind: "HostedService", Namespace: "essex-csu", Name: "referrals-east"}, {Kind: "HostedService", Namespace: "nel-csu", Name: "referral-management"},
		}},
	}
	for delivery, tc := range tests {
		t.Run(string(delivery), func(t *testing.T) {
			object := entry(changed)
			object.Spec.Delivery, object.Spec.Rollout.Steps = delivery, []v1alpha1.RolloutStep{{Percent: 100}}
			kept := []v1alpha1.SupportFunctionRevision{keptOf(entry(), 3), keptOf(object, 4)}
			seen := state.SupportFunction{Object: object, Instances: instances, Revisions: kept}
			object.Status.Rollout = plan.PlanSupportFunction(seen, noon).Rollout
			got := plan.PlanSupportFunction(seen, noon.Add(10*time.Minute)).Rollout
			if diff := cmp.Diff(tc.failing, got.Failing); diff != "" || *got.Chosen != tc.chosen {
				t.Errorf("%d are chosen, want %d; failing (-want +got):\n%s", *got.Chosen, tc.chosen, diff)
			}
		})
	}
}

func in(namespace string) func(*state.Use) { return func(u *state.Use) { u.Namespace = namespace } }

func named(name string) func(*state.Use) { return func(u *state.Use) { u.Name = name } }

func TestR12_ARevisionIsKeptWhileAnythingNamesIt(t *testing.T) {
	image := func(number int64) func(*v1alpha1.SupportFunction) {
		return func(f *v1alpha1.SupportFunction) {
			f.Spec.Workload.Image = fmt.Sprintf("ghcr.io/example/referral-management:%d", number)
		}
	}
	var kept []v1alpha1.SupportFunctionRevision
	for number := int64(1); number <= 30; number++ {
		kept = append(kept, keptOf(entry(image(number)), number))
	}
	object := entry(image(1)) // put back: the layer of 2 is on its way out
	object.Status.Rollout.Layers = []v1alpha1.RolloutLayer{{Revision: 2, Step: 1}, {Revision: 1}}
	object.Status.Revision = 3
	revision := func(number int64) func(*state.Use) { return func(u *state.Use) { u.Instance.Revision = number } }
	seen := state.SupportFunction{Object: object, Revisions: kept, Instances: []state.Use{
		runs(revision(4)),
		runs(revision(1), func(u *state.Use) { u.Instance.Pinned = 5 }),
		runs(revision(6), func(u *state.Use) { u.Instance.Deleting = true }),
		runs(revision(7), func(u *state.Use) { u.Kind = v1alpha1.HostedServiceKind }),
	}}
	got := plan.PlanSupportFunction(seen, noon)
	want := []int64{8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20} // and ten more are kept
	if diff := cmp.Diff(want, got.Expired); diff != "" || got.Revision.Revision != 1 || len(got.Rollout.Layers) != 1 {
		t.Errorf("it makes revision %d, with layers %+v; expired (-want +got):\n%s", got.Revision.Revision, got.Rollout.Layers, diff)
	}
}
