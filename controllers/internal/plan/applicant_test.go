package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func admittedAt(ago time.Duration) func(*state.Supplier) {
	return func(s *state.Supplier) {
		at := noon.Add(-ago)
		s.Place.Admitted = &at
	}
}

// How an agreement appears to the ledger of its second supplier.
func TestAnAgreementAppliesAtEachOfItsSuppliers(t *testing.T) {
	first, second, third := 0, 1, 2
	supplies := at(second, uses(state.PlaceAdmitted, "nel-csu/data-analytics"))
	tests := map[string]struct {
		edits []edit
		here  int
		want  func(*plan.Applicant)
	}{
		"that has nothing yet": {
			nil, first, func(a *plan.Applicant) { a.Wish, a.Before = plan.WishPlace, nil },
		},
		"whose population is not known keeps what is known": {
			[]edit{uncounted, at(first, func(s *state.Supplier) { stands(state.PlaceAdmitted)(s); s.Place.Patients = 900 })}, first,
			func(a *plan.Applicant) { a.Wish, a.Before, a.Patients = plan.WishPlace, nil, 900 },
		},
		"that is supplied elsewhere and waits": {
			[]edit{supplies, at(first, stands(state.PlaceWaiting))}, first,
			func(a *plan.Applicant) {
				a.Wish, a.Before, a.WorksElsewhere, a.MayMove, a.Moved, a.ComesFrom = plan.WishPlace, nil, true, true, true, "kent-csu/data-analytics"
			},
		},
		"that is supplied elsewhere by one who is out": {
			[]edit{supplies, at(second, isOut(time.Minute)), at(second, admittedAt(2*time.Hour)), at(first, stands(state.PlaceWaiting))}, first,
			func(a *plan.Applicant) {
				a.Wish, a.Before, a.ComesFrom, a.InForceSince = plan.WishPlace, nil, "kent-csu/data-analytics", noon.Add(-2*time.Hour)
			},
		},
		"that may return": {
			[]edit{supplies, at(first, stands(state.PlaceAdmitted))}, second,
			func(a *plan.Applicant) { a.Opening, a.WorksElsewhere, a.MayMove = true, true, true },
		},
		"that has returned": {
			[]edit{supplies, at(first, uses(state.PlaceAdmitted))}, second,
			func(a *plan.Applicant) {
				a.Opening, a.WorksElsewhere, a.MayMove, a.Moved, a.ComesFrom = true, true, true, true, "nel-csu/data-analytics"
			},
		},
		"that may return, but not yet to one that is not stable": {
			[]edit{supplies, at(first, stands(state.PlaceAdmitted)), at(first, isBack(time.Minute))}, second,
			func(a *plan.Applicant) { a.Opening, a.WorksElsewhere = true, true },
		},
		"that must leave goes also to one that is not stable": {
			[]edit{at(first, uses(state.PlaceAdmitted)), at(first, isDraining), at(second, stands(state.PlaceAdmitted)), at(second, isBack(time.Minute))}, first,
			func(a *plan.Applicant) { a.Before, a.Opening, a.WorksElsewhere, a.MayMove = nil, true, true, true },
		},
		"that must leave goes to none that does not serve": {
			[]edit{at(first, uses(state.PlaceAdmitted)), at(first, isDraining), at(second, stands(state.PlaceAdmitted)), at(second, isUnknown)}, first,
			func(a *plan.Applicant) { a.Before, a.Opening = nil, true },
		},
		"whose place elsewhere is only held": {
			[]edit{supplies, at(first, stands(state.PlaceHeld))}, second, func(a *plan.Applicant) { a.Opening = true },
		},
		"that comes here if its supplier fails": {
			[]edit{at(first, uses(state.PlaceAdmitted)), at(first, admittedAt(2*time.Hour))}, second,
			func(a *plan.Applicant) {
				a.WorksElsewhere, a.MayMove, a.Moved, a.ComesFrom, a.InForceSince = true, true, true, "nel-csu/data-analytics", noon.Add(-2*time.Hour)
			},
		},
		"that goes to another if its supplier fails": {
			[]edit{at(first, uses(state.PlaceAdmitted))}, third,
			func(a *plan.Applicant) {
				a.Before = []string{"nel-csu/data-analytics", "kent-csu/data-analytics"}
				a.WorksElsewhere, a.MayMove, a.Moved = true, true, true
			},
		},
		"that comes here if its supplier fails, for the next is out": {
			[]edit{at(first, uses(state.PlaceAdmitted)), at(second, isOut(time.Minute))}, third,
			func(a *plan.Applicant) {
				a.Before = []string{"nel-csu/data-analytics", "kent-csu/data-analytics"}
				a.WorksElsewhere, a.MayMove, a.Moved, a.ComesFrom = true, true, true, "nel-csu/data-analytics"
			},
		},
		"of a function that is missing": {
			[]edit{uncatalogued, at(first, uses(state.PlaceAdmitted))}, second, func(a *plan.Applicant) { a.Wish = plan.WishFrozen },
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := plan.Applicant{Key: who("tower-hamlets"), UID: "1", Wish: plan.WishKeep, Patients: 1000, Before: []string{"nel-csu/data-analytics"}}
			tc.want(&want)
			seen := agreed(tc.edits...)
			if diff := cmp.Diff(want, plan.ApplicantAt(seen, judge(seen), tc.here, noon)); diff != "" {
				t.Errorf("it applies so (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOneWhoDepartedAsksForNothing(t *testing.T) {
	want := plan.Applicant{Key: who("newham"), UID: "1", Wish: plan.WishNothing, Opening: true}
	if diff := cmp.Diff(want, plan.Departed(who("newham"), "1", true)); diff != "" {
		t.Errorf("it applies so (-want +got):\n%s", diff)
	}
}

func TestR05_TheNextInTheListThatServesIsNextAfterTheSource(t *testing.T) {
	tests := map[string]struct {
		edits        []edit
		source, want int
	}{
		"the second after the first":               {nil, 0, 1},
		"the first after the second":               {nil, 1, 0},
		"the third, where the second is out":       {[]edit{at(1, isOut(time.Minute))}, 0, 2},
		"the third, where the second takes nobody": {[]edit{at(1, isClosed)}, 0, 2},
		"none, where all are out":                  {[]edit{at(1, isOut(time.Minute)), at(2, isUnknown)}, 0, -1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			seen := agreed(tc.edits...)
			judged := judge(seen)
			if got := judged.NextAfter(seen, tc.source); got != tc.want {
				t.Errorf("it is %d, want %d", got, tc.want)
			}
		})
	}
}
