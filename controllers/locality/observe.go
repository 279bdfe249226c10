package locality

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// claimant is what all claims of one Locality share.
type claimant struct {
	locality  *v1alpha1.Locality
	active    bool
	name      string // the consortium's
	chain     []string
	granted   []v1alpha1.PracticeCode
	permitted func(v1alpha1.PracticeCode) bool
}

// observeClaims reads all claims of the practices that a Locality claims. Each other Locality is read
// once, however many practices it shares.
func (c *Controller) observeClaims(ctx context.Context, locality *v1alpha1.Locality) (map[v1alpha1.PracticeCode][]plan.Claimant, error) {
	known := map[types.UID]claimant{}
	claims := make(map[v1alpha1.PracticeCode][]plan.Claimant, len(locality.Spec.Practices))
	for _, practice := range locality.Spec.Practices {
		code := practice.OrganisationCode
		localities := &v1alpha1.LocalityList{}
		if err := c.client.List(ctx, localities, client.MatchingFields{index.Practice: string(code)}); err != nil {
			return nil, fmt.Errorf("list claims of practice %s: %w", code, err)
		}
		for i := range localities.Items {
			claim, err := c.claimantOf(ctx, &localities.Items[i], known)
			if err != nil {
				return nil, err
			}
			claims[code] = append(claims[code], claim.of(code))
		}
	}
	return claims, nil
}

func (c *Controller) claimantOf(ctx context.Context, cached *v1alpha1.Locality, known map[types.UID]claimant) (claimant, error) {
	if read, ok := known[cached.UID]; ok {
		return read, nil
	}
	locality := c.status.Freshest(cached)
	home, err := observe.Home(ctx, c.client, locality.Namespace)
	if err != nil {
		return claimant{}, err
	}
	read := claimant{locality: locality, granted: c.granted[locality.UID], permitted: anyPractice, active: home.IsActive() && locality.DeletionTimestamp.IsZero()}
	if home.Consortium != nil {
		read.name = home.Consortium.Name
		read.permitted = permittedBy(home.Consortium.Spec.Practices)
		read.chain = plan.Successors(read.name, func(name string) string { return c.successorOf(ctx, name) })
	}
	known[locality.UID] = read
	return read, nil
}

// successorOf names the successor of a consortium; empty where there is none that exists.
func (c *Controller) successorOf(ctx context.Context, name string) string {
	consortium := &v1alpha1.Consortium{}
	if err := c.client.Get(ctx, types.NamespacedName{Name: name}, consortium); err != nil {
		return ""
	}
	return string(consortium.Spec.SucceededBy)
}

func anyPractice(v1alpha1.PracticeCode) bool { return true }

// permittedBy restricts claims to a list, where one is given.
func permittedBy(practices []v1alpha1.PracticeCode) func(v1alpha1.PracticeCode) bool {
	if len(practices) == 0 {
		return anyPractice
	}
	listed := make(map[v1alpha1.PracticeCode]bool, len(practices))
	for _, practice := range practices {
		listed[practice] = true
	}
	return func(code v1alpha1.PracticeCode) bool { return listed[code] }
}

func (c claimant) of(code v1alpha1.PracticeCode) plan.Claimant {
	return plan.Claimant{
		Locality:   client.ObjectKeyFromObject(c.locality),
		UID:        c.locality.UID,
		Created:    c.locality.CreationTimestamp,
		Counted:    slices.Contains(c.locality.Status.Counted, code) || slices.Contains(c.granted, code),
		Active:     c.active,
		Permitted:  c.permitted(code),
		Consortium: c.name,
		Successors: c.chain,
	}
}
