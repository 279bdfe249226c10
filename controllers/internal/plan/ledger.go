package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

const (
	// maxMoving is how many agreements of one service move to another at a time of their own accord:
	// nobody recovers under a stampede.
	maxMoving = 10
	// holdLimit is how long a place is kept for one who failed over.
	holdLimit = 72 * time.Hour
	// leaveGrace is how long a place is kept that an agreement does not use: it may just be about to, or
	// be looking for another.
	leaveGrace = 10 * time.Second
)

// Ledger says who has a place at one hosted service, by agreement.
type Ledger map[types.NamespacedName]state.Place

// Room is what a service has room for.
type Room struct{ Consortia, Patients int64 } // patients below zero: no limit

// Settle is rule R4, and the only thing that admits anybody: from the ledger as it was, who applies,
// and what the service has room for, it makes the ledger as it shall be, and says when to look again,
// zero for never. Places are by name: a restore gives the same agreements other UIDs. Where there is no
// ledger (nil), whoever has an opening is in. No admission takes a
// service over its room; who is in stays in; who waits is admitted in order - without a working supplier
// first, then since when, then, in a storm, since when it was in where it comes from, then by name - and
// nobody overtakes.
func Settle(old Ledger, applicants []Applicant, room Room, now time.Time) (settled Ledger, next time.Time) {
	now = now.UTC().Truncate(time.Second)
	settled = Ledger{}
	for _, applicant := range applicants {
		place := old[applicant.Key]
		if old == nil && applicant.Opening {
			place = state.Place{UID: applicant.UID, State: state.PlaceAdmitted, Since: now, Admitted: &now, PassedOver: applicant.Before}
		}
		place = stepped(place, applicant, now)
		if place.State != state.PlaceNone {
			settled[applicant.Key] = place
		}
		next = nextOf(now, next, expiryOf(place))
	}
	settled.admit(applicants, room, now)
	settled.letMove(applicants, now)
	settled.standBy(applicants, room)
	return settled, next
}

// stepped moves one place on as its agreement wishes; it admits nobody.
func stepped(place state.Place, a Applicant, now time.Time) state.Place {
	next := place
	next.UID, next.NoRoom, next.Ahead = a.UID, false, 0
	if a.Wish.isForHere() && a.Wish != WishFrozen {
		next.Patients = a.Patients
		next.PassedOver = stillBefore(place.PassedOver, a.Before)
	}
	switch next.State = wishedState(place, a, now); {
	case a.Wish == WishFrozen:
		return place
	case next.State == state.PlaceNone || hasLeft(place, next, a.Opening, now):
		return state.Place{}
	}
	if next.State != place.State {
		next.Since = now
	}
	if !next.Counts() {
		next.Admitted, next.PassedOver = nil, nil
	}
	return next
}

// wishedState is how a place stands when its agreement's wish is met as far as that needs no room.
func wishedState(place state.Place, a Applicant, now time.Time) state.PlaceState {
	switch a.Wish {
	case WishPlace:
		return wanted(place.State)
	case WishReserve:
		return reserved(place, a.Opening, now)
	case WishKeep:
		return kept(place.State, a.Opening)
	case WishElsewhere, WishNothing:
		return givenUp(place.State, a.Opening || a.Wish == WishElsewhere)
	case WishFrozen:
	}
	return place.State
}

// hasLeft says that nobody has asked for the place, nor used it, for long enough.
func hasLeft(was, is state.Place, opening bool, now time.Time) bool {
	return was.State == state.PlaceLeaving && is.State == state.PlaceLeaving && !opening && now.Sub(was.Since) >= leaveGrace
}

func wanted(was state.PlaceState) state.PlaceState {
	switch was {
	case state.PlaceAdmitted, state.PlaceHeld, state.PlaceLeaving, state.PlaceMoving:
		return state.PlaceAdmitted // a place that is kept is a place
	case state.PlaceNone, state.PlaceStandby, state.PlaceWaiting:
	}
	return state.PlaceWaiting
}

func reserved(place state.Place, opening bool, now time.Time) state.PlaceState {
	switch {
	case place.State == state.PlaceWaiting:
		return state.PlaceWaiting // it keeps its turn, and is not admitted while the service is out
	case !place.Counts():
		return state.PlaceNone
	case opening:
		return state.PlaceAdmitted
	case place.State == state.PlaceHeld && now.Sub(place.Since) >= holdLimit:
		return state.PlaceNone
	}
	return state.PlaceHeld
}

func kept(was state.PlaceState, opening bool) state.PlaceState {
	switch {
	case opening && (was == state.PlaceAdmitted || was == state.PlaceMoving):
		return was
	case opening && (was == state.PlaceLeaving || was == state.PlaceHeld):
		return state.PlaceAdmitted
	case was == state.PlaceAdmitted || was == state.PlaceMoving || was == state.PlaceLeaving:
		return state.PlaceLeaving
	}
	return state.PlaceNone
}

// givenUp keeps a place that counts for as long as it matters to its agreement. The directory lists it no
// longer, so nothing is lost when a use begins at that very moment.
func givenUp(was state.PlaceState, matters bool) state.PlaceState {
	if matters && (was == state.PlaceAdmitted || was == state.PlaceMoving || was == state.PlaceLeaving) {
		return state.PlaceLeaving
	}
	return state.PlaceNone
}

// expiryOf is when a place ends by itself; zero: never.
func expiryOf(place state.Place) time.Time {
	switch place.State {
	case state.PlaceHeld:
		return place.Since.Add(holdLimit)
	case state.PlaceLeaving:
		return place.Since.Add(leaveGrace)
	case state.PlaceNone, state.PlaceStandby, state.PlaceWaiting, state.PlaceAdmitted, state.PlaceMoving:
	}
	return time.Time{}
}

