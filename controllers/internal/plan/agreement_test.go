package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestR01_R02_AnAgreementStandsOrItIsSaidWhyNot(t *testing.T) {
	gone := metav1.Time{Time: noon}
	deleting := func(seen *state.SupportAgreement) { seen.Object.DeletionTimestamp = &gone }
	homeless := func(seen *state.SupportAgreement) { seen.Home.Consortium = nil }
	consortiumGoes := func(seen *state.SupportAgreement) { seen.Home.Consortium.DeletionTimestamp = &gone }
	namespaceGoes := func(seen *state.SupportAgreement) { seen.Home.Terminating = true }
	memberOnly := func(seen *state.SupportAgreement) { seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly }
	duplicate := func(seen *state.SupportAgreement) { seen.OlderAgreement = "analytics" }
	notYet := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.Start = "2026-11-23" }
	ended := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.End = "2026-11-21" }
	tests := map[string]struct {
		edits []edit
		want  plan.AgreementStanding
	}{
		"in term, of a consortium, for a hosted function": {nil, plan.AgreementStands},
		"being deleted, whatever else":                    {[]edit{deleting, homeless, uncatalogued}, plan.AgreementDeleting},
		"in nobody's namespace":                           {[]edit{homeless}, plan.AgreementHomeless},
		"of a consortium that goes":                       {[]edit{consortiumGoes, uncatalogued}, plan.AgreementHomeless},
		"in a namespace that goes":                        {[]edit{namespaceGoes}, plan.AgreementHomeless},
		"for a function that the catalogue lacks":         {[]edit{uncatalogued, duplicate}, plan.AgreementFunctionMissing},
		"ended, for a function that the catalogue lacks":  {[]edit{uncatalogued, ended}, plan.AgreementEnded},
		"for a member-only function":                      {[]edit{memberOnly, duplicate}, plan.AgreementMemberOnly},
		"beside an older one":                             {[]edit{duplicate, notYet}, plan.AgreementDuplicate},
		"before its term":                                 {[]edit{notYet}, plan.AgreementNotYet},
		"after its term":                                  {[]edit{ended}, plan.AgreementEnded},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			judged := judge(agreed(append(tc.edits, at(1, uses(state.PlaceAdmitted)), supplied("kent-csu"))...))
			if judged.Standing != tc.want {
				t.Errorf("it is %s, want %s", judged.Standing, tc.want)
			}
			wish := map[plan.AgreementStanding]plan.Wish{plan.AgreementStands: plan.WishPlace, plan.AgreementFunctionMissing: plan.WishFrozen}[tc.want]
			if wish == "" {
				wish = plan.WishNothing
			}
			if judged.Wishes[0] != wish {
				t.Errorf("it asks for %s, want %s", judged.Wishes[0], wish)
			}
		})
	}
}

