package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// comesFrom is an agreement that would come if its supplier failed, where it has been for so long.
func comesFrom(source string, ago time.Duration) func(*plan.Applicant) {
	return func(a *plan.Applicant) {
		a.Wish, a.ComesFrom, a.InForceSince = plan.WishKeep, source, noon.Add(-ago)
	}
}

func TestR04_AFallbackIsJudgedWithAllWhoShareTheSupplier(t *testing.T) {
	stormers := []plan.Applicant{
		applies("a", comesFrom("nel-csu/data-analytics", time.Minute)), applies("b", comesFrom("nel-csu/data-analytics", time.Hour)),
		applies("c", comesFrom("essex-csu/data-analytics", time.Second)),
	}
	with := func(more ...plan.Applicant) []plan.Applicant { return append(more, stormers...) }
	tests := map[string]struct {
		old        plan.Ledger
		applicants []plan.Applicant
		room       plan.Room
		want       string
	}{
		"room for all": {
			plan.Ledger{}, stormers, unlimited, "a Standby 0, b Standby 0, c Standby 0",
		},
		"room for one of each storm, by order of admission": {
			plan.Ledger{}, stormers, plan.Room{Consortia: 1, Patients: -1}, "a Standby 1*, b Standby 0, c Standby 0",
		},
		"room for so many patients": {
			plan.Ledger{}, stormers, plan.Room{Consortia: 4000, Patients: 1500}, "a Standby 1*, b Standby 0, c Standby 0",
		},
		"who is in takes room": {
			isIn("z"), with(applies("z")), plan.Room{Consortia: 1, Patients: -1}, "a Standby 1*, b Standby 0*, c Standby 0*",
		},
		"who waits without a supplier comes first": {
			plan.Ledger{}, with(applies("y"), applies("z")), plan.Room{Consortia: 1, Patients: -1}, "a Standby 2*, b Standby 1*, c Standby 1*",
		},
		"who waits and works elsewhere does not": {
			isIn("y"), with(applies("y"), applies("z", worksElsewhere, counts(2000))), plan.Room{Consortia: 2, Patients: 2500},
			"a Standby 1*, b Standby 0, c Standby 0",
		},
		"nor one who is too large": {
			plan.Ledger{}, with(applies("z", counts(5000))), plan.Room{Consortia: 2, Patients: 4000}, "a Standby 0, b Standby 0, c Standby 0",
		},
		"nor one of the storm who is too large": {
			plan.Ledger{}, []plan.Applicant{stormers[0], applies("b", comesFrom("nel-csu/data-analytics", time.Hour), counts(5000))},
			plan.Room{Consortia: 1, Patients: 4000}, "a Standby 0, b Standby 0*, c  0",
		},
		"nor one who cannot be judged": {
			waitsFor("z", time.Hour), with(applies("z", wishes(plan.WishFrozen))), unlimited, "a Standby 0, b Standby 0, c Standby 0",
		},
		"a place is more than a standby": {
			has("a", state.PlaceLeaving, time.Second), stormers, unlimited, "a Leaving, b Standby 0, c Standby 0",
		},
		"a standby that has room again": {
			plan.Ledger{who("a"): {UID: "a", State: state.PlaceStandby, NoRoom: true, Ahead: 3}}, stormers, unlimited,
			"a Standby 0, b Standby 0, c Standby 0",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			settled, _ := plan.Settle(tc.old, tc.applicants, tc.room, noon)
			if got := describeLedger(settled, "a", "b", "c"); got != tc.want {
				t.Errorf("it is settled so:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestR04_NoStandbyWhereNothingFails(t *testing.T) {
	old := plan.Ledger{who("a"): {UID: "a", State: state.PlaceStandby}}
	settled, _ := plan.Settle(old, []plan.Applicant{applies("a", wishes(plan.WishKeep))}, unlimited, noon)
	if len(settled) > 0 {
		t.Errorf("the ledger holds %v", settled)
	}
}

// What a standby is told comes true when its supplier fails with all its consortia.
func TestR04_WhatAStandbyIsToldComesTrue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		room := plan.Room{Consortia: rapid.Int64Range(0, 8).Draw(r, "consortia"), Patients: rapid.Int64Range(-1, 60).Draw(r, "patients")}
		ledger, applicants := plan.Ledger{}, []plan.Applicant{}
		for n := range rapid.IntRange(0, 4).Draw(r, "others") {
			name := fmt.Sprint("o-", n)
			if rapid.Bool().Draw(r, "is in") {
				ledger = ledgerOf(ledger, isIn(name))
			}
			works := rapid.Bool().Draw(r, "works elsewhere")
			applicants = append(applicants, applies(name, counts(rapid.Int64Range(0, 20).Draw(r, "patients")), func(a *plan.Applicant) { a.WorksElsewhere = works }))
		}
		before := len(applicants)
		for n := range rapid.IntRange(1, 8).Draw(r, "storm") {
			ago := time.Duration(rapid.IntRange(0, 3).Draw(r, "ago")) * time.Hour
			storms := applies(fmt.Sprint("s-", n), counts(rapid.Int64Range(0, 20).Draw(r, "patients")), comesFrom("nel-csu/data-analytics", ago))
			applicants = append(applicants, storms)
		}
		foretold, _ := plan.Settle(ledger, applicants, room, noon)
		for i := before; i < len(applicants); i++ {
			applicants[i].Wish = plan.WishPlace
		}
		settled, _ := plan.Settle(foretold, applicants, room, noon.Add(time.Minute))
		for _, applicant := range applicants[before:] {
			told, came := foretold[applicant.Key], settled[applicant.Key]
			if told.NoRoom == came.Counts() {
				r.Fatalf("%s was told %+v, and is %+v", applicant.Key, told, came)
			}
		}
	})
}

// One object holds 4,000 places at most; standbys yield, always the same ones.
func TestR04_StandbysFillALedgerNoFurtherThanItHolds(t *testing.T) {
	var applicants []plan.Applicant
	for n := range 4000 {
		applicants = append(applicants, applies(fmt.Sprintf("c-%04d", n), func(a *plan.Applicant) {
			a.Wish = plan.WishPlace
			if n >= 3998 {
				a.Wish, a.ComesFrom = plan.WishKeep, fmt.Sprintf("source-%d", 3999-n)
			}
		}))
	}
	applicants = append(applicants, applies("d", comesFrom("source-2", 0)))
	first, _ := plan.Settle(plan.Ledger{}, applicants, unlimited, noon)
	if len(first) != 4000 || first[who("d")].State != state.PlaceNone {
		t.Fatalf("the ledger holds %d, and of the last storm %+v", len(first), first[who("d")])
	}
	again, _ := plan.Settle(plan.Ledger{}, applicants, unlimited, noon)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("settled again it differs:\n%s", diff)
	}
}
