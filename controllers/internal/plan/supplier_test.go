package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestR02_R03_ASupplierIsFitOrItIsSaidWhyNot(t *testing.T) {
	unshared := func(s *state.Supplier) { s.Named.DataSharing = v1alpha1.DataSharing{} }
	expired := func(s *state.Supplier) { s.Named.DataSharing.Expires = "2026-11-21" }
	unassured := func(s *state.Supplier) { s.Provider.Spec.Assurances = nil }
	lapsed := func(s *state.Supplier) { s.Provider.Spec.Assurances[0].ValidUntil = "2026-11-21" }
	refuseNew := func(seen *state.SupportAgreement) {
		seen.Function.Spec.OnAssuranceLapse = v1alpha1.AssuranceLapseRefuseNew
	}
	tests := map[string]struct {
		edits []edit
		want  plan.Fitness
	}{
		"that accepts and serves":                             {nil, plan.Fit},
		"that is out":                                         {[]edit{at(0, isOut(time.Hour))}, plan.Fit},
		"without a provider":                                  {[]edit{at(0, func(s *state.Supplier) { s.Provider = nil })}, plan.SupplierMissing},
		"without a service":                                   {[]edit{at(0, isGone)}, plan.SupplierMissing},
		"of another function":                                 {[]edit{at(0, func(s *state.Supplier) { s.Hosted.Spec.Function = "contracting" })}, plan.OtherFunction},
		"that does not accept the consortium":                 {[]edit{at(0, refuses)}, plan.NotSelectedBySupplier},
		"that accepts shorter terms":                          {[]edit{at(0, func(s *state.Supplier) { s.Hosted.Spec.Accepts.MaxTerm = "P12M" })}, plan.TermTooLongForSupplier},
		"without a data sharing agreement":                    {[]edit{at(0, unshared)}, plan.WithoutDataSharing},
		"whose data sharing agreement is over":                {[]edit{at(0, expired)}, plan.WithoutDataSharing},
		"that was never assured":                              {[]edit{at(0, unassured)}, plan.WithoutAssurance},
		"whose assurance lapsed":                              {[]edit{at(0, lapsed)}, plan.WithoutAssurance},
		"whose assurance lapsed, those in stay, one not in":   {[]edit{refuseNew, at(0, lapsed)}, plan.WithoutAssurance},
		"whose assurance lapsed, those in stay, one in":       {[]edit{refuseNew, at(0, lapsed), at(0, uses(state.PlaceAdmitted))}, plan.Fit},
		"whose assurance lapsed, those in stay, ledger lost":  {[]edit{refuseNew, at(0, lapsed), at(0, uses(state.PlaceAdmitted)), at(0, lostLedger)}, plan.Fit},
		"that was never assured, those in stay":               {[]edit{refuseNew, at(0, unassured), at(0, uses(state.PlaceAdmitted))}, plan.WithoutAssurance},
		"whose namespace was never looked at":                 {[]edit{at(0, func(s *state.Supplier) { s.Provider.Status.Conditions = nil })}, plan.Unjudged},
		"whose namespace is unknown":                          {[]edit{at(0, isUnjudged)}, plan.Unjudged},
		"that withdrew, its namespace unknown":                {[]edit{at(0, isUnjudged), at(0, refuses)}, plan.NotSelectedBySupplier},
		"whose data sharing is over, its namespace unknown":   {[]edit{at(0, isUnjudged), at(0, expired)}, plan.WithoutDataSharing},
		"whose namespace is not its own":                      {[]edit{at(0, func(s *state.Supplier) { s.Provider.Status.Conditions[0].Status = metav1.ConditionFalse })}, plan.IsGoing},
		"whose service goes":                                  {[]edit{at(0, isGoing)}, plan.IsGoing},
		"that goes":                                           {[]edit{at(0, func(s *state.Supplier) { s.Provider.DeletionTimestamp = &metav1.Time{Time: noon} })}, plan.IsGoing},
		"that is stood down, and goes":                        {[]edit{at(0, isStoodDown), at(0, isGoing)}, plan.IsStoodDown},
		"that is stood down, and withdrew":                    {[]edit{at(0, isStoodDown), at(0, refuses)}, plan.NotSelectedBySupplier},
		"that drains":                                         {[]edit{at(0, isDraining), at(0, uses(state.PlaceAdmitted))}, plan.IsDraining},
		"that is closed to one without a place":               {[]edit{at(0, isClosed), at(0, stands(state.PlaceWaiting))}, plan.IsClosed},
		"that is closed to one with a place":                  {[]edit{at(0, isClosed), at(0, stands(state.PlaceHeld))}, plan.Fit},
		"that is closed, its ledger lost, to one that is in":  {[]edit{at(0, isClosed), at(0, uses(state.PlaceAdmitted)), at(0, lostLedger)}, plan.Fit},
		"that is closed, its ledger lost, to one that is not": {[]edit{at(0, isClosed), at(0, lostLedger)}, plan.IsClosed},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := judge(agreed(tc.edits...)).Suppliers[0].Fitness; got != tc.want {
				t.Errorf("it is %s, want %s", got, tc.want)
			}
		})
	}
}

