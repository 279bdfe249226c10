package simulation_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// When nothing happens any more and the clock runs on, the world comes to rest, and then everybody has
// what R4 and R5 promise.
func TestR05_TheWorldComesToRest(t *testing.T) {
	s := scope{services: 4, agreements: 6}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawParameters(t, s))
		for range below(t, 60, "steps") {
			w.step(t, s)
		}
		w.finishAll()
		w.passUntil(w.now.Add(4 * time.Hour))
		w.checkRest()
		w.passUntil(w.now.AddDate(5, 0, 0))
		w.checkRest()
		if next := w.settle(); next.After(w.now) {
			t.Fatalf("something is due at %s", next)
		}
	})
}

// Nothing but an event or an instant that was foretold makes the operator write (R10).
func TestR10_TheClockAloneChangesNothingBeforeItIsDue(t *testing.T) {
	s := scope{services: 4, agreements: 6}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawParameters(t, s))
		for range below(t, 60, "steps") {
			w.step(t, s)
		}
		w.finishAll()
		next := w.settle()
		if next.IsZero() {
			next = w.now.AddDate(10, 0, 0)
		}
		seconds := int64(next.Sub(w.now)/time.Second) - 1
		if seconds <= 0 {
			return
		}
		before := w.store.standing()
		w.pass(time.Duration(rapid.OneOf(rapid.Just(seconds), rapid.Int64Range(0, seconds)).Draw(t, "seconds")) * time.Second)
		w.settle()
		if diff := cmp.Diff(before, w.store.standing(), exported, tokens); diff != "" {
			t.Fatalf("written before %s (-before +after):\n%s", next, diff)
		}
	})
}

// tokens are renewed by a clock of their own.
var tokens = cmpopts.IgnoreMapEntries(func(key string, _ any) bool { return strings.HasPrefix(key, "secret/") })

// checkRest says what must be so when the world has come to rest.
func (w *world) checkRest() {
	w.t.Helper()
	for _, name := range w.agreements {
		if object := read[v1alpha1.SupportAgreement](w.store.newest, "agreement/"+name); object != nil {
			w.checkAgreementAtRest(name, object)
		} else if given := w.givenTo(name); len(given) > 0 {
			w.t.Fatalf("%s is gone, and has %v", name, given)
		}
	}
	for _, service := range w.services {
		if hosted := read[v1alpha1.HostedService](w.store.newest, "hosted/"+service); hosted != nil {
			w.checkServiceAtRest(service, w.serviceAs(w.store.newest, hosted))
		}
	}
}

// givenTo are the keys of all that is given to an agreement.
func (w *world) givenTo(name string) []string {
	keys := []string{"secret/" + name, "alias/" + name}
	for _, service := range w.services {
		keys = append(keys, openingKey(name, service))
	}
	return slices.DeleteFunc(keys, func(key string) bool { return w.store.newest(key) == nil })
}

func (w *world) checkAgreementAtRest(name string, object *v1alpha1.SupportAgreement) {
	w.t.Helper()
	if w.isFrozen() {
		return
	}
	seen, given := w.agreementAs(w.store.newest, object), w.givenTo(name)
	inForce := read[v1alpha1.SupportAgreementStatus](w.store.newest, "status/"+name).Supplier.Provider
	if inForce == "" {
		if len(given) > 0 {
			w.t.Fatalf("nobody supplies %s, and it has %v", name, given)
		}
	} else {
		want := []string{"secret/" + name, "alias/" + name, openingKey(name, inForce)}
		alias := read[string](w.store.newest, "alias/"+name)
		if diff := cmp.Diff(want, given); diff != "" || *alias != inForce {
			w.t.Fatalf("%s supplies %s (-want +given):\n%s", inForce, name, diff)
		}
	}
	if inForce != "" && !w.isEntitled(name, inForce) {
		w.t.Fatalf("%s supplies %s without being entitled to", inForce, name)
	}
	w.checkBestAtRest(name, seen, inForce)
}

// checkBestAtRest: where one of the list could supply, one does that serves; where the agreement returns
// by itself, it is the first of them.
func (w *world) checkBestAtRest(name string, seen state.SupportAgreement, inForce string) {
	w.t.Helper()
	judged := plan.JudgeAgreement(seen, calendar, w.now)
	isUntold := func(i int) bool {
		verdict := judged.Suppliers[i]
		return verdict.Fitness == plan.Unjudged || verdict.Fitness == plan.Fit && verdict.Available != v1alpha1.ServiceAvailable && !verdict.Confirmed
	}
	if judged.Standing != plan.AgreementStands || !judged.Automatic || !judged.PopulationKnown || judged.Succeeded {
		return
	}
	for i, supplier := range seen.Suppliers {
		switch {
		case isUntold(i):
			return
		case !judged.Suppliers[i].IsServing() || supplier.Place.State == state.PlaceWaiting:
			continue
		}
		current := slices.IndexFunc(seen.Suppliers, func(s state.Supplier) bool { return s.Service.Namespace == inForce })
		if current < 0 || judged.Returns && current != i || !judged.Suppliers[current].IsServing() && !isUntold(current) {
			w.t.Fatalf("%s could supply %s, and %q does: %+v", supplier.Name(), name, inForce, judged)
		}
		return
	}
}

// checkServiceAtRest: the first who waits could not be carried, no place is lost, and the directory
// lists who is supplied.
func (w *world) checkServiceAtRest(service string, seen state.HostedService) {
	w.t.Helper()
	claims := claimsOf(seen, w.now)
	waiting := slices.DeleteFunc(slices.Collect(maps.Keys(seen.Ledger)), func(key types.NamespacedName) bool {
		isTooLarge := exceeds(plan.Room{Consortia: 1, Patients: claims[key].patients}, seen.Object.Spec.Capacity)
		return seen.Ledger[key].State != state.PlaceWaiting || isTooLarge || claims[key].wish == plan.WishFrozen
	})
	slices.SortFunc(waiting, func(a, b types.NamespacedName) int {
		if claims[a].worksElsewhere != claims[b].worksElsewhere {
			return map[bool]int{true: 1, false: -1}[claims[a].worksElsewhere]
		}
		if order := seen.Ledger[a].Since.Compare(seen.Ledger[b].Since); order != 0 {
			return order
		}
		return strings.Compare(plan.PlaceKey(a), plan.PlaceKey(b))
	})
	if len(waiting) > 0 && claims[waiting[0]].wish == plan.WishPlace {
		taken := plan.Ledger(seen.Ledger).Taken()
		taken.Consortia++
		taken.Patients += claims[waiting[0]].patients
		if !exceeds(taken, seen.Object.Spec.Capacity) {
			w.t.Fatalf("%s has room, and %s waits", service, waiting[0])
		}
	}
	for key, place := range seen.Ledger {
		if place.State == state.PlaceLeaving && claims[key].wish != plan.WishFrozen && !w.isFrozen() {
			w.t.Fatalf("%s is still leaving %s: %+v", key, service, claims[key])
		}
	}
}
