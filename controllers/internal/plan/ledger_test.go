package plan_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// unlimited is room for everybody.
var unlimited = plan.Room{Consortia: 4000, Patients: -1}

// who is the key of an agreement.
func who(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: name, Name: "data-analytics"}
}

// applies is an agreement of a thousand patients that asks for a place.
func applies(name string, changes ...func(*plan.Applicant)) plan.Applicant {
	applicant := plan.Applicant{Key: who(name), UID: types.UID(name), Wish: plan.WishPlace, Patients: 1000}
	for _, change := range changes {
		change(&applicant)
	}
	return applicant
}

func wishes(wish plan.Wish) func(*plan.Applicant) {
	return func(a *plan.Applicant) { a.Wish = wish }
}

func hasOpening(a *plan.Applicant) { a.Opening = true }

func worksElsewhere(a *plan.Applicant) { a.WorksElsewhere = true }

func counts(patients int64) func(*plan.Applicant) {
	return func(a *plan.Applicant) { a.Patients = patients }
}

// has is a place as it was given some time ago.
func has(name string, as state.PlaceState, ago time.Duration) plan.Ledger {
	since := noon.Add(-ago)
	place := state.Place{UID: types.UID(name), State: as, Since: since, Patients: 1000}
	if place.Counts() {
		place.Admitted = &since
	}
	return plan.Ledger{who(name): place}
}

// ledgerOf joins ledgers.
func ledgerOf(parts ...plan.Ledger) plan.Ledger {
	joined := plan.Ledger{}
	for _, part := range parts {
		maps.Copy(joined, part)
	}
	return joined
}

// A row says what becomes of each state by one wish: - Standby Waiting Admitted Moving Held Leaving.
// The service is full: nobody is admitted.
func TestR04_APlaceGoesFromStateToState(t *testing.T) {
	states := []state.PlaceState{
		state.PlaceNone, state.PlaceStandby, state.PlaceWaiting, state.PlaceAdmitted, state.PlaceMoving, state.PlaceHeld, state.PlaceLeaving,
	}
	names := map[byte]state.PlaceState{
		'-': state.PlaceNone, 'S': state.PlaceStandby, 'W': state.PlaceWaiting, 'A': state.PlaceAdmitted, 'H': state.PlaceHeld, 'L': state.PlaceLeaving,
		'M': state.PlaceMoving,
	}
	tests := []struct {
		wish    plan.Wish
		opening bool
		ago     time.Duration
		want    string
	}{
		{plan.WishPlace, false, time.Minute, "WWWAAAA"},
		{plan.WishPlace, true, time.Minute, "WWWAAAA"},
		{plan.WishKeep, true, time.Minute, "---AAAA"},
		{plan.WishKeep, false, time.Second, "---LL-L"},
		{plan.WishKeep, false, 9 * time.Second, "---LL-L"},
		{plan.WishKeep, false, 10 * time.Second, "---LL--"},
		{plan.WishReserve, true, time.Minute, "--WAAAA"},
		{plan.WishReserve, false, time.Minute, "--WHHHH"},
		{plan.WishReserve, false, 72*time.Hour - time.Second, "--WHHHH"},
		{plan.WishReserve, false, 72 * time.Hour, "--WHH-H"},
		{plan.WishElsewhere, false, 9 * time.Second, "---LL-L"},
		{plan.WishElsewhere, false, 10 * time.Second, "---LL--"},
		{plan.WishElsewhere, true, 73 * time.Hour, "---LL-L"},
		{plan.WishNothing, false, 0, "-------"},
		{plan.WishNothing, true, 73 * time.Hour, "---LL-L"},
		{plan.WishFrozen, false, 73 * time.Hour, "-SWAMHL"},
		{plan.WishFrozen, true, 73 * time.Hour, "-SWAMHL"},
	}
	for _, tc := range tests {
		t.Run(fmt.Sprintf("%s, opening %t, after %s", tc.wish, tc.opening, tc.ago), func(t *testing.T) {
			for i, was := range states {
				old := has("newham", was, tc.ago)
				applicant := applies("newham", wishes(tc.wish), func(a *plan.Applicant) { a.Opening = tc.opening })
				settled, _ := plan.Settle(old, []plan.Applicant{applicant}, plan.Room{}, noon)
				want, got := names[tc.want[i]], settled[who("newham")]
				if got.State != want {
					t.Errorf("from %q to %q, want %q", was, got.State, want)
				}
				if stays := got.State == was && was != state.PlaceNone; stays != got.Since.Equal(noon.Add(-tc.ago)) && got.State != state.PlaceNone {
					t.Errorf("from %q to %q, and since %s", was, got.State, got.Since)
				}
			}
		})
	}
}

