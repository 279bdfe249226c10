package status_test

import (
	"errors"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// example is an object in a situation, and how the situation is told to people.
type example struct {
	situation, kind string
	object          status.Object
}

// generation of every object in the examples.
const generation = 7

// examples are every situation that the operator speaks of, in the order in which they are read.
func examples() []example {
	return slices.Concat(consortia(), localities(), memberFunctions(), supportFunctions(), providers(), hostedServices(), agreements())
}

func isDeleting(meta *metav1.ObjectMeta) {
	meta.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
}

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Generation: generation}
}

func with(conditions ...metav1.Condition) []metav1.Condition { return conditions }

func condition(name string, value metav1.ConditionStatus, reason string) metav1.Condition {
	return metav1.Condition{Type: name, Status: value, Reason: reason, Message: "As it was.", ObservedGeneration: generation - 1}
}

// What may come of writing.

func stepsDone(steps int) state.Result { return state.Result{StepsDone: steps} }

func inTheWay(steps int, names ...string) state.Result {
	return blockedBy(state.InTheWay, steps, names)
}

func leaving(steps int, names ...string) state.Result { return blockedBy(state.Leaving, steps, names) }

func blockedBy(obstacle state.Obstacle, steps int, names []string) state.Result {
	result := stepsDone(steps)
	for _, name := range names {
		result.Blocked = append(result.Blocked, state.Blocked{Kind: "NetworkPolicy", Namespace: "tower-hamlets", Name: name, Obstacle: obstacle})
	}
	return result
}

func refused(steps int, child state.Blocked, words string) state.Result {
	child.Obstacle, child.Message = state.Refused, words
	return state.Result{StepsDone: steps, Blocked: []state.Blocked{child}}
}

var (
	errConflict = apierrors.NewConflict(schema.GroupResource{Resource: "resourcequotas"}, "commissioning-guard-rail", errors.New("the object has been modified; 0x7f3a"))
	errUnknown  = errors.New("dial tcp 10.96.0.1:443: connection refused after 17 ms")
)

// A consortium's own objects.

func locality(name string, patients int64, practices int32) v1alpha1.Locality {
	return v1alpha1.Locality{
		ObjectMeta: named("tower-hamlets", name), Spec: v1alpha1.LocalitySpec{RegisteredAsOf: "2021-01-01"},
		Status: v1alpha1.LocalityStatus{ObservedGeneration: new(int64(generation)), RegisteredPatients: &patients, Practices: &practices},
	}
}

func function(name string, ready metav1.ConditionStatus) v1alpha1.MemberFunction {
	f := v1alpha1.MemberFunction{ObjectMeta: named("tower-hamlets", name), Spec: v1alpha1.MemberFunctionSpec{Function: v1alpha1.ObjectName(name)}}
	if ready != "" {
		f.Status.Conditions = with(condition(v1alpha1.ReadyCondition, ready, v1alpha1.ReasonReady))
	}
	return f
}

func group(name string) v1alpha1.Subject {
	return v1alpha1.Subject{Kind: v1alpha1.SubjectGroup, Name: name}
}
