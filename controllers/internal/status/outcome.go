package status

import (
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

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

// obstacles says what is in the way of children, and what to do. What goes by itself is told of only
// where nothing else is in the way.
func obstacles(blocked []state.Blocked) (reason, message string) {
	by := map[state.Obstacle][]string{}
	for _, b := range blocked {
		by[b.Obstacle] = append(by[b.Obstacle], b.String())
	}
	switch first := blocked[0]; {
	case first.Obstacle == state.Refused:
		return v1alpha1.ReasonRefused, fmt.Sprintf("%s was refused: %s", first, first.Message)
	case len(by[state.Leaving]) == len(blocked):
		return v1alpha1.ReasonWaiting, fmt.Sprintf("%s: of an earlier object of this name, and still being removed. The work goes on once that is done.", plan.FirstThree(by[state.Leaving]))
	}
	return v1alpha1.ReasonObjectInTheWay, fmt.Sprintf("%s: not the operator's, and left untouched. Rename or delete what is in the way, and the work goes on.", plan.FirstThree(by[state.InTheWay]))
}

// internalError tells a transient error without the parts of it that change from try to try.
func internalError(err error) string {
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		return fmt.Sprintf("The API server answered %s. The operator tries again; its log says more.", known.Status().Reason)
	}
	return "This could not be done just now. The operator tries again; its log says more."
}
