package status

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// MemberFunction sets a MemberFunction's status from what was read, what was planned and what came
// of writing.
func MemberFunction(f *v1alpha1.MemberFunction, seen state.MemberFunction, planned plan.MemberFunction, done state.Result, err error) {
	m := marker{&f.Status.Conditions, f.Generation}
	f.Status.ObservedGeneration = &f.Generation
	markHomeOfFunction(m, seen, planned)
	markFunctionResolved(m, f, seen, planned)
	markParameters(m, planned.Obstacle, planned.Problem)
	markFunctionPopulation(m, f, planned)
	markBindings(m, f, seen)
	switch {
	case planned.Obstacle == plan.NoObstacle:
		f.Status.Replicas.Desired = &planned.Replicas
		f.Status.RegisteredPatients = &planned.Patients
		markStep(m, v1alpha1.AppliedCondition, v1alpha1.ReasonApplied, "Everything that the function needs has been written.", 1, outcome{done, err})
	case isFrozen(seen, planned):
		m.kept(v1alpha1.AppliedCondition, v1alpha1.ReasonWaiting, waitingMessage(seen.Workload))
	default:
		m.isFalse(v1alpha1.AppliedCondition, v1alpha1.ReasonWaiting, waitingMessage(seen.Workload))
	}
	markAvailable(m, f, seen.Workload)
	markUpToDate(m, seen.Workload, planned.Obstacle, assign(&f.Status.Revision, planned.Revision.Number))
	m.ready(v1alpha1.ReasonReady, readyMessage(f), readyDependents(f, seen, planned)...)
}

// isFrozen says that what runs is left as it is for the moment, with nothing wrong about it.
func isFrozen(seen state.MemberFunction, planned plan.MemberFunction) bool {
	return seen.Workload != nil && planned.Obstacle.IsPassing()
}

// readyDependents: the population counts where the function cannot be sized without it, and replicas
// where there is something to run; else they would hide the cause.
func readyDependents(f *v1alpha1.MemberFunction, seen state.MemberFunction, planned plan.MemberFunction) []string {
	dependents := []string{v1alpha1.ConsortiumResolvedCondition, v1alpha1.FunctionResolvedCondition, v1alpha1.ParametersValidCondition}
	if planned.Obstacle == plan.LocalityMissing || planned.Obstacle == plan.PopulationUncounted && !isFrozen(seen, planned) {
		dependents = append(dependents, v1alpha1.PopulationKnownCondition)
	}
	dependents = append(dependents, v1alpha1.AppliedCondition)
	if seen.Workload != nil || meta.IsStatusConditionTrue(f.Status.Conditions, v1alpha1.AppliedCondition) {
		dependents = append(dependents, v1alpha1.AvailableCondition)
	}
	return dependents
}

func waitingMessage(w *state.Workload) string {
	if w == nil {
		return "Nothing is started yet: see the other conditions."
	}
	return "What runs already is left as it is until the other conditions are mended."
}

func markHomeOfFunction(m marker, seen state.MemberFunction, planned plan.MemberFunction) {
	if planned.Obstacle == plan.GuardRailsMissing {
		m.isFalse(v1alpha1.ConsortiumResolvedCondition, v1alpha1.ReasonGuardRailsMissing,
			fmt.Sprintf("The guard rails of namespace %s are not in place yet: see Consortium %s.", seen.Home.Namespace, seen.Home.Consortium.Name))
		return
	}
	markHome(m, seen.Home)
}

func markFunctionResolved(m marker, f *v1alpha1.MemberFunction, seen state.MemberFunction, planned plan.MemberFunction) {
	condition, name := v1alpha1.FunctionResolvedCondition, f.Spec.Function
	switch {
	case seen.Function == nil:
		m.isFalse(condition, v1alpha1.ReasonFunctionNotFound, fmt.Sprintf("The catalogue has no function %s (yet): kubectl get supportfunctions lists what it has.", name))
	case seen.Function.Spec.Delivery != v1alpha1.DeliveryMemberOnly:
		m.isFalse(condition, v1alpha1.ReasonFunctionHosted, fmt.Sprintf("%s is a hosted function: a supplier runs it for many consortia. A MemberFunction cannot run it: delete this one.", name))
	case planned.Obstacle == plan.RevisionMissing:
		m.isFalse(condition, v1alpha1.ReasonRevisionMissing, revisionMissing(name, f.Spec.Revision))
	default:
		m.isTrue(condition, v1alpha1.ReasonResolved, fmt.Sprintf("%s is a member-only function.", name))
	}
}

func markParameters(m marker, obstacle plan.Obstacle, problem error) {
	condition := v1alpha1.ParametersValidCondition
	switch obstacle {
	case plan.GuardRailsUnknown, plan.RevisionUnknown:
		m.kept(condition, v1alpha1.ReasonWaiting, "The parameters are checked once the function can be started.")
	case plan.HomeMissing, plan.GuardRailsMissing, plan.FunctionMissing, plan.FunctionHosted, plan.FunctionMemberOnly, plan.RevisionMissing:
		m.isUnknown(condition, v1alpha1.ReasonWaiting, "The parameters are checked once the function can be started.")
	case plan.SchemaBroken:
		m.isUnknown(condition, v1alpha1.ReasonFunctionNotReady, fmt.Sprintf("The schema in the catalogue cannot be used: %s.", problem))
	case plan.ParametersWrong:
		m.isFalse(condition, v1alpha1.ReasonInvalid, problem.Error())
	default:
		m.isTrue(condition, v1alpha1.ReasonValid, "The parameters fit the function's schema.")
	}
}