// What an agreement asks of each of its suppliers. P: a place, K: to keep what it uses, R: to keep place
// or turn for the return, N: nothing, F: cannot be told.
func TestR05_WhatAnAgreementAsksOfItsSuppliers(t *testing.T) {
	const long = time.Hour
	waits := stands(state.PlaceWaiting)
	admitted := stands(state.PlaceAdmitted)
	inForce := uses(state.PlaceAdmitted, "nel-csu/data-analytics")
	tests := map[string]struct {
		edits []edit
		want  string
	}{
		"a place at the first choice only":                          {nil, "PKK"},
		"the next is not asked before the first has answered":       {[]edit{at(0, isUnknown)}, "PKK"},
		"where the first is full, at the second":                    {[]edit{at(0, waits)}, "PPK"},
		"where both are full, at the third":                         {[]edit{at(0, waits), at(1, waits)}, "PPP"},
		"where the first has made room, no longer at the second":    {[]edit{at(0, admitted), at(1, waits)}, "PKK"},
		"nothing where there is no consent":                         {[]edit{at(0, refuses), at(1, isGone)}, "NNP"},
		"nothing where nobody new is taken on":                      {[]edit{at(0, isClosed)}, "NPK"},
		"to stay where nobody new is taken on":                      {[]edit{at(0, isClosed), at(0, admitted)}, "PKK"},
		"away from one that was stood down":                         {[]edit{at(0, isStoodDown), at(0, inForce)}, "KPK"},
		"away from one that drains":                                 {[]edit{at(0, isDraining), at(0, inForce)}, "KPK"},
		"away from one that goes":                                   {[]edit{at(0, isGoing), at(0, inForce)}, "KPK"},
		"what is unknown freezes":                                   {[]edit{at(0, isUnjudged)}, "FKK"},
		"away from one that is out, and back":                       {[]edit{at(0, isOut(long)), at(0, inForce)}, "RPK"},
		"not away from one that is out for a moment":                {[]edit{at(0, isOut(time.Minute)), at(0, inForce)}, "PKK"},
		"not away by hand from one that is out":                     {[]edit{manualFailover, at(0, isOut(long)), at(0, inForce)}, "PKK"},
		"away for good, where the return is by hand":                {[]edit{manualReturn, at(0, isOut(long)), at(0, inForce)}, "KPK"},
		"away for good, with records":                               {[]edit{holdsRecords, at(0, isOut(long)), at(0, inForce)}, "KPK"},
		"the turn stays, where the return is by hand":               {[]edit{manualReturn, at(0, isOut(long)), at(0, waits)}, "RPK"},
		"whoever works elsewhere does not wait for one that is out": {[]edit{at(0, isOut(time.Minute)), at(0, waits), at(1, inForce)}, "RPK"},
		"whoever works nowhere does":                                {[]edit{at(0, isOut(time.Minute))}, "PKK"},
		"all are out":                                               {[]edit{at(0, isOut(long)), at(1, isOut(long)), at(2, isOut(long))}, "RRR"},
		"the return":                                                {[]edit{at(0, stands(state.PlaceHeld)), at(1, inForce)}, "PKK"},
		"no return by hand":                                         {[]edit{manualReturn, at(1, inForce)}, "KPK"},
		"no return with records":                                    {[]edit{holdsRecords, at(1, inForce)}, "KPK"},
		"by hand, to one that was added to the list":                {[]edit{manualReturn, at(1, uses(state.PlaceAdmitted))}, "PKK"},
		"by hand, until the one in force fails":                     {[]edit{manualReturn, at(1, inForce), at(1, isOut(long))}, "PKK"},
		"by hand both ways, though the one in force fails":          {[]edit{manualReturn, manualFailover, at(1, inForce), at(1, isOut(long))}, "KPK"},
		"by hand, until the one in force drains":                    {[]edit{manualReturn, at(1, inForce), at(1, isDraining)}, "PKK"},
		"by hand, while the one that has a place is not in force":   {[]edit{manualReturn, at(0, waits), at(1, stands(state.PlaceAdmitted, "nel-csu/data-analytics"))}, "PPK"},
		"to stay, the ledger lost, though it is out for a moment":   {[]edit{at(0, inForce), at(0, lostLedger), at(0, isOut(time.Minute)), at(2, stands(state.PlaceLeaving))}, "PKK"},
		"to stay, the ledger lost, the population unknown":          {[]edit{uncounted, at(0, inForce), at(0, lostLedger)}, "PKK"},
		"no return by hand, the ledger of the one in force lost":    {[]edit{manualReturn, at(1, inForce), at(1, lostLedger)}, "KPK"},
		"the return, the ledger of the one in force lost":           {[]edit{at(1, inForce), at(1, lostLedger)}, "PKK"},
		"the next without waiting, its ledger lost":                 {[]edit{at(0, isOut(time.Minute)), at(1, inForce), at(1, lostLedger)}, "RPK"},
		"a place elsewhere after a merger":                          {[]edit{succeeded, at(1, inForce)}, "PKK"},
		"nothing new before the population is known":                {[]edit{uncounted}, "FKK"},
		"who is in stays in, the population unknown":                {[]edit{uncounted, at(0, admitted)}, "PKK"},
		"nothing new after a merger":                                {[]edit{succeeded}, "FKK"},
		"who is in stays in after a merger":                         {[]edit{succeeded, at(0, admitted)}, "PKK"},
		"all is frozen while the function is not known":             {[]edit{uncatalogued, at(0, refuses)}, "FFF"},
	}
	letters := map[plan.Wish]string{plan.WishPlace: "P", plan.WishKeep: "K", plan.WishReserve: "R", plan.WishElsewhere: "N", plan.WishFrozen: "F"}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, wish := range judge(agreed(tc.edits...)).Wishes {
				got += letters[wish]
			}
			if got != tc.want {
				t.Errorf("it asks for %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAnAgreementsTermsOfFailover(t *testing.T) {
	type terms struct {
		Returns, Automatic         bool
		AfterOutage, Stabilisation time.Duration
	}
	byDefault := terms{Returns: true, Automatic: true, AfterOutage: 5 * time.Minute, Stabilisation: 30 * time.Minute}
	tests := map[string]struct {
		edits []edit
		want  func(*terms)
	}{
		"by default":             {nil, func(*terms) {}},
		"over by hand":           {[]edit{manualFailover}, func(t *terms) { t.Automatic = false }},
		"back by hand":           {[]edit{manualReturn}, func(t *terms) { t.Returns = false }},
		"records return by hand": {[]edit{holdsRecords, func(s *state.SupportAgreement) { s.Object.Spec.Failover.Failback.Mode = v1alpha1.FailoverAutomatic }}, func(t *terms) { t.Returns = false }},
		"its own times": {[]edit{func(s *state.SupportAgreement) {
			s.Object.Spec.Failover.AfterOutage, s.Object.Spec.Failover.Failback.Stabilisation = "1m", "72h"
		}}, func(t *terms) { t.AfterOutage, t.Stabilisation = time.Minute, 72*time.Hour }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := byDefault
			tc.want(&want)
			judged := judge(agreed(tc.edits...))
			got := terms{judged.Returns, judged.Automatic, judged.AfterOutage, judged.Stabilisation}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the terms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAgreementIsLookedAtAgainWhenTheClockChangesIt(t *testing.T) {
	tests := map[string]struct {
		edits []edit
		want  string
	}{
		"the first of all dates":               {nil, "2027-04-01T00:00:00Z"},
		"an outage is confirmed":               {[]edit{at(2, isOut(time.Minute))}, "2026-11-22T12:04:00Z"},
		"a service is stable":                  {[]edit{at(1, isBack(time.Minute))}, "2026-11-22T12:29:00Z"},
		"the term, of a function not known":    {[]edit{uncatalogued}, "2027-10-01T00:00:00Z"},
		"nothing, where nothing ends":          {[]edit{uncatalogued, func(s *state.SupportAgreement) { s.Object.Spec.Term.End = "" }}, ""},
		"an assurance before the data sharing": {[]edit{at(1, func(s *state.Supplier) { s.Provider.Spec.Assurances[0].ValidUntil = "2026-12-31" })}, "2027-01-01T00:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := judge(agreed(tc.edits...)).Next; !got.Equal(never(t, tc.want)) {
				t.Errorf("at %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAnAgreementKnowsItsPopulation(t *testing.T) {
	tests := map[string]struct {
		edits        []edit
		wantKnown    bool
		wantPatients int64
	}{
		"counted":                       {nil, true, 1000},
		"not counted":                   {[]edit{uncounted}, false, 1000},
		"never looked at":               {[]edit{func(s *state.SupportAgreement) { s.Home.Consortium.Status = v1alpha1.ConsortiumStatus{} }}, false, 0},
		"of a function that is missing": {[]edit{uncatalogued}, true, 1000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			judged := judge(agreed(tc.edits...))
			if judged.PopulationKnown != tc.wantKnown || judged.Patients != tc.wantPatients {
				t.Errorf("%d patients, known: %t; want %d, %t", judged.Patients, judged.PopulationKnown, tc.wantPatients, tc.wantKnown)
			}
		})
	}
}