func TestR04_APlaceKeepsWhatIsKnownOfIt(t *testing.T) {
	before := noon.Add(-time.Hour)
	old := plan.Ledger{who("newham"): {
		UID: "newham", State: state.PlaceAdmitted, Since: before, Admitted: &before, Patients: 900,
		PassedOver: []string{"nel-csu/data-analytics", "kent-csu/data-analytics"}, NoRoom: true, Ahead: 3,
	}}
	kept := old[who("newham")]
	tests := map[string]struct {
		applicant plan.Applicant
		want      func(*state.Place)
	}{
		"who grows, and drops one of those before it": {
			applies("newham", func(a *plan.Applicant) { a.Before = []string{"kent-csu/data-analytics"} }),
			func(p *state.Place) {
				p.Patients, p.PassedOver, p.NoRoom, p.Ahead = 1000, []string{"kent-csu/data-analytics"}, false, 0
			},
		},
		"who puts another before it": {
			applies("newham", func(a *plan.Applicant) {
				a.Before = []string{"essex-csu/data-analytics", "nel-csu/data-analytics", "kent-csu/data-analytics"}
			}),
			func(p *state.Place) { p.Patients, p.NoRoom, p.Ahead = 1000, false, 0 },
		},
		"who cannot be judged": {applies("newham", wishes(plan.WishFrozen), counts(0)), func(*state.Place) {}},
		"who leaves": {
			applies("newham", wishes(plan.WishElsewhere), counts(0)),
			func(p *state.Place) { p.State, p.Since, p.NoRoom, p.Ahead = state.PlaceLeaving, noon, false, 0 },
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := kept
			tc.want(&want)
			settled, _ := plan.Settle(old, []plan.Applicant{tc.applicant}, unlimited, noon)
			if diff := cmp.Diff(plan.Ledger{who("newham"): want}, settled); diff != "" {
				t.Errorf("the ledger (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR04_TheLedgerIsLookedAtAgainWhenAPlaceEnds(t *testing.T) {
	tests := map[string]struct {
		was  state.PlaceState
		ago  time.Duration
		wish plan.Wish
		want time.Time
	}{
		"one that is held":           {state.PlaceHeld, time.Hour, plan.WishReserve, noon.Add(71 * time.Hour)},
		"one that leaves":            {state.PlaceLeaving, time.Second, plan.WishKeep, noon.Add(9 * time.Second)},
		"one that begins to leave":   {state.PlaceAdmitted, time.Hour, plan.WishKeep, noon.Add(10 * time.Second)},
		"none that stays":            {state.PlaceAdmitted, time.Hour, plan.WishPlace, time.Time{}},
		"none that waits":            {state.PlaceWaiting, time.Hour, plan.WishReserve, time.Time{}},
		"none that ended, at 72 h":   {state.PlaceHeld, 72 * time.Hour, plan.WishReserve, time.Time{}},
		"none, where there was none": {state.PlaceNone, time.Hour, plan.WishKeep, time.Time{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, next := plan.Settle(has("newham", tc.was, tc.ago), []plan.Applicant{applies("newham", wishes(tc.wish))}, unlimited, noon.Add(300*time.Millisecond))
			if !next.Equal(tc.want) {
				t.Errorf("at %s, want %s", next, tc.want)
			}
		})
	}
}

// Somebody deleted the ledger: whoever has an opening is in, also beyond the capacity; all others wait.
func TestR04_ALedgerThatWasLostIsWrittenAnewFromWhatStands(t *testing.T) {
	before := func(a *plan.Applicant) { a.Before = []string{"nel-csu/data-analytics"} }
	applicants := []plan.Applicant{
		applies("newham", hasOpening, before), applies("barnet", hasOpening, wishes(plan.WishKeep)), applies("camden", hasOpening, wishes(plan.WishNothing)),
		applies("brent", hasOpening, wishes(plan.WishFrozen)), applies("ealing"), applies("harrow", wishes(plan.WishReserve)),
	}
	settled, _ := plan.Settle(nil, applicants, plan.Room{Consortia: 1, Patients: -1}, noon)
	got := map[string]state.PlaceState{}
	for key, place := range settled {
		got[key.Namespace] = place.State
	}
	want := map[string]state.PlaceState{
		"newham": state.PlaceAdmitted, "barnet": state.PlaceAdmitted, "camden": state.PlaceLeaving, "brent": state.PlaceAdmitted, "ealing": state.PlaceWaiting,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the ledger (-want +got):\n%s", diff)
	}
	place := settled[who("newham")]
	if diff := cmp.Diff([]string{"nel-csu/data-analytics"}, place.PassedOver); diff != "" || !place.Admitted.Equal(noon) {
		t.Errorf("the place is %+v", place)
	}
	if settled, _ := plan.Settle(plan.Ledger{}, applicants[:1], plan.Room{}, noon); settled[who("newham")].Counts() {
		t.Error("an empty ledger is one: an opening alone admits nobody")
	}
}

// A restore gives the same agreement another UID; so does whoever replaces it. The place is the name's.
func TestR04_AnAgreementThatWasRestoredKeepsItsPlace(t *testing.T) {
	for _, was := range []state.PlaceState{state.PlaceAdmitted, state.PlaceHeld, state.PlaceWaiting} {
		anew := applies("newham", func(a *plan.Applicant) { a.UID = "another" })
		want := state.PlaceAdmitted
		if was == state.PlaceWaiting {
			want = state.PlaceWaiting
		}
		settled, _ := plan.Settle(has("newham", was, time.Hour), []plan.Applicant{anew}, plan.Room{}, noon)
		if got := settled[who("newham")]; got.State != want || got.UID != "another" {
			t.Errorf("from %s, the restored agreement has %+v", was, got)
		}
	}
}

func TestALedgerIsReadAsItWasStored(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ledger := plan.Ledger{}
		for n := range rapid.IntRange(0, 5).Draw(r, "places") {
			since := noon.Add(time.Duration(n) * time.Second)
			place := state.Place{
				UID: types.UID(fmt.Sprint(n)), Since: since, Patients: int64(n), NoRoom: n%2 == 0, Ahead: int32(n), //nolint:gosec // below five
				State: rapid.SampledFrom([]state.PlaceState{state.PlaceStandby, state.PlaceWaiting, state.PlaceAdmitted, state.PlaceHeld}).Draw(r, "state"),
			}
			if place.Counts() {
				place.Admitted, place.PassedOver = &since, []string{"nel-csu/data-analytics"}
			}
			ledger[who(fmt.Sprintf("consortium-%d", n))] = place
		}
		data := ledger.Data()
		read, err := plan.ReadLedger(data)
		if diff := cmp.Diff(ledger, read); err != nil || diff != "" {
			r.Fatalf("%v (-stored +read):\n%s", err, diff)
		}
		for key, place := range ledger {
			stored, readable := plan.PlaceIn(data, key)
			if diff := cmp.Diff(place, stored); diff != "" || !readable {
				r.Fatalf("it can be read: %v; the place (-stored +read):\n%s", readable, diff)
			}
		}
	})
}

func TestR04_ALedgerThatCannotBeReadIsAnErrorAndNoLedger(t *testing.T) {
	for name, data := range map[string]map[string]string{
		"an entry that is no JSON":     {"newham.data-analytics": "{"},
		"an entry without a namespace": {".data-analytics": "{}"},
		"an entry without a name":      {"newham.": "{}"},
		"an entry of nobody":           {"newham": "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			if ledger, err := plan.ReadLedger(data); err == nil || ledger != nil {
				t.Errorf("read as %v", ledger)
			}
			if place, readable := plan.PlaceIn(data, who("newham")); place.State != state.PlaceNone || readable != (name != "an entry that is no JSON") {
				t.Errorf("it can be read: %v; the place is %+v", readable, place)
			}
		})
	}
	key, ok := plan.AgreementOf("newham.data-analytics")
	if !ok || key != who("newham") || plan.PlaceKey(key) != "newham.data-analytics" {
		t.Errorf("the key stands for %s", key)
	}
	if place, readable := plan.PlaceIn(nil, who("newham")); place.State != state.PlaceNone || !readable {
		t.Errorf("without entries the place is %+v, readable: %v", place, readable)
	}
}
