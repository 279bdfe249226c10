package status_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// The supplier changes when everything that gives access to the next stands, and no sooner; it is
// withdrawn when what gave access is gone.
func TestASupplierChangesWhenItsAccessStands(t *testing.T) {
	blocked := state.Result{StepsDone: 2, Blocked: []state.Blocked{{Kind: "Service", Namespace: "tower-hamlets", Name: "data-analytics"}}}
	const nelName, kentName = "nel-csu/data-analytics", "kent-csu/analytics-gold"
	tests := map[string]struct {
		withdrawn bool // else: failed over
		done      state.Result
		err       error
		want      string
	}{
		"all of it stands":               {done: stepsDone(3), want: kentName},
		"the alias does not":             {done: stepsDone(2), want: nelName},
		"something is in the way":        {done: blocked, want: nelName},
		"a removal failed afterwards":    {done: stepsDone(3), err: errUnknown, want: nelName},
		"access is gone":                 {withdrawn: true, want: ""},
		"access could not be taken back": {withdrawn: true, err: errUnknown, want: nelName},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := outageSeen().then("2026-11-22T10:07:13Z", func(f *agreementFacts) {
				f.place(kent, state.Place{State: state.PlaceAdmitted})
				f.done, f.err = tc.done, tc.err
				if tc.withdrawn {
					f.seen.OlderAgreement = "analytics"
				}
			})
			s := f.object.Status
			if got := nameOf(s.Supplier); got != tc.want || (s.Binding.Name != "") != (tc.want != "") {
				t.Errorf("the supplier is %q with the binding %q, want %q", got, s.Binding.Name, tc.want)
			}
			if wantHistory := 1 + len(difference(tc.want, nelName)); len(s.History) != wantHistory {
				t.Errorf("%d changes are recorded, want %d: %v", len(s.History), wantHistory, s.History)
			}
			if states := statesOf(s); tc.want != "" && states[tc.want] != v1alpha1.SupplierInForce {
				t.Errorf("the suppliers are %v", states)
			}
		})
	}
}

func difference(a, b string) []string {
	if a == b {
		return nil
	}
	return []string{a}
}

func nameOf(s v1alpha1.SupplierInForceStatus) string {
	if s.Provider == "" {
		return ""
	}
	return s.Provider + "/" + s.Service
}

func statesOf(s v1alpha1.SupportAgreementStatus) map[string]v1alpha1.SupplierState {
	states := map[string]v1alpha1.SupplierState{}
	for _, row := range s.Suppliers {
		states[row.Provider+"/"+row.Service] = row.State
	}
	return states
}

