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

func supportFunctions() []example {
	user := function("referral-management", metav1.ConditionTrue)
	broken := errors.New(`properties.days.type: must be one of array, boolean, integer, number, object, string, is "number of days"`)
	return []example{
		entry("A function of the catalogue can be used.", nil, false, user),
		entry("The schema of a function's parameters is broken.", broken, false),
		entry("A function that is used is being deleted.", nil, true, user, function("a", ""), function("b", ""), function("c", ""), function("d", "")),
		entry("A function that nobody uses is being deleted.", nil, true),
	}
}
