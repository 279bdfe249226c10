package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// maxRefusedClaims bounds the refused claims that a Locality's status names.
const maxRefusedClaims = 10

// Locality sets a Locality's status from its home and from what was decided on its claims.
func Locality(l *v1alpha1.Locality, home state.Home, counted []v1alpha1.PracticeCode, refused []v1alpha1.RefusedClaim) {
	m := marker{&l.Status.Conditions, l.Generation}
	l.Status.ObservedGeneration = &l.Generation
	practices, patients := sumCounted(l.Spec.Practices, counted)
	l.Status.Practices, l.Status.RegisteredPatients, l.Status.Counted = &practices, &patients, counted
	l.Status.Refused = refused[:min(len(refused), maxRefusedClaims)]
	if markHome(m, home) {
		markClaims(m, len(l.Spec.Practices), refused)
	} else {
		m.isUnknown(v1alpha1.PracticesCountedCondition, v1alpha1.ReasonWaiting, "Practices count only in a namespace of a consortium, while neither is being deleted.")
	}
	m.ready(v1alpha1.ReasonReady, patientsInPractices(patients, practices),
		v1alpha1.ConsortiumResolvedCondition, v1alpha1.PracticesCountedCondition)
}

func sumCounted(practices []v1alpha1.Practice, counted []v1alpha1.PracticeCode) (number int32, patients int64) {
	counts := make(map[v1alpha1.PracticeCode]bool, len(counted))
	for _, code := range counted {
		counts[code] = true
	}
	for _, practice := range practices {
		if counts[practice.OrganisationCode] {
			number++
			patients += int64(value(practice.RegisteredPatients))
		}
	}
	return number, patients
}

func markClaims(m marker, claimed int, refused []v1alpha1.RefusedClaim) {
	if len(refused) == 0 {
		m.isTrue(v1alpha1.PracticesCountedCondition, v1alpha1.ReasonCounted, "Every practice counts here.")
		return
	}
	reasons := make([]string, len(refused))
	for i, claim := range refused {
		reasons[i] = refusal(claim)
	}
	m.isFalse(v1alpha1.PracticesCountedCondition, v1alpha1.ReasonClaimsRefused,
		fmt.Sprintf("%d of %s not counted here: %s.", len(refused), counted(claimed, "practice"), plan.FirstThree(reasons)))
}

func refusal(claim v1alpha1.RefusedClaim) string {
	switch claim.Reason {
	case v1alpha1.ClaimNotPermitted:
		return fmt.Sprintf("%s (not among the consortium's spec.practices)", claim.Practice)
	case v1alpha1.ClaimConsortiumSucceeded:
		return fmt.Sprintf("%s (a new claim, and the consortium has a successor)", claim.Practice)
	default:
		return fmt.Sprintf("%s (counts in locality %s)", claim.Practice, claim.CountsIn)
	}
}
