package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestR02_AnAgreementIsInTermFromItsFirstDayToItsLast(t *testing.T) {
	term := v1alpha1.Term{Start: "2026-04-01", End: "2026-10-25"}
	const begins, ends = "2026-03-31T23:00:00Z", "2026-10-26T00:00:00Z"
	tests := map[string]struct {
		term                  v1alpha1.Term
		now                   string
		want                  plan.TermState
		wantEnds, wantChanges string // empty: never
	}{
		"the last instant before the first day": {
			term: term, now: "2026-03-31T22:59:59Z", want: plan.TermNotYet, wantEnds: ends, wantChanges: begins,
		},
		"the first instant of the first day": {
			term: term, now: begins, want: plan.TermInTerm, wantEnds: ends, wantChanges: ends,
		},
		"the last instant of the last day": {
			term: term, now: "2026-10-25T23:59:59Z", want: plan.TermInTerm, wantEnds: ends, wantChanges: ends,
		},
		"the first instant after the last day": {
			term: term, now: ends, want: plan.TermEnded, wantEnds: ends,
		},
		"without an end it runs on": {
			term: v1alpha1.Term{Start: "2026-04-01"}, now: "2099-01-01T00:00:00Z", want: plan.TermInTerm,
		},
		"without an end, before it begins": {
			term: v1alpha1.Term{Start: "2026-04-01"}, now: "2026-03-01T00:00:00Z", want: plan.TermNotYet, wantChanges: begins,
		},
		"a first day that cannot be read never comes": {
			term: v1alpha1.Term{Start: "soon", End: term.End}, now: "2026-05-01T00:00:00Z",
			want: plan.TermNotYet, wantEnds: ends, wantChanges: ends,
		},
		"a last day that cannot be read has passed": {
			term: v1alpha1.Term{Start: term.Start, End: "2026-02-30"}, now: "2026-05-01T00:00:00Z", want: plan.TermEnded,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := plan.TermVerdict{State: tc.want, Until: tc.term.End, Ends: never(t, tc.wantEnds), Changes: never(t, tc.wantChanges)}
			got := plan.JudgeTerm(tc.term, plan.NewCalendar(zone(t, "Europe/London")), instant(t, tc.now))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("JudgeTerm() (-want +got):\n%s", diff)
			}
		})
	}
}

// never is the instant, the zero one where there is none.
func never(t *testing.T, at string) time.Time {
	if at == "" {
		return time.Time{}
	}
	return instant(t, at)
}

func TestR02_DataIsSharedUntilTheLastDayOfTheAgreementOnIt(t *testing.T) {
	sharing := v1alpha1.DataSharing{Reference: "DSA-2026-114", Expires: "2026-06-30"}
	const ends = "2026-06-30T23:00:00Z"
	inForce := plan.DataSharingVerdict{
		State: plan.DataSharingInForce, Until: "2026-06-30", Ends: instant(t, ends), Changes: instant(t, ends),
	}
	lapsed := plan.DataSharingVerdict{State: plan.DataSharingLapsed, Until: "2026-06-30", Ends: instant(t, ends)}
	missing := plan.DataSharingVerdict{State: plan.DataSharingMissing}
	notRequired := plan.DataSharingVerdict{State: plan.DataSharingNotRequired}
	tests := map[string]struct {
		class    v1alpha1.DataClass
		requires v1alpha1.DataSharingRequirement
		sharing  v1alpha1.DataSharing
		now      string
		want     plan.DataSharingVerdict
	}{
		"on the last instant of the last day": {
			class: v1alpha1.DataPseudonymised, sharing: sharing, now: "2026-06-30T22:59:59Z", want: inForce,
		},
		"after the last day": {
			class: v1alpha1.DataPseudonymised, sharing: sharing, now: ends, want: lapsed,
		},
		"pseudonymised data needs one": {
			class: v1alpha1.DataPseudonymised, now: ends, want: missing,
		},
		"pseudonymised data, where the function does without": {
			class: v1alpha1.DataPseudonymised, requires: v1alpha1.DataSharingNotRequired, now: ends, want: notRequired,
		},
		"aggregates need none": {
			class: v1alpha1.DataAggregate, now: ends, want: notRequired,
		},
		"aggregates, where the function asks for one": {
			class: v1alpha1.DataAggregate, requires: v1alpha1.DataSharingRequired, now: ends, want: missing,
		},
		"one that is not required and has expired ends nothing": {
			class: v1alpha1.DataAggregate, sharing: sharing, now: ends, want: notRequired,
		},
		"a requirement that nobody knows is one": {
			class: v1alpha1.DataAggregate, requires: "Perhaps", now: ends, want: missing,
		},
		"one whose last day cannot be read is none": {
			class:   v1alpha1.DataPseudonymised,
			sharing: v1alpha1.DataSharing{Reference: "DSA-2026-114", Expires: "2026-06-31"}, now: "2026-05-01T00:00:00Z", want: missing,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := &v1alpha1.SupportFunction{Spec: v1alpha1.SupportFunctionSpec{
				DataClass: tc.class, Requires: v1alpha1.Requirements{DataSharing: tc.requires},
			}}
			supplier := v1alpha1.Supplier{Provider: "nel-csu", DataSharing: tc.sharing}
			got := plan.JudgeDataSharing(f, supplier, plan.NewCalendar(zone(t, "Europe/London")), instant(t, tc.now))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("JudgeDataSharing() (-want +got):\n%s", diff)
			}
		})
	}
}

