package plan

import (
	"slices"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// AssuranceState says whether a supplier has passed what a function requires.
type AssuranceState string

const (
	// AssuranceHeld: every required scheme is held today, with a result that is good enough.
	AssuranceHeld AssuranceState = "Assured"
	// AssuranceNotRequired: the function requires none.
	AssuranceNotRequired AssuranceState = "NotRequired"
	// AssuranceLapsed: all required schemes have been held, and at least one no longer is.
	AssuranceLapsed AssuranceState = "Lapsed"
	// AssuranceMissing: a required scheme has never been held so far with a result that is good enough.
	AssuranceMissing AssuranceState = "Missing"
)

// Assured says whether a supplier has passed what a function requires, now, and until when.
type Assured struct {
	State AssuranceState
	// Scheme that decides: where all are held the one that ends first, otherwise the first, in the
	// function's order, that is missing, and where none is missing the first that has lapsed.
	Scheme string
	// Result that is held today, or, where it has lapsed, was held last. Where it is missing: the
	// result of today that is not good enough, if there is one.
	Result string
	// Until is the last day on which the scheme is held without a gap, renewals included, and Ends the
	// first instant after it. Where it has lapsed, both are past. Zero where it is missing.
	Until v1alpha1.Date
	Ends  time.Time
	// From is the first day on which the scheme will be held, where it is not held today and a later
	// assurance is on record.
	From v1alpha1.Date
	// Changes is the next instant at which the verdict can be another. Zero: never.
	Changes time.Time
}

// spell is a time during which a scheme is held.
type spell struct {
	result       string
	from, until  v1alpha1.Date
	begins, ends time.Time
}

func (s *spell) holdsAt(t time.Time) bool { return !t.Before(s.begins) && t.Before(s.ends) }

// JudgeAssurances says whether a supplier has passed all that a function requires (R2). An assurance
// whose days cannot be read, or whose last day is before its first, is none.
func JudgeAssurances(
	required []v1alpha1.AssuranceRequirement, held []v1alpha1.Assurance, c Calendar, now time.Time,
) Assured {
	verdict := Assured{State: AssuranceNotRequired}
	var changes []time.Time
	for _, r := range required {
		scheme, boundaries := judgeScheme(r, held, c, now)
		changes = append(changes, boundaries...)
		if decides(scheme, verdict) {
			verdict = scheme
		}
	}
	verdict.Changes = nextOf(now, changes...)
	return verdict
}

// decides says whether the verdict on one more scheme outweighs that on those before it. What is missing
// outweighs what has lapsed: a function may let those in stay after a lapse, and losing more than one
// scheme must not give more.
func decides(scheme, before Assured) bool {
	switch before.State {
	case AssuranceNotRequired:
		return true
	case AssuranceHeld:
		return scheme.State != AssuranceHeld || scheme.Ends.Before(before.Ends)
	case AssuranceLapsed:
		return scheme.State == AssuranceMissing
	case AssuranceMissing:
	}
	return false
}

// judgeScheme judges one scheme, and returns the instants at which its assurances begin and end.
func judgeScheme(
	r v1alpha1.AssuranceRequirement, held []v1alpha1.Assurance, c Calendar, now time.Time,
) (Assured, []time.Time) {
	var good, poor []spell
	var boundaries []time.Time
	for _, a := range held {
		s, readable := spellOf(a, c)
		switch {
		case a.Scheme != r.Scheme || !readable:
			continue
		case slices.Contains(r.Results, a.Result):
			good = append(good, s)
		default:
			poor = append(poor, s)
		}
		boundaries = append(boundaries, s.begins, s.ends)
	}
	v := standing(joined(good), now)
	v.Scheme = r.Scheme
	switch v.State {
	case AssuranceHeld:
		v.Result = resultAt(good, now)
	case AssuranceLapsed:
		v.Result = resultAt(good, v.Ends.Add(-1))
	case AssuranceMissing, AssuranceNotRequired:
		v.Result = resultAt(poor, now)
	}
	return v, boundaries
}

// standing says how a scheme stands that is held during these spells, which are in order and apart.
func standing(spells []spell, now time.Time) Assured {
	v := Assured{State: AssuranceMissing}
	for _, s := range spells {
		if s.begins.After(now) {
			v.From = s.from
			return v
		}
		v = Assured{State: AssuranceLapsed, Until: s.until, Ends: s.ends}
		if s.holdsAt(now) {
			v.State = AssuranceHeld
			return v
		}
	}
	return v
}

// joined returns the spells in order, those that overlap, or follow one another without a gap, as one:
// a renewal extends.
func joined(spells []spell) []spell {
	inOrder := slices.SortedStableFunc(slices.Values(spells), func(a, b spell) int {
		return a.begins.Compare(b.begins)
	})
	var apart []spell
	for _, s := range inOrder {
		last := len(apart) - 1
		switch {
		case last < 0 || s.begins.After(apart[last].ends):
			apart = append(apart, s)
		case s.ends.After(apart[last].ends):
			apart[last].until, apart[last].ends = s.until, s.ends
		}
	}
	return apart
}

// resultAt returns the result that is held at that instant, of several that of the one that ends last.
func resultAt(spells []spell, t time.Time) string {
	var latest spell
	for _, s := range spells {
		if s.holdsAt(t) && s.ends.After(latest.ends) {
			latest = s
		}
	}
	return latest.result
}

// spellOf returns when the assurance is held. One without a first day is held already.
func spellOf(a v1alpha1.Assurance, c Calendar) (s spell, readable bool) {
	s = spell{result: a.Result, from: a.ValidFrom, until: a.ValidUntil}
	s.ends, readable = c.Ends(a.ValidUntil)
	if readable && a.ValidFrom != "" {
		s.begins, readable = c.Begins(a.ValidFrom)
	}
	return s, readable && s.begins.Before(s.ends)
}