// Every change is recorded with its reason (R5).
func TestR05_EveryChangeOfSupplierIsRecorded(t *testing.T) {
	moves := func(f *agreementFacts) {
		f.place(kent, state.Place{State: state.PlaceAdmitted})
		f.seen.Suppliers[nel].Place.State = state.PlaceMoving
	}
	const fromNel, toKent = "nel-csu/data-analytics", "kent-csu/analytics-gold"
	tests := map[string]struct {
		change func(*agreementFacts)
		want   v1alpha1.Switch
	}{
		"stood down": {func(f *agreementFacts) { f.standDown(nel, "No report."); moves(f) },
			v1alpha1.Switch{From: fromNel, To: toKent, Reason: v1alpha1.SwitchStoodDown, Message: "No report."}},
		"drained": {func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining; moves(f) },
			v1alpha1.Switch{From: fromNel, To: toKent, Reason: v1alpha1.SwitchDrained}},
		"reordered": {func(f *agreementFacts) { f.swap(); moves2(f) },
			v1alpha1.Switch{From: fromNel, To: toKent, Reason: v1alpha1.SwitchReordered}},
		"consent withdrawn": {func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{} },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchConsentWithdrawn}},
		"data sharing lapsed": {func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing.Expires = "2026-11-21"; moves(f) },
			v1alpha1.Switch{From: fromNel, To: toKent, Reason: v1alpha1.SwitchDataSharingLapsed, Message: "DSA-2026-114 was in force until 2026-11-21"}},
		"data sharing removed": {func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing = v1alpha1.DataSharing{} },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchDataSharingLapsed}},
		"assurance lapsed": {func(f *agreementFacts) {
			f.assurances(v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: "2026-11-21"})
		},
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchAssuranceLapsed, Message: "DSPT was held until 2026-11-21"}},
		"assurance removed": {func(f *agreementFacts) { f.assurances() },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchAssuranceLapsed}},
		"term ended": {func(f *agreementFacts) { f.object.Spec.Term.End = "2026-11-21" },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchTermEnded, Message: "the term ended on 2026-11-21"}},
		"term moved": {func(f *agreementFacts) { f.object.Spec.Term.Start = "2027-01-01" },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchTermEnded, Message: "the term begins on 2027-01-01"}},
		"service gone": {func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted = nil },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchSupplierGone}},
		"supplier taken out of the list": {func(f *agreementFacts) { f.seen.Suppliers = f.seen.Suppliers[kent:] },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchReordered, Message: "no longer in the list"}},
		"supplier replaced in the list": {func(f *agreementFacts) {
			f.seen.Suppliers = f.seen.Suppliers[kent:]
			f.place(0, state.Place{State: state.PlaceAdmitted})
		},
			v1alpha1.Switch{From: fromNel, To: toKent, Reason: v1alpha1.SwitchReordered, Message: "no longer in the list"}},
		"member-only": {func(f *agreementFacts) { f.seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchWithdrawn, Message: "the function is member-only"}},
		"duplicate": {func(f *agreementFacts) { f.seen.OlderAgreement = "analytics" },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchWithdrawn, Message: "an older agreement has the function in this term"}},
		"homeless": {func(f *agreementFacts) { f.seen.Home.Consortium = nil },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchWithdrawn, Message: "the namespace is no consortium's any more"}},
		"deleted": {func(f *agreementFacts) { isDeleting(&f.object.ObjectMeta) },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchWithdrawn, Message: "the agreement is being deleted"}},
		"place lost": {func(f *agreementFacts) { f.place(nel, state.Place{}) },
			v1alpha1.Switch{From: fromNel, Reason: v1alpha1.SwitchWithdrawn, Message: "the place was lost"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := inForce().then("2026-11-22T10:03:00Z", tc.change)
			tc.want.Time = at("2026-11-22T10:03:00Z")
			if diff := cmp.Diff(tc.want, f.object.Status.History[0]); diff != "" {
				t.Errorf("the record differs (-want +got):\n%s", diff)
			}
			want := v1alpha1.SupplierInForceStatus{}
			if tc.want.To != "" {
				want = v1alpha1.SupplierInForceStatus{Provider: "kent-csu", Service: "analytics-gold", Since: tc.want.Time, Reason: tc.want.Reason}
			}
			if diff := cmp.Diff(want, f.object.Status.Supplier); diff != "" {
				t.Errorf("the supplier differs (-want +got):\n%s", diff)
			}
		})
	}
}

// swap reorders the list.
func (f *agreementFacts) swap() {
	s := f.seen.Suppliers
	f.seen.Suppliers = []state.Supplier{s[1], s[0]}
}

func moves2(f *agreementFacts) {
	f.place(0, state.Place{State: state.PlaceAdmitted})
	f.seen.Suppliers[1].Place.State = state.PlaceMoving
}

func TestTheLastTwentyChangesAreKept(t *testing.T) {
	f := inForce()
	for n := range 25 {
		instant := clock("2026-11-22T10:00:00Z").Add(time.Duration(n) * time.Minute)
		f = f.then(instant.Format(time.RFC3339), func(f *agreementFacts) {
			f.seen.OlderAgreement = []string{"analytics", ""}[n%2]
		})
	}
	history := f.object.Status.History
	if len(history) != 20 || !history[0].Time.Time.Equal(clock("2026-11-22T10:24:00Z")) || !history[19].Time.Time.Equal(clock("2026-11-22T10:05:00Z")) {
		t.Errorf("%d changes are kept, from %v to %v", len(history), history[0].Time, history[len(history)-1].Time)
	}
}

func TestALongReasonIsCutInTheHistory(t *testing.T) {
	why := v1alpha1.Description("é")
	for len(why) < 500 {
		why += "é"
	}
	f := inForce().then("2026-11-22T10:03:00Z", func(f *agreementFacts) {
		f.standDown(nel, why)
		f.place(kent, state.Place{State: state.PlaceAdmitted})
	})
	if got := f.object.Status.History[0].Message; len(got) > 256 || got[len(got)-len("…"):] != "…" {
		t.Errorf("the message has %d bytes: %s", len(got), got)
	}
}

