package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// assignment is the revision that an instance is to run; IsNew says that the status spoke of another.
type assignment struct {
	number int64
	isNew  bool
}

// assign records which revision a status speaks of from now on; 0: that is not known just now.
func assign(recorded *int64, number int64) assignment {
	a := assignment{number: number, isNew: number != 0 && number != *recorded}
	if number != 0 {
		*recorded = number
	}
	return a
}

// isUnwritten says that a workload is of another revision, or that nobody can tell yet.
func (a assignment) isUnwritten(w *state.Workload) bool {
	return a.number != 0 && (w.Revision != a.number || a.isNew && !w.Observed)
}

// markUpToDate says whether all replicas run what is asked for. What a workload says of an older revision,
// or said of it, never counts: not while it cannot be told what else to run, either.
func markUpToDate(m marker, w *state.Workload, obstacle plan.Obstacle, a assignment) {
	condition := v1alpha1.UpToDateCondition
	switch {
	case w == nil:
		m.isUnknown(condition, v1alpha1.ReasonNotRunning, "Nothing runs yet.")
	case obstacle != plan.NoObstacle && !obstacle.IsPassing():
		m.isUnknown(condition, v1alpha1.ReasonWaiting, "This cannot be told now: see the other conditions.")
	case a.isUnwritten(w):
		m.isFalse(condition, v1alpha1.ReasonRollingOut, fmt.Sprintf("Revision %d is being written.", a.number))
	case obstacle.IsPassing(), !w.Observed:
		m.kept(condition, v1alpha1.ReasonNotObserved, "The cluster has not looked at the workload yet.")
	case w.Updated >= w.Desired && w.Total <= w.Updated:
		m.isTrue(condition, v1alpha1.ReasonUpToDate, "All replicas run what is asked for.")
	case w.Failure != "":
		m.isFalse(condition, v1alpha1.ReasonReplicaFailure, "Pods cannot be made: "+podName.ReplaceAllString(w.Failure, ""))
	default:
		m.isFalse(condition, v1alpha1.ReasonRollingOut, howReplaced(w))
	}
}

func howReplaced(w *state.Workload) string {
	switch {
	case w.IsReplacedInPlace:
		return "The replica has a volume of its own and is replaced in place: nobody answers until the new one serves."
	case w.Updated >= w.Desired:
		return "All replicas run what is asked for; what ran before is being stopped."
	}
	return fmt.Sprintf("%d of %s up to date; the others follow one at a time.", w.Updated, counted(w.Desired, "replica"))
}

func revisionMissing(function v1alpha1.ObjectName, number int64) string {
	return fmt.Sprintf("%s has no revision %d (any more): kubectl get supportfunctionrevisions lists what there is. Name another in spec.revision, or leave it out to follow the catalogue.", function, number)
}
