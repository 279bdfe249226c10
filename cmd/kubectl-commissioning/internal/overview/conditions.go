package overview

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// conditions of an object. One that is absent is Unknown, and says nothing.
type conditions []metav1.Condition

func (c conditions) of(condition string) metav1.Condition {
	if found := meta.FindStatusCondition(c, condition); found != nil {
		return *found
	}
	return metav1.Condition{Type: condition, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonPending}
}

func (c conditions) ready() metav1.Condition { return c.of(v1alpha1.ReadyCondition) }

func (c conditions) isTrue(condition string) bool { return meta.IsStatusConditionTrue(c, condition) }

// isStalled says that nothing changes until a person acts.
func (c conditions) isStalled() bool { return c.isTrue(v1alpha1.StalledCondition) }

// starting are the reasons of what is on its way.
var starting = []string{
	v1alpha1.ReasonPending, v1alpha1.ReasonWaiting, v1alpha1.ReasonSwitching, v1alpha1.ReasonNotYetListed,
	v1alpha1.ReasonGuardRailsMissing, v1alpha1.ReasonPopulationUnknown, v1alpha1.ReasonNotYetInTerm,
}

// state sums the condition Ready up. What never worked and is on its way is not yet there; hasWorked
// tells it from what has stopped.
func (c conditions) state(hasWorked bool) State {
	switch ready := c.ready(); {
	case ready.Status == metav1.ConditionTrue && c.isTrue(v1alpha1.FallbackActiveCondition):
		return OnFallback
	case ready.Status == metav1.ConditionTrue:
		return Working
	case ready.Reason == v1alpha1.ReasonWaitingForRoom:
		return WaitingForRoom
	case ready.Reason == v1alpha1.ReasonNotYetInTerm, !hasWorked && slices.Contains(starting, ready.Reason):
		return NotYet
	case ready.Status == metav1.ConditionUnknown:
		return Unknown
	}
	return NotWorking
}

// since is when a condition became what it is; nil at the birth of the object.
func since(c metav1.Condition) *metav1.Time {
	if c.LastTransitionTime.Unix() <= 0 {
		return nil
	}
	return &c.LastTransitionTime
}
