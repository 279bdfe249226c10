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
	instances, err := instancesOf(ctx, c.client, function)
	return state.SupportFunction{Object: function, Instances: instances}, err
}

// instancesOf reads what runs the function: for members, or hosted for many.
func instancesOf(ctx context.Context, reader client.Reader, function *v1alpha1.SupportFunction) ([]state.Use, error) {
	members, services := &v1alpha1.MemberFunctionList{}, &v1alpha1.HostedServiceList{}
	using := client.MatchingFields{index.Function: function.Name}
	if err := reader.List(ctx, members, using); err != nil {
		return nil, fmt.Errorf("list member functions: %w", err)
	}
	if err := reader.List(ctx, services, using); err != nil {
		return nil, fmt.Errorf("list hosted services: %w", err)
	}
	return append(state.UsesByMembers(members.Items), state.UsesByServices(services.Items)...), nil
}

// release lets an entry go, after a live look that nobody uses it.
func (c *Controller) release(ctx context.Context, function *v1alpha1.SupportFunction) (reconcile.Result, error) {
	users, err := instancesOf(ctx, c.live, function)
	if err != nil || len(users) > 0 {
		return reconcile.Result{}, err // a user's own event wakes this reconcile when the cache shows it
	}
	conflict, err := c.status.RemoveFinalizer(ctx, function)
	return watch.Next(state.Result{}, conflict, err)
}
