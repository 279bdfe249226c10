package status

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestWhatPeopleAreToldOf(t *testing.T) {
	// Conditions are written status and reason; nil: there is none yet.
	type condition *[2]string
	is := func(status metav1.ConditionStatus, reason string) condition {
		return &[2]string{string(status), reason}
	}
	warning := func(reason string) []string { return []string{"Warning " + reason} }
	normal := func(reason string) []string { return []string{"Normal " + reason} }
	unborn := is("Unknown", v1alpha1.ReasonPending)
	ready := is("True", v1alpha1.ReasonReady)
	tests := map[string]struct {
		name          string // default: Ready
		before, after condition
		want          []string
	}{
		"the first time that all is well is no news":             {before: unborn, after: ready},
		"nor is it without any condition before":                 {after: ready},
		"what stays well is no news":                             {before: ready, after: ready},
		"what worked and does not is a warning":                  {before: ready, after: is("False", v1alpha1.ReasonNotAvailable), want: warning("NotAvailable")},
		"also where it only waits for something":                 {before: ready, after: is("False", v1alpha1.ReasonWaiting), want: warning("Waiting")},
		"starting up is no trouble":                              {before: unborn, after: is("False", v1alpha1.ReasonNotAvailable)},
		"waiting for guard rails is no trouble":                  {before: unborn, after: is("False", v1alpha1.ReasonGuardRailsMissing)},
		"waiting for what comes before is no trouble":            {before: unborn, after: is("False", v1alpha1.ReasonWaiting)},
		"the end of starting up is no news":                      {before: is("False", v1alpha1.ReasonNotAvailable), after: ready},
		"trouble from the start is a warning":                    {before: unborn, after: is("False", v1alpha1.ReasonTaken), want: warning("Taken")},
		"trouble while starting up is a warning":                 {before: is("False", v1alpha1.ReasonWaiting), after: is("False", v1alpha1.ReasonRefused), want: warning("Refused")},
		"trouble of another kind is another warning":             {before: is("False", v1alpha1.ReasonRefused), after: is("False", v1alpha1.ReasonTaken), want: warning("Taken")},
		"trouble that goes on is told once":                      {before: is("False", v1alpha1.ReasonTaken), after: is("False", v1alpha1.ReasonTaken)},
		"the end of trouble is told":                             {before: is("False", v1alpha1.ReasonTaken), after: ready, want: normal("Ready")},
		"what could not be read is no news":                      {before: ready, after: is("Unknown", v1alpha1.ReasonInternalError)},
		"nor is its end":                                         {before: is("Unknown", v1alpha1.ReasonInternalError), after: ready},
		"the first function of a consortium starts without news": {name: "FunctionsAvailable", before: is("True", v1alpha1.ReasonNoFunctions), after: is("False", v1alpha1.ReasonSomeNotWorking)},
		"a function of a consortium that fails is a warning":     {name: "FunctionsAvailable", before: is("True", v1alpha1.ReasonAllWorking), after: is("False", v1alpha1.ReasonSomeNotWorking), want: warning("SomeNotWorking")},
		"a supplier that fails is a warning":                     {before: is("True", v1alpha1.ReasonInForce), after: is("False", v1alpha1.ReasonSupplierUnavailable), want: warning("SupplierUnavailable")},
		"one that is starting, as its agreement is, is not":      {before: is("False", v1alpha1.ReasonWaiting), after: is("False", v1alpha1.ReasonSupplierUnavailable)},
		"the end of its outage is told":                          {before: is("False", v1alpha1.ReasonSupplierUnavailable), after: is("True", v1alpha1.ReasonInForce), want: normal("InForce")},
		"so is a fallback that takes over":                       {before: is("False", v1alpha1.ReasonSupplierUnavailable), after: is("True", v1alpha1.ReasonFallbackInForce), want: normal("FallbackInForce")},
		"waiting for room is a warning":                          {before: unborn, after: is("False", v1alpha1.ReasonWaitingForRoom), want: warning("WaitingForRoom")},
		"access that is being made is no trouble":                {before: unborn, after: is("False", v1alpha1.ReasonSwitching)},
		"nor is a population that is not known yet":              {before: unborn, after: is("False", v1alpha1.ReasonPopulationUnknown)},
		"nor is a term that has not begun":                       {before: unborn, after: is("False", v1alpha1.ReasonNotYetInTerm)},
		"a term that ends is a warning":                          {before: is("True", v1alpha1.ReasonInForce), after: is("False", v1alpha1.ReasonTermEnded), want: warning("TermEnded")},
		"a fallback is told, and is no error":                    {name: "FallbackActive", before: is("False", v1alpha1.ReasonFirstChoiceInForce), after: is("True", v1alpha1.ReasonFirstChoiceUnavailable), want: normal("FirstChoiceUnavailable")},
		"also where it is the first supplier":                    {name: "FallbackActive", after: is("True", v1alpha1.ReasonFirstChoicePassedOver), want: normal("FirstChoicePassedOver")},
		"a fallback that goes on is told once":                   {name: "FallbackActive", before: is("True", v1alpha1.ReasonFirstChoiceUnavailable), after: is("True", v1alpha1.ReasonFirstChoiceStabilising)},
		"the return is told":                                     {name: "FallbackActive", before: is("True", v1alpha1.ReasonFirstChoiceStabilising), after: is("False", v1alpha1.ReasonFirstChoiceInForce), want: normal("FirstChoiceInForce")},
		"that nobody supplies is told by Ready":                  {name: "FallbackActive", before: is("True", v1alpha1.ReasonFirstChoiceUnavailable), after: is("False", v1alpha1.ReasonNoSupplier)},
		"the first supplier is no return":                        {name: "FallbackActive", before: is("False", v1alpha1.ReasonNoSupplier), after: is("False", v1alpha1.ReasonFirstChoiceInForce)},
		"a fallback that is lost is a warning":                   {name: "FallbackReady", before: is("True", v1alpha1.ReasonFallbackReady), after: is("False", v1alpha1.ReasonNoRoomInStorm), want: warning("NoRoomInStorm")},
		"one that was never there is not":                        {name: "FallbackReady", after: is("False", v1alpha1.ReasonNone)},
		"nor one of which nobody knew":                           {name: "FallbackReady", before: is("Unknown", v1alpha1.ReasonNotRead), after: is("False", v1alpha1.ReasonNone)},
		"that there is one is no news":                           {name: "FallbackReady", before: is("False", v1alpha1.ReasonNone), after: is("True", v1alpha1.ReasonFallbackReady)},
		"what ends soon is a warning":                            {name: "Expiring", before: is("False", v1alpha1.ReasonNothingWithin30Days), after: is("True", v1alpha1.ReasonEndsSoon), want: warning("EndsSoon")},
		"from the start, too":                                    {name: "Expiring", after: is("True", v1alpha1.ReasonEndsSoon), want: warning("EndsSoon")},
		"it is told once":                                        {name: "Expiring", before: is("True", v1alpha1.ReasonEndsSoon), after: is("True", v1alpha1.ReasonEndsSoon)},
		"a renewal is no news":                                   {name: "Expiring", before: is("True", v1alpha1.ReasonEndsSoon), after: is("False", v1alpha1.ReasonNothingWithin30Days)},
		"other conditions are for those who look":                {name: "UpToDate", before: is("True", v1alpha1.ReasonUpToDate), after: is("False", v1alpha1.ReasonRollingOut)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			conditions := func(c condition) []metav1.Condition {
				if c == nil {
					return nil
				}
				kind := v1alpha1.ReadyCondition
				if tc.name != "" {
					kind = tc.name
				}
				return []metav1.Condition{{Type: kind, Status: metav1.ConditionStatus(c[0]), Reason: c[1], Message: "as it is"}}
			}
			var got []string
			for _, told := range transitions(conditions(tc.before), conditions(tc.after)) {
				got = append(got, told.eventType+" "+told.reason)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the events differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEventSaysWhatTheConditionSays(t *testing.T) {
	before := []metav1.Condition{{Type: "Ready", Status: "True", Reason: "Ready"}}
	after := []metav1.Condition{{Type: "Ready", Status: "False", Reason: "Taken", Message: "Namespace a belongs to Consortium b."}}
	want := []transition{{condition: "Ready", eventType: "Warning", reason: "Taken", message: "Namespace a belongs to Consortium b."}}
	if diff := cmp.Diff(want, transitions(before, after), cmp.AllowUnexported(transition{})); diff != "" {
		t.Errorf("the events differ (-want +got):\n%s", diff)
	}
}

func TestCounted(t *testing.T) {
	tests := map[string]struct {
		got, want string
	}{
		"none":                        {counted(0, "practice"), "0 practices"},
		"one":                         {counted(1, "practice"), "1 practice"},
		"more than one":               {counted(int32(2), "practice"), "2 practices"},
		"thousands are set off":       {counted(int64(347870), "registered patient"), "347,870 registered patients"},
		"millions too":                {Thousands(60601784), "60,601,784"},
		"less than a thousand is not": {Thousands(999), "999"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("got %q, want %q", tc.got, tc.want)
			}
		})
	}
}

// Of a rollout people are told each step and each phase once, and a halt as a warning.
func TestR12_WhatPeopleAreToldOfARollout(t *testing.T) {
	condition := func(status metav1.ConditionStatus, reason, message string) *metav1.Condition {
		return &metav1.Condition{Type: v1alpha1.RolledOutCondition, Status: status, Reason: reason, Message: message}
	}
	at := func(revision int64, step, updated int32, mutate func(*v1alpha1.SupportFunction)) *metav1.Condition {
		f := &v1alpha1.SupportFunction{}
		f.Status.Revision = revision
		f.Status.Rollout = v1alpha1.RolloutStatus{
			Step: step, Steps: 3, Chosen: new(int32(7)), Updated: &updated, Layers: []v1alpha1.RolloutLayer{{Revision: revision}, {Revision: 1}},
		}
		mutate(f)
		markRolledOut(marker{&f.Status.Conditions, 1}, f)
		return &f.Status.Conditions[0]
	}
	running := func(*v1alpha1.SupportFunction) {}
	soaking := func(f *v1alpha1.SupportFunction) { f.Status.Rollout.SoakingSince = &metav1.Time{} }
	paused := func(f *v1alpha1.SupportFunction) { f.Spec.Rollout.State = v1alpha1.RolloutPaused }
	waiting := func(f *v1alpha1.SupportFunction) { paused(f); f.Status.Revision = 9 }
	complete := func(f *v1alpha1.SupportFunction) { f.Status.Rollout.Layers = f.Status.Rollout.Layers[:1] }
	halted := func(reason v1alpha1.HaltReason, names ...string) func(*v1alpha1.SupportFunction) {
		return func(f *v1alpha1.SupportFunction) {
			f.Status.Rollout.Halted = reason
			for _, name := range names {
				f.Status.Rollout.Failing = append(f.Status.Rollout.Failing, v1alpha1.FunctionUser{Name: name})
			}
		}
	}
	tests := map[string]struct {
		before, after *metav1.Condition
		want          string
	}{
		"the first revision is no news":             {nil, at(1, 0, 0, complete), ""},
		"nor is it after a schema that was broken":  {condition("Unknown", v1alpha1.ReasonWaiting, "No revision."), at(1, 0, 0, complete), ""},
		"a change begins":                           {at(1, 0, 0, complete), at(2, 1, 0, running), "Normal"},
		"one more instance works":                   {at(2, 1, 0, running), at(2, 1, 1, running), ""},
		"all of a step work":                        {at(2, 1, 6, running), at(2, 1, 7, soaking), "Normal"},
		"one more joins meanwhile":                  {at(2, 1, 6, soaking), at(2, 1, 7, soaking), ""},
		"one of them fails again":                   {at(2, 1, 7, soaking), at(2, 1, 6, running), "Normal"},
		"the next step begins":                      {at(2, 1, 7, soaking), at(2, 2, 0, running), "Normal"},
		"the next step begins without a soak":       {at(2, 1, 6, running), at(2, 2, 0, running), "Normal"},
		"a newer change begins":                     {at(2, 1, 6, running), at(3, 1, 0, running), "Normal"},
		"all are done":                              {at(2, 3, 6, running), at(2, 0, 0, complete), "Normal"},
		"all stay as they are":                      {at(2, 0, 0, complete), at(2, 0, 0, complete), ""},
		"what was before is put back":               {at(2, 1, 6, running), at(1, 0, 0, complete), "Normal"},
		"an entry that nobody runs changes":         {at(1, 0, 0, complete), at(2, 0, 0, complete), "Normal"},
		"a person pauses":                           {at(2, 1, 0, running), at(2, 1, 0, paused), "Normal"},
		"one more works during a pause":             {at(2, 1, 0, paused), at(2, 1, 1, paused), ""},
		"a change waits for the end of the pause":   {at(1, 0, 0, complete), at(2, 1, 0, waiting), "Normal"},
		"a person resumes":                          {at(2, 1, 1, paused), at(2, 1, 1, running), "Normal"},
		"instances fail":                            {at(2, 1, 0, running), at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), "Warning"},
		"another instance fails":                    {at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a", "b")), ""},
		"the deadline passes":                       {at(2, 1, 0, running), at(2, 1, 0, halted(v1alpha1.HaltDeadlineExceeded, "a")), "Warning"},
		"the next revision fails too":               {at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), at(3, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), "Warning"},
		"too many revisions are under way":          {at(2, 1, 0, running), at(2, 1, 0, halted(v1alpha1.HaltFinishOrUndo)), "Warning"},
		"it goes on by itself":                      {at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), at(2, 1, 7, soaking), "Normal"},
		"one that halted ends by what was put back": {at(2, 1, 0, halted(v1alpha1.HaltInstancesFailed, "a")), at(1, 0, 0, complete), "Normal"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var before []metav1.Condition
			if tc.before != nil {
				before = []metav1.Condition{*tc.before}
			}
			got := ""
			for _, told := range transitions(before, []metav1.Condition{*tc.after}) {
				got += told.eventType
			}
			if got != tc.want {
				t.Errorf("the event is %q, want %q: from %v to %v", got, tc.want, tc.before, tc.after.Message)
			}
		})
	}
}
