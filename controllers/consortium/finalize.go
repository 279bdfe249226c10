package consortium

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// finalize takes access back, settles what becomes of the namespace, and lets the Consortium go.
func (c *Controller) finalize(ctx context.Context, consortium *v1alpha1.Consortium) (reconcile.Result, error) {
	if !controllerutil.ContainsFinalizer(consortium, v1alpha1.Finalizer) {
		return reconcile.Result{}, nil
	}
	waitingFor, err := c.keeper.Settle(ctx, plan.ConsortiumTenant(consortium), keptBy)
	if err != nil {
		return reconcile.Result{}, err
	}
	if waitingFor != "" {
		before := consortium.DeepCopy()
		status.ConsortiumDeleting(consortium, waitingFor)
		again, err := c.status.Write(ctx, before, consortium)
		return watch.Next(state.Result{}, again, err)
	}
	again, err := c.status.RemoveFinalizer(ctx, consortium)
	return watch.Next(state.Result{}, again, err)
}

// keptBy: a namespace that is kept must hold no function of a consortium that is gone.
func keptBy(ctx context.Context, reader client.Reader, namespace string, removing bool) (string, error) {
	if removing {
		return "", nil
	}
	uses, err := askedFor(ctx, reader, namespace)
	if err != nil || len(uses) == 0 {
		return "", err
	}
	return fmt.Sprintf("its namespace is kept, and in it are still %s: delete them", plan.FirstThree(status.UserNames(uses))), nil
}
