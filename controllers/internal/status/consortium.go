package status

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// maxFunctionRows bounds the rows of functions in a Consortium's status.
const maxFunctionRows = 64

// Steps of a Consortium's children, in the order of rule R6.
const (
	stepNamespace = iota + 1
	stepGuardRails
	stepAccess
)

// Consortium sets a Consortium's status from what was read and what came of writing.
func Consortium(c *v1alpha1.Consortium, seen state.Consortium, verdict plan.NamespaceVerdict, done state.Result, err error) {
	m := marker{&c.Status.Conditions, c.Generation}
	c.Status.ObservedGeneration = &c.Generation
	c.Status.Namespace = plan.NamespaceOf(c)
	markNamespace(m, c, seen, verdict, outcome{done, err})
	markGuardRails(m, seen, outcome{done, err})
	markStep(m, v1alpha1.AccessGrantedCondition, v1alpha1.ReasonGranted, accessMessage(c), stepAccess, outcome{done, err})
	population := CountPopulation(seen.Localities)
	markConsortiumPopulation(m, population)
	countConsortium(c, population)
	listFunctions(c, m, seen.Functions)
	reason, message := v1alpha1.ReasonReady, fmt.Sprintf("Namespace %s is ready, with its guard rails in place.", c.Status.Namespace)
	if c.Spec.SucceededBy != "" {
		reason, message = v1alpha1.ReasonSucceeded, successionMessage(c, seen.SuccessorFound)
	}
	m.ready(reason, message, v1alpha1.NamespaceAvailableCondition, v1alpha1.GuardRailsInPlaceCondition, v1alpha1.AccessGrantedCondition)
}

func successionMessage(c *v1alpha1.Consortium, found bool) string {
	if !found {
		return fmt.Sprintf("Consortium %s, which is to succeed this one, does not exist (yet). Until it does, the practices that count here go on counting; no further ones are claimed.", c.Spec.SucceededBy)
	}
	return fmt.Sprintf("%s is succeeded by %s: its localities claim no further practices.", c.Spec.DisplayName, c.Spec.SucceededBy)
}

func markNamespace(m marker, c *v1alpha1.Consortium, seen state.Consortium, verdict plan.NamespaceVerdict, out outcome) {
	name, condition := c.Status.Namespace, v1alpha1.NamespaceAvailableCondition
	switch verdict {
	case plan.NamespaceReserved:
		m.isFalse(condition, v1alpha1.ReasonReserved, fmt.Sprintf("Namespace %s is reserved for the cluster. Create another Consortium with another spec.namespace.", name))
	case plan.CodeTaken:
		m.isFalse(condition, v1alpha1.ReasonTaken, fmt.Sprintf("Organisation code %s belongs to the older Consortium %s. Two consortia cannot carry one code: delete the one that is wrong.", c.Spec.OrganisationCode, seen.CodeHolder))
	case plan.NamespaceTaken:
		m.isFalse(condition, v1alpha1.ReasonTaken, fmt.Sprintf("Namespace %s belongs to Consortium %s. Create another Consortium with another spec.namespace.", name, namespaceHolder(seen)))
	case plan.NamespaceTerminating:
		m.isFalse(condition, v1alpha1.ReasonTerminating, fmt.Sprintf("Namespace %s is being deleted. It is made again once it is gone.", name))
	case plan.NamespaceForeign:
		m.isFalse(condition, v1alpha1.ReasonNotOurs, fmt.Sprintf("Namespace %s exists and was not given to this consortium. A cluster administrator can give it: kubectl label namespace %s %s=%s", name, name, v1alpha1.ConsortiumLabel, c.Name))
	case plan.NamespaceAdopted:
		markStep(m, condition, v1alpha1.ReasonAdopted, fmt.Sprintf("Namespace %s was given to this consortium by a cluster administrator.", name), stepNamespace, out)
	case plan.NamespaceCreated, plan.NamespaceMissing:
		markStep(m, condition, v1alpha1.ReasonCreated, fmt.Sprintf("Namespace %s was created by the operator.", name), stepNamespace, out)
	}
}

// markGuardRails: they stand when the cluster enforces them; a quota that it has not counted yet makes
// it refuse what comes next.
func markGuardRails(m marker, seen state.Consortium, out outcome) {
	condition := v1alpha1.GuardRailsInPlaceCondition
	if out.done.StepsDone >= stepGuardRails && !seen.QuotaCounted {
		m.isFalse(condition, v1alpha1.ReasonWaiting, "The guard rails are written; the cluster is still counting what the quota limits.")
		return
	}
	markStep(m, condition, v1alpha1.ReasonInPlace, "Pod security, default-deny policy, quota and limits are in place.", stepGuardRails, out)
}

func namespaceHolder(seen state.Consortium) string {
	if seen.NamespaceHolder != "" {
		return seen.NamespaceHolder
	}
	return seen.Namespace.Labels[v1alpha1.ConsortiumLabel]
}

// outcome is what came of writing.
type outcome struct {
	done state.Result
	err  error
}

