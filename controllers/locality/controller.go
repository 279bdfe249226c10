// Package locality counts the practices of each Locality: a practice counts once in the country.
package locality

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles Localities. The statuses together are the table of claims: they are decided one
// at a time, since two that were decided side by side could both count a practice, and written side by
// side.
type Controller struct {
	client client.Client
	status *status.Writer[*v1alpha1.Locality]

	table sync.Mutex
	// granted are the claims that have been decided and whose status is being written.
	granted map[types.UID][]v1alpha1.PracticeCode
}

// Reconcile decides what counts of one Locality's claims.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.Locality) (reconcile.Result, error) {
	locality := c.status.Freshest(cached)
	if !locality.DeletionTimestamp.IsZero() {
		return reconcile.Result{}, nil
	}
	home, err := observe.Home(ctx, c.client, locality.Namespace)
	if err != nil {
		return reconcile.Result{}, err
	}
	counted, refused, err := c.decide(ctx, locality)
	if err != nil {
		return reconcile.Result{}, err
	}
	defer c.written(locality)
	before := locality.DeepCopy()
	status.Locality(locality, home, counted, refused)
	again, err := c.status.Write(ctx, before, locality)
	return watch.Next(state.Result{}, again, err)
}

// decide settles a Locality's claims; until its status is written, they count as granted.
func (c *Controller) decide(ctx context.Context, locality *v1alpha1.Locality) ([]v1alpha1.PracticeCode, []v1alpha1.RefusedClaim, error) {
	c.table.Lock()
	defer c.table.Unlock()
	claims, err := c.observeClaims(ctx, locality)
	if err != nil {
		return nil, nil, err
	}
	counted, refused := plan.DecideClaims(client.ObjectKeyFromObject(locality), claims)
	c.granted[locality.UID] = counted
	return counted, refused, nil
}

// written ends the time in which a decision stood in memory alone: the status holds it now, or the
// write failed and it is decided anew.
func (c *Controller) written(locality *v1alpha1.Locality) {
	c.table.Lock()
	defer c.table.Unlock()
	delete(c.granted, locality.UID)
}
