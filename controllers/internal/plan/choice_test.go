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

func choose(seen state.SupportAgreement) plan.Choice { return plan.Choose(seen, judge(seen), noon) }

func TestR05_WhoSupplies(t *testing.T) {
	const passed = "nel-csu/data-analytics"
	unlisted := func(s *state.Supplier) { s.Listed = false }
	unassured := func(s *state.Supplier) { s.Provider.Spec.Assurances = nil }
	unshared := func(s *state.Supplier) { s.Named.DataSharing = v1alpha1.DataSharing{} }
	tooLong := func(s *state.Supplier) { s.Hosted.Spec.Accepts.MaxTerm = "P1M" }
	ended := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.End = "2026-11-21" }
	notYet := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.Start = "2026-11-23" }
	memberOnly := func(seen *state.SupportAgreement) { seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly }
	ready := at(1, stands(state.PlaceAdmitted, passed))
	first := func(edits ...edit) []edit {
		return append([]edit{supplied("nel-csu"), at(0, uses(state.PlaceAdmitted)), ready}, edits...)
	}
	second := func(edits ...edit) []edit {
		return append([]edit{supplied("kent-csu"), at(1, uses(state.PlaceAdmitted, passed)), at(0, stands(state.PlaceAdmitted))}, edits...)
	}
	tests := map[string]struct {
		edits         []edit
		current, goal int
		reason        v1alpha1.SwitchReason
	}{
		"nobody, before there is a place":                      {nil, -1, -1, ""},
		"the first choice, with a place":                       {[]edit{at(0, stands(state.PlaceAdmitted))}, -1, 0, v1alpha1.SwitchAccepted},
		"nobody, before the directory lists it":                {[]edit{at(0, stands(state.PlaceAdmitted)), at(0, unlisted)}, -1, -1, ""},
		"nobody, while the service is out":                     {[]edit{at(0, stands(state.PlaceAdmitted)), at(0, isOut(time.Minute))}, -1, -1, ""},
		"nobody, while the service is unknown":                 {[]edit{at(0, stands(state.PlaceAdmitted)), at(0, isUnknown)}, -1, -1, ""},
		"the second, where the first is full":                  {[]edit{at(0, stands(state.PlaceWaiting)), ready}, -1, 1, v1alpha1.SwitchAccepted},
		"who was begun with, though it went out":               {[]edit{at(0, uses(state.PlaceAdmitted)), at(0, isOut(time.Minute))}, -1, 0, v1alpha1.SwitchAccepted},
		"nobody who was begun with and withdrew":               {[]edit{at(0, uses(state.PlaceAdmitted)), at(0, refuses)}, -1, -1, ""},
		"who is in force":                                      {first(), 0, 0, ""},
		"who is in force, out for a moment":                    {first(at(0, isOut(time.Minute))), 0, 0, ""},
		"who is in force, unknown for long":                    {first(at(0, isOut(time.Hour)), at(0, isUnknown)), 0, 0, ""},
		"who is in force, not to be judged":                    {first(at(0, isUnjudged)), 0, 0, ""},
		"the next after a confirmed outage":                    {first(at(0, isOut(time.Hour))), 0, 1, v1alpha1.SwitchFailover},
		"the last, where all are out":                          {first(at(0, isOut(time.Hour)), at(1, isOut(time.Minute))), 0, 0, ""},
		"the last, where the next has no place":                {first(at(0, isOut(time.Hour)), at(1, stands(state.PlaceWaiting))), 0, 0, ""},
		"the last, where the next does not list it":            {first(at(0, isOut(time.Hour)), at(1, unlisted)), 0, 0, ""},
		"the third, where the second is out":                   {first(at(0, isOut(time.Hour)), at(1, isOut(time.Hour)), at(2, stands(state.PlaceAdmitted))), 0, 2, v1alpha1.SwitchFailover},
		"by hand, who is in force":                             {first(manualFailover, at(0, isOut(time.Hour))), 0, 0, ""},
		"the next, by hand, after one that was stood down":     {first(manualFailover, at(0, isStoodDown)), 0, 1, v1alpha1.SwitchStoodDown},
		"who is stood down, where nobody takes over":           {first(at(0, isStoodDown), at(1, isUnknown)), 0, 0, ""},
		"who drains, without leave":                            {first(at(0, isDraining)), 0, 0, ""},
		"the next after one that drains, with leave":           {first(at(0, isDraining), at(0, uses(state.PlaceMoving))), 0, 1, v1alpha1.SwitchDrained},
		"the next after one that goes, with leave":             {first(at(0, isGoing), at(0, uses(state.PlaceMoving))), 0, 1, v1alpha1.SwitchDrained},
		"who takes on nobody new":                              {first(at(0, isClosed)), 0, 0, ""},
		"the next, at once, where consent is withdrawn":        {first(at(0, refuses)), 0, 1, v1alpha1.SwitchConsentWithdrawn},
		"the next, at once, where the term is too long":        {first(at(0, tooLong)), 0, 1, v1alpha1.SwitchConsentWithdrawn},
		"nobody, at once, where none has a place":              {first(at(0, refuses), at(1, unlisted)), 0, -1, v1alpha1.SwitchConsentWithdrawn},
		"the next, at once, without data sharing":              {first(at(0, unshared)), 0, 1, v1alpha1.SwitchDataSharingLapsed},
		"the next, at once, without assurance":                 {first(at(0, unassured)), 0, 1, v1alpha1.SwitchAssuranceLapsed},
		"the next, at once, where the service is gone":         {first(at(0, isGone)), 0, 1, v1alpha1.SwitchSupplierGone},
		"nobody, where the place was lost":                     {first(at(0, stands(state.PlaceWaiting)), at(1, unlisted)), 0, -1, v1alpha1.SwitchWithdrawn},
		"who is in force, the ledger lost":                     {first(at(0, lostLedger)), 0, 0, ""},
		"who is in force, the ledger lost, out":                {first(at(0, lostLedger), at(0, isOut(time.Hour))), 0, 1, v1alpha1.SwitchFailover},
		"the fallback, without leave":                          {second(), 1, 1, ""},
		"the first again, with leave":                          {second(at(1, uses(state.PlaceMoving, passed))), 1, 0, v1alpha1.SwitchFailBack},
		"who was put first, with leave":                        {second(at(1, uses(state.PlaceMoving))), 1, 0, v1alpha1.SwitchReordered},
		"the fallback, with leave, the first out again":        {second(at(1, uses(state.PlaceMoving, passed)), at(0, isOut(time.Minute))), 1, 1, ""},
		"the fallback, out for a moment, without leave":        {second(at(1, isOut(time.Minute))), 1, 1, ""},
		"the first again, without leave, the fallback out":     {second(at(1, isOut(time.Hour))), 1, 0, v1alpha1.SwitchFailover},
		"the first instead of one that the list lacks":         {[]edit{supplied("wessex-csu"), at(0, stands(state.PlaceAdmitted))}, -1, 0, v1alpha1.SwitchReordered},
		"nobody instead of one that the list lacks":            {[]edit{supplied("wessex-csu")}, -1, -1, ""},
		"nobody after the term":                                {first(ended), 0, -1, v1alpha1.SwitchTermEnded},
		"nobody before the term":                               {first(notYet), 0, -1, v1alpha1.SwitchTermEnded},
		"nobody for a member-only function":                    {first(memberOnly), 0, -1, v1alpha1.SwitchWithdrawn},
		"who is in force, of a function that is missing":       {first(uncatalogued, at(0, refuses)), 0, 0, ""},
		"nobody after the term, of a function that is missing": {first(uncatalogued, ended), 0, -1, v1alpha1.SwitchTermEnded},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			choice := choose(agreed(tc.edits...))
			got := plan.Choice{Current: choice.Current, Goal: choice.Goal, Reason: choice.Reason}
			if diff := cmp.Diff(plan.Choice{Current: tc.current, Goal: tc.goal, Reason: tc.reason}, got); diff != "" {
				t.Errorf("the choice (-want +got):\n%s", diff)
			}
			if choice.Switches() != (tc.current != tc.goal) {
				t.Errorf("it switches: %t", choice.Switches())
			}
		})
	}
}

