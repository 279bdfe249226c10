package status

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// maxUsers is how many users of a function its status names.
const maxUsers = 3

// SupportFunction sets a SupportFunction's status from what was read and planned.
func SupportFunction(f *v1alpha1.SupportFunction, seen state.SupportFunction, planned plan.SupportFunction) {
	m := marker{&f.Status.Conditions, f.Generation}
	f.Status.ObservedGeneration = &f.Generation
	f.Status.Rollout = planned.Rollout
	if planned.Invalid != nil {
		m.isFalse(v1alpha1.SchemaValidCondition, v1alpha1.ReasonInvalid, fmt.Sprintf("spec.parameters.schema cannot be used: %s.", planned.Invalid))
	} else {
		m.isTrue(v1alpha1.SchemaValidCondition, v1alpha1.ReasonValid, "The schema of the parameters can be used.")
		f.Status.Revision = planned.Revision.Revision
	}
	countInstances(f, seen.Instances)
	markRolledOut(m, f)
	users := UserNames(seen.Instances)
	if f.DeletionTimestamp.IsZero() || len(users) == 0 {
		m.drop(v1alpha1.InUseCondition)
	} else {
		m.isTrue(v1alpha1.InUseCondition, v1alpha1.ReasonHasUsers, fmt.Sprintf("It goes when nobody uses it. Used by %s.", plan.FirstThree(users)))
	}
	if !f.DeletionTimestamp.IsZero() {
		m.isFalse(v1alpha1.ReadyCondition, v1alpha1.ReasonDeleting, "The function is being deleted.")
		m.progress()
		return
	}
	m.ready(v1alpha1.ReasonReady, "The function can be used.", v1alpha1.SchemaValidCondition)
}

// UserNames names the users of a function, in order.
func UserNames(uses []state.Use) []string {
	names := make([]string, len(uses))
	for i, use := range uses {
		names[i] = use.String()
	}
	slices.Sort(names)
	return names
}

func countInstances(f *v1alpha1.SupportFunction, instances []state.Use) {
	var ready, upToDate int32
	var users []v1alpha1.FunctionUser
	for _, instance := range slices.SortedFunc(slices.Values(instances), state.Use.Compare) {
		if meta.IsStatusConditionTrue(instance.Conditions, v1alpha1.ReadyCondition) {
			ready++
		}
		if instance.Instance.Revision == f.Status.Revision && meta.IsStatusConditionTrue(instance.Conditions, v1alpha1.UpToDateCondition) {
			upToDate++
		}
		if len(users) < maxUsers {
			users = append(users, v1alpha1.FunctionUser{Kind: instance.Kind, Namespace: instance.Namespace, Name: instance.Name})
		}
	}
	total := int32(len(instances)) //nolint:gosec // far below the bound: one object each
	f.Status.Instances, f.Status.InstancesReady, f.Status.InstancesUpToDate = &total, &ready, &upToDate
	f.Status.UsedBy = users
}
