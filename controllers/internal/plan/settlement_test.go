package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// settleFirst settles the ledger of an agreement's first supplier, as it was read.
func settleFirst(seen state.SupportAgreement, changes ...func(*state.HostedService)) plan.Settlement {
	first := seen.Suppliers[0]
	hosted := state.HostedService{
		Object: first.Hosted, Home: state.ProviderHome{Namespace: "nel-csu", Provider: first.Provider}, LedgerVersion: "1",
		Ledger: plan.Ledger{}, Agreements: []state.SupportAgreement{seen}, Positions: []int{0}, Openings: map[string]bool{},
	}
	if first.Place.State != state.PlaceNone {
		hosted.Ledger[seen.Key()] = first.Place
	}
	if !first.HasLedger {
		hosted.Ledger = nil
	}
	for _, change := range changes {
		change(&hosted)
	}
	return plan.SettleService(hosted, plan.NewCalendar(time.UTC), noon)
}

// Whoever has a place is listed; whoever's consent, data sharing, assurance or term is gone is not, though
// the place still counts.
func TestR03_TheDirectoryListsWhoMayBind(t *testing.T) {
	expired := func(s *state.Supplier) { s.Named.DataSharing.Expires = "2026-11-21" }
	ended := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.End = "2026-11-21" }
	homeless := func(seen *state.SupportAgreement) { seen.Home.Consortium = nil }
	inForce, long := at(0, uses(state.PlaceAdmitted)), 6*time.Minute
	tests := map[string]struct {
		edits      []edit
		wantState  state.PlaceState
		wantListed bool
	}{
		"a newcomer":                               {nil, state.PlaceAdmitted, true},
		"one who waits":                            {[]edit{at(0, stands(state.PlaceWaiting)), uncounted}, state.PlaceWaiting, false},
		"who is in force":                          {[]edit{inForce}, state.PlaceAdmitted, true},
		"who is in force, the service out":         {[]edit{inForce, at(0, isOut(long))}, state.PlaceAdmitted, true},
		"whose place is held":                      {[]edit{at(0, stands(state.PlaceHeld)), at(0, isOut(long))}, state.PlaceHeld, false},
		"who moves away":                           {[]edit{inForce, at(0, isDraining), at(1, stands(state.PlaceAdmitted))}, state.PlaceMoving, true},
		"who leaves, and may just have bound":      {[]edit{at(0, stands(state.PlaceAdmitted)), at(0, isStoodDown)}, state.PlaceLeaving, true},
		"who is no longer accepted":                {[]edit{inForce, at(0, refuses)}, state.PlaceLeaving, false},
		"whose data sharing is over":               {[]edit{inForce, at(0, expired)}, state.PlaceLeaving, false},
		"whose term is over":                       {[]edit{inForce, ended}, state.PlaceLeaving, false},
		"whose term is over, the function missing": {[]edit{inForce, ended, uncatalogued}, state.PlaceLeaving, false},
		"who is frozen":                            {[]edit{inForce, uncatalogued}, state.PlaceAdmitted, true},
		"who is in nobody's namespace":             {[]edit{inForce, homeless}, state.PlaceLeaving, false},
		"who is in, the ledger lost":               {[]edit{inForce, at(0, lostLedger)}, state.PlaceAdmitted, true},
		"who is in a closed one, the ledger lost":  {[]edit{inForce, at(0, isClosed), at(0, lostLedger)}, state.PlaceAdmitted, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			seen := agreed(tc.edits...)
			settled := settleFirst(seen)
			if got := settled.Ledger[seen.Key()].State; got != tc.wantState {
				t.Errorf("its place is %q, want %q", got, tc.wantState)
			}
			_, listed := contents(settled.Directory)["08V.json"]
			if listed != tc.wantListed {
				t.Errorf("it is listed: %t, want %t", listed, tc.wantListed)
			}
		})
	}
}