func TestConsentIsKeptAsItWasFirstSeen(t *testing.T) {
	f := inForce()
	first := v1alpha1.AcceptanceRecord{Provider: "nel-csu", Service: "data-analytics", ServiceGeneration: generation, By: v1alpha1.AcceptedByName, Since: at("2026-10-12T09:15:02Z")}
	steps := []struct {
		name   string
		change func(*agreementFacts)
		want   v1alpha1.AcceptanceRecord
	}{
		{"it is the same in a later generation", func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Generation++ }, first},
		{"the supplier cannot be judged", func(f *agreementFacts) { f.seen.Function = nil }, first},
		{"it is given in another way", func(f *agreementFacts) {
			f.seen.Suppliers[nel].Hosted.Generation = 9
			f.seen.Suppliers[nel].Hosted.Spec.Accepts = v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone}
		}, v1alpha1.AcceptanceRecord{Provider: "nel-csu", Service: "data-analytics", ServiceGeneration: 9, By: v1alpha1.AcceptedByEveryone, Since: at("2026-11-22T10:00:00Z")}},
		{"nobody supplies", func(f *agreementFacts) { f.seen.OlderAgreement = "analytics" }, v1alpha1.AcceptanceRecord{}},
	}
	for _, step := range steps {
		got := f.then("2026-11-22T10:00:00Z", step.change).object.Status.Acceptance
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: the acceptance differs (-want +got):\n%s", step.name, diff)
		}
	}
	if diff := cmp.Diff("kent-csu", failedOver().object.Status.Acceptance.Provider); diff != "" {
		t.Errorf("another supplier consents (-want +got):\n%s", diff)
	}
}

func TestTheFirstPlaceIsRememberedForGood(t *testing.T) {
	f := agreed()
	f.place(nel, state.Place{State: state.PlaceWaiting})
	if got := f.mark().Status.AdmittedAt; got != nil {
		t.Errorf("admitted at %v while it waits", got)
	}
	f = f.then("2026-10-13T08:00:00Z", func(f *agreementFacts) {
		f.place(nel, state.Place{State: state.PlaceAdmitted, Admitted: new(clock("2026-10-13T07:59:58Z"))})
	})
	want := at("2026-10-13T07:59:58Z")
	if got := f.object.Status.AdmittedAt; !want.Equal(got) {
		t.Errorf("admitted at %v, want %v", got, want)
	}
	f = f.then("2026-10-14T08:00:00Z", func(f *agreementFacts) { f.place(nel, state.Place{}) })
	if got := f.object.Status.AdmittedAt; !want.Equal(got) {
		t.Errorf("admitted at %v after the place was lost, want %v", got, want)
	}
}

