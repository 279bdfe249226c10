package status

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// markRolledOut says how far a function's newest revision has come, and while it does not go on, why and
// what to do.
func markRolledOut(m marker, f *v1alpha1.SupportFunction) {
	condition, r := v1alpha1.RolledOutCondition, f.Status.Rollout
	if len(r.Layers) == 0 {
		m.isUnknown(condition, v1alpha1.ReasonWaiting, "Nothing is published yet: see the other conditions.")
		return
	}
	how := progressOf(f)
	switch {
	case r.Halted != "":
		m.isFalse(condition, haltReasons[r.Halted], fmt.Sprintf("Halted at %s. %s", how, haltAdvice(f)))
	case f.Spec.Rollout.State == v1alpha1.RolloutPaused && r.Layers[0].Revision != f.Status.Revision:
		m.isFalse(condition, v1alpha1.ReasonPaused, fmt.Sprintf("Paused: revision %d waits, and begins when spec.rollout.state is Running.", f.Status.Revision))
	case len(r.Layers) == 1:
		m.isTrue(condition, v1alpha1.ReasonRolloutComplete, fmt.Sprintf("Every instance that follows the catalogue is assigned revision %d.", r.Layers[0].Revision))
	case f.Spec.Rollout.State == v1alpha1.RolloutPaused:
		m.isFalse(condition, v1alpha1.ReasonPaused, fmt.Sprintf("Paused at %s. It goes on when spec.rollout.state is Running.", how))
	case r.SoakingSince != nil:
		m.isFalse(condition, v1alpha1.ReasonSoaking, fmt.Sprintf("Watched at %s.", how))
	default:
		m.isFalse(condition, v1alpha1.ReasonUpdating, fmt.Sprintf("At %s.", how))
	}
}

var haltReasons = map[v1alpha1.HaltReason]string{
	v1alpha1.HaltInstancesFailed:  v1alpha1.ReasonInstancesFailed,
	v1alpha1.HaltDeadlineExceeded: v1alpha1.ReasonDeadlineExceeded,
	v1alpha1.HaltFinishOrUndo:     v1alpha1.ReasonFinishOrUndo,
}

func progressOf(f *v1alpha1.SupportFunction) string {
	r := f.Status.Rollout
	return fmt.Sprintf("step %d of %d: %d of %s chosen so far %s revision %d and work",
		r.Step, r.Steps, value(r.Updated), counted(value(r.Chosen), "instance"), verb(value(r.Updated), "runs", "run"), r.Layers[0].Revision)
}

func verb(n int32, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func haltAdvice(f *v1alpha1.SupportFunction) string {
	r := f.Status.Rollout
	if r.Halted == v1alpha1.HaltFinishOrUndo {
		return fmt.Sprintf("%d revisions are under way, and revision %d cannot begin: put revision %d back and let it finish, or an earlier one, which ends all after it.",
			len(r.Layers), f.Status.Revision, r.Layers[0].Revision)
	}
	names := make([]string, len(r.Failing))
	for i, failing := range r.Failing {
		names[i] = fmt.Sprintf("%s %s/%s", failing.Kind, failing.Namespace, failing.Name)
	}
	whom := strings.Join(names, ", ")
	if others := value(r.Chosen) - value(r.Updated) - int32(len(names)); others > 0 { //nolint:gosec // at most three
		whom += fmt.Sprintf(" and %d more", others)
	}
	why := "cannot run it"
	if r.Halted == v1alpha1.HaltDeadlineExceeded {
		why = "did not come to work in time"
	}
	return fmt.Sprintf("%s %s. Nothing further is touched. Mend the entry, or put the former one back: kubectl commissioning rollout undo %s.", whom, why, f.Name)
}

// toldOfRollout: of each step, of a halt, and of the end.
func toldOfRollout(old *metav1.Condition, now metav1.Condition) string {
	switch {
	case old == nil || old.Status == metav1.ConditionUnknown || old.Reason == now.Reason:
		return ""
	case now.Reason == v1alpha1.ReasonInstancesFailed || now.Reason == v1alpha1.ReasonDeadlineExceeded || now.Reason == v1alpha1.ReasonFinishOrUndo:
		return corev1.EventTypeWarning
	}
	return corev1.EventTypeNormal
}
