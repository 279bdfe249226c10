package plan

import (
	"math"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Bounds returns the fewest and the most replicas that an instance runs, whatever its population.
// Default: 1 to 10 for MemberOnly, 2 to 40 for Hosted. A bound that is given wins: where it crosses
// the default of the other, the default gives way. Should both be given and cross, the upper wins.
func Bounds(s v1alpha1.Sizing, d v1alpha1.Delivery) (lower, upper int32) {
	lower, upper = 1, 10
	if d == v1alpha1.DeliveryHosted {
		lower, upper = 2, 40
	}
	if s.MinReplicas != 0 {
		lower = max(1, s.MinReplicas)
		upper = max(lower, upper)
	}
	if s.MaxReplicas != 0 {
		upper = max(1, s.MaxReplicas)
		lower = min(lower, upper)
	}
	return lower, upper
}

// Replicas returns how many replicas an instance runs for so many registered patients: one for each
// patientsPerReplica begun, within Bounds. current is how many it runs now; 0: none yet.
//
// It grows at once. It shrinks to n replicas only when the population is at least 10 % below what n
// replicas serve, so that one patient who comes and goes never moves a replica twice.
func Replicas(s v1alpha1.Sizing, d v1alpha1.Delivery, patients int64, current int32) int32 {
	lower, upper := Bounds(s, d)
	perReplica := int64(max(1, s.PatientsPerReplica))
	// The cap is far above any population, and keeps ten times it within an int64.
	patients = min(max(0, patients), math.MaxInt64/10)

	needed := within(lower, upper, ceilDiv(patients, perReplica))
	if needed >= current || current <= 0 {
		return needed
	}
	return min(current, within(lower, upper, ceilDiv(10*patients, 9*perReplica)))
}

// IsAvailable says whether an instance serves: at least half of the replicas that the sizing asks
// for, rounded up, are available, and at least one. It is the one meaning of "available" (R5).
func IsAvailable(desired, available int32) bool { return available >= Needed(desired) }

// Needed is how many of the replicas that the sizing asks for an instance needs to be available.
func Needed(desired int32) int32 { return max(1, desired/2+desired%2) }

// NeededWhileGrowing is Needed of one that was available with fewer replicas needed, before: it serves as
// it did while those that it grew by are started. Growth is no outage. Before is 0 where it was not
// available.
func NeededWhileGrowing(desired, available, before int32) int32 {
	needed := Needed(desired)
	if 0 < before && before <= available && available < needed {
		return before
	}
	return needed
}

func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

func within(lower, upper int32, n int64) int32 {
	return int32(min(int64(upper), max(int64(lower), n)))
}
