package simulation_test

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// grace is what a place is kept for at least that nobody asks for: reconciles may be about to use it.
const grace = 9 * time.Second

// claim is what the settling of a ledger knew of one agreement.
type claim struct {
	wish                       plan.Wish
	patients                   int64
	worksElsewhere, hasOpening bool
}

// checkLedger is R4, for one write of a ledger.
func (w *world) checkLedger(service string, seen state.HostedService, settled plan.Settlement, now time.Time) {
	w.t.Helper()
	claims := claimsOf(seen, now)
	admitted := false
	for key, place := range settled.Ledger {
		if place.State == state.PlaceNone || key.Name == memberOnly {
			w.t.Fatalf("R1: %s gives %s %+v", service, key, place)
		}
		old := seen.Ledger[key]
		wasIn := old.Counts() || seen.Ledger == nil && claims[key].hasOpening
		if place.Counts() && !wasIn {
			admitted = true
			w.checkAdmission(service, key, claims, seen.Ledger, settled.Ledger)
		}
	}
	if taken := settled.Ledger.Taken(); admitted && exceeds(taken, seen.Object.Spec.Capacity) {
		w.t.Fatalf("R4: %s admits beyond its capacity: %+v", service, taken)
	}
	for key, old := range seen.Ledger {
		if place := settled.Ledger[key]; old.Counts() && !place.Counts() {
			w.checkRelease(service, key, old, claims[key], now)
		}
	}
	w.checkLeave(service, seen.Ledger, settled.Ledger)
}

func claimsOf(seen state.HostedService, now time.Time) map[types.NamespacedName]claim {
	claims := map[types.NamespacedName]claim{}
	for n, agreement := range seen.Agreements {
		judged, here := plan.JudgeAgreement(agreement, calendar, now), seen.Positions[n]
		c := claim{wish: judged.Wishes[here], patients: judged.Patients, hasOpening: agreement.Suppliers[here].Opening}
		for i, other := range agreement.Suppliers {
			c.worksElsewhere = c.worksElsewhere || i != here && other.Place.IsUsable() && judged.Suppliers[i].IsServing()
		}
		claims[agreement.Key()] = c
	}
	return claims
}

func exceeds(taken plan.Room, capacity v1alpha1.Capacity) bool {
	return capacity.Consortia != nil && taken.Consortia > int64(*capacity.Consortia) ||
		capacity.Patients != nil && taken.Patients > *capacity.Patients
}

// checkAdmission: who is admitted asks for it, and overtakes nobody who asks and could be carried.
func (w *world) checkAdmission(service string, key types.NamespacedName, claims map[types.NamespacedName]claim, before, after plan.Ledger) {
	w.t.Helper()
	newcomer := claims[key]
	if newcomer.wish != plan.WishPlace {
		w.t.Fatalf("R4: %s admits %s, which asks for nothing: %s", service, key, newcomer.wish)
	}
	since := after[key].Since
	if before[key].State == state.PlaceWaiting {
		since = before[key].Since
	}
	for other, place := range after {
		waits := claims[other]
		isTooLarge := exceeds(plan.Room{Consortia: 1, Patients: waits.patients}, w.capacityOf(service))
		if place.State != state.PlaceWaiting || waits.wish == plan.WishFrozen || isTooLarge {
			continue
		}
		isBefore := !waits.worksElsewhere && newcomer.worksElsewhere || waits.worksElsewhere == newcomer.worksElsewhere && place.Since.Before(since)
		if isBefore {
			w.t.Fatalf("R4: %s overtakes %s at %s: %+v, %+v", key, other, service, newcomer, waits)
		}
	}
}

func (w *world) capacityOf(service string) v1alpha1.Capacity {
	return read[v1alpha1.HostedService](w.store.cached, "hosted/"+service).Spec.Capacity
}

// checkRelease: nobody is put out who asks to stay, or may still be using the place.
func (w *world) checkRelease(service string, key types.NamespacedName, old state.Place, c claim, now time.Time) {
	w.t.Helper()
	if isGivenUp := c.wish == plan.WishNothing || c.wish == ""; isGivenUp && !c.hasOpening {
		return // nobody asks for it, and the directory lists it no longer
	}
	isReserve := old.State == state.PlaceHeld
	isLeft := old.State == state.PlaceLeaving && now.Sub(old.Since) >= grace
	if c.wish == plan.WishPlace || c.wish == plan.WishFrozen || c.hasOpening || !isReserve && !isLeft {
		w.t.Fatalf("R4: %s puts %s out: %+v, %+v", service, key, old, c)
	}
	if alias := read[string](w.store.newest, "alias/"+plan.PlaceKey(key)); alias != nil && *alias == service && !w.broken[pair{plan.PlaceKey(key), service}] {
		w.t.Fatalf("R4: %s puts out %s, which it supplies", service, key)
	}
}

// checkLeave: at most ten are given leave to move at a time.
func (w *world) checkLeave(service string, before, after plan.Ledger) {
	w.t.Helper()
	given := 0
	for key, place := range after {
		if place.State == state.PlaceMoving && before[key].State != state.PlaceMoving {
			given++
		}
	}
	if given > 10 {
		w.t.Fatalf("R5: %s gives leave to %d at a time", service, given)
	}
}