func TestHowTheSuppliersStand(t *testing.T) {
	kentIs := func(change func(*agreementFacts)) func(*agreementFacts) { return change }
	place := func(p state.Place) func(*agreementFacts) { return func(f *agreementFacts) { f.place(kent, p) } }
	tests := map[string]struct {
		change  func(*agreementFacts)
		want    v1alpha1.SupplierState
		message string
		since   string // default: now
	}{
		"it could supply":           {kentIs(func(*agreementFacts) {}), v1alpha1.SupplierStandby, "", "2026-10-12T09:15:02Z"},
		"it waits for a place":      {place(state.Place{State: state.PlaceWaiting, Ahead: 2}), v1alpha1.SupplierWaiting, "NHS Kent and Medway CSU (kent-csu/analytics-gold) has no room: place 3 in the queue.", ""},
		"it has no room in a storm": {place(state.Place{State: state.PlaceStandby, NoRoom: true, Ahead: 12}), v1alpha1.SupplierFull, "if all consortia of its supplier came: 12 come before it", ""},
		"a place is kept":           {place(state.Place{State: state.PlaceHeld}), v1alpha1.SupplierStandby, "", "2026-10-12T09:15:02Z"},
		"it is out":                 {func(f *agreementFacts) { f.failed(kent, "2026-11-22T10:01:00Z") }, v1alpha1.SupplierUnavailable, "0 of 2 replicas ready", "2026-11-22T10:01:00Z"},
		"it cannot be read":         {func(f *agreementFacts) { f.unread(kent) }, v1alpha1.SupplierUnknown, "NHS Kent and Medway CSU cannot be read just now.", ""},
		"it cannot be judged":       {func(f *agreementFacts) { f.seen.Suppliers[kent].Provider.Status.Conditions = nil }, v1alpha1.SupplierUnknown, "NHS Kent and Medway CSU cannot be read just now.", ""},
		"it does not exist":         {func(f *agreementFacts) { f.seen.Suppliers[kent].Provider, f.seen.Suppliers[kent].Hosted = nil, nil }, v1alpha1.SupplierNotFound, "Supplier kent-csu does not exist (yet).", ""},
		"it offers another service": {func(f *agreementFacts) { f.seen.Suppliers[kent].Hosted.Spec.Function = "contracting" }, v1alpha1.SupplierNotFound, "NHS Kent and Medway CSU (kent-csu/analytics-gold) supplies contracting, not data-analytics.", ""},
		"it does not consent":       {func(f *agreementFacts) { f.seen.Suppliers[kent].Hosted.Spec.Accepts = v1alpha1.Acceptance{} }, v1alpha1.SupplierNotAccepting, "NHS Kent and Medway CSU does not accept NHS Tower Hamlets.", ""},
		"it is closed":              {func(f *agreementFacts) { f.seen.Suppliers[kent].Hosted.Spec.Intake = v1alpha1.IntakeClosed }, v1alpha1.SupplierNotAccepting, "NHS Kent and Medway CSU takes on nobody new.", ""},
		"it drains":                 {func(f *agreementFacts) { f.seen.Suppliers[kent].Hosted.Spec.Intake = v1alpha1.IntakeDraining }, v1alpha1.SupplierNotAccepting, "NHS Kent and Medway CSU takes on nobody, and moves those whom it serves on.", ""},
		"no data may be shared":     {func(f *agreementFacts) { f.seen.Suppliers[kent].Named.DataSharing = v1alpha1.DataSharing{} }, v1alpha1.SupplierNoDataSharing, "NHS Kent and Medway CSU has no data sharing agreement.", ""},
		"it lacks an assurance":     {func(f *agreementFacts) { f.seen.Suppliers[kent].Provider.Spec.Assurances = nil }, v1alpha1.SupplierNotAssured, "NHS Kent and Medway CSU does not hold DSPT, which data-analytics requires.", ""},
		"it is stood down":          {func(f *agreementFacts) { f.standDown(kent, "No report.") }, v1alpha1.SupplierStoodDown, "NHS Kent and Medway CSU is stood down: No report.", ""},
		"the function is not known": {func(f *agreementFacts) { f.seen.Function = nil }, v1alpha1.SupplierUnknown, "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.since == "" {
				tc.since = "2026-11-22T10:03:00Z"
			}
			f := inForce().then("2026-11-22T10:03:00Z", tc.change)
			want := []v1alpha1.SupplierStatus{
				{Provider: "nel-csu", Service: "data-analytics", State: v1alpha1.SupplierInForce, Since: at("2026-10-12T09:15:02Z")},
				{Provider: "kent-csu", Service: "analytics-gold", State: tc.want, Since: at(tc.since), Message: tc.message},
			}
			if diff := cmp.Diff(want, f.object.Status.Suppliers); diff != "" {
				t.Errorf("the suppliers differ (-want +got):\n%s", diff)
			}
		})
	}
}

// An unread supplier leaves Ready as it was (what is unknown freezes).
func TestR05_WhatIsUnknownFreezesReady(t *testing.T) {
	for name, tc := range map[string]struct {
		from *agreementFacts
		who  int
		want metav1.ConditionStatus
	}{
		"it worked":        {inForce(), nel, metav1.ConditionTrue},
		"it did not":       {outageSeen(), nel, metav1.ConditionFalse},
		"on a fallback":    {failedOver(), kent, metav1.ConditionTrue},
		"both were out":    {bothOut(), kent, metav1.ConditionFalse},
		"the other unread": {failedOver(), nel, metav1.ConditionTrue},
	} {
		t.Run(name, func(t *testing.T) {
			f := tc.from.then(tc.from.now.Add(time.Hour).Format(time.RFC3339), func(f *agreementFacts) { f.unread(tc.who) })
			wantStatus(t, f.object, v1alpha1.ReadyCondition, tc.want)
			if diff := cmp.Diff(tc.from.object.Status.Supplier, f.object.Status.Supplier); diff != "" {
				t.Errorf("the supplier changed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.from.object.Status.History, f.object.Status.History, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the history changed (-want +got):\n%s", diff)
			}
		})
	}
}

// Counts of replicas that come back one by one do not change what an agreement says: there are as many
// agreements as consortia.
func TestAReplicaThatComesBackIsNoNews(t *testing.T) {
	messages := map[string]bool{}
	for available := range int32(5) {
		f := inForce().then("2026-11-22T10:03:00Z", func(f *agreementFacts) {
			f.failed(nel, "2026-11-22T10:02:11Z")
			f.seen.Suppliers[nel].Hosted.Status.Replicas = v1alpha1.Replicas{Desired: new(int32(10)), Available: &available}
		})
		messages[fmt.Sprint(withoutTimes(f.object.Status.Conditions))] = true
	}
	if len(messages) != 2 {
		t.Errorf("an agreement says %d different things, want 2: none is ready, or too few", len(messages))
	}
}
