package plan

import (
	"cmp"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Claimant is one Locality's claim of one practice, as it stands.
type Claimant struct {
	Locality types.NamespacedName
	UID      types.UID
	Created  metav1.Time
	// Counted: the Locality's status says that this claim counts, and its spec still claims it.
	Counted bool
	// Active: neither the Locality nor its consortium is being deleted, and its namespace is a
	// consortium's.
	Active bool
	// Permitted: the consortium's list of practices, where one is given, holds the practice.
	Permitted bool
	// Consortium of the Locality's namespace.
	Consortium string
	// Successors of the consortium after mergers, the nearest first, as Successors returns them.
	Successors []string
}

// mayCount says whether the claim can count at all: a consortium that has a successor keeps what
// counts already, and claims nothing more.
func (c *Claimant) mayCount() bool {
	return c.Active && c.Permitted && (c.Counted || len(c.Successors) == 0)
}

// yieldsTo says whether the other claim is a successor's.
func (c *Claimant) yieldsTo(other *Claimant) bool {
	return slices.Contains(c.Successors, other.Consortium)
}

// Successors returns who took over from a consortium after mergers, the nearest first, over the whole
// chain. succeededBy returns the spec.succeededBy of the consortium of that name, empty when it has
// none or does not exist. A circle is followed once.
func Successors(consortium string, succeededBy func(consortium string) string) []string {
	var chain []string
	next := succeededBy(consortium)
	for next != "" && next != consortium && !slices.Contains(chain, next) {
		chain = append(chain, next)
		next = succeededBy(next)
	}
	return chain
}

// Holder returns the claimant whose claim of the practice counts, or nil when none does: a practice
// that is claimed by two localities anywhere counts once.
//
//   - A claim counts only if it is Active and Permitted. A consortium that has a successor claims
//     nothing new.
//   - The claim that counts goes on counting until it is withdrawn: nobody takes a practice by
//     claiming it, however old the Locality.
//   - Only to a claim of its consortium's successor it yields, and at once; the last in the chain of
//     successors that claims the practice takes its place. In a circle, which is a mistake, none is the
//     last.
//   - Among claims that all count, which a race may leave behind, and where none counts among new
//     claims, the older Locality wins, then the first by namespace and name.
func Holder(claims []Claimant) *Claimant {
	candidates := make([]*Claimant, 0, len(claims))
	for i := range claims {
		if claims[i].mayCount() {
			candidates = append(candidates, &claims[i])
		}
	}
	holder := firstClaim(candidates)
	if holder == nil {
		return nil
	}
	var successors []*Claimant
	for _, c := range candidates {
		if holder.yieldsTo(c) && !slices.ContainsFunc(candidates, c.yieldsTo) {
			successors = append(successors, c)
		}
	}
	if len(successors) > 0 {
		return firstClaim(successors)
	}
	return holder
}

// firstClaim returns the claim that counts already, then the older, then the first by name; nil of none.
func firstClaim(claims []*Claimant) *Claimant {
	if len(claims) == 0 {
		return nil
	}
	return slices.MinFunc(claims, func(a, b *Claimant) int {
		if a.Counted != b.Counted {
			if a.Counted {
				return -1
			}
			return 1
		}
		return cmp.Or(
			a.Created.Compare(b.Created.Time),
			cmp.Compare(a.Locality.Namespace, b.Locality.Namespace),
			cmp.Compare(a.Locality.Name, b.Locality.Name),
			cmp.Compare(a.UID, b.UID),
		)
	})
}

// DecideClaims returns which of the practices that the Locality self claims count there, and which do
// not and why, both by practice. byPractice holds all claims, self's included, of each practice that
// self claims. refused is complete: the status shows the first of them.
//
// A Locality that is not Active claims nothing: both are empty.
func DecideClaims(
	self types.NamespacedName, byPractice map[v1alpha1.PracticeCode][]Claimant,
) (counted []v1alpha1.PracticeCode, refused []v1alpha1.RefusedClaim) {
	for _, practice := range slices.Sorted(maps.Keys(byPractice)) {
		claims := byPractice[practice]
		i := slices.IndexFunc(claims, func(c Claimant) bool { return c.Locality == self && c.Active })
		if i < 0 {
			continue
		}
		holder := Holder(claims)
		if holder != nil && holder.Locality == self {
			counted = append(counted, practice)
			continue
		}
		refused = append(refused, refusal(practice, &claims[i], holder))
	}
	return counted, refused
}

// refusal says why the claim does not count: first what the claimant's own consortium rules out, which
// no withdrawal elsewhere would mend, then that somebody else holds the practice.
func refusal(practice v1alpha1.PracticeCode, claim, holder *Claimant) v1alpha1.RefusedClaim {
	r := v1alpha1.RefusedClaim{Practice: practice, Reason: v1alpha1.ClaimedElsewhere}
	switch {
	case !claim.Permitted:
		r.Reason = v1alpha1.ClaimNotPermitted
	case len(claim.Successors) > 0:
		r.Reason = v1alpha1.ClaimConsortiumSucceeded
	}
	if holder != nil {
		r.CountsIn = holder.Locality.String()
	}
	return r
}
