package plan

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// TermState is where a day stands to a term.
type TermState string

const (
	// TermNotYet: the term has not begun.
	TermNotYet TermState = "NotYet"
	// TermInTerm: today is a day of the term.
	TermInTerm TermState = "InTerm"
	// TermEnded: the term is over.
	TermEnded TermState = "Ended"
)

// TermVerdict says whether an agreement is in its term.
type TermVerdict struct {
	State TermState
	// Until is the last day of the term, and Ends the first instant after it. Zero: it runs on.
	Until v1alpha1.Date
	Ends  time.Time
	// Changes is the next instant at which the verdict is another. Zero: never.
	Changes time.Time
}

// JudgeTerm says whether an agreement is in its term (R2). A first day that cannot be read never comes,
// a last one has passed.
func JudgeTerm(t v1alpha1.Term, c Calendar, now time.Time) TermVerdict {
	begins, hasStart := c.Begins(t.Start)
	ends, _ := c.Ends(t.End) // the zero instant, where it cannot be read
	v := TermVerdict{State: TermInTerm, Until: t.End, Ends: ends}
	switch {
	case t.End != "" && !now.Before(ends):
		v.State = TermEnded
		return v
	case !hasStart || now.Before(begins):
		v.State = TermNotYet
	}
	v.Changes = nextOf(now, begins, ends)
	return v
}

// DataSharingState says whether data may be shared with a supplier.
type DataSharingState string

const (
	// DataSharingInForce: an agreement on it is in force.
	DataSharingInForce DataSharingState = "InForce"
	// DataSharingNotRequired: the function needs none.
	DataSharingNotRequired DataSharingState = "NotRequired"
	// DataSharingMissing: there is none.
	DataSharingMissing DataSharingState = "Missing"
	// DataSharingLapsed: it has expired.
	DataSharingLapsed DataSharingState = "Lapsed"
)

// DataSharingVerdict says whether data may be shared with a supplier, and until when.
type DataSharingVerdict struct {
	State DataSharingState
	// Until is the last day of the data sharing agreement, and Ends the first instant after it. Zero
	// where none is required, or none is there.
	Until v1alpha1.Date
	Ends  time.Time
	// Changes is the next instant at which the verdict is another. Zero: never.
	Changes time.Time
}

// JudgeDataSharing says whether a data sharing agreement with a supplier is in force, where the
// function requires one (R2). By default it does, unless its data is Aggregate. Where none is required,
// one that is given ends nothing.
func JudgeDataSharing(
	f *v1alpha1.SupportFunction, s v1alpha1.Supplier, c Calendar, now time.Time,
) DataSharingVerdict {
	if !requiresDataSharing(f) {
		return DataSharingVerdict{State: DataSharingNotRequired}
	}
	ends, readable := c.Ends(s.DataSharing.Expires)
	if !readable {
		return DataSharingVerdict{State: DataSharingMissing}
	}
	v := DataSharingVerdict{State: DataSharingLapsed, Until: s.DataSharing.Expires, Ends: ends}
	if now.Before(ends) {
		v.State, v.Changes = DataSharingInForce, ends
	}
	return v
}

func requiresDataSharing(f *v1alpha1.SupportFunction) bool {
	if asked := f.Spec.Requires.DataSharing; asked != "" {
		return asked != v1alpha1.DataSharingNotRequired
	}
	return f.Spec.DataClass != v1alpha1.DataAggregate
}

// nextOf returns the first of the instants that is still to come. Zero: none is.
func nextOf(now time.Time, instants ...time.Time) time.Time {
	var next time.Time
	for _, t := range instants {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
