package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func requirement(scheme string, results ...string) v1alpha1.AssuranceRequirement {
	return v1alpha1.AssuranceRequirement{Scheme: scheme, Results: results}
}

func assurance(scheme, result string, from, until v1alpha1.Date) v1alpha1.Assurance {
	return v1alpha1.Assurance{Scheme: scheme, Result: result, ValidFrom: from, ValidUntil: until}
}

func TestR02_ASupplierIsAssuredWhileItHoldsEveryScheme(t *testing.T) {
	dspt := requirement("DSPT", "Met", "Exceeded")
	iso := requirement("ISO27001", "Certified")
	year := assurance("DSPT", "Met", "2025-07-01", "2026-06-30")
	const ends, endsNext = "2026-06-30T23:00:00Z", "2027-06-30T23:00:00Z"
	tests := map[string]struct {
		required              []v1alpha1.AssuranceRequirement
		held                  []v1alpha1.Assurance
		now                   string // default: midday of 2026-05-01
		want                  plan.Assured
		wantEnds, wantChanges string // empty: never
	}{
		"a function that requires none": {
			held: []v1alpha1.Assurance{year}, want: plan.Assured{State: plan.AssuranceNotRequired},
		},
		"held today": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{year},
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: ends,
		},
		"one that does not say since when is held already": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{assurance("DSPT", "Met", "", "2026-06-30")},
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: ends,
		},
		"before the first instant of the first day": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{year}, now: "2025-06-30T22:59:59Z",
			want:        plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT", From: "2025-07-01"},
			wantChanges: "2025-06-30T23:00:00Z",
		},
		"on the first instant of the first day": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{year}, now: "2025-06-30T23:00:00Z",
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: ends,
		},
		"on the last instant of the last day": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{year}, now: "2026-06-30T22:59:59Z",
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: ends,
		},
		"after the last day": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{year}, now: ends,
			want:     plan.Assured{State: plan.AssuranceLapsed, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends,
		},
		"a renewal that begins on the next day extends": {
			required: []v1alpha1.AssuranceRequirement{dspt},
			held:     []v1alpha1.Assurance{assurance("DSPT", "Exceeded", "2026-07-01", "2027-06-30"), year},
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Met", Until: "2027-06-30"},
			wantEnds: endsNext, wantChanges: ends,
		},
		"a renewal a day later does not, and lapses until then": {
			required: []v1alpha1.AssuranceRequirement{dspt},
			held:     []v1alpha1.Assurance{year, assurance("DSPT", "Met", "2026-07-02", "2027-06-30")}, now: ends,
			want: plan.Assured{
				State: plan.AssuranceLapsed, Scheme: "DSPT", Result: "Met", Until: "2026-06-30", From: "2026-07-02",
			},
			wantEnds: ends, wantChanges: "2026-07-01T23:00:00Z",
		},
		"a renewal with a poor result does not extend": {
			required: []v1alpha1.AssuranceRequirement{dspt},
			held:     []v1alpha1.Assurance{year, assurance("DSPT", "NotMet", "2026-07-01", "2027-06-30")}, now: ends,
			want:     plan.Assured{State: plan.AssuranceLapsed, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: endsNext,
		},
		"of two that hold the later end counts": {
			required: []v1alpha1.AssuranceRequirement{dspt},
			held:     []v1alpha1.Assurance{assurance("DSPT", "Exceeded", "2026-04-01", "2027-06-30"), year},
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "DSPT", Result: "Exceeded", Until: "2027-06-30"},
			wantEnds: endsNext, wantChanges: ends,
		},
		"nothing on record": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{assurance("ISO27001", "Met", "", "2027-06-30")},
			want: plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT"},
		},
		"a result that is not good enough is named": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{assurance("DSPT", "NotMet", "", "2026-06-30")},
			want: plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT", Result: "NotMet"}, wantChanges: ends,
		},
		"one that has not begun is missing, and says when it begins": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{assurance("DSPT", "Met", "2026-07-01", "2027-06-30")},
			want:        plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT", From: "2026-07-01"},
			wantChanges: ends,
		},
		"of several schemes the one that ends first": {
			required: []v1alpha1.AssuranceRequirement{dspt, iso},
			held:     []v1alpha1.Assurance{assurance("DSPT", "Met", "", "2027-06-30"), assurance("ISO27001", "Certified", "", "2026-06-30")},
			want:     plan.Assured{State: plan.AssuranceHeld, Scheme: "ISO27001", Result: "Certified", Until: "2026-06-30"},
			wantEnds: ends, wantChanges: ends,
		},
		"of several that have lapsed the first": {
			required: []v1alpha1.AssuranceRequirement{dspt, iso},
			held:     []v1alpha1.Assurance{assurance("ISO27001", "Certified", "", "2025-12-31"), year}, now: ends,
			want:     plan.Assured{State: plan.AssuranceLapsed, Scheme: "DSPT", Result: "Met", Until: "2026-06-30"},
			wantEnds: ends,
		},
		"one that is missing outweighs one that has lapsed": {
			required: []v1alpha1.AssuranceRequirement{dspt, iso}, held: []v1alpha1.Assurance{year}, now: ends,
			want: plan.Assured{State: plan.AssuranceMissing, Scheme: "ISO27001"},
		},
		"days that cannot be read are none": {
			required: []v1alpha1.AssuranceRequirement{dspt},
			held: []v1alpha1.Assurance{
				assurance("DSPT", "Met", "", "2026-06-31"), assurance("DSPT", "Met", "1 April", "2026-06-30"),
			},
			want: plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT"},
		},
		"a last day before the first is none": {
			required: []v1alpha1.AssuranceRequirement{dspt}, held: []v1alpha1.Assurance{assurance("DSPT", "Met", "2026-06-30", "2026-04-01")},
			want: plan.Assured{State: plan.AssuranceMissing, Scheme: "DSPT"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
			if tc.now != "" {
				now = instant(t, tc.now)
			}
			tc.want.Ends, tc.want.Changes = never(t, tc.wantEnds), never(t, tc.wantChanges)
			got := plan.JudgeAssurances(tc.required, tc.held, plan.NewCalendar(zone(t, "Europe/London")), now)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("JudgeAssurances() (-want +got):\n%s", diff)
			}
		})
	}
}

