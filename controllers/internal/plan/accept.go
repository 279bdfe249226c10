package plan

import (
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/selector"
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
	if selector.Matches(accepts.Selector, consortium.Labels) {
		return v1alpha1.AcceptedBySelector
	}
	return ""
}

// isWithin says whether the term, from its first day to its last, is no longer than the period.
func isWithin(term v1alpha1.Term, longest v1alpha1.Period) bool {
	last, _ := EndOfPeriod(term.Start, longest)
	limit, isLimited := dayOf(last)
	end, ends := dayOf(term.End)
	return isLimited && ends && !end.After(limit)
}
