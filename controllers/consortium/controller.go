// Package consortium gives each Consortium its namespace, the guard rails in it and its people's
// access to it, and counts what the consortium has.
package consortium

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles Consortia.
type Controller struct {
	client   client.Client
	live     client.Reader
	applier  *apply.Applier
	status   *status.Writer[*v1alpha1.Consortium]
	settings state.Settings
}

// Reconcile makes the cluster as one Consortium asks.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.Consortium) (reconcile.Result, error) {
	consortium := c.status.Freshest(cached)
	if !consortium.DeletionTimestamp.IsZero() {
		return c.finalize(ctx, consortium)
	}
	seen, err := c.observe(ctx, consortium)
	if err != nil {
		return reconcile.Result{}, err
	}
	if conflict, err := c.status.AddFinalizer(ctx, consortium); conflict || err != nil {
		return watch.Next(state.Result{}, conflict, err)
	}
	before := consortium.DeepCopy()
	verdict := plan.JudgeNamespace(seen, c.settings)
	var done state.Result
	if verdict.IsUsable() {
		done, err = c.write(ctx, consortium, verdict)
	}
	status.Consortium(consortium, seen, verdict, done, err)
	conflict, statusErr := c.status.Write(ctx, before, consortium)
	return watch.Next(done, conflict, err, statusErr)
}

// write makes namespace, guard rails and access, in this order (rule R6), and removes what is no
// longer wanted once all of it stands.
func (c *Controller) write(ctx context.Context, consortium *v1alpha1.Consortium, verdict plan.NamespaceVerdict) (state.Result, error) {
	owner := state.OwnerOf(v1alpha1.ConsortiumKind, consortium)
	steps := c.children(consortium, verdict != plan.NamespaceAdopted)
	done, err := c.applier.Apply(ctx, owner, steps...)
	if err != nil || done.StepsDone < len(steps) {
		return done, err
	}
	return done, c.applier.Prune(ctx, owner, childKinds(), steps...)
}

func (c *Controller) children(consortium *v1alpha1.Consortium, created bool) [][]runtime.ApplyConfiguration {
	owner, namespace := state.OwnerOf(v1alpha1.ConsortiumKind, consortium), plan.NamespaceOf(consortium)
	return [][]runtime.ApplyConfiguration{
		{render.Namespace(owner, namespace, created, "")},
		render.GuardRails(owner, namespace, plan.QuotaOf(consortium), "", c.settings),
		render.Access(owner, namespace, consortium.Spec.Access),
	}
}