var anyScheme = rapid.SampledFrom([]string{"DSPT", "ISO27001", "CE"})

func anyRequired(t *rapid.T) []v1alpha1.AssuranceRequirement {
	schemes := rapid.SliceOfNDistinct(anyScheme, 0, 3, rapid.ID[string]).Draw(t, "schemes")
	required := make([]v1alpha1.AssuranceRequirement, 0, len(schemes))
	for _, scheme := range schemes {
		required = append(required, requirement(scheme, "Met", "Exceeded"))
	}
	return required
}

func anyHeld(t *rapid.T) []v1alpha1.Assurance {
	one := rapid.Custom(func(t *rapid.T) v1alpha1.Assurance {
		a := assurance(anyScheme.Draw(t, "scheme"), rapid.SampledFrom([]string{"Met", "Exceeded", "NotMet"}).Draw(t, "result"),
			"", anyDate(t, "until"))
		if rapid.Bool().Draw(t, "begins") {
			a.ValidFrom = anyDate(t, "from") // after the end at times, which the schema refuses
		}
		return a
	})
	key := func(a v1alpha1.Assurance) string { return a.Scheme + string(a.ValidUntil) } // the list's key
	return rapid.SliceOfNDistinct(one, 0, 8, key).Draw(t, "held")
}

// dayByDay judges one scheme by looking at every day of the season.
func dayByDay(scheme string, held []v1alpha1.Assurance, today v1alpha1.Date) plan.Assured {
	holdsOn := func(day v1alpha1.Date) bool {
		return slices.ContainsFunc(held, func(a v1alpha1.Assurance) bool {
			return a.Scheme == scheme && a.Result != "NotMet" && a.ValidFrom <= day && day <= a.ValidUntil
		})
	}
	v := plan.Assured{State: plan.AssuranceMissing, Scheme: scheme}
	for i := range seasonDays + 3 {
		day := dateOf(season.AddDate(0, 0, i-1))
		switch {
		case day <= today && holdsOn(day):
			v.State, v.Until = plan.AssuranceHeld, day
		case day <= today && v.State == plan.AssuranceHeld:
			v.State = plan.AssuranceLapsed
		case day > today && holdsOn(day) && v.State == plan.AssuranceHeld:
			v.Until = day
		case day > today && holdsOn(day):
			v.From = day
			return v
		case day > today && v.State == plan.AssuranceHeld:
			return v
		}
	}
	return v
}

