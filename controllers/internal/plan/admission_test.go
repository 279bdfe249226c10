package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// waitsFor is a place in the queue for so long.
func waitsFor(name string, ago time.Duration) plan.Ledger {
	return has(name, state.PlaceWaiting, ago)
}

func isIn(name string) plan.Ledger { return has(name, state.PlaceAdmitted, time.Hour) }

// describeLedger writes who is in, and who waits behind how many; an asterisk marks one without any
// prospect.
func describeLedger(ledger plan.Ledger, names ...string) string {
	var told []string
	for _, name := range names {
		place := ledger[who(name)]
		text := fmt.Sprintf("%s %s", name, place.State)
		if !place.Counts() {
			text += fmt.Sprintf(" %d", place.Ahead)
		}
		if place.NoRoom {
			text += "*"
		}
		told = append(told, text)
	}
	return strings.Join(told, ", ")
}

func TestR04_PlacesAreGivenInOrderAndNobodyOvertakes(t *testing.T) {
	inForceSince := func(ago time.Duration) func(*plan.Applicant) {
		return func(a *plan.Applicant) { a.InForceSince = noon.Add(-ago) }
	}
	tests := map[string]struct {
		old        plan.Ledger
		applicants []plan.Applicant
		room       plan.Room
		want       string
	}{
		"room for all": {
			nil, []plan.Applicant{applies("a"), applies("b"), applies("c")}, unlimited, "a Admitted, b Admitted, c Admitted",
		},
		"room for two": {
			nil, []plan.Applicant{applies("a"), applies("b"), applies("c")}, plan.Room{Consortia: 2, Patients: -1}, "a Admitted, b Admitted, c Waiting 0",
		},
		"room for some patients": {
			nil, []plan.Applicant{applies("a"), applies("b"), applies("c")}, plan.Room{Consortia: 4000, Patients: 2999}, "a Admitted, b Admitted, c Waiting 0",
		},
		"by name, whoever was read first": {
			nil, []plan.Applicant{applies("c"), applies("b"), applies("a")}, plan.Room{Consortia: 1, Patients: -1}, "a Admitted, b Waiting 0, c Waiting 1",
		},
		"who has waited longer before who comes": {
			ledgerOf(waitsFor("b", time.Hour), waitsFor("c", 2*time.Hour)), []plan.Applicant{applies("a"), applies("b"), applies("c")},
			plan.Room{Consortia: 1, Patients: -1}, "a Waiting 1, b Waiting 0, c Admitted",
		},
		"who has no supplier before who has waited longer": {
			ledgerOf(waitsFor("a", time.Hour), waitsFor("b", time.Minute)), []plan.Applicant{applies("a", worksElsewhere), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a Waiting 0, b Admitted, c  0",
		},
		"in a storm by order of admission where they come from": {
			nil, []plan.Applicant{applies("a", inForceSince(time.Minute)), applies("b", inForceSince(time.Hour)), applies("c", inForceSince(time.Second))},
			plan.Room{Consortia: 1, Patients: -1}, "a Waiting 0, b Admitted, c Waiting 1",
		},
		"a smaller one does not overtake": {
			nil, []plan.Applicant{applies("a", counts(900)), applies("b", counts(500)), applies("c", counts(10))},
			plan.Room{Consortia: 4000, Patients: 1000}, "a Admitted, b Waiting 0, c Waiting 1",
		},
		"one too large for the whole service holds nobody up": {
			nil, []plan.Applicant{applies("a", counts(1001)), applies("b", counts(500)), applies("c", counts(600))},
			plan.Room{Consortia: 4000, Patients: 1000}, "a Waiting 0*, b Admitted, c Waiting 0",
		},
		"without any room nobody has a prospect": {
			nil, []plan.Applicant{applies("a"), applies("b")}, plan.Room{Consortia: 0, Patients: -1}, "a Waiting 0*, b Waiting 0*, c  0",
		},
		"one who cannot be judged holds nobody up, and keeps its turn": {
			ledgerOf(waitsFor("a", time.Hour)), []plan.Applicant{applies("a", wishes(plan.WishFrozen)), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a Waiting 0, b Admitted, c  0",
		},
		"nobody passes one who keeps its turn while the service is out": {
			ledgerOf(waitsFor("a", time.Hour)), []plan.Applicant{applies("a", wishes(plan.WishReserve)), applies("b")},
			unlimited, "a Waiting 0, b Waiting 1, c  0",
		},
		"who is in stays in beyond a lowered limit": {
			ledgerOf(isIn("a"), isIn("b")), []plan.Applicant{applies("a"), applies("b"), applies("c")},
			plan.Room{Consortia: 1, Patients: -1}, "a Admitted, b Admitted, c Waiting 0",
		},
		"who is in stays in and grows": {
			ledgerOf(isIn("a")), []plan.Applicant{applies("a", counts(5000)), applies("b", counts(1))},
			plan.Room{Consortia: 4000, Patients: 2000}, "a Admitted, b Waiting 0, c  0",
		},
		"a place that is held counts": {
			ledgerOf(has("a", state.PlaceHeld, time.Hour)), []plan.Applicant{applies("a", wishes(plan.WishReserve)), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a Held, b Waiting 0, c  0",
		},
		"a place that is left counts while it is used": {
			ledgerOf(has("a", state.PlaceLeaving, time.Hour)), []plan.Applicant{applies("a", wishes(plan.WishNothing), hasOpening), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a Leaving, b Waiting 0, c  0",
		},
		"a place that was left is given on": {
			ledgerOf(has("a", state.PlaceLeaving, time.Hour)), []plan.Applicant{applies("a", wishes(plan.WishNothing)), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a  0, b Admitted, c  0",
		},
		"a held place is given back to its own": {
			ledgerOf(has("a", state.PlaceHeld, time.Hour)), []plan.Applicant{applies("a"), applies("b")},
			plan.Room{Consortia: 1, Patients: -1}, "a Admitted, b Waiting 0, c  0",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.old == nil {
				tc.old = plan.Ledger{}
			}
			settled, _ := plan.Settle(tc.old, tc.applicants, tc.room, noon)
			if got := describeLedger(settled, "a", "b", "c"); got != tc.want {
				t.Errorf("it is settled so:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestR04_WhoIsAdmittedIsRecorded(t *testing.T) {
	newcomer := applies("newham", func(a *plan.Applicant) { a.Before = []string{"nel-csu/data-analytics"} })
	late := noon.Add(300 * time.Millisecond) // the ledger keeps whole seconds
	settled, _ := plan.Settle(waitsFor("newham", time.Hour), []plan.Applicant{newcomer}, unlimited, late)
	at := noon
	want := plan.Ledger{who("newham"): {
		UID: "newham", State: state.PlaceAdmitted, Since: noon, Admitted: &at, Patients: 1000, PassedOver: []string{"nel-csu/data-analytics"},
	}}
	if diff := cmp.Diff(want, settled); diff != "" {
		t.Errorf("the ledger (-want +got):\n%s", diff)
	}
}

// Leave to move is given to those who may, in the order in which they were admitted, ten at a time.
func TestR05_TenMoveAtATime(t *testing.T) {
	mayMove := func(a *plan.Applicant) { a.MayMove, a.Opening, a.Wish = true, true, plan.WishKeep }
	moved := func(a *plan.Applicant) { mayMove(a); a.Moved = true }
	tests := map[string]struct {
		was    state.PlaceState
		change func(*plan.Applicant)
		want   state.PlaceState
	}{
		"with where to go":              {state.PlaceAdmitted, mayMove, state.PlaceMoving},
		"who has moved":                 {state.PlaceMoving, moved, state.PlaceMoving},
		"with nowhere to go":            {state.PlaceAdmitted, func(a *plan.Applicant) { mayMove(a); a.MayMove = false }, state.PlaceAdmitted},
		"with nowhere to go any more":   {state.PlaceMoving, func(a *plan.Applicant) { mayMove(a); a.MayMove = false }, state.PlaceAdmitted},
		"who was never in":              {state.PlaceWaiting, mayMove, state.PlaceNone},
		"who does not use its place":    {state.PlaceAdmitted, func(a *plan.Applicant) { mayMove(a); a.Opening = false }, state.PlaceLeaving},
		"who wants to stay":             {state.PlaceMoving, func(a *plan.Applicant) { mayMove(a); a.Wish = plan.WishPlace }, state.PlaceAdmitted},
		"who cannot be judged any more": {state.PlaceMoving, wishes(plan.WishFrozen), state.PlaceMoving},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			settled, _ := plan.Settle(has("newham", tc.was, time.Hour), []plan.Applicant{applies("newham", tc.change)}, unlimited, noon)
			if got := settled[who("newham")].State; got != tc.want {
				t.Errorf("it is %q, want %q", got, tc.want)
			}
		})
	}
	t.Run("the first ten, beside those who have moved", func(t *testing.T) {
		old, applicants := plan.Ledger{}, []plan.Applicant{applies("moved", moved)}
		old = ledgerOf(old, has("moved", state.PlaceMoving, time.Minute))
		for n := range 12 {
			name := fmt.Sprintf("c-%02d", n)
			old = ledgerOf(old, has(name, state.PlaceAdmitted, time.Duration(n+1)*time.Hour))
			applicants = append(applicants, applies(name, mayMove))
		}
		settled, _ := plan.Settle(old, applicants, unlimited, noon)
		stay := ""
		for _, applicant := range applicants {
			if settled[applicant.Key].State == state.PlaceAdmitted {
				stay += applicant.Key.Namespace + " "
			}
		}
		if stay != "c-00 c-01 " { // the last to have come
			t.Errorf("these stay: %s", stay)
		}
	})
}

// Whoever is in stays in, whatever becomes of populations and capacity, and no admission takes the
// service over its room.
func TestR04_NobodyIsAdmittedBeyondCapacityOrPutOut(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ledger, now := plan.Ledger{}, noon
		for range rapid.IntRange(1, 8).Draw(r, "turns") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(r, "seconds")) * time.Second)
			room := plan.Room{Consortia: rapid.Int64Range(0, 6).Draw(r, "consortia"), Patients: rapid.Int64Range(-1, 40).Draw(r, "patients")}
			var applicants []plan.Applicant
			for n := range rapid.IntRange(0, 8).Draw(r, "applicants") {
				applicants = append(applicants, applies(fmt.Sprint("c-", n), counts(rapid.Int64Range(0, 20).Draw(r, "patients")), func(a *plan.Applicant) {
					a.WorksElsewhere = rapid.Bool().Draw(r, "works elsewhere")
				}))
			}
			settled, _ := plan.Settle(ledger, applicants, room, now)
			admitted := false
			for _, applicant := range applicants {
				was, is := ledger[applicant.Key].Counts(), settled[applicant.Key].Counts()
				admitted = admitted || is && !was
				if was && !is {
					r.Fatalf("%s is put out", applicant.Key)
				}
			}
			taken := settled.Taken()
			if exceeds := taken.Consortia > room.Consortia || room.Patients >= 0 && taken.Patients > room.Patients; admitted && exceeds {
				r.Fatalf("%+v is taken of %+v", taken, room)
			}
			again, _ := plan.Settle(settled, applicants, room, now)
			if diff := cmp.Diff(settled, again); diff != "" {
				r.Fatalf("settled again it differs:\n%s", diff)
			}
			ledger = settled
		}
	})
}

func TestR04_CapacityHasDefaults(t *testing.T) {
	hosted := supplier("nel-csu").Hosted
	if got := plan.CapacityOf(hosted); got != unlimited {
		t.Errorf("by default %+v", got)
	}
	consortia, patients := int32(40), int64(0)
	hosted.Spec.Capacity.Consortia, hosted.Spec.Capacity.Patients = &consortia, &patients
	if got := plan.CapacityOf(hosted); got != (plan.Room{Consortia: 40, Patients: 0}) {
		t.Errorf("as it says %+v", got)
	}
}