// markStep says whether a step of children stands, and else what is in the way.
func markStep(m marker, condition, reason, message string, step int, out outcome) {
	switch {
	case out.done.StepsDone >= step:
		m.isTrue(condition, reason, message)
	case out.done.StepsDone < step-1:
		m.isFalse(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	case len(out.done.Blocked) > 0:
		reason, message := obstacles(out.done.Blocked)
		m.isFalse(condition, reason, message)
	case out.err != nil:
		m.isUnknown(condition, v1alpha1.ReasonInternalError, internalError(out.err))
	default:
		m.isFalse(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	}
}

const waitsForOthers = "This waits for the steps before it: see the other conditions."

// obstacles says what is in the way of children, and what to do.
func obstacles(blocked []state.Blocked) (reason, message string) {
	if first := blocked[0]; first.Obstacle == state.Refused {
		return v1alpha1.ReasonRefused, fmt.Sprintf("%s was refused: %s", first, first.Message)
	}
	names := make([]string, len(blocked))
	for i, b := range blocked {
		names[i] = b.String()
	}
	return v1alpha1.ReasonObjectInTheWay, fmt.Sprintf("%s: not the operator's, and left untouched. Rename or delete what is in the way, and the work goes on.", plan.FirstThree(names))
}

// internalError tells a transient error without the parts of it that change from try to try.
func internalError(err error) string {
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		return fmt.Sprintf("The API server answered %s. The operator tries again; its log says more.", known.Status().Reason)
	}
	return "This could not be done just now. The operator tries again; its log says more."
}

func accessMessage(c *v1alpha1.Consortium) string {
	a := c.Spec.Access
	var given []string
	for _, list := range []struct {
		role     string
		subjects []v1alpha1.Subject
	}{{"admin", a.Admins}, {"viewer", a.Viewers}, {"developer", a.Developers}} {
		if len(list.subjects) > 0 {
			given = append(given, counted(len(list.subjects), list.role))
		}
	}
	if len(given) == 0 {
		return "Nobody but cluster administrators has access: spec.access names nobody."
	}
	message := fmt.Sprintf("Access is given to %s.", plan.FirstThree(given))
	for _, subject := range slices.Concat(a.Admins, a.Viewers, a.Developers) {
		if subject.Kind == v1alpha1.SubjectUser {
			return message + " Some are single users: groups are better, since people come and go."
		}
	}
	return message
}

func listFunctions(c *v1alpha1.Consortium, m marker, functions []v1alpha1.MemberFunction) {
	functions = slices.Clone(functions)
	slices.SortFunc(functions, func(a, b v1alpha1.MemberFunction) int { return strings.Compare(a.Name, b.Name) })
	rows := make([]v1alpha1.ConsortiumFunction, 0, len(functions))
	var working int32
	var failing []string
	for i := range functions {
		row := v1alpha1.ConsortiumFunction{Name: functions[i].Name, Function: string(functions[i].Spec.Function), State: functionState(&functions[i])}
		switch row.State {
		case v1alpha1.FunctionWorking:
			working++
		case v1alpha1.FunctionNotWorking:
			failing = append(failing, row.Name)
		case v1alpha1.FunctionUnknown:
		}
		rows = append(rows, row)
	}
	total := int32(len(rows)) //nolint:gosec // bounded by the namespace's quota
	c.Status.Functions = rows[:min(len(rows), maxFunctionRows)]
	c.Status.FunctionsTotal, c.Status.FunctionsWorking = &total, &working
	markFunctions(m, total, working, failing)
}

func functionState(f *v1alpha1.MemberFunction) v1alpha1.FunctionState {
	switch ready := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.ReadyCondition); {
	case ready == nil || ready.Status == "Unknown":
		return v1alpha1.FunctionUnknown
	case ready.Status == "True":
		return v1alpha1.FunctionWorking
	default:
		return v1alpha1.FunctionNotWorking
	}
}

func markFunctions(m marker, total, working int32, failing []string) {
	condition := v1alpha1.FunctionsAvailableCondition
	switch {
	case total == 0:
		m.isTrue(condition, v1alpha1.ReasonNoFunctions, "No function is asked for.")
	case working == total && total == 1:
		m.isTrue(condition, v1alpha1.ReasonAllWorking, "The function works.")
	case working == total:
		m.isTrue(condition, v1alpha1.ReasonAllWorking, fmt.Sprintf("All %d functions work.", total))
	case len(failing) == 0 && total == 1:
		m.isUnknown(condition, v1alpha1.ReasonPending, "The function has not been looked at yet.")
	case total == 1:
		m.isFalse(condition, v1alpha1.ReasonSomeNotWorking, fmt.Sprintf("The function does not work: %s.", failing[0]))
	case len(failing) == 0:
		m.isUnknown(condition, v1alpha1.ReasonPending, howManyWork(total, working)+" The others have not been looked at yet.")
	default:
		m.isFalse(condition, v1alpha1.ReasonSomeNotWorking, fmt.Sprintf("%s Not working: %s.", howManyWork(total, working), plan.FirstThree(failing)))
	}
}

func howManyWork(total, working int32) string {
	if working == 1 {
		return fmt.Sprintf("1 of %s works.", counted(total, "function"))
	}
	return fmt.Sprintf("%d of %s work.", working, counted(total, "function"))
}

// ConsortiumDeleting says what the deletion of a Consortium waits for.
func ConsortiumDeleting(c *v1alpha1.Consortium, waitingFor string) {
	m := marker{&c.Status.Conditions, c.Generation}
	c.Status.ObservedGeneration = &c.Generation
	m.isFalse(v1alpha1.AccessGrantedCondition, v1alpha1.ReasonDeleting, "Access has been taken back.")
	m.isFalse(v1alpha1.ReadyCondition, v1alpha1.ReasonDeleting, fmt.Sprintf("The consortium is being deleted; %s.", waitingFor))
	m.progress()
}
