// Package supportfunction keeps the catalogue: it checks each entry, counts who uses it, keeps an entry
// that is used, and lets its changes reach those who use it step by step (rule R12).
package supportfunction

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/metrics"
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
		return c.release(ctx, seen)
	}
	if function.DeletionTimestamp.IsZero() {
		if again, err := c.status.AddFinalizer(ctx, function); again > 0 || err != nil {
			return watch.Next(state.Result{}, again, err)
		}
	}
	now := c.clock.Now()
	planned, kept, err := c.plan(ctx, seen, now)
	if err != nil || len(kept.Blocked) > 0 {
		return watch.Next(kept, 0, err)
	}
	before := function.DeepCopy()
	status.SupportFunction(function, seen, planned)
	again, err := c.status.Write(ctx, before, function)
	if err == nil && again == 0 {
		err = c.forget(ctx, function, expired(seen.Revisions, planned.Expired))
	}
	result, err := watch.Next(state.Result{}, again, err)
	return watch.NotAfter(result, planned.Next, now), err
}

// plan decides, and keeps the revision that the entry makes, where it is new. The cache may not show the
// last one yet, and the same content would be taken for a new one: so that is decided on a live look.
func (c *Controller) plan(ctx context.Context, seen state.SupportFunction, now time.Time) (planned plan.SupportFunction, kept state.Result, err error) {
	planned = plan.PlanSupportFunction(seen, now)
	if !planned.IsNew {
		return planned, kept, nil
	}
	if seen.Revisions, err = revisionsOf(ctx, c.live, seen.Object); err != nil {
		return planned, kept, err
	}
	planned = plan.PlanSupportFunction(seen, now)
	if planned.IsNew {
		owner := state.OwnerOf(v1alpha1.SupportFunctionKind, seen.Object)
		kept, err = c.applier.Apply(ctx, owner, []runtime.ApplyConfiguration{render.Revision(owner, planned.Revision)})
	}
	return planned, kept, err
}

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, function *v1alpha1.SupportFunction) (state.SupportFunction, error) {
	seen := state.SupportFunction{Object: function}
	var err error
	if seen.Revisions, err = revisionsOf(ctx, c.client, function); err != nil {
		return seen, err
	}
	seen.Instances, err = instancesOf(ctx, c.client, function)
	return seen, err
}

// revisionsOf reads those that are kept of the function.
func revisionsOf(ctx context.Context, reader client.Reader, function *v1alpha1.SupportFunction) ([]v1alpha1.SupportFunctionRevision, error) {
	revisions := &v1alpha1.SupportFunctionRevisionList{}
	owner := index.OwnerKey(state.OwnerOf(v1alpha1.SupportFunctionKind, function))
	if err := reader.List(ctx, revisions, client.MatchingLabels{v1alpha1.OwnerLabel: owner}); err != nil {
		return nil, fmt.Errorf("list revisions: %w", err)
	}
	return revisions.Items, nil
}

// forget deletes revisions, each as its own mark has it: after a restore the function has another UID, and
// its revisions say the former one's.
func (c *Controller) forget(ctx context.Context, function *v1alpha1.SupportFunction, revisions []v1alpha1.SupportFunctionRevision) error {
	owner := state.OwnerOf(v1alpha1.SupportFunctionKind, function)
	var failures []error
	for i := range revisions {
		marked, ok := state.MarkedOwner(&revisions[i])
		if !ok || marked.Kind != owner.Kind || marked.Key() != owner.Key() {
			continue
		}
		revision := &unstructured.Unstructured{}
		revision.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.SupportFunctionRevisionKind))
		revision.SetName(revisions[i].Name)
		failures = append(failures, c.applier.Delete(ctx, marked, revision))
	}
	return errors.Join(failures...)
}

// expired are the revisions with these numbers.
func expired(revisions []v1alpha1.SupportFunctionRevision, numbers []int64) []v1alpha1.SupportFunctionRevision {
	return slices.DeleteFunc(slices.Clone(revisions), func(r v1alpha1.SupportFunctionRevision) bool { return !slices.Contains(numbers, r.Spec.Revision) })
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
func (c *Controller) release(ctx context.Context, seen state.SupportFunction) (reconcile.Result, error) {
	users, err := instancesOf(ctx, c.live, seen.Object)
	if err != nil || len(users) > 0 {
		return reconcile.Result{}, err // a user's own event wakes this reconcile when the cache shows it
	}
	if err := c.forget(ctx, seen.Object, seen.Revisions); err != nil {
		return reconcile.Result{}, err
	}
	metrics.Forget(seen.Object.Name)
	again, err := c.status.RemoveFinalizer(ctx, seen.Object)
	return watch.Next(state.Result{}, again, err)
}
