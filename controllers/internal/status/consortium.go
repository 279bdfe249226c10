package status

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// maxFunctionRows bounds the rows of functions in a Consortium's status.
const maxFunctionRows = 64

// Consortium sets a Consortium's status from what was read and what came of writing.
func Consortium(c *v1alpha1.Consortium, seen state.Consortium, verdict plan.NamespaceVerdict, done state.Result, err error) {
	m := marker{&c.Status.Conditions, c.Generation}
	c.Status.ObservedGeneration = &c.Generation
	c.Status.Namespace = plan.NamespaceOf(c)
	markPremises(m, seen.Premises, verdict, outcome{done, err})
	markAccess(m, outcome{done, err}, given{"admin", c.Spec.Access.Admins}, given{"viewer", c.Spec.Access.Viewers}, given{"developer", c.Spec.Access.Developers})
	population := CountPopulation(seen.Localities)
	markConsortiumPopulation(m, population)
	countConsortium(c, population)
	listFunctions(c, m, seen.Functions)
	reason, message := v1alpha1.ReasonReady, premisesReady(c.Status.Namespace)
	if c.Spec.SucceededBy != "" {
		reason, message = v1alpha1.ReasonSucceeded, successionMessage(c, seen.SuccessorFound)
	}
	m.ready(reason, message, premisesConditions...)
}

func successionMessage(c *v1alpha1.Consortium, found bool) string {
	if !found {
		return fmt.Sprintf("Consortium %s, which is to succeed this one, does not exist (yet). Until it does, the practices that count here go on counting; no further ones are claimed.", c.Spec.SucceededBy)
	}
	return fmt.Sprintf("%s is succeeded by %s: its localities claim no further practices.", c.Spec.DisplayName, c.Spec.SucceededBy)
}

func listFunctions(c *v1alpha1.Consortium, m marker, functions []state.Use) {
	functions = slices.SortedFunc(slices.Values(functions), state.Use.Compare)
	rows := make([]v1alpha1.ConsortiumFunction, 0, len(functions))
	var working int32
	var failing []string
	for _, f := range functions {
		row := v1alpha1.ConsortiumFunction{Kind: f.Kind, Name: f.Name, Function: f.Function, State: functionState(f)}
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

func functionState(f state.Use) v1alpha1.FunctionState {
	switch ready := meta.FindStatusCondition(f.Conditions, v1alpha1.ReadyCondition); {
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
	markDeleting(m, "consortium", waitingFor)
}
