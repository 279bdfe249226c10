// Package supportfunction keeps the catalogue: it checks each entry, counts who uses it, and keeps
// an entry that is used.
package supportfunction

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles SupportFunctions.
type Controller struct {
	client client.Client
	live   client.Reader
	status *status.Writer[*v1alpha1.SupportFunction]
}

// Reconcile checks and counts one catalogue entry.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.SupportFunction) (reconcile.Result, error) {
	function := c.status.Freshest(cached)
	seen, err := c.observe(ctx, function)
	if err != nil {
		return reconcile.Result{}, err
	}
	if !function.DeletionTimestamp.IsZero() && len(seen.Instances) == 0 {
		return c.release(ctx, function)
	}
	if function.DeletionTimestamp.IsZero() {
		if conflict, err := c.status.AddFinalizer(ctx, function); conflict || err != nil {
			return watch.Next(state.Result{}, conflict, err)
		}
	}
	before := function.DeepCopy()
	_, invalid := plan.CompileSchema(plan.RevisionFor(function, types.NamespacedName{}).Schema)
	status.SupportFunction(function, seen, invalid)
	conflict, err := c.status.Write(ctx, before, function)
	return watch.Next(state.Result{}, conflict, err)
}

func (c *Controller) observe(ctx context.Context, function *v1alpha1.SupportFunction) (state.SupportFunction, error) {
	instances := &v1alpha1.MemberFunctionList{}
	if err := c.client.List(ctx, instances, client.MatchingFields{index.Function: function.Name}); err != nil {
		return state.SupportFunction{}, fmt.Errorf("list users: %w", err)
	}
	return state.SupportFunction{Object: function, Instances: instances.Items}, nil
}

// release lets an entry go, after a live look that nobody uses it.
func (c *Controller) release(ctx context.Context, function *v1alpha1.SupportFunction) (reconcile.Result, error) {
	users := &v1alpha1.MemberFunctionList{}
	if err := c.live.List(ctx, users, client.MatchingFields{index.Function: function.Name}, client.Limit(1)); err != nil {
		return reconcile.Result{}, fmt.Errorf("look for users: %w", err)
	}
	if len(users.Items) > 0 {
		return reconcile.Result{}, nil // the user's own event wakes this reconcile when the cache shows it
	}
	conflict, err := c.status.RemoveFinalizer(ctx, function)
	return watch.Next(state.Result{}, conflict, err)
}
