package hostedservice

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// mayGo says whether a service that is being deleted may go: when nobody has a place there any more;
// at once where it has no supplier, its namespace goes, or somebody said that it is meant.
func mayGo(seen state.HostedService, ledger plan.Ledger) bool {
	return !seen.Object.DeletionTimestamp.IsZero() &&
		(!ledger.IsServing() || seen.Home.Provider == nil || seen.Home.Terminating || seen.Object.Annotations[v1alpha1.AllowDeletionAnnotation] == "true")
}

// finalize removes the ledger, which no garbage collector finds, and lets the service go. What is in
// its own namespace goes with it.
func (c *Controller) finalize(ctx context.Context, hosted *v1alpha1.HostedService) (reconcile.Result, error) {
	if !controllerutil.ContainsFinalizer(hosted, v1alpha1.Finalizer) {
		return reconcile.Result{}, nil
	}
	owner := state.OwnerOf(v1alpha1.HostedServiceKind, hosted)
	if err := c.applier.Prune(ctx, owner, []client.ObjectList{&corev1.ConfigMapList{}}); err != nil {
		return reconcile.Result{}, err
	}
	again, err := c.status.RemoveFinalizer(ctx, hosted)
	return watch.Next(state.Result{}, again, err)
}