// season has days around a clock change in London, for terms and assurances that begin and end there.
var season = time.Date(2026, time.March, 24, 0, 0, 0, 0, time.UTC)

const seasonDays = 10

func anyDate(t *rapid.T, label string) v1alpha1.Date {
	return dateOf(season.AddDate(0, 0, rapid.IntRange(0, seasonDays).Draw(t, label)))
}

// anyNow draws instants of the season, many of them next to the beginning of a day.
func anyNow(t *rapid.T) time.Time {
	edge := rapid.Custom(func(t *rapid.T) time.Time {
		begins, _ := plan.NewCalendar(zone(t, "Europe/London")).Begins(anyDate(t, "edge"))
		return begins.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside")))
	})
	within := rapid.Custom(func(t *rapid.T) time.Time {
		return season.Add(time.Duration(rapid.Int64Range(0, int64(seasonDays*24*time.Hour)).Draw(t, "instant")))
	})
	return rapid.OneOf(edge, within).Draw(t, "now")
}

// between draws an instant from now up to the one at which a verdict changes, that one excluded, and
// prefers the last.
func between(t *rapid.T, now, changes time.Time) time.Time {
	if changes.IsZero() {
		changes = now.AddDate(10, 0, 0)
	}
	left := int64(changes.Sub(now)) - 1
	return now.Add(time.Duration(rapid.OneOf(rapid.Just(left), rapid.Int64Range(0, left)).Draw(t, "later")))
}

func TestTermProperties(t *testing.T) {
	london := zone(t, "Europe/London")
	calendar := plan.NewCalendar(london)
	anyTerm := rapid.Custom(func(t *rapid.T) v1alpha1.Term {
		term := v1alpha1.Term{Start: anyDate(t, "start")}
		if rapid.Bool().Draw(t, "ends") {
			term.End = anyDate(t, "end") // before the start at times, which the schema refuses
		}
		return term
	})
	tests := map[string]func(*rapid.T){
		"in term on the days that the calendar shows from the first to the last": func(t *rapid.T) {
			term, now := anyTerm.Draw(t, "term"), anyNow(t)
			today := dateOf(now.In(london))
			want := plan.TermInTerm
			switch {
			case term.End != "" && today > term.End:
				want = plan.TermEnded
			case today < term.Start:
				want = plan.TermNotYet
			}
			if got := plan.JudgeTerm(term, calendar, now); got.State != want {
				t.Fatalf("%+v on %s: %s, want %s", term, today, got.State, want)
			}
		},
		"the verdict stands until it says that it changes, and then it does": func(t *rapid.T) {
			term, now := anyTerm.Draw(t, "term"), anyNow(t)
			verdict := plan.JudgeTerm(term, calendar, now)
			if diff := cmp.Diff(verdict, plan.JudgeTerm(term, calendar, between(t, now, verdict.Changes))); diff != "" {
				t.Fatalf("another verdict before (-now +later):\n%s", diff)
			}
			if verdict.Changes.IsZero() {
				return
			}
			if then := plan.JudgeTerm(term, calendar, verdict.Changes); then.State == verdict.State {
				t.Fatalf("still %s at %s", then.State, verdict.Changes)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}
