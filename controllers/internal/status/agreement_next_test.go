package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestWhatHappensNext(t *testing.T) {
	const toNel, toKent = "nel-csu/data-analytics", "kent-csu/analytics-gold"
	nothing := v1alpha1.Next{Action: v1alpha1.NextNone}
	next := func(action v1alpha1.NextAction, to string, notBefore ...string) v1alpha1.Next {
		n := v1alpha1.Next{Action: action, To: to}
		for _, instant := range notBefore {
			n.NotBefore = at(instant)
		}
		return n
	}
	out := func(more func(*agreementFacts)) func(*agreementFacts) {
		return func(f *agreementFacts) { f.failed(nel, "2026-11-22T10:02:11Z"); more(f) }
	}
	const now, dsaSoon = "2026-11-22T10:03:00Z", "2027-03-02T00:00:00Z"
	tests := map[string]struct {
		from   *agreementFacts // default: in force
		now    string          // default: 10:03
		change func(*agreementFacts)
		want   v1alpha1.Next
	}{
		"all is well":                          {change: func(*agreementFacts) {}, want: nothing},
		"an outage is to be confirmed":         {change: out(func(*agreementFacts) {}), want: next(v1alpha1.NextFailOver, toKent, "2026-11-22T10:07:11Z")},
		"it is confirmed, and the next is due": {change: out(func(*agreementFacts) {}), now: "2026-11-22T10:08:00Z", want: next(v1alpha1.NextFailOver, toKent)},
		"an outage, and the next is full":      {change: out(func(f *agreementFacts) { f.place(kent, state.Place{State: state.PlaceWaiting}) }), want: nothing},
		"an outage, and no room in the storm":  {change: out(func(f *agreementFacts) { f.place(kent, state.Place{State: state.PlaceStandby, NoRoom: true}) }), want: nothing},
		"an outage, and the next is out":       {change: out(func(f *agreementFacts) { f.failed(kent, "2026-11-22T10:01:00Z") }), want: nothing},
		"an outage, and people decide":         {change: out(func(f *agreementFacts) { f.object.Spec.Failover.Mode = v1alpha1.FailoverManual }), want: nothing},
		"it cannot be read":                    {from: outageSeen(), now: "2026-11-22T10:04:00Z", change: func(f *agreementFacts) { f.unread(nel) }, want: nothing},
		"the function is not known: as it was": {from: outageSeen(), change: func(f *agreementFacts) { f.seen.Function = nil }, want: next(v1alpha1.NextFailOver, toKent, "2026-11-22T10:07:11Z")},
		"it is stood down":                     {change: func(f *agreementFacts) { f.standDown(nel, "No report.") }, want: next(v1alpha1.NextFailOver, toKent)},
		"it drains":                            {change: func(f *agreementFacts) { f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining }, want: next(v1alpha1.NextFailOver, toKent)},
		"it drains, and nobody else serves": {change: func(f *agreementFacts) {
			f.seen.Suppliers[nel].Hosted.Spec.Intake = v1alpha1.IntakeDraining
			f.unread(kent)
		}, want: nothing},
		"access could not be taken back": {change: func(f *agreementFacts) { f.object.Spec.Term.End, f.err = "2026-11-21", errUnknown }, want: next(v1alpha1.NextWithdraw, "")},
		"access to the next is being made": {from: outageSeen(), now: "2026-11-22T10:07:13Z", change: func(f *agreementFacts) {
			f.place(kent, state.Place{State: state.PlaceAdmitted})
			f.done = stepsDone(1)
		}, want: next(v1alpha1.NextFailOver, toKent)},
		"nobody supplies":             {change: func(f *agreementFacts) { f.seen.OlderAgreement = "analytics" }, want: nothing},
		"on a fallback":               {from: failedOver(), now: "2026-11-22T10:30:00Z", change: func(*agreementFacts) {}, want: next(v1alpha1.NextFailBack, toNel)},
		"the first choice is watched": {from: stabilising(), now: "2026-11-22T10:41:00Z", change: func(*agreementFacts) {}, want: next(v1alpha1.NextFailBack, toNel, "2026-11-22T11:10:00Z")},
		"the return is being made": {from: stabilising(), now: "2026-11-22T11:10:02Z", change: func(f *agreementFacts) {
			f.seen.Suppliers[kent].Place.State, f.seen.Suppliers[nel].Listed, f.done = state.PlaceMoving, true, stepsDone(1)
		}, want: next(v1alpha1.NextFailBack, toNel)},
		"the first choice is full":        {from: stabilising(), now: "2026-11-22T10:41:00Z", change: func(f *agreementFacts) { f.place(nel, state.Place{State: state.PlaceWaiting}) }, want: next(v1alpha1.NextFailBack, toNel)},
		"the return is by hand":           {from: stabilising(), now: "2026-11-22T10:41:00Z", change: func(f *agreementFacts) { f.object.Spec.Failover.Failback.Mode = v1alpha1.FailoverManual }, want: nothing},
		"the first choice may not supply": {from: failedOver(), now: "2026-11-22T10:30:00Z", change: func(f *agreementFacts) { f.standDown(nel, "No report.") }, want: nothing},
		"the data sharing ends soon":      {now: dsaSoon, change: func(*agreementFacts) {}, want: next(v1alpha1.NextRenew, "", "2027-04-01T00:00:00Z")},
		"a day earlier it does not":       {now: "2027-03-01T23:59:59Z", change: func(*agreementFacts) {}, want: nothing},
		"the term ends soon":              {change: func(f *agreementFacts) { f.object.Spec.Term.End = "2026-12-10" }, want: next(v1alpha1.NextRenew, "", "2026-12-11T00:00:00Z")},
		"an assurance ends soon":          {change: func(f *agreementFacts) { f.assurances(until("2026-12-10")) }, want: next(v1alpha1.NextWithdraw, "", "2026-12-11T00:00:00Z")},
		"an assurance ends soon, harmlessly": {change: func(f *agreementFacts) {
			f.assurances(until("2026-12-10"))
			f.seen.Function.Spec.OnAssuranceLapse = v1alpha1.AssuranceLapseRefuseNew
		}, want: nothing},
		"a succeeded consortium renews none": {now: dsaSoon, change: func(f *agreementFacts) { f.seen.Home.Consortium.Spec.SucceededBy = "newham" }, want: next(v1alpha1.NextWithdraw, "", "2027-04-01T00:00:00Z")},
		"an outage comes before a renewal":   {change: out(func(f *agreementFacts) { f.object.Spec.Term.End = "2026-12-10" }), want: next(v1alpha1.NextFailOver, toKent, "2026-11-22T10:07:11Z")},
		"and so does a return":               {from: failedOver(), change: func(f *agreementFacts) { f.object.Spec.Term.End = "2026-12-10" }, now: "2026-11-22T10:30:00Z", want: next(v1alpha1.NextFailBack, toNel)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.from == nil {
				tc.from = inForce()
			}
			if tc.now == "" {
				tc.now = now
			}
			if diff := cmp.Diff(tc.want, tc.from.then(tc.now, tc.change).object.Status.Next); diff != "" {
				t.Errorf("what happens next differs (-want +got):\n%s", diff)
			}
		})
	}
}

