package status_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// What "available" means has one computation (R5).
func TestR05_AvailabilityIsJudgedInOnePlace(t *testing.T) {
	const available, out, unknown = v1alpha1.ServiceAvailable, v1alpha1.ServiceNotAvailable, v1alpha1.ServiceUnknown
	tests := map[string]struct {
		obstacle plan.Obstacle
		replicas int32
		workload *state.Workload
		lags     bool
		want     v1alpha1.Availability
	}{
		"all replicas serve":                                 {replicas: 4, workload: replicas(4, 4), want: available},
		"half of them are enough":                            {replicas: 4, workload: replicas(4, 2), want: available},
		"half is rounded up":                                 {replicas: 5, workload: replicas(5, 2), want: out},
		"fewer than half are not":                            {replicas: 4, workload: replicas(4, 1), want: out},
		"the sizing decides, not the workload":               {replicas: 8, workload: replicas(2, 2), want: out},
		"nothing that serves is never enough":                {replicas: 0, workload: replicas(0, 0), want: out},
		"the workload has not been looked at":                {replicas: 2, workload: &state.Workload{Revision: 3, Desired: 2, Available: 2}, want: unknown},
		"the workload has just been made":                    {replicas: 2, lags: true, want: unknown},
		"there is no workload":                               {replicas: 2, want: out},
		"a cache that lags does not hide what is seen":       {replicas: 2, workload: replicas(2, 0), lags: true, want: out},
		"something is not known, and nothing runs":           {obstacle: plan.GuardRailsUnknown, want: unknown},
		"something is not known, so neither is the sizing":   {obstacle: plan.GuardRailsUnknown, workload: replicas(2, 2), want: unknown},
		"something is wrong, and what runs still serves":     {obstacle: plan.ParametersWrong, workload: replicas(2, 1), want: available},
		"something is wrong, and what runs does not serve":   {obstacle: plan.FunctionMissing, workload: replicas(2, 0), want: out},
		"something is wrong, and nothing runs":               {obstacle: plan.FunctionMissing, want: out},
		"something is wrong, and what runs is not looked at": {obstacle: plan.FunctionMissing, workload: &state.Workload{Revision: 3, Desired: 2}, want: unknown},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := serving()
			f.planned = plan.HostedService{Revision: third, Obstacle: tc.obstacle, Replicas: tc.replicas, Problem: errUnknown}
			f.seen.Workload, f.done.Lagging = tc.workload, tc.lags
			if got := f.mark().Status.Available; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// reading is a look at a service at a minute of the hour.
type reading struct {
	minute   int
	workload *state.Workload
}

// What is unknown starts no clock and stops none (R5).
func TestR05_OnlyWhatIsSeenMovesTheClocks(t *testing.T) {
	up, down, unseen := replicas(2, 2), replicas(2, 0), &state.Workload{Revision: 3, Desired: 2}
	tests := map[string]struct {
		readings                 []reading
		wantAvailable, wantOut   int // minutes; -1: not set
		wantTransitions          []v1alpha1.Availability
		wantFirst                int // minute of the newest transition
		wantCondition, wantReady metav1.ConditionStatus
	}{
		"it serves":                           {[]reading{{0, up}, {5, up}}, 0, -1, is("Available"), 0, "True", "True"},
		"it fails":                            {[]reading{{0, up}, {5, down}, {6, down}}, -1, 5, is("NotAvailable", "Available"), 5, "False", "False"},
		"it fails from the start":             {[]reading{{0, down}, {5, down}}, -1, 0, is("NotAvailable"), 0, "False", "False"},
		"it comes back":                       {[]reading{{0, up}, {5, down}, {7, up}}, 7, -1, is("Available", "NotAvailable", "Available"), 7, "True", "True"},
		"it is lost sight of while it serves": {[]reading{{0, up}, {5, unseen}}, 0, -1, is("Unknown", "Available"), 5, "True", "True"},
		"and seen again":                      {[]reading{{0, up}, {5, unseen}, {6, up}}, 0, -1, is("Available", "Unknown", "Available"), 6, "True", "True"},
		"it is lost sight of while it is out": {[]reading{{0, down}, {5, unseen}}, -1, 0, is("Unknown", "NotAvailable"), 5, "False", "False"},
		"and is still out":                    {[]reading{{0, down}, {5, unseen}, {6, down}}, -1, 0, is("NotAvailable", "Unknown", "NotAvailable"), 6, "False", "False"},
		"and is back":                         {[]reading{{0, down}, {5, unseen}, {6, up}}, 6, -1, is("Available", "Unknown", "NotAvailable"), 6, "True", "True"},
		"it fails while nobody looks":         {[]reading{{0, up}, {5, unseen}, {6, down}}, -1, 6, is("NotAvailable", "Unknown", "Available"), 6, "False", "False"},
		"it was never seen":                   {[]reading{{0, unseen}}, -1, -1, is("Unknown"), 0, "Unknown", "Unknown"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := serving()
			for _, r := range tc.readings {
				f.now, f.seen.Workload = minute(r.minute).Add(300*time.Millisecond), r.workload
				f.mark()
			}
			s := f.object.Status
			for what, got := range map[string]struct {
				since *metav1.Time
				want  int
			}{"available": {s.AvailableSince, tc.wantAvailable}, "out": {s.UnavailableSince, tc.wantOut}} {
				if got.want < 0 && got.since != nil || got.want >= 0 && (got.since == nil || !got.since.Time.Equal(minute(got.want))) {
					t.Errorf("%s since %v, want minute %d", what, got.since, got.want)
				}
			}
			var transitions []v1alpha1.Availability
			for _, change := range s.Transitions {
				transitions = append(transitions, change.Available)
			}
			if diff := cmp.Diff(tc.wantTransitions, transitions); diff != "" || !s.Transitions[0].Time.Time.Equal(minute(tc.wantFirst)) {
				t.Errorf("the newest is of %v, want minute %d; the transitions differ (-want +got):\n%s", s.Transitions[0].Time, tc.wantFirst, diff)
			}
			wantStatus(t, f.object, v1alpha1.AvailableCondition, tc.wantCondition)
			wantStatus(t, f.object, v1alpha1.ReadyCondition, tc.wantReady)
		})
	}
}

func is(all ...v1alpha1.Availability) []v1alpha1.Availability { return all }

func minute(m int) time.Time {
	return clock("2026-11-22T10:00:00Z").Add(time.Duration(m) * time.Minute)
}

func TestTwentyTransitionsAreKept(t *testing.T) {
	f := serving()
	for m := range 30 {
		f.now, f.seen.Workload = minute(m), replicas(2, int32(m%2))
		f.mark()
	}
	if s := f.object.Status; len(s.Transitions) != 20 || !s.Transitions[0].Time.Time.Equal(minute(29)) || !s.Transitions[19].Time.Time.Equal(minute(10)) {
		t.Errorf("the %d transitions are %v", len(s.Transitions), s.Transitions)
	}
}

func TestTheLoadOfAService(t *testing.T) {
	ledger := places(state.PlaceAdmitted, 3)
	for _, more := range []plan.Ledger{places(state.PlaceMoving, 1), places(state.PlaceLeaving, 1), places(state.PlaceHeld, 2), places(state.PlaceWaiting, 4), places(state.PlaceStandby, 8)} {
		maps.Copy(ledger, more)
	}
	load := func(served, reserved, waiting int64) v1alpha1.Load {
		return v1alpha1.Load{Served: &served, Reserved: &reserved, Waiting: &waiting}
	}
	left := func(l v1alpha1.Load, left int64) v1alpha1.Load { l.Left = &left; return l }
	over := func(l v1alpha1.Load, over int64) v1alpha1.Load { l.Over = &over; return l }
	tests := map[string]struct {
		room                plan.Room
		consortia, patients v1alpha1.Load
		over                metav1.ConditionStatus
	}{
		"there is room":          {plan.Room{Consortia: 40, Patients: 10_000}, left(load(5, 2, 4), 33), left(load(5000, 2000, 4000), 3000), "False"},
		"it is just full":        {plan.Room{Consortia: 7, Patients: 7_000}, left(load(5, 2, 4), 0), left(load(5000, 2000, 4000), 0), "False"},
		"patients have no limit": {plan.Room{Consortia: 40, Patients: -1}, left(load(5, 2, 4), 33), load(5000, 2000, 4000), "False"},
		"it is over":             {plan.Room{Consortia: 5, Patients: 0}, over(left(load(5, 2, 4), 0), 2), over(left(load(5000, 2000, 4000), 0), 7000), "True"},
		"only patients are over": {plan.Room{Consortia: 7, Patients: 6_999}, left(load(5, 2, 4), 0), over(left(load(5000, 2000, 4000), 0), 1), "True"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := serving()
			f.ledger, f.room = ledger, tc.room
			s := f.mark().Status
			if diff := cmp.Diff([]v1alpha1.Load{tc.consortia, tc.patients}, []v1alpha1.Load{s.Consortia, s.Patients}); diff != "" {
				t.Errorf("the loads differ (-want +got):\n%s", diff)
			}
			wantStatus(t, f.object, v1alpha1.OverCapacityCondition, tc.over)
		})
	}
}