func TestTheDirectorySaysWhatTheServiceNeeds(t *testing.T) {
	revoked := metav1.Time{Time: noon}
	seen := agreed(at(0, uses(state.PlaceAdmitted)), func(seen *state.SupportAgreement) { seen.Object.Spec.TokensNotBefore = &revoked })
	other := agreed(at(0, uses(state.PlaceAdmitted)), uncounted, func(seen *state.SupportAgreement) {
		seen.Object.Namespace, seen.Home.Consortium.Name, seen.Object.UID = "newham", "newham", "2"
		seen.Home.Consortium.Spec.OrganisationCode, seen.Home.Consortium.Spec.DisplayName = "08M", "NHS Newham"
		seen.Suppliers[0].Hosted.Spec.Accepts.Policy = v1alpha1.AcceptEveryone
		seen.Suppliers[0].Place.UID, seen.Suppliers[0].Place.Patients = "2", 900
	})
	settled := settleFirst(seen, func(s *state.HostedService) {
		s.Agreements, s.Positions = append(s.Agreements, other), []int{0, 0}
		s.Ledger[other.Key()] = other.Suppliers[0].Place
	})
	want := map[string]string{
		"08V.json": `{"code":"08V","name":"NHS Tower Hamlets","patients":1000,"agreement":"1","tokensNotBefore":"2026-11-22T12:00:00Z"}`,
		"08M.json": `{"code":"08M","name":"NHS Newham","patients":900,"agreement":"2"}`, // as last known
	}
	if diff := cmp.Diff(want, contents(settled.Directory)); diff != "" {
		t.Errorf("the directory (-want +got):\n%s", diff)
	}
}

// Those who no longer name the service give up their places as soon as their openings are gone.
func TestR04_WhoDepartedIsForgottenWhenItsOpeningIsGone(t *testing.T) {
	key := who("newham")
	opening := plan.OpeningName(key, types.NamespacedName{Namespace: "nel-csu", Name: "data-analytics"})
	tests := map[string]struct {
		ledger  plan.Ledger
		opening bool
		want    state.PlaceState
	}{
		"who was in, its opening there":     {has("newham", state.PlaceAdmitted, time.Hour), true, state.PlaceLeaving},
		"who was in":                        {has("newham", state.PlaceAdmitted, time.Hour), false, state.PlaceNone},
		"who left, its opening still there": {has("newham", state.PlaceLeaving, time.Hour), true, state.PlaceLeaving},
		"who left":                          {has("newham", state.PlaceLeaving, time.Hour), false, state.PlaceNone},
		"who waited":                        {has("newham", state.PlaceWaiting, time.Hour), false, state.PlaceNone},
		"for whom a place was held":         {has("newham", state.PlaceHeld, time.Hour), false, state.PlaceNone},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			settled := settleFirst(agreed(), func(s *state.HostedService) {
				s.Agreements, s.Positions, s.Ledger, s.Openings[opening] = nil, nil, tc.ledger, tc.opening
			})
			if got := settled.Ledger[key].State; got != tc.want {
				t.Errorf("its place is %q, want %q", got, tc.want)
			}
		})
	}
}

func TestR04_NothingChangesWhereNobodyKnowsWhoseTheServiceIs(t *testing.T) {
	settled := settleFirst(agreed(at(0, uses(state.PlaceAdmitted)), at(0, refuses)), func(s *state.HostedService) { s.Home.Provider = nil })
	if diff := cmp.Diff(plan.Ledger{{Namespace: "tower-hamlets", Name: "data-analytics"}: {
		UID: "1", State: state.PlaceAdmitted, Since: noon.Add(-time.Hour),
	}}, settled.Ledger); diff != "" {
		t.Errorf("the ledger (-want +got):\n%s", diff)
	}
}

func TestAServiceIsLookedAtAgainWhenTheClockChangesIt(t *testing.T) {
	tests := map[string]struct {
		edits []edit
		want  string
	}{
		"a date of an agreement":     {nil, "2027-04-01T00:00:00Z"},
		"an outage is confirmed":     {[]edit{at(0, uses(state.PlaceAdmitted)), at(0, isOut(time.Minute))}, "2026-11-22T12:04:00Z"},
		"a place is given up":        {[]edit{at(0, stands(state.PlaceAdmitted)), at(0, isStoodDown)}, "2026-11-22T12:00:10Z"},
		"a place is no longer held":  {[]edit{at(0, stands(state.PlaceHeld)), at(0, isOut(time.Hour))}, "2026-11-25T11:00:00Z"},
		"nothing that is far enough": {[]edit{uncatalogued, func(s *state.SupportAgreement) { s.Object.Spec.Term.End = "" }}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := settleFirst(agreed(tc.edits...)).Next; !got.Equal(never(t, tc.want)) {
				t.Errorf("at %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAServiceIsInUseWhileAPlaceCounts(t *testing.T) {
	for as, want := range map[state.PlaceState]bool{
		state.PlaceStandby: false, state.PlaceWaiting: false, state.PlaceAdmitted: true, state.PlaceMoving: true, state.PlaceHeld: true, state.PlaceLeaving: true,
	} {
		if got := has("newham", as, 0).IsServing(); got != want {
			t.Errorf("with one %s it is: %t, want %t", as, got, want)
		}
	}
}