func TestWhatBreaksAndWhatLeaves(t *testing.T) {
	const breaks, leaves, neither = "breaks", "leaves", "neither"
	tests := map[plan.Fitness]string{
		plan.Fit: neither, plan.IsClosed: neither, plan.Unjudged: neither, "": neither,
		plan.SupplierMissing: breaks, plan.OtherFunction: breaks, plan.NotSelectedBySupplier: breaks,
		plan.TermTooLongForSupplier: breaks, plan.WithoutDataSharing: breaks, plan.WithoutAssurance: breaks,
		plan.IsStoodDown: leaves, plan.IsDraining: leaves, plan.IsGoing: leaves,
	}
	for fitness, want := range tests {
		t.Run(string(fitness), func(t *testing.T) {
			if fitness.Breaks() != (want == breaks) || fitness.Leaves() != (want == leaves) {
				t.Errorf("it breaks: %t, it leaves: %t, want %s", fitness.Breaks(), fitness.Leaves(), want)
			}
		})
	}
}

// The outage is that of the service's status; what is unknown starts no clock.
func TestR05_AnOutageIsConfirmedWhenItLastedLongEnough(t *testing.T) {
	type outage struct {
		Available            v1alpha1.Availability
		Since, Due, StableAt time.Time
		Confirmed, Stable    bool
	}
	undated := func(available v1alpha1.Availability) func(*state.Supplier) {
		return func(s *state.Supplier) { s.Hosted.Status = v1alpha1.HostedServiceStatus{Available: available} }
	}
	failover := func(afterOutage, stabilisation v1alpha1.Duration) edit {
		return func(seen *state.SupportAgreement) {
			seen.Object.Spec.Failover.AfterOutage, seen.Object.Spec.Failover.Failback.Stabilisation = afterOutage, stabilisation
		}
	}
	before := func(d time.Duration) time.Time { return noon.Add(-d) }
	letters := map[string]v1alpha1.Availability{"A": v1alpha1.ServiceAvailable, "N": v1alpha1.ServiceNotAvailable, "U": v1alpha1.ServiceUnknown}
	changed := func(newestFirst ...string) func(*state.Supplier) {
		return func(s *state.Supplier) {
			for _, letter := range newestFirst {
				s.Hosted.Status.Transitions = append(s.Hosted.Status.Transitions, v1alpha1.AvailabilityChange{Available: letters[letter]})
			}
		}
	}
	tests := map[string]struct {
		edits []edit
		want  outage
	}{
		"for less than five minutes": {
			[]edit{at(0, isOut(4*time.Minute))},
			outage{Available: v1alpha1.ServiceNotAvailable, Since: before(4 * time.Minute), Due: noon.Add(time.Minute)},
		},
		"for five minutes": {
			[]edit{at(0, isOut(5*time.Minute))},
			outage{Available: v1alpha1.ServiceNotAvailable, Since: before(5 * time.Minute), Due: noon, Confirmed: true},
		},
		"for as long as the agreement says": {
			[]edit{failover("10s", ""), at(0, isOut(10*time.Second))},
			outage{Available: v1alpha1.ServiceNotAvailable, Since: before(10 * time.Second), Due: noon, Confirmed: true},
		},
		"unknown after an outage": {
			[]edit{at(0, isOut(time.Hour)), at(0, isUnknown)}, outage{Available: v1alpha1.ServiceUnknown},
		},
		"never looked at":          {[]edit{at(0, undated(""))}, outage{Available: v1alpha1.ServiceUnknown}},
		"out, not told since when": {[]edit{at(0, undated(v1alpha1.ServiceNotAvailable))}, outage{Available: v1alpha1.ServiceNotAvailable}},
		"available, not told since when": {
			[]edit{at(0, undated(v1alpha1.ServiceAvailable))}, outage{Available: v1alpha1.ServiceAvailable},
		},
		"back for less than half an hour": {
			[]edit{at(0, isBack(29*time.Minute))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(29 * time.Minute), StableAt: noon.Add(time.Minute)},
		},
		"back for half an hour": {
			[]edit{at(0, isBack(30*time.Minute))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(30 * time.Minute), StableAt: noon, Stable: true},
		},
		"back for as long as the agreement says": {
			[]edit{failover("", "10s"), at(0, isBack(10*time.Second))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(10 * time.Second), StableAt: noon, Stable: true},
		},
		"up for the first time": {
			[]edit{at(0, isBack(time.Second)), at(0, changed("A", "U", "N"))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(time.Second), StableAt: before(time.Second), Stable: true},
		},
		"up for the first time, not told for a moment": {
			[]edit{at(0, isBack(time.Minute)), at(0, changed("A", "U", "A", "N"))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(time.Minute), StableAt: before(time.Minute), Stable: true},
		},
		"back for a second after an outage": {
			[]edit{at(0, isBack(time.Second)), at(0, changed("A", "N", "A", "N"))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(time.Second), StableAt: noon.Add(30*time.Minute - time.Second)},
		},
		"back for a second, and more has been than is kept": {
			[]edit{at(0, isBack(time.Second)), at(0, changed(strings.Split(strings.Repeat("AU", plan.MaxTransitions/2), "")...))},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(time.Second), StableAt: noon.Add(30*time.Minute - time.Second)},
		},
		"back, but drained": {
			[]edit{at(0, isDraining)},
			outage{Available: v1alpha1.ServiceAvailable, Since: before(time.Hour), StableAt: before(30 * time.Minute)},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v := judge(agreed(tc.edits...)).Suppliers[0]
			got := outage{Available: v.Available, Since: v.Since, Due: v.OutageDue, StableAt: v.StableAt, Confirmed: v.Confirmed, Stable: v.IsStable(noon)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the outage (-want +got):\n%s", diff)
			}
		})
	}
}
