package status_test

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

func entry(situation string, invalid error, deleting bool, users ...v1alpha1.MemberFunction) example {
	f := &v1alpha1.SupportFunction{ObjectMeta: named("", "referral-management")}
	if deleting {
		isDeleting(&f.ObjectMeta)
	}
	planned := plan.SupportFunction{Invalid: invalid}
	if invalid == nil {
		planned.Revision.Revision = 1
		planned.Rollout.Layers = []v1alpha1.RolloutLayer{{Revision: 1}}
	}
	status.SupportFunction(f, state.SupportFunction{Object: f, Instances: state.UsesByMembers(users)}, planned)
	return example{situation, v1alpha1.SupportFunctionKind, f}
}

// rolling is an entry whose revision 4 has reached 7 instances in the second of three steps, and works in 5.
func rolling(situation string, mutate func(*v1alpha1.SupportFunction, *plan.SupportFunction)) example {
	f := &v1alpha1.SupportFunction{ObjectMeta: named("", "referral-management")}
	planned := plan.SupportFunction{Rollout: v1alpha1.RolloutStatus{
		Step: 2, Steps: 3, Chosen: new(int32(7)), Updated: new(int32(5)),
		Layers: []v1alpha1.RolloutLayer{{Revision: 4, Step: 2, Threshold: "8000000000000000"}, {Revision: 3}},
	}}
	planned.Revision.Revision = 4
	mutate(f, &planned)
	status.SupportFunction(f, state.SupportFunction{Object: f}, planned)
	return example{situation, v1alpha1.SupportFunctionKind, f}
}

// halted is one that does not go on, because of instances in so many consortia.
func halted(situation string, reason v1alpha1.HaltReason, consortia ...v1alpha1.ObjectName) example {
	return rolling(situation, func(_ *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
		planned.Rollout.Halted = reason
		for _, consortium := range consortia {
			planned.Rollout.Failing = append(planned.Rollout.Failing, v1alpha1.FunctionUser{Kind: v1alpha1.MemberFunctionKind, Namespace: string(consortium), Name: "referral-management"})
		}
	})
}

func pause(f *v1alpha1.SupportFunction, _ *plan.SupportFunction) {
	f.Spec.Rollout.State = v1alpha1.RolloutPaused
}

func supportFunctions() []example {
	user := function("referral-management", metav1.ConditionTrue)
	broken := errors.New(`properties.days.type: must be one of array, boolean, integer, number, object, string, is "number of days"`)
	return append([]example{
		entry("A function of the catalogue can be used.", nil, false, user),
		entry("The schema of a function's parameters is broken.", broken, false),
		entry("A function that is used is being deleted.", nil, true, user, function("a", ""), function("b", ""), function("c", ""), function("d", "")),
		entry("A function that nobody uses is being deleted.", nil, true),
	}, rollouts(broken)...)
}

func rollouts(broken error) []example {
	return []example{
		rolling("A new revision reaches the instances of its second step.", func(*v1alpha1.SupportFunction, *plan.SupportFunction) {}),
		rolling("A new revision reaches the first instance.", func(_ *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			r := &planned.Rollout
			r.Step, r.Layers[0].Step, r.Chosen, r.Updated = 1, 1, new(int32(1)), new(int32(0))
		}),
		rolling("All instances of a step work, and are watched.", func(_ *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			planned.Rollout.Updated, planned.Rollout.SoakingSince = new(int32(7)), &metav1.Time{Time: clock("2026-11-22T10:00:00Z")}
		}),
		rolling("A rollout is paused.", pause),
		rolling("A change is made while rollouts are paused.", func(f *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			pause(f, planned)
			planned.Revision.Revision, planned.Rollout.Layers = 5, []v1alpha1.RolloutLayer{{Revision: 4}}
		}),
		rolling("An entry is corrected while its rollout is halted and paused.", func(f *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			pause(f, planned)
			planned.Revision.Revision, planned.Rollout.Halted = 5, v1alpha1.HaltInstancesFailed
		}),
		halted("An instance cannot run a new revision.", v1alpha1.HaltInstancesFailed, "newham"),
		halted("More instances than are named cannot run a new revision.", v1alpha1.HaltInstancesFailed, "camden", "newham", "tower-hamlets"),
		halted("Two instances do not come to work in time.", v1alpha1.HaltDeadlineExceeded, "camden", "newham"),
		rolling("Eight revisions are under way, and a ninth is made.", func(_ *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			planned.Revision.Revision, planned.Rollout.Halted = 12, v1alpha1.HaltFinishOrUndo
			for n := range 6 {
				planned.Rollout.Layers = append([]v1alpha1.RolloutLayer{{Revision: int64(n + 5), Step: 1}}, planned.Rollout.Layers...)
			}
		}),
		rolling("The schema of an entry becomes broken during a rollout.", func(f *v1alpha1.SupportFunction, planned *plan.SupportFunction) {
			f.Status.Revision, planned.Invalid = 4, broken
		}),
	}
}
