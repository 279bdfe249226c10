// Package hostedservice runs each HostedService for those who have a place in its ledger, keeps that
// ledger, and says whether the service is available.
package hostedservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
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

// Controller reconciles HostedServices.
type Controller struct {
	client   client.Client
	applier  *apply.Applier
	status   *status.Writer[*v1alpha1.HostedService]
	settings state.Settings
}

// Reconcile settles who has a place at one service, and makes it run for them.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.HostedService) (reconcile.Result, error) {
	hosted := c.status.Freshest(cached)
	seen, err := c.observe(ctx, hosted)
	if err != nil {
		return reconcile.Result{}, err
	}
	if hosted.DeletionTimestamp.IsZero() {
		if again, err := c.status.AddFinalizer(ctx, hosted); again > 0 || err != nil {
			return watch.Next(state.Result{}, again, err)
		}
	}
	now := c.settings.Clock.Now()
	settled := plan.SettleService(seen, plan.NewCalendar(c.settings.Zone), now)
	if mayGo(seen, settled.Ledger) {
		return c.finalize(ctx, hosted)
	}
	if err := c.record(ctx, seen, settled.Ledger); apierrors.IsConflict(err) {
		return reconcile.Result{RequeueAfter: status.AfterConflict}, nil
	} else if err != nil {
		return reconcile.Result{}, err
	}
	planned := plan.PlanHostedService(seen, settled.Ledger)
	done, err := c.write(ctx, seen, planned, settled.Directory)
	before := hosted.DeepCopy()
	status.HostedService(hosted, seen, planned, settled.Ledger, settled.Room, done, err, now)
	if !hosted.DeletionTimestamp.IsZero() {
		status.HostedServiceDeleting(hosted, settled.Ledger)
	}
	again, statusErr := c.status.Write(ctx, before, hosted)
	result, err := watch.Next(done, again, err, statusErr)
	return watch.NotAfter(result, settled.Next, now), err
}

// record writes the ledger, where it says something new: on the version that it was made from. Another
// writer's version is a conflict, and everything is looked at anew. So is a ledger that was not seen.
func (c *Controller) record(ctx context.Context, seen state.HostedService, settled plan.Ledger) error {
	if seen.LedgerVersion == "" && seen.Home.Provider == nil {
		return nil // an empty ledger would say that nobody has a place
	}
	data := settled.Data()
	if seen.LedgerVersion != "" && maps.Equal(plan.Ledger(seen.Ledger).Data(), data) {
		return nil
	}
	owner := state.OwnerOf(v1alpha1.HostedServiceKind, seen.Object)
	desired := render.Ledger(owner, c.settings.OperatorNamespace, data)
	err := c.applier.Record(ctx, desired, seen.LedgerVersion)
	if apierrors.IsConflict(err) && seen.LedgerVersion == "" {
		return cmp.Or(c.applier.Reclaim(ctx, desired), err)
	}
	return err
}

// write tells the pods whom they serve, and then makes them so. Whom they serve is written whatever
// stands in the way of the workload: a withdrawal waits for nothing.
func (c *Controller) write(ctx context.Context, seen state.HostedService, planned plan.HostedService, directory plan.Directory) (state.Result, error) {
	owner := state.OwnerOf(v1alpha1.HostedServiceKind, seen.Object)
	if seen.Home.Provider == nil || seen.Home.Terminating {
		return state.Result{}, nil
	}
	listed, err := c.applier.Apply(ctx, owner, render.Directory(owner, directory))
	if err != nil || planned.Obstacle != plan.NoObstacle || listed.StepsDone == 0 {
		return state.Result{Blocked: listed.Blocked, Lagging: listed.Lagging}, err
	}
	step, err := c.children(ctx, owner, seen, planned)
	switch {
	case errors.Is(err, observe.ErrNoKeys):
		return state.Result{Lagging: true}, nil // they are being made
	case err != nil:
		return state.Result{}, err
	}
	done, err := c.applier.Apply(ctx, owner, step)
	done.Lagging = done.Lagging || listed.Lagging
	if err != nil || done.StepsDone == 0 {
		return done, err
	}
	return done, c.applier.Prune(ctx, owner, prunedKinds(), step)
}

func (c *Controller) children(ctx context.Context, owner state.Owner, seen state.HostedService, planned plan.HostedService) ([]runtime.ApplyConfiguration, error) {
	hosting, err := c.hosting(ctx, seen, planned)
	if err != nil {
		return nil, fmt.Errorf("public keys: %w", err)
	}
	return render.HostedService(render.Instance{
		Owner:      owner,
		Function:   string(seen.Object.Spec.Function),
		Revision:   planned.Revision.Number,
		Workload:   planned.Revision.Workload,
		Parameters: planned.Parameters,
		Replicas:   planned.Replicas,
		Hosting:    hosting,
	}, c.settings), nil
}

// prunedKinds are those of which a HostedService may cease to want one while it lives.
func prunedKinds() []client.ObjectList {
	return []client.ObjectList{&policyv1.PodDisruptionBudgetList{}, &autoscalingv2.HorizontalPodAutoscalerList{}}
}
