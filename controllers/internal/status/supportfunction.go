package status

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// maxUsers is how many users of a function its status names.
const maxUsers = 3

// SupportFunction sets a SupportFunction's status from what was read; invalid is what is wrong with
// its schema, nil where nothing is.
func SupportFunction(f *v1alpha1.SupportFunction, seen state.SupportFunction, invalid error) {
	m := marker{&f.Status.Conditions, f.Generation}
	f.Status.ObservedGeneration = &f.Generation
	countInstances(f, seen.Instances)
	if invalid != nil {
		m.isFalse(v1alpha1.SchemaValidCondition, v1alpha1.ReasonInvalid, fmt.Sprintf("spec.parameters.schema cannot be used: %s.", invalid))
	} else {
		m.isTrue(v1alpha1.SchemaValidCondition, v1alpha1.ReasonValid, "The schema of the parameters can be used.")
	}
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
func UserNames(instances []v1alpha1.MemberFunction) []string {
	names := make([]string, len(instances))
	for i := range instances {
		names[i] = v1alpha1.MemberFunctionKind + " " + instances[i].Namespace + "/" + instances[i].Name
	}
	slices.Sort(names)
	return names
}

func countInstances(f *v1alpha1.SupportFunction, instances []v1alpha1.MemberFunction) {
	var ready, upToDate int32
	users := make([]v1alpha1.FunctionUser, 0, len(instances))
	for i := range instances {
		instance := &instances[i]
		if meta.IsStatusConditionTrue(instance.Status.Conditions, v1alpha1.ReadyCondition) {
			ready++
		}
		if meta.IsStatusConditionTrue(instance.Status.Conditions, v1alpha1.UpToDateCondition) {
			upToDate++
		}
		users = append(users, v1alpha1.FunctionUser{Kind: v1alpha1.MemberFunctionKind, Namespace: instance.Namespace, Name: instance.Name})
	}
	slices.SortFunc(users, func(a, b v1alpha1.FunctionUser) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	total := int32(len(instances)) //nolint:gosec // far below the bound: one object each
	f.Status.Instances, f.Status.InstancesReady, f.Status.InstancesUpToDate = &total, &ready, &upToDate
	f.Status.UsedBy = users[:min(len(users), maxUsers)]
}
