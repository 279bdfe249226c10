package plan

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// ConsentRefusal says why a service does not accept a consortium. Empty: it does.
type ConsentRefusal string

const (
	// NotSelected: neither a name nor the selector gives the consortium.
	NotSelected ConsentRefusal = "NotSelected"
	// TermTooLong: the agreement runs longer than the service accepts.
	TermTooLong ConsentRefusal = "TermTooLong"
)

// Consent says how a service accepts a consortium for a term, or why it does not (R3).
type Consent struct {
	// By which part of its spec the service accepts. Empty where it refuses.
	By v1alpha1.AcceptedBy
	// Refusal is empty where it accepts.
	Refusal ConsentRefusal
}

// Consents says whether a service accepts a consortium for a term. What cannot be read, a selector, a
// longest term or an end, accepts nobody.
func Consents(accepts v1alpha1.Acceptance, consortium *v1alpha1.Consortium, term v1alpha1.Term) Consent {
	by := acceptedBy(accepts, consortium)
	switch {
	case by == "":
		return Consent{Refusal: NotSelected}
	case accepts.MaxTerm != "" && !isWithin(term, accepts.MaxTerm):
		return Consent{Refusal: TermTooLong}
	}
	return Consent{By: by}
}

func acceptedBy(accepts v1alpha1.Acceptance, consortium *v1alpha1.Consortium) v1alpha1.AcceptedBy {
	switch accepts.Policy {
	case v1alpha1.AcceptEveryone:
		return v1alpha1.AcceptedByEveryone
	case v1alpha1.AcceptSelected, "":
	default:
		return ""
	}
	if slices.Contains(accepts.Names, v1alpha1.ObjectName(consortium.Name)) {
		return v1alpha1.AcceptedByName
	}
	if selects(accepts.Selector, consortium) {
		return v1alpha1.AcceptedBySelector
	}
	return ""
}

// selects says whether all that the selector asks for holds. One that asks for nothing selects nobody,
// other than in Kubernetes itself: consent is given, not left out.
func selects(s v1alpha1.ConsortiumSelector, consortium *v1alpha1.Consortium) bool {
	if len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		return false
	}
	asked := metav1.LabelSelector{MatchLabels: s.MatchLabels}
	for _, condition := range s.MatchExpressions {
		asked.MatchExpressions = append(asked.MatchExpressions, metav1.LabelSelectorRequirement{
			Key:      condition.Key,
			Operator: metav1.LabelSelectorOperator(condition.Operator),
			Values:   condition.Values,
		})
	}
	selector, err := metav1.LabelSelectorAsSelector(&asked)
	return err == nil && selector.Matches(labels.Set(consortium.Labels))
}

// isWithin says whether the term, from its first day to its last, is no longer than the period.
func isWithin(term v1alpha1.Term, longest v1alpha1.Period) bool {
	last, _ := EndOfPeriod(term.Start, longest)
	limit, isLimited := dayOf(last)
	end, ends := dayOf(term.End)
	return isLimited && ends && !end.After(limit)
}