func TestAServiceHasAnAddressOnceItStands(t *testing.T) {
	f := serving()
	f.done = stepsDone(0)
	if got := f.mark().Status.Address; got != "" {
		t.Errorf("got %q before anything stands", got)
	}
	f.done = stepsDone(1)
	f.mark()
	f.done, f.planned = stepsDone(0), plan.HostedService{Obstacle: plan.FunctionMissing}
	if got := f.mark().Status.Address; got != "data-analytics.nel-csu.svc" {
		t.Errorf("got %q", got)
	}
}

// The same facts, now or later, change nothing in a status.
func TestAServicesStatusIsAFixedPoint(t *testing.T) {
	known := reasons(t)
	rapid.Check(t, func(r *rapid.T) {
		f := anyService(r)
		f.mark()
		check(r, example{"a service", v1alpha1.HostedServiceKind, f.object}, known)
		before := f.object.Status.DeepCopy()
		f.now = f.now.Add(time.Duration(rapid.IntRange(0, 1_000_000).Draw(r, "seconds later")) * time.Second)
		f.mark()
		if diff := cmp.Diff(*before, f.object.Status); diff != "" {
			r.Errorf("the status changed by itself (-before +after):\n%s", diff)
		}
	})
}

func anyService(r *rapid.T) *serviceFacts {
	f := serving()
	count := rapid.Int32Range(0, 5)
	f.planned = plan.HostedService{Revision: anyRevision(r), Replicas: count.Draw(r, "replicas"), Problem: errors.New(words(r)), Obstacle: rapid.SampledFrom([]plan.Obstacle{
		plan.NoObstacle, plan.HomeMissing, plan.GuardRailsMissing, plan.GuardRailsUnknown, plan.FunctionMissing, plan.FunctionMemberOnly, plan.SchemaBroken, plan.ParametersWrong,
		plan.RevisionMissing, plan.RevisionUnknown,
	}).Draw(r, "obstacle")}
	switch f.planned.Obstacle {
	case plan.NoObstacle:
		f.done, f.err = anyResult(r, 1)
	case plan.HomeMissing:
		f.seen.Home.Provider = nil
	case plan.FunctionMissing:
		f.seen.Function = nil
	case plan.FunctionMemberOnly:
		f.seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly
	default: // nothing of what was read tells them apart
	}
	f.done.Lagging = rapid.Bool().Draw(r, "lagging")
	f.seen.Workload = anyWorkload(r)
	f.ledger = places(rapid.SampledFrom([]state.PlaceState{state.PlaceAdmitted, state.PlaceHeld, state.PlaceWaiting}).Draw(r, "places"), rapid.IntRange(0, 5).Draw(r, "how many"))
	f.room = plan.Room{Consortia: rapid.Int64Range(0, 6).Draw(r, "room"), Patients: rapid.Int64Range(-1, 6000).Draw(r, "room for patients")}
	if rapid.Bool().Draw(r, "deleting") {
		isDeleting(&f.object.ObjectMeta)
	}
	if rapid.Bool().Draw(r, "was looked at before") {
		f.object.Status = serving().mark().Status
	}
	return f
}
