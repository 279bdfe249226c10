package status_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Whatever was read and whatever came of writing: the status keeps to the rules, and the same facts, now
// or at any time before the next deadline, change nothing in it.
func TestAnAgreementsStatusIsAFixedPoint(t *testing.T) {
	known := reasons(t)
	rapid.Check(t, func(r *rapid.T) {
		f := anyAgreement(r)
		wasReady := meta.IsStatusConditionTrue(f.object.Status.Conditions, v1alpha1.ReadyCondition)
		f.mark()
		checkFrozen(r, f, wasReady)
		check(r, example{"an agreement", v1alpha1.SupportAgreementKind, f.object}, known)
		checkWhole(r, f)
		before := f.object.Status.DeepCopy()
		f.now = anyTimeUntil(r, f)
		f.mark()
		if diff := cmp.Diff(*before, f.object.Status); diff != "" {
			r.Errorf("the status changed by itself (-before +after):\n%s", diff)
		}
	})
}

// checkFrozen: nothing becomes Ready beside what is unknown. A place is known by what it gave.
func checkFrozen(r *rapid.T, f *agreementFacts, wasReady bool) {
	conditions := f.object.Status.Conditions
	for _, name := range needed {
		isUnknown := meta.IsStatusConditionPresentAndEqual(conditions, name, metav1.ConditionUnknown) && name != v1alpha1.AdmittedCondition
		if isUnknown && !wasReady && meta.IsStatusConditionTrue(conditions, v1alpha1.ReadyCondition) {
			r.Errorf("Ready became True beside an unknown %s", name)
		}
	}
}

// checkWhole: what the status says in several places agrees.
func checkWhole(r *rapid.T, f *agreementFacts) {
	s := f.object.Status
	inForce := nameOf(s.Supplier)
	if (inForce == "") != (s.Binding.Name == "") {
		r.Errorf("%q supplies, and the binding is %q", inForce, s.Binding.Name)
	}
	if isRecorded := len(s.History) > 0; isRecorded && s.History[0].To != inForce {
		r.Errorf("%q supplies, and the last change was to %q", inForce, s.History[0].To)
	}
	if s.Acceptance.Provider != "" && s.Acceptance.Provider+"/"+s.Acceptance.Service != inForce {
		r.Errorf("%q supplies, and %v consents", inForce, s.Acceptance)
	}
	for name, is := range statesOf(s) {
		if (is == v1alpha1.SupplierInForce) != (name == inForce) {
			r.Errorf("%q supplies, and %s is %s", inForce, name, is)
		}
	}
	if s.Next.To == inForce && inForce != "" {
		r.Errorf("%s supplies, and is next", inForce)
	}
}

// anyTimeUntil is now or later, before the clock alone changes anything.
func anyTimeUntil(r *rapid.T, f *agreementFacts) time.Time {
	judged, choice := f.judge()
	latest := f.now.Add(365 * 24 * time.Hour)
	for _, deadline := range []time.Time{judged.Next, choice.Next, f.due} {
		if !deadline.IsZero() && deadline.Before(latest) {
			latest = deadline
		}
	}
	return f.now.Add(time.Duration(rapid.Int64Range(0, int64(latest.Sub(f.now))-1).Draw(r, "later")))
}

func anyAgreement(r *rapid.T) *agreementFacts {
	f := agreed()
	f.only()
	for n := range rapid.IntRange(0, 3).Draw(r, "other suppliers") {
		f.add(supplier(fmt.Sprintf("csu-%d", n), fmt.Sprintf("CSU %d", n), "data-analytics", "DSA-1"))
	}
	f.now = clock("2026-11-22T10:00:00Z").Add(rapid.SampledFrom([]time.Duration{0, 1500 * time.Millisecond, 200 * 24 * time.Hour, 400 * 24 * time.Hour}).Draw(r, "now"))
	for i := range f.seen.Suppliers {
		anySupplier(r, f, i)
	}
	anyWhole(r, f)
	f.done, f.err = anyResult(r, 3)
	if rapid.IntRange(0, 3).Draw(r, "writing fails") > 0 {
		f.done, f.err = stepsDone(3), nil
	}
	if i := rapid.IntRange(-1, len(f.seen.Suppliers)-1).Draw(r, "in force before"); i >= 0 {
		s, since := f.seen.Suppliers[i], at("2026-10-12T09:15:02Z")
		f.object.Status.Supplier = v1alpha1.SupplierInForceStatus{Provider: string(s.Named.Provider), Service: s.Service.Name, Since: since, Reason: v1alpha1.SwitchAccepted}
		f.object.Status.Binding.Name = f.object.Name
		for other := range f.seen.Suppliers {
			f.seen.Suppliers[other].Opening = other == i
		}
		f.object.Status.History = []v1alpha1.Switch{{Time: since, To: s.Name(), Reason: v1alpha1.SwitchAccepted}}
	}
	if rapid.Bool().Draw(r, "was looked at before") {
		f.object.Status.Conditions = with(condition("Ready", anyOf(r), "InForce"), condition("FallbackActive", anyOf(r), "FirstChoiceUnavailable"))
	}
	return f
}

