// Package locality counts the practices of each Locality: a practice counts once in the country.
package locality

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles Localities, one at a time: the statuses together are the table of claims,
// and two that were decided side by side could both count a practice.
type Controller struct {
	client client.Client
	status *status.Writer[*v1alpha1.Locality]
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
	claims, err := c.observeClaims(ctx, locality)
	if err != nil {
		return reconcile.Result{}, err
	}
	counted, refused := plan.DecideClaims(client.ObjectKeyFromObject(locality), claims)
	before := locality.DeepCopy()
	status.Locality(locality, home, counted, refused)
	conflict, err := c.status.Write(ctx, before, locality)
	return watch.Next(state.Result{}, conflict, err)
}
