package plan

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// TokenTerms are for whom a consortium's token is, and from and until when it may be valid.
type TokenTerms struct {
	Audience  []string
	NotBefore time.Time
	// NotAfter is the first instant at which it must not be valid; zero: none.
	NotAfter time.Time
}

// TokenTermsFor are those of the token that an agreement gives while the goal supplies. Every supplier
// that could take over tomorrow is in the audience, so that the token survives a change of supplier; one
// whose consent may lapse while the token lives is not, unless it supplies: then it bounds the token.
func TokenTermsFor(seen state.SupportAgreement, judged Agreement, goal int, life time.Duration, now time.Time) TokenTerms {
	terms := TokenTerms{NotAfter: judged.Term.Ends}
	if revoked := seen.Object.Spec.TokensNotBefore; revoked != nil {
		terms.NotBefore = revoked.Time
	}
	for i, verdict := range judged.Suppliers {
		ends := verdict.entitlementEnds(seen.Function)
		if i == goal {
			terms.NotAfter = nextOf(time.Time{}, terms.NotAfter, ends)
		}
		outlives := verdict.Fitness == Fit && (ends.IsZero() || ends.After(now.Add(life)))
		if i == goal || outlives {
			terms.Audience = append(terms.Audience, seen.Suppliers[i].Name())
		}
	}
	return terms
}

// entitlementEnds is when the data sharing agreement or an assurance ends what the supplier is given;
// zero: never.
func (v SupplierVerdict) entitlementEnds(function *v1alpha1.SupportFunction) time.Time {
	assured := v.Assured.Ends
	if function.Spec.OnAssuranceLapse == v1alpha1.AssuranceLapseRefuseNew {
		assured = time.Time{}
	}
	return nextOf(time.Time{}, v.DataSharing.Ends, assured)
}