func stillBefore(passedOver, before []string) []string {
	var still []string
	for _, name := range passedOver {
		if slices.Contains(before, name) {
			still = append(still, name)
		}
	}
	return still
}

// Taken is how much of the room is taken.
func (l Ledger) Taken() Room {
	taken := Room{}
	for _, place := range l {
		if place.Counts() {
			taken.Consortia++
			taken.Patients += place.Patients
		}
	}
	return taken
}

// carries says whether there is room for so many more patients of one more consortium.
func (r Room) carries(taken Room, patients int64) bool {
	return taken.Consortia+1 <= r.Consortia && (r.Patients < 0 || taken.Patients+patients <= r.Patients)
}

// admit gives places to those who wait, in order. One who is too large for the whole service, or who
// cannot be judged just now, waits without holding up the others.
func (l Ledger) admit(applicants []Applicant, room Room, now time.Time) {
	queue := slices.DeleteFunc(slices.Clone(applicants), func(a Applicant) bool {
		return l[a.Key].State != state.PlaceWaiting || a.Wish == WishFrozen
	})
	slices.SortFunc(queue, func(a, b Applicant) int {
		return cmp.Or(
			compareBool(a.WorksElsewhere, b.WorksElsewhere), l[a.Key].Since.Compare(l[b.Key].Since),
			a.InForceSince.Compare(b.InForceSince), compareKeys(a.Key, b.Key),
		)
	})
	taken, ahead := l.Taken(), int32(0)
	for _, applicant := range queue {
		place := l[applicant.Key]
		switch isTooLarge := !room.carries(Room{}, applicant.Patients); {
		case ahead == 0 && room.carries(taken, applicant.Patients) && applicant.Wish == WishPlace:
			place.State, place.Since, place.Admitted, place.PassedOver = state.PlaceAdmitted, now, &now, applicant.Before
			taken.Consortia++
			taken.Patients += applicant.Patients
		case isTooLarge:
			place.NoRoom = true
		default:
			place.Ahead = ahead
			ahead++
		}
		l[applicant.Key] = place
	}
}

// letMove gives leave to move to those who have where to go, in order, ten at a time.
func (l Ledger) letMove(applicants []Applicant, now time.Time) {
	queue := slices.DeleteFunc(slices.Clone(applicants), func(a Applicant) bool {
		return !l[a.Key].IsUsable() || a.Wish == WishFrozen
	})
	slices.SortFunc(queue, func(a, b Applicant) int {
		return cmp.Or(l.compareAdmitted(a.Key, b.Key), compareKeys(a.Key, b.Key))
	})
	moving := 0
	for _, applicant := range queue {
		place := l[applicant.Key]
		to := state.PlaceAdmitted
		switch {
		case !applicant.MayMove || !applicant.Opening || applicant.Wish != WishKeep:
		case applicant.Moved:
			to = state.PlaceMoving
		case moving < maxMoving:
			to = state.PlaceMoving
			moving++
		}
		if place.State != to {
			place.State, place.Since = to, now
			l[applicant.Key] = place
		}
	}
}

// standBy says, for each agreement that would come if its supplier failed now with all its consortia,
// whether the service could carry it: places in the storm go by order of admission there.
func (l Ledger) standBy(applicants []Applicant, room Room) {
	storms := map[string][]Applicant{}
	for _, applicant := range applicants {
		if place := l[applicant.Key]; applicant.ComesFrom != "" && place.State == state.PlaceNone {
			storms[applicant.ComesFrom] = append(storms[applicant.ComesFrom], applicant)
		}
	}
	waiting := l.ahead(applicants, room)
	for _, source := range slices.Sorted(maps.Keys(storms)) {
		slices.SortFunc(storms[source], func(a, b Applicant) int {
			return cmp.Or(a.InForceSince.Compare(b.InForceSince), compareKeys(a.Key, b.Key))
		})
		l.weather(storms[source], waiting, room)
	}
}

// weather says who of a storm, in order, would find room behind those who wait. As in the queue, one who
// is too large for the whole service holds nobody up.
func (l Ledger) weather(storm []Applicant, ahead int32, room Room) {
	taken, full := l.Taken(), ahead > 0
	for _, applicant := range storm {
		if len(l) >= maxPlaces {
			return
		}
		place := state.Place{UID: applicant.UID, State: state.PlaceStandby}
		if room.carries(Room{}, applicant.Patients) {
			full = full || !room.carries(taken, applicant.Patients)
			if full {
				place.NoRoom, place.Ahead = true, ahead
			}
			taken.Consortia++
			taken.Patients += applicant.Patients
			ahead++
		} else {
			place.NoRoom = true
		}
		l[applicant.Key] = place
	}
}

// ahead is how many wait who would come before those of a storm: who works elsewhere does not, nor does
// one who is too large for the whole service.
func (l Ledger) ahead(applicants []Applicant, room Room) int32 {
	waiting := int32(0)
	for _, a := range applicants {
		if l[a.Key].State == state.PlaceWaiting && a.Wish != WishFrozen && !a.WorksElsewhere && room.carries(Room{}, a.Patients) {
			waiting++
		}
	}
	return waiting
}

func (l Ledger) compareAdmitted(a, b types.NamespacedName) int {
	return instantOf(l[a].Admitted).Compare(instantOf(l[b].Admitted))
}

func instantOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareKeys(a, b types.NamespacedName) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
