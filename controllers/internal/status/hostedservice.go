package status

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// HostedService sets a HostedService's status from what was read, planned and written. A service that
// is being deleted goes on serving whom it serves: HostedServiceDeleting then says the rest.
func HostedService(h *v1alpha1.HostedService, seen state.HostedService, planned plan.HostedService, ledger plan.Ledger, room plan.Room, done state.Result, err error, now time.Time) { //nolint:revive // what each step of a reconcile found, in their order
	m := marker{&h.Status.Conditions, h.Generation}
	h.Status.ObservedGeneration = &h.Generation
	if done.StepsDone > 0 {
		h.Status.Address = fmt.Sprintf("%s.%s.svc", h.Name, h.Namespace)
	}
	if planned.Obstacle == plan.NoObstacle {
		h.Status.Replicas.Desired = &planned.Replicas
	}
	markProvider(m, seen.Home, planned.Obstacle)
	markHostedFunction(m, h, seen.Function, planned.Obstacle)
	markParameters(m, planned.Obstacle, planned.Problem)
	markServiceApplied(m, seen.Workload, planned, outcome{done, err})
	markServiceAvailable(m, h, newAvailability(neededBefore(h.Status), seen.Workload, planned, done), now)
	markUpToDate(m, seen.Workload, planned.Obstacle, assign(&h.Status.Revision, planned.Revision.Number))
	countLoad(h, ledger, room)
	markOverCapacity(m, ledger.Taken(), room)
	if !h.DeletionTimestamp.IsZero() {
		return
	}
	m.drop(v1alpha1.InUseCondition)
	m.ready(v1alpha1.ReasonReady, serviceReady(h), serviceDependents(h, seen)...)
}

// HostedServiceDeleting says what the deletion of a HostedService waits for. It counts whom the service
// carries and names nobody.
func HostedServiceDeleting(h *v1alpha1.HostedService, ledger plan.Ledger) {
	m := marker{&h.Status.Conditions, h.Generation}
	message := "The service is being deleted; nobody uses it."
	if carried := ledger.Taken().Consortia; carried == 0 {
		m.drop(v1alpha1.InUseCondition)
	} else {
		uses := "It serves 1 consortium, which moves on as soon as another supplier can carry it."
		if carried > 1 {
			uses = fmt.Sprintf("It serves %s consortia; they move on as far as others can carry them.", Thousands(carried))
		}
		m.isTrue(v1alpha1.InUseCondition, v1alpha1.ReasonHasUsers, uses)
		message = "The service is being deleted. " + uses
	}
	m.isFalse(v1alpha1.ReadyCondition, v1alpha1.ReasonDeleting, message)
	m.progress()
}

// serviceDependents: replicas count where there is something to run; else they would hide the cause.
func serviceDependents(h *v1alpha1.HostedService, seen state.HostedService) []string {
	dependents := []string{v1alpha1.ProviderResolvedCondition, v1alpha1.FunctionResolvedCondition, v1alpha1.ParametersValidCondition, v1alpha1.AppliedCondition}
	if seen.Workload != nil || meta.IsStatusConditionTrue(h.Status.Conditions, v1alpha1.AppliedCondition) {
		dependents = append(dependents, v1alpha1.AvailableCondition)
	}
	return dependents
}

func serviceReady(h *v1alpha1.HostedService) string {
	desired := value(h.Status.Replicas.Desired)
	return fmt.Sprintf("%s works: %d of %s available.", h.Spec.Function, min(value(h.Status.Replicas.Available), desired), counted(desired, "replica"))
}

func markProvider(m marker, home state.ProviderHome, obstacle plan.Obstacle) {
	condition := v1alpha1.ProviderResolvedCondition
	switch {
	case home.Provider == nil:
		m.isFalse(condition, v1alpha1.ReasonProviderNotFound, fmt.Sprintf("Namespace %s belongs to no supplier (yet). Whoever runs the cluster can create the SupportProvider for it.", home.Namespace))
	case !home.Provider.DeletionTimestamp.IsZero():
		m.isFalse(condition, v1alpha1.ReasonProviderDeleting, fmt.Sprintf("SupportProvider %s is being deleted.", home.Provider.Name))
	case home.Terminating:
		m.isFalse(condition, v1alpha1.ReasonTerminating, fmt.Sprintf("Namespace %s is being deleted.", home.Namespace))
	case obstacle == plan.GuardRailsMissing:
		m.isFalse(condition, v1alpha1.ReasonGuardRailsMissing, fmt.Sprintf("The guard rails of namespace %s are not in place yet: see SupportProvider %s.", home.Namespace, home.Provider.Name))
	default:
		m.isTrue(condition, v1alpha1.ReasonResolved, fmt.Sprintf("Namespace %s belongs to %s.", home.Namespace, home.Provider.Spec.DisplayName))
	}
}

func markHostedFunction(m marker, h *v1alpha1.HostedService, function *v1alpha1.SupportFunction, obstacle plan.Obstacle) {
	condition, name := v1alpha1.FunctionResolvedCondition, h.Spec.Function
	switch {
	case function == nil:
		m.isFalse(condition, v1alpha1.ReasonFunctionNotFound, fmt.Sprintf("The catalogue has no function %s (yet): kubectl get supportfunctions lists what it has.", name))
	case function.Spec.Delivery != v1alpha1.DeliveryHosted:
		m.isFalse(condition, v1alpha1.ReasonFunctionMemberOnly, fmt.Sprintf("%s is member-only: only a consortium itself performs it, in its own namespace, and a HostedService cannot run it: delete this one.", name))
	case obstacle == plan.RevisionMissing:
		m.isFalse(condition, v1alpha1.ReasonRevisionMissing, revisionMissing(name, h.Spec.Revision))
	default:
		m.isTrue(condition, v1alpha1.ReasonHosted, fmt.Sprintf("%s is a hosted function.", name))
	}
}

func markServiceApplied(m marker, w *state.Workload, planned plan.HostedService, out outcome) {
	condition := v1alpha1.AppliedCondition
	switch {
	case planned.Obstacle == plan.NoObstacle && len(out.done.Blocked) > 0:
		reason, message := obstacles(out.done.Blocked) // also of a later step than the first
		m.isFalse(condition, reason, message)
	case planned.Obstacle == plan.NoObstacle:
		markStep(m, condition, v1alpha1.ReasonApplied, "Everything that the service needs has been written.", 1, out)
	case planned.Obstacle.IsPassing() && w != nil:
		m.kept(condition, v1alpha1.ReasonWaiting, waitingMessage(w))
	default:
		m.isFalse(condition, v1alpha1.ReasonWaiting, waitingMessage(w))
	}
}
