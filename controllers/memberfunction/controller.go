// Package memberfunction runs member-only functions, each in its consortium's own namespace and
// nowhere else (rule R1).
package memberfunction

import (
	"context"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles MemberFunctions.
type Controller struct {
	client   client.Client
	applier  *apply.Applier
	status   *status.Writer[*v1alpha1.MemberFunction]
	settings state.Settings
}

// Reconcile makes one MemberFunction run. What belongs to it is removed by the garbage collector.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.MemberFunction) (reconcile.Result, error) {
	function := c.status.Freshest(cached)
	if !function.DeletionTimestamp.IsZero() {
		return reconcile.Result{}, nil
	}
	seen, err := c.observe(ctx, function)
	if err != nil {
		return reconcile.Result{}, err
	}
	planned := plan.PlanMemberFunction(seen)
	var done state.Result
	if planned.Obstacle == plan.NoObstacle {
		done, err = c.write(ctx, function, planned)
	}
	before := function.DeepCopy()
	status.MemberFunction(function, seen, planned, done, err)
	again, statusErr := c.status.Write(ctx, before, function)
	return watch.Next(done, again, err, statusErr)
}

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, function *v1alpha1.MemberFunction) (state.MemberFunction, error) {
	seen := state.MemberFunction{Object: function}
	var err error
	if seen.Home, err = observe.Home(ctx, c.client, function.Namespace); err != nil {
		return seen, err
	}
	seen.Function, seen.Revision, err = observe.Catalogue(ctx, c.client, function.Spec.Function, function, function.Spec.Revision)
	if err != nil {
		return seen, err
	}
	if name := string(function.Spec.Locality); name != "" {
		locality := &v1alpha1.Locality{}
		found, err := observe.Optional(ctx, c.client, types.NamespacedName{Namespace: function.Namespace, Name: name}, locality)
		if err != nil {
			return seen, err
		}
		if found && locality.DeletionTimestamp.IsZero() {
			seen.Locality = locality
		}
	}
	if seen.Agreements, err = c.observeAgreements(ctx, function); err != nil {
		return seen, err
	}
	seen.Workload, err = observe.Workload(ctx, c.client, function)
	return seen, err
}

func (c *Controller) observeAgreements(ctx context.Context, function *v1alpha1.MemberFunction) (map[v1alpha1.ObjectName]*v1alpha1.SupportAgreement, error) {
	named := map[v1alpha1.ObjectName]*v1alpha1.SupportAgreement{}
	for _, name := range function.Spec.Bindings {
		agreement := &v1alpha1.SupportAgreement{}
		found, err := observe.Optional(ctx, c.client, types.NamespacedName{Namespace: function.Namespace, Name: string(name)}, agreement)
		if err != nil {
			return nil, err
		}
		if found {
			named[name] = agreement
		}
	}
	return named, nil
}

// write makes the children so, and removes those that are no longer wanted.
func (c *Controller) write(ctx context.Context, function *v1alpha1.MemberFunction, planned plan.MemberFunction) (state.Result, error) {
	owner := state.OwnerOf(v1alpha1.MemberFunctionKind, function)
	step := c.children(owner, function, planned)
	done, err := c.applier.Apply(ctx, owner, step)
	if err != nil || done.StepsDone == 0 {
		return done, err
	}
	return done, c.applier.Prune(ctx, owner, prunedKinds(), step)
}

func (c *Controller) children(owner state.Owner, function *v1alpha1.MemberFunction, planned plan.MemberFunction) []runtime.ApplyConfiguration {
	bindings := make([]string, len(function.Spec.Bindings))
	for i, agreement := range function.Spec.Bindings {
		bindings[i] = string(agreement)
	}
	return render.MemberFunction(render.Instance{
		Owner:      owner,
		Function:   string(function.Spec.Function),
		Revision:   planned.Revision.Number,
		Workload:   planned.Revision.Workload,
		Parameters: planned.Parameters,
		Replicas:   planned.Replicas,
		Bindings:   bindings,
	}, c.settings)
}

// prunedKinds are those of which a MemberFunction may cease to want one while it lives.
func prunedKinds() []client.ObjectList {
	return []client.ObjectList{&policyv1.PodDisruptionBudgetList{}}
}
