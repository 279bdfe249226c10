package plan

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Applicant is one agreement that names a service, as the service's ledger sees it.
type Applicant struct {
	Key      types.NamespacedName
	UID      types.UID
	Wish     Wish
	Patients int64
	// Before are the suppliers that stand before this one in the list, as provider/service.
	Before []string
	// Opening says that the agreement's network opening to the service stands: it may be using it.
	Opening bool
	// WorksElsewhere says that the agreement has a place at another service that serves.
	WorksElsewhere bool
	// MayMove says that another service that it prefers, or must move to, has a place for it, serves,
	// and is stable enough. Moved says that the opening there stands already.
	MayMove, Moved bool
	// ComesFrom is the supplier that it would come from if that failed now; empty: from none.
	// InForceSince is since when it has had its place there.
	ComesFrom    string
	InForceSince time.Time
}

// ApplicantAt is how an agreement appears to the ledger of its i-th supplier's service.
func ApplicantAt(seen state.SupportAgreement, judged Agreement, i int, now time.Time) Applicant {
	here := seen.Suppliers[i]
	applicant := Applicant{
		Key:      seen.Key(),
		UID:      seen.Object.UID,
		Wish:     judged.Wishes[i],
		Patients: judged.Patients,
		Opening:  here.Opening,
	}
	if !judged.PopulationKnown {
		applicant.Patients = here.Place.Patients // as last known
	}
	for before := range i {
		applicant.Before = append(applicant.Before, seen.Suppliers[before].Name())
	}
	for other, supplier := range seen.Suppliers {
		if other == i || !supplier.Place.IsUsable() || len(judged.Suppliers) == 0 {
			continue
		}
		applicant.WorksElsewhere = applicant.WorksElsewhere || judged.Suppliers[other].IsServing()
		if judged.mayMove(i, other, now) {
			applicant.MayMove = true
			applicant.Moved = applicant.Moved || supplier.Opening
		}
	}
	applicant.ComesFrom, applicant.InForceSince = judged.stormSource(seen, i)
	return applicant
}

// mayMove says whether an agreement may leave the supplier here for another at which it has a place:
// none is forced to, so whoever returns does so only to a stable supplier; whoever must leave, to any
// that serves.
func (a *Agreement) mayMove(here, other int, now time.Time) bool {
	if a.Wishes[other] != WishPlace || !a.Suppliers[other].IsServing() {
		return false
	}
	return a.Suppliers[here].Fitness.Leaves() || a.Suppliers[other].IsStable(now)
}

// stormSource says where an agreement would come from to its i-th supplier, if that source failed now
// with all its consortia: from the one where it has its place, where this one is the next that could
// carry it. Fallbacks are judged with all who share the source.
func (a *Agreement) stormSource(seen state.SupportAgreement, i int) (string, time.Time) {
	source := mainSupplier(seen)
	if source < 0 || source == i || a.Standing != AgreementStands || a.NextAfter(seen, source) != i {
		return "", time.Time{}
	}
	since := time.Time{}
	if admitted := seen.Suppliers[source].Place.Admitted; admitted != nil {
		since = *admitted
	}
	return seen.Suppliers[source].Name(), since
}

// usedSupplier is the first supplier at which the agreement has a place that it uses; -1: none.
func usedSupplier(seen state.SupportAgreement) int {
	for i, supplier := range seen.Suppliers {
		if supplier.Place.IsUsable() && supplier.Opening {
			return i
		}
	}
	return -1
}

// mainSupplier is the supplier that the agreement uses, or else the first at which it has a place, which
// it is about to use; -1: none.
func mainSupplier(seen state.SupportAgreement) int {
	if used := usedSupplier(seen); used >= 0 {
		return used
	}
	return slices.IndexFunc(seen.Suppliers, func(s state.Supplier) bool { return s.Place.IsUsable() })
}

// NextAfter is the first supplier that could carry the agreement if the source failed now; -1: none.
// Room is not looked at: that is the ledger's to say.
func (a *Agreement) NextAfter(seen state.SupportAgreement, source int) int {
	for i := range seen.Suppliers {
		if i != source && a.Suppliers[i].IsServing() {
			return i
		}
	}
	return -1
}

// Departed is an agreement that has a place in a ledger and no longer names the service, or is gone.
func Departed(key types.NamespacedName, uid types.UID, opening bool) Applicant {
	return Applicant{Key: key, UID: uid, Wish: WishNothing, Opening: opening}
}

// CapacityOf is what a service has room for, with the defaults.
func CapacityOf(hosted *v1alpha1.HostedService) Room {
	room := Room{Consortia: maxPlaces, Patients: -1}
	if limit := hosted.Spec.Capacity.Consortia; limit != nil {
		room.Consortia = int64(*limit)
	}
	if limit := hosted.Spec.Capacity.Patients; limit != nil {
		room.Patients = *limit
	}
	return room
}

// maxPlaces is how many agreements one ledger holds: what fits into an object.
const maxPlaces = 4000
