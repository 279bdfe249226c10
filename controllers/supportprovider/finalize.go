package supportprovider

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// finalize takes access back, settles what becomes of the namespace once nobody is served from it, and
// lets the SupportProvider go.
func (c *Controller) finalize(ctx context.Context, provider *v1alpha1.SupportProvider) (reconcile.Result, error) {
	if !controllerutil.ContainsFinalizer(provider, v1alpha1.Finalizer) {
		return reconcile.Result{}, nil
	}
	var use state.ProviderUse
	keptBy := func(ctx context.Context, reader client.Reader, namespace string, removing bool) (string, error) {
		var err error
		use, err = c.countUse(ctx, reader, namespace)
		return status.KeptBy(use, removing), err
	}
	waitingFor, err := c.keeper.Settle(ctx, plan.ProviderTenant(provider), keptBy)
	if err != nil {
		return reconcile.Result{}, err
	}
	if waitingFor != "" {
		before := provider.DeepCopy()
		status.SupportProviderDeleting(provider, use, waitingFor)
		again, err := c.status.Write(ctx, before, provider)
		return watch.Next(state.Result{}, again, err)
	}
	again, err := c.status.RemoveFinalizer(ctx, provider)
	return watch.Next(state.Result{}, again, err)
}