// anyWhole draws what holds for the agreement as a whole: mostly nothing is wrong.
func anyWhole(r *rapid.T, f *agreementFacts) {
	rapid.SampledFrom([]func(){
		func() {}, func() {}, func() {}, func() {},
		func() { f.seen.Function = nil },
		func() { f.seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly },
		func() { f.seen.Function.Spec.Continuity = v1alpha1.ContinuityHoldsRecords },
		func() { f.seen.Function.Spec.OnAssuranceLapse = v1alpha1.AssuranceLapseRefuseNew },
		func() { f.seen.Function.Spec.DataClass = v1alpha1.DataAggregate },
		func() { f.seen.Home.Consortium = nil },
		func() { f.seen.Home.Terminating = true },
		func() { f.seen.Home.Consortium.Status.Conditions = nil },
		func() { f.seen.Home.Consortium.Spec.SucceededBy = "newham" },
		func() { f.seen.OlderAgreement = "analytics" },
		func() { f.object.Spec.Term.End = "" },
		func() { f.object.Spec.Term.End = "2026-12-10" },
		func() { f.object.Spec.Term.Start = "2027-04-01" },
		func() { f.object.Spec.Failover.Mode = v1alpha1.FailoverManual },
		func() { isDeleting(&f.object.ObjectMeta) },
	}).Draw(r, "whole")()
}

// anySupplier draws one supplier: mostly nothing is wrong with it.
func anySupplier(r *rapid.T, f *agreementFacts, i int) {
	s := &f.seen.Suppliers[i]
	places := []state.PlaceState{state.PlaceNone, state.PlaceStandby, state.PlaceWaiting, state.PlaceAdmitted, state.PlaceMoving, state.PlaceHeld, state.PlaceLeaving}
	s.Place = state.Place{
		State: rapid.SampledFrom(places).Draw(r, "place"), NoRoom: rapid.Bool().Draw(r, "no room"), Ahead: rapid.Int32Range(0, 3).Draw(r, "ahead"),
	}
	if i > 0 && rapid.Bool().Draw(r, "passed over") {
		s.Place.PassedOver = []string{f.seen.Suppliers[0].Name()}
	}
	s.Listed, s.Opening, s.HasLedger = rapid.Bool().Draw(r, "listed"), rapid.Bool().Draw(r, "opening"), rapid.IntRange(0, 5).Draw(r, "ledger") > 0
	since := f.now.Add(-rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, time.Hour}).Draw(r, "since")).Truncate(time.Second).Format(time.RFC3339)
	rapid.SampledFrom([]func(){
		func() { f.recovered(i, since) }, func() { f.failed(i, since) }, func() { f.unread(i) }, func() { f.recovered(i, since) },
	}).Draw(r, "availability")()
	rapid.SampledFrom([]func(){
		func() {}, func() {}, func() {}, func() {}, func() {}, func() {},
		func() { s.Provider, s.Hosted = nil, nil },
		func() { s.Hosted = nil },
		func() { s.Hosted.Spec.Function = "contracting" },
		func() { s.Hosted.Spec.Accepts = v1alpha1.Acceptance{} },
		func() { s.Hosted.Spec.Accepts.MaxTerm = "P12M" },
		func() { s.Hosted.Spec.Intake = v1alpha1.IntakeClosed },
		func() { s.Hosted.Spec.Intake = v1alpha1.IntakeDraining },
		func() { isDeleting(&s.Hosted.ObjectMeta) },
		func() { isDeleting(&s.Provider.ObjectMeta) },
		func() { s.Provider.Status.Conditions = nil },
		func() { s.Provider.Status.Conditions[0].Status = metav1.ConditionFalse },
		func() { s.Provider.Spec.Assurances = nil },
		func() { s.Provider.Spec.Assurances[0].ValidUntil = "2026-11-21" },
		func() { s.Named.DataSharing = v1alpha1.DataSharing{} },
		func() { s.Named.DataSharing.Expires = "2026-12-01" },
		func() { f.standDown(i, "No report.") },
	}).Draw(r, "fitness")()
}
