package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// countLoad counts whom a service carries, in consortia and in their patients.
func countLoad(h *v1alpha1.HostedService, ledger plan.Ledger, room plan.Room) {
	var served, reserved, waiting plan.Room
	for _, place := range ledger {
		switch place.State {
		case state.PlaceAdmitted, state.PlaceMoving, state.PlaceLeaving:
			add(&served, place)
		case state.PlaceHeld:
			add(&reserved, place)
		case state.PlaceWaiting:
			add(&waiting, place)
		case state.PlaceNone, state.PlaceStandby:
		}
	}
	h.Status.Consortia = load(served.Consortia, reserved.Consortia, waiting.Consortia, room.Consortia)
	h.Status.Patients = load(served.Patients, reserved.Patients, waiting.Patients, room.Patients)
}

func add(sum *plan.Room, place state.Place) {
	sum.Consortia++
	sum.Patients += place.Patients
}

// load: nothing is left where there is no limit to count from.
func load(served, reserved, waiting, limit int64) v1alpha1.Load {
	counts := v1alpha1.Load{Served: &served, Reserved: &reserved, Waiting: &waiting}
	if limit < 0 {
		return counts
	}
	taken := served + reserved
	left := max(0, limit-taken)
	counts.Left = &left
	if over := taken - limit; over > 0 {
		counts.Over = &over
	}
	return counts
}

func markOverCapacity(m marker, taken, room plan.Room) {
	condition := v1alpha1.OverCapacityCondition
	over, patientsOver := taken.Consortia-room.Consortia, taken.Patients-room.Patients
	if room.Patients < 0 {
		patientsOver = 0
	}
	const rule = "nobody more is admitted, nobody is put out."
	switch {
	case over > 0:
		m.isTrue(condition, v1alpha1.ReasonOver, fmt.Sprintf("%s, %s more than the capacity of %s: %s",
			areCarried(taken.Consortia), Thousands(over), Thousands(room.Consortia), rule))
	case patientsOver > 0:
		m.isTrue(condition, v1alpha1.ReasonOver, fmt.Sprintf("%s, with %s, %s more than the capacity of %s: %s",
			areCarried(taken.Consortia), counted(taken.Patients, "registered patient"), Thousands(patientsOver), Thousands(room.Patients), rule))
	default:
		m.isFalse(condition, v1alpha1.ReasonWithin, fmt.Sprintf("%s; the capacity is %s.", areCarried(taken.Consortia), Thousands(room.Consortia)))
	}
}

// areCarried counts those who have a place, also where it is kept for a return.
func areCarried(consortia int64) string {
	if consortia == 1 {
		return "1 consortium is served or kept a place"
	}
	return Thousands(consortia) + " consortia are served or kept a place"
}