func TestAssuranceProperties(t *testing.T) {
	london := zone(t, "Europe/London")
	calendar := plan.NewCalendar(london)
	judge := func(required []v1alpha1.AssuranceRequirement, held []v1alpha1.Assurance, now time.Time) plan.Assured {
		v := plan.JudgeAssurances(required, held, calendar, now)
		v.Changes = time.Time{}
		return v
	}
	tests := map[string]func(*rapid.T){
		"a scheme stands as its days say": func(t *rapid.T) {
			held, now := anyHeld(t), anyNow(t)
			got := judge([]v1alpha1.AssuranceRequirement{requirement("DSPT", "Met", "Exceeded")}, held, now)
			if want, _ := calendar.Ends(got.Until); !got.Ends.Equal(want) {
				t.Fatalf("until %s, which ends at %s, not %s", got.Until, want, got.Ends)
			}
			want := dayByDay("DSPT", held, dateOf(now.In(london)))
			got.Result, got.Ends = "", time.Time{} // the table has the results
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("day by day and in one go (-want +got):\n%s", diff)
			}
		},
		"the verdict on all is that on one of them, and the gravest": func(t *rapid.T) {
			required, held, now := anyRequired(t), anyHeld(t), anyNow(t)
			all := judge(required, held, now)
			gravity := []plan.AssuranceState{plan.AssuranceNotRequired, plan.AssuranceHeld, plan.AssuranceLapsed, plan.AssuranceMissing}
			found := len(required) == 0
			for _, r := range required {
				one := judge([]v1alpha1.AssuranceRequirement{r}, held, now)
				found = found || cmp.Equal(one, all)
				if slices.Index(gravity, one.State) > slices.Index(gravity, all.State) {
					t.Fatalf("%s is %s, all together %s", r.Scheme, one.State, all.State)
				}
				if all.State == plan.AssuranceHeld && one.Ends.Before(all.Ends) {
					t.Fatalf("%s ends on %s, all together on %s", r.Scheme, one.Until, all.Until)
				}
			}
			if !found {
				t.Fatalf("%+v is the verdict on none of %+v", all, required)
			}
		},
		"the verdict stands until it says that it can change": func(t *rapid.T) {
			required, held, now := anyRequired(t), anyHeld(t), anyNow(t)
			changes := plan.JudgeAssurances(required, held, calendar, now).Changes
			if !changes.IsZero() && !changes.After(now) {
				t.Fatalf("it changes at %s, and it is %s", changes, now)
			}
			if diff := cmp.Diff(judge(required, held, now), judge(required, held, between(t, now, changes))); diff != "" {
				t.Fatalf("another verdict before (-now +later):\n%s", diff)
			}
		},
		"the order of what is on record does not matter": func(t *rapid.T) {
			required, held, now := anyRequired(t), anyHeld(t), anyNow(t)
			again := rapid.Permutation(held).Draw(t, "again")
			if diff := cmp.Diff(judge(required, held, now), judge(required, again, now)); diff != "" {
				t.Fatalf("(-held +again):\n%s", diff)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}