func until(last v1alpha1.Date) v1alpha1.Assurance {
	return v1alpha1.Assurance{Scheme: "DSPT", Result: "StandardsMet", ValidUntil: last}
}

func TestWhatExpiresFirst(t *testing.T) {
	tests := map[string]struct {
		change func(*agreementFacts)
		want   v1alpha1.Date
		due    string // of the warning, or else of the end of the term
	}{
		"the data sharing": {func(*agreementFacts) {}, "2027-03-31", "2027-03-02T00:00:00Z"},
		"the assurance":    {func(f *agreementFacts) { f.assurances(until("2027-02-28")) }, "2027-02-28", "2027-01-30T00:00:00Z"},
		"the term":         {func(f *agreementFacts) { f.object.Spec.Term.End = "2027-01-31" }, "2027-01-31", "2027-01-02T00:00:00Z"},
		"nothing": {func(f *agreementFacts) {
			f.object.Spec.Term.End, f.seen.Function.Spec.Requires = "", v1alpha1.Requirements{DataSharing: v1alpha1.DataSharingNotRequired}
		}, "", ""},
		"soon":                                {func(f *agreementFacts) { f.object.Spec.Term.End = "2026-12-10" }, "2026-12-10", "2026-12-11T00:00:00Z"},
		"what is not in force does not count": {func(f *agreementFacts) { f.seen.Suppliers[nel].Named.DataSharing.Expires = "2026-11-21" }, "2027-06-30", "2027-06-01T00:00:00Z"},
		"the function is not known":           {func(f *agreementFacts) { f.seen.Function = nil }, "2027-03-31", "2027-10-01T00:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := inForce().then("2026-11-22T10:03:00Z", tc.change)
			want := time.Time{}
			if tc.due != "" {
				want = clock(tc.due)
			}
			if got := f.object.Status.Expires; got != tc.want || !f.due.Equal(want) {
				t.Errorf("expires %q, the warning is due at %v; want %q and %v", got, f.due, tc.want, want)
			}
		})
	}
}
