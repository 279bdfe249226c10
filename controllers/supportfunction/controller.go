// Package supportfunction keeps the catalogue: it checks each entry, counts who uses it, and keeps
// an entry that is used.
package supportfunction

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 2

// Controller reconciles SupportFunctions.
type Controller struct {
	client client.Client
	live   client.Reader
	status *status.Writer[*v1alpha1.SupportFunction]
}

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions/status,verbs=patch

// Register adds the controller to the manager.
func Register(mgr manager.Manager, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), live: mgr.GetAPIReader(),
		status: status.NewWriter[*v1alpha1.SupportFunction](mgr.GetClient(), mgr.GetEventRecorder("supportfunction")),
	}
	options.MaxConcurrentReconciles = workers
	return builder.ControllerManagedBy(mgr).Named("supportfunction").WithOptions(options).
		For(&v1alpha1.SupportFunction{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.MemberFunction{}, watch.Aggregate(usedBy), builder.WithPredicates(watch.Changed(instanceCounts))).
		Complete(reconcile.AsReconciler(mgr.GetClient(), c))
}

// Reconcile checks and counts one catalogue entry.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.SupportFunction) (reconcile.Result, error) {
	function := c.status.Freshest(cached)
	seen, err := c.observe(ctx, function)
	if err != nil {
		return reconcile.Result{}, err
	}
	if !function.DeletionTimestamp.IsZero() && len(seen.Instances) == 0 {
		return reconcile.Result{}, c.release(ctx, function)
	}
	if function.DeletionTimestamp.IsZero() {
		if err := c.ensureFinalizer(ctx, function); err != nil {
			return reconcile.Result{}, err
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

// ensureFinalizer is the second net under an entry that is used; the first is a policy.
func (c *Controller) ensureFinalizer(ctx context.Context, function *v1alpha1.SupportFunction) error {
	before := function.DeepCopy()
	if !controllerutil.AddFinalizer(function, v1alpha1.Finalizer) {
		return nil
	}
	return c.client.Patch(ctx, function, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}

// release lets an entry go, after a live look that nobody uses it.
func (c *Controller) release(ctx context.Context, function *v1alpha1.SupportFunction) error {
	users := &v1alpha1.MemberFunctionList{}
	if err := c.live.List(ctx, users, client.MatchingFields{index.Function: function.Name}, client.Limit(1)); err != nil {
		return fmt.Errorf("look for users: %w", err)
	}
	before := function.DeepCopy()
	if len(users.Items) > 0 || !controllerutil.RemoveFinalizer(function, v1alpha1.Finalizer) {
		return nil // the user's own event wakes this reconcile when the cache shows it
	}
	c.status.Forget(function.UID)
	return client.IgnoreNotFound(c.client.Patch(ctx, function, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})))
}

// usedBy wakes the entry that an instance uses.
func usedBy(_ context.Context, instance client.Object) []reconcile.Request {
	return watch.InNamespace("", string(instance.(*v1alpha1.MemberFunction).Spec.Function))
}

type counts struct{ ready, upToDate bool }

// instanceCounts is what an entry reads of an instance.
func instanceCounts(f *v1alpha1.MemberFunction) counts {
	return counts{
		ready:    meta.IsStatusConditionTrue(f.Status.Conditions, v1alpha1.ReadyCondition),
		upToDate: meta.IsStatusConditionTrue(f.Status.Conditions, v1alpha1.UpToDateCondition),
	}
}