func markFunctionPopulation(m marker, f *v1alpha1.MemberFunction, planned plan.MemberFunction) {
	condition := v1alpha1.PopulationKnownCondition
	switch {
	case planned.Obstacle == plan.LocalityMissing:
		m.isFalse(condition, v1alpha1.ReasonLocalityNotFound, fmt.Sprintf("Locality %s does not exist in this namespace (yet).", f.Spec.Locality))
	case planned.Obstacle == plan.GuardRailsUnknown || planned.Obstacle == plan.RevisionUnknown:
		m.kept(condition, v1alpha1.ReasonWaiting, "The registered patients are looked at once the function can be started.")
	case planned.Obstacle == plan.PopulationUncounted:
		m.isUnknown(condition, v1alpha1.ReasonCounting, "The registered patients are being counted.")
	case planned.Obstacle != plan.NoObstacle:
		m.isUnknown(condition, v1alpha1.ReasonWaiting, "The registered patients are looked at once the function can be started.")
	case !planned.Known:
		m.isFalse(condition, v1alpha1.ReasonNoLocalities, fmt.Sprintf("The consortium has no locality, so the function runs at its smallest size: %s.", counted(planned.Replicas, "replica")))
	default:
		m.isTrue(condition, v1alpha1.ReasonCounted, fmt.Sprintf("%s: %s wanted.", counted(planned.Patients, "registered patient"), counted(planned.Replicas, "replica")))
	}
}

// markBindings says whether every agreement that is named gives access. The function works without:
// what it does then is its own affair.
func markBindings(m marker, f *v1alpha1.MemberFunction, seen state.MemberFunction) {
	condition := v1alpha1.BindingsResolvedCondition
	var bound, unbound []string
	for _, name := range f.Spec.Bindings {
		if why := whyNotBound(name, seen.Agreements[name]); why != "" {
			unbound = append(unbound, why)
		} else {
			bound = append(bound, string(name))
		}
	}
	switch others := len(unbound) - 3; {
	case len(f.Spec.Bindings) == 0:
		m.drop(condition)
	case len(unbound) == 0:
		m.isTrue(condition, v1alpha1.ReasonResolved, fmt.Sprintf("Bound to %s.", plan.FirstThree(bound)))
	case others > 0:
		m.isFalse(condition, v1alpha1.ReasonNotBound, fmt.Sprintf("%s And %d more.", strings.Join(unbound[:3], " "), others))
	default:
		m.isFalse(condition, v1alpha1.ReasonNotBound, strings.Join(unbound, " "))
	}
}

// whyNotBound is empty for an agreement that gives access.
func whyNotBound(name v1alpha1.ObjectName, agreement *v1alpha1.SupportAgreement) string {
	if agreement == nil {
		return fmt.Sprintf("SupportAgreement %s does not exist in this namespace (yet).", name)
	}
	switch bound := meta.FindStatusCondition(agreement.Status.Conditions, v1alpha1.BoundCondition); {
	case bound == nil:
		return fmt.Sprintf("SupportAgreement %s has not been looked at yet.", name)
	case bound.Status == metav1.ConditionTrue:
		return ""
	default:
		return fmt.Sprintf("SupportAgreement %s is not bound. %s", name, bound.Message)
	}
}

func markAvailable(m marker, f *v1alpha1.MemberFunction, w *state.Workload) {
	condition := v1alpha1.AvailableCondition
	if w == nil {
		zero := int32(0)
		f.Status.Replicas.Available = &zero
		m.isFalse(condition, v1alpha1.ReasonNotAvailable, "No replica is running.")
		return
	}
	if !w.Observed {
		m.kept(condition, v1alpha1.ReasonNotObserved, "The cluster has not looked at the workload yet.")
		return
	}
	f.Status.Replicas.Available = &w.Available
	switch counts := fmt.Sprintf("%d of %s available.", w.Available, counted(w.Desired, "replica")); {
	case plan.IsAvailable(w.Desired, w.Available):
		m.isTrue(condition, v1alpha1.ReasonAvailable, counts)
	case w.Failure != "":
		m.isFalse(condition, v1alpha1.ReasonReplicaFailure, fmt.Sprintf("%s Pods cannot be made: %s", counts, podName.ReplaceAllString(w.Failure, "")))
	default:
		m.isFalse(condition, v1alpha1.ReasonNotAvailable, counts)
	}
}

// podName is how the API server begins the refusal of a pod: with a name that changes with each try.
var podName = regexp.MustCompile(`^pods "[^"]*" is (forbidden|invalid): `)

func readyMessage(f *v1alpha1.MemberFunction) string {
	desired := value(f.Status.Replicas.Desired)
	return fmt.Sprintf("%s works: %d of %s available.", f.Spec.Function, min(value(f.Status.Replicas.Available), desired), counted(desired, "replica"))
}