// After a switch the opening to the former supplier stays for a minute, where it stands and may.
func TestR05_TheOpeningToTheFormerSupplierStaysForAMinute(t *testing.T) {
	switched := func(from string, ago time.Duration) edit {
		return func(seen *state.SupportAgreement) {
			supplied("kent-csu")(seen)
			seen.Object.Status.History = []v1alpha1.Switch{{Time: &metav1.Time{Time: noon.Add(-ago)}, From: from, To: "kent-csu/data-analytics"}}
		}
	}
	undated := func(seen *state.SupportAgreement) { seen.Object.Status.History[0].Time = nil }
	out := at(0, isOut(time.Hour))
	now := []edit{supplied("nel-csu"), at(0, uses(state.PlaceAdmitted)), at(1, stands(state.PlaceAdmitted)), out}
	after := func(edits ...edit) []edit {
		return append([]edit{switched("nel-csu/data-analytics", 50*time.Second), at(0, uses(state.PlaceAdmitted)), at(1, uses(state.PlaceAdmitted)), out}, edits...)
	}
	tests := map[string]struct {
		edits []edit
		want  int
		next  string
	}{
		"at the switch":                             {now, 0, "2026-11-22T12:01:00Z"},
		"for fifty seconds":                         {after(), 0, "2026-11-22T12:00:10Z"},
		"for a minute":                              {after(switched("nel-csu/data-analytics", time.Minute)), -1, "2027-04-01T00:00:00Z"},
		"not to one that withdrew":                  {after(at(0, refuses)), -1, "2027-04-01T00:00:00Z"},
		"not to one whose opening is gone":          {after(at(0, stands(state.PlaceAdmitted))), -1, "2027-04-01T00:00:00Z"},
		"not to one without a place":                {after(at(0, uses(state.PlaceWaiting))), -1, "2027-04-01T00:00:00Z"},
		"not to one that the list lacks":            {after(switched("wessex-csu/data-analytics", time.Second)), -1, "2027-04-01T00:00:00Z"},
		"not at the first supplier":                 {after(switched("", time.Second)), -1, "2027-04-01T00:00:00Z"},
		"not to one that is in force":               {after(switched("kent-csu/data-analytics", time.Second)), -1, "2027-04-01T00:00:00Z"},
		"not where it is not known since when":      {after(undated), -1, "2027-04-01T00:00:00Z"},
		"not where nobody supplies":                 {[]edit{supplied("nel-csu"), at(0, uses(state.PlaceWaiting))}, -1, "2027-04-01T00:00:00Z"},
		"at a switch from one whose place was lost": {[]edit{supplied("nel-csu"), at(0, uses(state.PlaceWaiting)), at(1, stands(state.PlaceAdmitted))}, -1, "2027-04-01T00:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			choice := choose(agreed(tc.edits...))
			if choice.Draining != tc.want || !choice.Next.Equal(never(t, tc.next)) {
				t.Errorf("draining %d, next %s; want %d, %s", choice.Draining, choice.Next, tc.want, tc.next)
			}
		})
	}
}
