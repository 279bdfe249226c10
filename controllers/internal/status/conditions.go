package status

import (
	"slices"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// maxMessage bounds a condition's message; the API allows 32768.
const maxMessage = 1024

// marker sets conditions of one object at one generation.
type marker struct {
	conditions *[]metav1.Condition
	generation int64
}

func (m marker) set(condition string, status metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(m.conditions, metav1.Condition{
		Type: condition, Status: status, Reason: reason, Message: shorten(message), ObservedGeneration: m.generation,
	})
}

func (m marker) isTrue(condition, reason, message string) {
	m.set(condition, metav1.ConditionTrue, reason, message)
}

func (m marker) isFalse(condition, reason, message string) {
	m.set(condition, metav1.ConditionFalse, reason, message)
}

func (m marker) isUnknown(condition, reason, message string) {
	m.set(condition, metav1.ConditionUnknown, reason, message)
}

// kept leaves a condition's status as it is: for facts that cannot be read just now. A condition
// that was never set becomes Unknown.
func (m marker) kept(condition, reason, message string) {
	c := meta.FindStatusCondition(*m.conditions, condition)
	if c == nil {
		m.isUnknown(condition, reason, message)
		return
	}
	c.ObservedGeneration = m.generation
}

// drop removes conditions that are present only while true.
func (m marker) drop(condition string) { meta.RemoveStatusCondition(m.conditions, condition) }

// ready sums up: it says what the first of the conditions says that stands in the way. One that only
// waits for the others names no cause: it speaks last.
func (m marker) ready(reason, message string, dependents ...string) {
	if c := m.blocker(dependents); c != nil {
		m.set(v1alpha1.ReadyCondition, c.Status, c.Reason, c.Message)
	} else {
		m.isTrue(v1alpha1.ReadyCondition, reason, message)
	}
	m.progress()
}

// blocker is the first of the conditions that stands in the way; nil where none does.
func (m marker) blocker(dependents []string) *metav1.Condition {
	for _, isInTheWay := range []func(*metav1.Condition) bool{
		func(c *metav1.Condition) bool { return c.Status == metav1.ConditionFalse && !isWaiting(c) },
		func(c *metav1.Condition) bool { return c.Status == metav1.ConditionUnknown && !isWaiting(c) },
		func(c *metav1.Condition) bool { return c.Status != metav1.ConditionTrue },
	} {
		for _, dependent := range dependents {
			if c := meta.FindStatusCondition(*m.conditions, dependent); c != nil && isInTheWay(c) {
				return c
			}
		}
	}
	return nil
}

// stalling are the reasons for which nothing changes until a person acts. Where something is missing
// that may come yet, work goes on when it does.
var stalling = []string{
	v1alpha1.ReasonReserved, v1alpha1.ReasonTaken, v1alpha1.ReasonNotOurs, v1alpha1.ReasonObjectInTheWay,
	v1alpha1.ReasonClaimsRefused, v1alpha1.ReasonInvalid, v1alpha1.ReasonFunctionHosted, v1alpha1.ReasonFunctionNotReady,
	v1alpha1.ReasonFunctionMemberOnly, v1alpha1.ReasonDuplicateAgreement, v1alpha1.ReasonConsortiumSucceeded, v1alpha1.ReasonTermEnded,
	v1alpha1.ReasonDataSharingMissing, v1alpha1.ReasonDataSharingLapsed, v1alpha1.ReasonAssuranceMissing, v1alpha1.ReasonAssuranceLapsed,
	v1alpha1.ReasonRevisionMissing,
}

// progress sets the two conditions that GitOps engines read beside Ready, each present only while it is
// true (kstatus, https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus).
func (m marker) progress() {
	ready := meta.FindStatusCondition(*m.conditions, v1alpha1.ReadyCondition)
	upToDate := meta.FindStatusCondition(*m.conditions, v1alpha1.UpToDateCondition)
	switch {
	case slices.Contains(stalling, ready.Reason):
		m.only(v1alpha1.StalledCondition, ready)
	case ready.Status != metav1.ConditionTrue:
		m.only(v1alpha1.ReconcilingCondition, ready)
	case upToDate != nil && upToDate.Status == metav1.ConditionFalse:
		m.only(v1alpha1.ReconcilingCondition, upToDate)
	default:
		m.only("", nil)
	}
}

// only sets one of the two, as because says, and drops the other.
func (m marker) only(condition string, because *metav1.Condition) {
	reason, message := "", ""
	if because != nil {
		reason, message = because.Reason, because.Message
	}
	for _, present := range []string{v1alpha1.ReconcilingCondition, v1alpha1.StalledCondition} {
		if present == condition {
			m.isTrue(present, reason, message)
		} else {
			m.drop(present)
		}
	}
}

func isWaiting(c *metav1.Condition) bool { return c.Reason == v1alpha1.ReasonWaiting }

func shorten(message string) string { return shortenTo(message, maxMessage) }

// shortenTo cuts between letters, to so many bytes.
func shortenTo(message string, most int) string {
	if len(message) <= most {
		return message
	}
	cut := most - len("…")
	for !utf8.RuneStart(message[cut]) {
		cut--
	}
	return message[:cut] + "…"
}

// transition is a change of a condition that a person must know.
type transition struct {
	condition, eventType, reason, message string
}

// told are the conditions whose changes people are told of, and how a change is judged: it returns the
// type of the event, empty for none. The first time that all is well is no news.
var told = map[string]func(old *metav1.Condition, now metav1.Condition) string{
	v1alpha1.ReadyCondition:              toldOfTrouble,
	v1alpha1.FunctionsAvailableCondition: toldOfTrouble,
	v1alpha1.FallbackActiveCondition:     toldOfFallback,
	v1alpha1.FallbackReadyCondition:      toldWhenLost,
	v1alpha1.ExpiringCondition:           toldWhenTrue,
	v1alpha1.RolledOutCondition:          toldOfRollout,
}

func transitions(before, after []metav1.Condition) []transition {
	var changed []transition
	for _, condition := range after {
		judge, isTold := told[condition.Type]
		if !isTold {
			continue
		}
		if eventType := judge(meta.FindStatusCondition(before, condition.Type), condition); eventType != "" {
			changed = append(changed, transition{condition.Type, eventType, condition.Reason, condition.Message})
		}
	}
	return changed
}

func toldOfTrouble(old *metav1.Condition, now metav1.Condition) string {
	switch {
	case isNewTrouble(old, now):
		return corev1.EventTypeWarning
	case isOver(old, now):
		return corev1.EventTypeNormal
	}
	return ""
}

// toldOfFallback: a change between the first choice and another is no error. That nobody supplies any
// more is told by Ready.
func toldOfFallback(old *metav1.Condition, now metav1.Condition) string {
	isReturn := now.Status == metav1.ConditionFalse && now.Reason == v1alpha1.ReasonFirstChoiceInForce && old != nil && old.Status == metav1.ConditionTrue
	if isReturn || isNowTrue(old, now) {
		return corev1.EventTypeNormal
	}
	return ""
}

// toldWhenLost: what was never so is not lost.
func toldWhenLost(old *metav1.Condition, now metav1.Condition) string {
	if now.Status == metav1.ConditionFalse && old != nil && old.Status == metav1.ConditionTrue {
		return corev1.EventTypeWarning
	}
	return ""
}

func toldWhenTrue(old *metav1.Condition, now metav1.Condition) string {
	if isNowTrue(old, now) {
		return corev1.EventTypeWarning
	}
	return ""
}

func isNowTrue(old *metav1.Condition, now metav1.Condition) bool {
	return now.Status == metav1.ConditionTrue && (old == nil || old.Status != metav1.ConditionTrue)
}

// isNewTrouble: what worked does not, or something other than starting up stands in the way.
func isNewTrouble(old *metav1.Condition, now metav1.Condition) bool {
	if now.Status != metav1.ConditionFalse {
		return false
	}
	if old != nil && old.Status == metav1.ConditionTrue {
		return old.Reason != v1alpha1.ReasonNoFunctions // the first function is starting
	}
	// Of whose agreement it was never said that it works, that supplier is starting too.
	return !isStarting(now.Reason) && now.Reason != v1alpha1.ReasonSupplierUnavailable && (old == nil || old.Reason != now.Reason)
}

// isOver: trouble of which people were told has ended.
func isOver(old *metav1.Condition, now metav1.Condition) bool {
	return now.Status == metav1.ConditionTrue && old != nil && old.Status == metav1.ConditionFalse && !isStarting(old.Reason)
}

// isStarting says that a reason is a step on the way to work.
func isStarting(reason string) bool {
	return slices.Contains([]string{
		v1alpha1.ReasonNotAvailable, v1alpha1.ReasonSomeNotWorking, v1alpha1.ReasonGuardRailsMissing, v1alpha1.ReasonWaiting,
		v1alpha1.ReasonSwitching, v1alpha1.ReasonPopulationUnknown, v1alpha1.ReasonNotYetInTerm,
	}, reason)
}
