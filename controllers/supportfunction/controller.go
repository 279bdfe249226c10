// Package supportfunction keeps the catalogue: it checks each entry, counts who uses it, keeps an entry
// that is used, and lets its changes reach those who use it step by step (rule R12).
package supportfunction

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles SupportFunctions.
type Controller struct {
	client  client.Client
	live    client.Reader
	applier *apply.Applier
	status  *status.Writer[*v1alpha1.SupportFunction]
	clock   state.Clock
}

// Reconcile checks one catalogue entry, keeps the revision that it makes, and decides how far that reaches.
// A revision is kept before anybody is told of it.
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
	now := c.clock.Now()
	planned := plan.PlanSupportFunction(seen, now)
	owner := state.OwnerOf(v1alpha1.SupportFunctionKind, function)
	if planned.IsNew {
		done, err := c.applier.Apply(ctx, owner, []runtime.ApplyConfiguration{render.Revision(owner, planned.Revision)})
		if err != nil || len(done.Blocked) > 0 {
			return watch.Next(done, false, err)
		}
	}
	before := function.DeepCopy()
	status.SupportFunction(function, seen, planned)
	conflict, err := c.status.Write(ctx, before, function)
	if err == nil && !conflict {
		err = c.forget(ctx, owner, planned.Expired)
	}
	result, err := watch.Next(state.Result{}, conflict, err)
	return watch.NotAfter(result, planned.Next, now), err
}

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, function *v1alpha1.SupportFunction) (state.SupportFunction, error) {
	seen := state.SupportFunction{Object: function}
	revisions := &v1alpha1.SupportFunctionRevisionList{}
	owned := client.MatchingFields{index.Owner: index.OwnerKey(state.OwnerOf(v1alpha1.SupportFunctionKind, function))}
	if err := c.client.List(ctx, revisions, owned); err != nil {
		return seen, fmt.Errorf("list revisions: %w", err)
	}
	seen.Revisions = revisions.Items
	var err error
	seen.Instances, err = instancesOf(ctx, c.client, function)
	return seen, err
}

// forget deletes revisions that nothing runs.
func (c *Controller) forget(ctx context.Context, owner state.Owner, expired []int64) error {
	var failures []error
	for _, number := range expired {
		revision := &unstructured.Unstructured{}
		revision.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.SupportFunctionRevisionKind))
		revision.SetName(plan.RevisionName(owner.Name, number))
		failures = append(failures, c.applier.Delete(ctx, owner, revision))
	}
	return errors.Join(failures...)
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

// release lets an entry go, with its revisions, after a live look that nobody uses it.
func (c *Controller) release(ctx context.Context, function *v1alpha1.SupportFunction) (reconcile.Result, error) {
	users, err := instancesOf(ctx, c.live, function)
	if err != nil || len(users) > 0 {
		return reconcile.Result{}, err // a user's own event wakes this reconcile when the cache shows it
	}
	owner := state.OwnerOf(v1alpha1.SupportFunctionKind, function)
	if err := c.applier.Prune(ctx, owner, []client.ObjectList{&v1alpha1.SupportFunctionRevisionList{}}); err != nil {
		return reconcile.Result{}, err
	}
	conflict, err := c.status.RemoveFinalizer(ctx, function)
	return watch.Next(state.Result{}, conflict, err)
}
