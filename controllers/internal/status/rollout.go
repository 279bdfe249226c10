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
	isPaused := f.Spec.Rollout.State == v1alpha1.RolloutPaused
	switch {
	case len(r.Layers) == 0:
		m.isUnknown(condition, v1alpha1.ReasonWaiting, "No revision is published yet: see the other conditions.")
	case isPaused && r.Layers[0].Revision != f.Status.Revision:
		m.isFalse(condition, v1alpha1.ReasonPaused, fmt.Sprintf("Paused: revision %d waits, and begins when spec.rollout.state is Running.", f.Status.Revision))
	case r.Halted != "":
		m.isFalse(condition, haltReasons[r.Halted], fmt.Sprintf("Halted. %s %s", progressOf(r), haltAdvice(f)))
	case len(r.Layers) == 1:
		m.isTrue(condition, v1alpha1.ReasonRolloutComplete, fmt.Sprintf("Every instance that follows the catalogue is assigned revision %d.", r.Layers[0].Revision))
	case isPaused:
		m.isFalse(condition, v1alpha1.ReasonPaused, fmt.Sprintf("Paused. %s It goes on when spec.rollout.state is Running.", progressOf(r)))
	case r.SoakingSince != nil:
		m.isFalse(condition, v1alpha1.ReasonSoaking, fmt.Sprintf("%s Watched since %s; the next step begins when the soak time is over.", progressOf(r), clock(r.SoakingSince.Time)))
	default:
		m.isFalse(condition, v1alpha1.ReasonUpdating, progressOf(r))
	}
}

var haltReasons = map[v1alpha1.HaltReason]string{
	v1alpha1.HaltInstancesFailed:  v1alpha1.ReasonInstancesFailed,
	v1alpha1.HaltDeadlineExceeded: v1alpha1.ReasonDeadlineExceeded,
	v1alpha1.HaltFinishOrUndo:     v1alpha1.ReasonFinishOrUndo,
}

// progressOf is the phase, a colon, and what changes within it.
func progressOf(r v1alpha1.RolloutStatus) string {
	return fmt.Sprintf("Revision %d, step %d of %d: %d of %s updated and working.",
		r.Layers[0].Revision, r.Step, r.Steps, value(r.Updated), counted(value(r.Chosen), "chosen instance"))
}

func haltAdvice(f *v1alpha1.SupportFunction) string {
	r := f.Status.Rollout
	if r.Halted == v1alpha1.HaltFinishOrUndo {
		return fmt.Sprintf("%d revisions are under way, and revision %d cannot begin: put back what revision %d says and let it finish, or what an earlier one says, which ends all after it.",
			len(r.Layers), f.Status.Revision, r.Layers[0].Revision)
	}
	names := make([]string, len(r.Failing))
	for i, failing := range r.Failing {
		names[i] = fmt.Sprintf("%s %s/%s", failing.Kind, failing.Namespace, failing.Name)
	}
	whom := strings.Join(names, ", ")
	if len(names) == maxUsers {
		whom = "At least " + whom
	}
	why := "cannot run it"
	if r.Halted == v1alpha1.HaltDeadlineExceeded {
		why = "did not come to work within the deadline"
	}
	return fmt.Sprintf("%s %s. No further instance is touched until that is put right, there or in the catalogue entry; kubectl commissioning rollout undo %s puts back what the entry said before.", whom, why, f.Name)
}

// toldOfRollout: of each step and phase, of a halt, and of the end; not of progress within a phase.
func toldOfRollout(old *metav1.Condition, now metav1.Condition) string {
	switch {
	case old == nil || old.Status == metav1.ConditionUnknown || old.Reason == now.Reason && phaseOf(old.Message) == phaseOf(now.Message):
		return ""
	case now.Reason == v1alpha1.ReasonInstancesFailed || now.Reason == v1alpha1.ReasonDeadlineExceeded || now.Reason == v1alpha1.ReasonFinishOrUndo:
		return corev1.EventTypeWarning
	}
	return corev1.EventTypeNormal
}

// phaseOf is what a message says before its first colon: which revision is at which step.
func phaseOf(message string) string {
	phase, _, _ := strings.Cut(message, ":")
	return phase
}
