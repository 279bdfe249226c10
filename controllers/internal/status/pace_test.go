package status

import (
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func starting(ready metav1.ConditionStatus, reason string) *v1alpha1.MemberFunction {
	f := &v1alpha1.MemberFunction{ObjectMeta: metav1.ObjectMeta{UID: "1"}}
	f.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: ready, Reason: reason}}
	return f
}

func TestWhatIsOnTheWayIsWrittenOnceASecond(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	waits, counts, works := starting("False", v1alpha1.ReasonWaiting), starting("False", v1alpha1.ReasonNotAvailable), starting("True", v1alpha1.ReasonReady)
	goes, stalls := counts.DeepCopy(), counts.DeepCopy()
	goes.DeletionTimestamp = new(metav1.NewTime(noon))
	stalls.Status.Conditions = append(stalls.Status.Conditions, metav1.Condition{Type: v1alpha1.StalledCondition, Status: "True"})
	always := func(_, _ *v1alpha1.MemberFunction) bool { return true }
	tests := map[string]struct {
		urgent        func(_, _ *v1alpha1.MemberFunction) bool
		before, after *v1alpha1.MemberFunction
		ago           time.Duration // since when it is held
		want          time.Duration
	}{
		"what is on the way":                       {UrgentOfMemberFunction, waits, counts, 0, time.Second},
		"the same, looked at again":                {UrgentOfMemberFunction, waits, counts, 300 * time.Millisecond, 700 * time.Millisecond},
		"a second later":                           {UrgentOfMemberFunction, waits, counts, time.Second, 0},
		"that it works":                            {UrgentOfMemberFunction, counts, works, 0, 0},
		"that it ceases to work":                   {UrgentOfMemberFunction, works, counts, 0, 0},
		"that nothing goes on until somebody acts": {UrgentOfMemberFunction, waits, stalls, 0, 0},
		"that it goes: it may be gone at once":     {UrgentOfMemberFunction, works, goes, 0, time.Second},
		"what others go by, of one that goes":      {always, works, goes, 0, 0},
		"what others go by":                        {always, waits, counts, 0, 0},
		"everything, where nothing is paced":       {nil, waits, counts, 0, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := NewWriter[*v1alpha1.MemberFunction](nil, nil).Paced(tc.urgent)
			if tc.ago > 0 {
				w.hold(tc.before, tc.after, noon.Add(-tc.ago))
			}
			if got := w.hold(tc.before, tc.after, noon); got != tc.want {
				t.Errorf("it is held for %s, want %s", got, tc.want)
			}
		})
	}
}

func TestUnderLoadAStatusIsHeldLonger(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		before, after *v1alpha1.MemberFunction
		want          map[int]time.Duration // by how many are held
	}{
		"what will be written again": {
			starting("False", v1alpha1.ReasonWaiting), starting("False", v1alpha1.ReasonNotAvailable),
			map[int]time.Duration{1: time.Second, 11: 2 * time.Second, 291: 30 * time.Second, 2000: 3 * time.Minute},
		},
		"what may be the last word": {
			starting("True", v1alpha1.ReasonReady), starting("True", v1alpha1.ReasonNotAvailable),
			map[int]time.Duration{1: time.Second, 201: 2 * time.Second, 801: 5 * time.Second, 2000: 5 * time.Second},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for n, want := range tc.want {
				w := NewWriter[*v1alpha1.MemberFunction](nil, nil).Paced(UrgentOfMemberFunction)
				var last time.Duration
				for i := range n {
					before, after := tc.before.DeepCopy(), tc.after.DeepCopy()
					before.UID, after.UID = types.UID(strconv.Itoa(i)), types.UID(strconv.Itoa(i))
					last = w.hold(before, after, noon)
				}
				if last != want {
					t.Errorf("with %d on the way, one is held for %s, want %s", n, last, want)
				}
			}
		})
	}
}

func TestAConsortiumIsOnTheWayWhileNotAllFunctionsWork(t *testing.T) {
	ready := metav1.Condition{Type: v1alpha1.ReadyCondition, Status: "True"}
	all, some := metav1.Condition{Type: v1alpha1.FunctionsAvailableCondition, Status: "True"}, metav1.Condition{Type: v1alpha1.FunctionsAvailableCondition, Status: "False"}
	for name, tc := range map[string]struct {
		conditions []metav1.Condition
		want       bool
	}{
		"all work":        {[]metav1.Condition{ready, all}, false},
		"some work":       {[]metav1.Condition{ready, some}, true},
		"nobody has seen": {nil, true},
		"of other kinds":  {[]metav1.Condition{ready}, false},
	} {
		if got := isUnderWay(tc.conditions); got != tc.want {
			t.Errorf("%s: it is on the way: %v, want %v", name, got, tc.want)
		}
	}
}

func TestWhatWasTakenBackIsNotHeldAgainstTheNext(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	waits, counts := starting("False", v1alpha1.ReasonWaiting), starting("False", v1alpha1.ReasonNotAvailable)
	w := NewWriter[*v1alpha1.MemberFunction](nil, nil).Paced(UrgentOfMemberFunction)
	w.hold(waits, counts, noon)
	if again, err := w.Write(t.Context(), waits, waits.DeepCopy()); again != 0 || err != nil {
		t.Errorf("again after %s, error %v", again, err)
	}
	if got := w.hold(waits, counts, noon.Add(time.Minute)); got != time.Second {
		t.Errorf("it is held for %s, want a second", got)
	}
}
