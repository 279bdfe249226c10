package plan

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// HostedService is what a HostedService should run, or why it cannot.
type HostedService struct {
	Obstacle   Obstacle
	Problem    error // of the schema or the parameters
	Revision   Revision
	Parameters []byte
	// Patients registered with the consortia that have a place.
	Patients int64
	// Replicas that the sizing asks for, and at most.
	Replicas, MaxReplicas int32
}

// PlanHostedService decides what a service runs for those who have a place in its ledger, places that
// are kept for a return included: it is ready for them.
func PlanHostedService(seen state.HostedService, ledger Ledger) HostedService {
	planned := HostedService{Obstacle: obstacleAtProvider(seen), Patients: ledger.Taken().Patients}
	if planned.Obstacle != NoObstacle {
		return planned
	}
	planned.Revision, planned.Obstacle, planned.Problem = resolveRevision(seen.Function, seen.Revision, seen.Object.Spec.Revision)
	if planned.Obstacle != NoObstacle {
		return planned
	}
	planned.Parameters, planned.Obstacle, planned.Problem = resolveParameters(planned.Revision, seen.Object.Spec.Parameters)
	if planned.Obstacle != NoObstacle {
		return planned
	}
	current := int32(0)
	if desired := seen.Object.Status.Replicas.Desired; desired != nil {
		current = *desired
	}
	sizing := planned.Revision.Sizing
	planned.Replicas = Replicas(sizing, planned.Revision.Delivery, planned.Patients, current)
	_, planned.MaxReplicas = Bounds(sizing, planned.Revision.Delivery)
	return planned
}

func obstacleAtProvider(seen state.HostedService) Obstacle {
	switch {
	case !seen.Home.IsActive():
		return HomeMissing
	case seen.Function == nil:
		return FunctionMissing
	case seen.Function.Spec.Delivery != v1alpha1.DeliveryHosted:
		return FunctionMemberOnly
	}
	return guardRailsObstacle(seen.Home.Provider.Status.Conditions)
}

// guardRailsObstacle: nothing runs before the guard rails stand (R6).
func guardRailsObstacle(conditions []metav1.Condition) Obstacle {
	switch rails := meta.FindStatusCondition(conditions, v1alpha1.GuardRailsInPlaceCondition); {
	case rails == nil || rails.Status == metav1.ConditionFalse:
		return GuardRailsMissing
	case rails.Status == metav1.ConditionUnknown:
		return GuardRailsUnknown
	}
	return NoObstacle
}
