// Package supportprovider gives each SupportProvider its namespace, the guard rails in it and its
// people's access to it, and counts what the supplier hosts and how many it serves.
package supportprovider

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

// Controller reconciles SupportProviders.
type Controller struct {
	client   client.Client
	keeper   *premises.Keeper
	status   *status.Writer[*v1alpha1.SupportProvider]
	settings state.Settings
}

// Reconcile makes the cluster as one SupportProvider asks.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.SupportProvider) (reconcile.Result, error) {
	provider := c.status.Freshest(cached)
	if !provider.DeletionTimestamp.IsZero() {
		return c.finalize(ctx, provider)
	}
	seen, err := c.observe(ctx, provider)
	if err != nil {
		return reconcile.Result{}, err
	}
	if again, err := c.status.AddFinalizer(ctx, provider); again > 0 || err != nil {
		return watch.Next(state.Result{}, again, err)
	}
	before := provider.DeepCopy()
	verdict := plan.JudgeNamespace(seen.Premises, c.settings)
	done, err := c.keeper.Make(ctx, seen.Tenant, verdict, render.ProviderAccess(seen.Tenant, provider.Spec.Access))
	status.SupportProvider(provider, seen, verdict, done, err)
	again, statusErr := c.status.Write(ctx, before, provider)
	return watch.Next(done, again, err, statusErr)
}
