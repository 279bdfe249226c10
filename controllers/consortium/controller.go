// Package consortium gives each Consortium its namespace, the guard rails in it and its people's
// access to it, and counts what the consortium has.
package consortium

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/premises"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles Consortia.
type Controller struct {
	client   client.Client
	keeper   *premises.Keeper
	status   *status.Writer[*v1alpha1.Consortium]
	settings state.Settings
}

// Reconcile makes the cluster as one Consortium asks.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.Consortium) (reconcile.Result, error) {
	consortium := c.status.Freshest(cached)
	if !consortium.DeletionTimestamp.IsZero() {
		return c.finalize(ctx, consortium)
	}
	seen, err := c.observe(ctx, consortium)
	if err != nil {
		return reconcile.Result{}, err
	}
	if again, err := c.status.AddFinalizer(ctx, consortium); again > 0 || err != nil {
		return watch.Next(state.Result{}, again, err)
	}
	before := consortium.DeepCopy()
	verdict := plan.JudgeNamespace(seen.Premises, c.settings)
	done, err := c.keeper.Make(ctx, seen.Tenant, verdict, render.ConsortiumAccess(seen.Tenant, consortium.Spec.Access))
	status.Consortium(consortium, seen, verdict, done, err)
	again, statusErr := c.status.Write(ctx, before, consortium)
	return watch.Next(done, again, err, statusErr)
}
