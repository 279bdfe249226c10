package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Population is what a consortium's localities count together.
type Population struct {
	Localities, Practices int32
	RegisteredPatients    int64
	AsOf                  v1alpha1.Date // the oldest
	Uncounted             int32         // localities that have not been looked at yet
}

// IsKnown says that every locality has been counted, and that there is one.
func (p Population) IsKnown() bool { return p.Localities > 0 && p.Uncounted == 0 }

// CountPopulation sums what the localities' statuses count.
func CountPopulation(localities []v1alpha1.Locality) Population {
	total := Population{}
	for i := range localities {
		locality := &localities[i]
		if !locality.DeletionTimestamp.IsZero() {
			continue
		}
		total.Localities++
		if locality.Status.ObservedGeneration == nil || *locality.Status.ObservedGeneration < locality.Generation {
			total.Uncounted++
		}
		total.Practices += value(locality.Status.Practices)
		total.RegisteredPatients += value(locality.Status.RegisteredPatients)
		if asOf := locality.Spec.RegisteredAsOf; asOf != "" && (total.AsOf == "" || asOf < total.AsOf) {
			total.AsOf = asOf
		}
	}
	return total
}

func markConsortiumPopulation(m marker, p Population) {
	condition := v1alpha1.PopulationKnownCondition
	switch {
	case p.Localities == 0:
		m.isFalse(condition, v1alpha1.ReasonNoLocalities, "The consortium has no locality, so its registered patients are not known.")
	case p.Uncounted > 0:
		m.isUnknown(condition, v1alpha1.ReasonCounting, "Not every locality has been counted yet.")
	default:
		m.isTrue(condition, v1alpha1.ReasonCounted, patientsInPractices(p.RegisteredPatients, p.Practices))
	}
}

func countConsortium(c *v1alpha1.Consortium, p Population) {
	c.Status.Localities, c.Status.Practices = &p.Localities, &p.Practices
	c.Status.RegisteredPatients, c.Status.RegisteredAsOf = &p.RegisteredPatients, p.AsOf
}

func patientsInPractices(patients int64, practices int32) string {
	return fmt.Sprintf("%s in %s.", counted(patients, "registered patient"), counted(practices, "practice"))
}

// counted writes how many there are of something: 1 practice, 1,323 practices.
func counted[N int | int32 | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(int64(n)) + " " + one + "s"
}

// Thousands writes a count as people read it: 347,870.
func Thousands(n int64) string {
	digits := fmt.Sprintf("%d", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func value[N int32 | int64](n *N) N {
	if n == nil {
		return 0
	}
	return *n
}
