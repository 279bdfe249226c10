// Package signingkeys keeps the keys that sign consortia's tokens: it makes the first, makes each next
// in time, and drops what no token needs any more. They stand in the operator's namespace, which
// neither consortia nor suppliers can read.
package signingkeys

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/token"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles the one Secret with the keys.
type Controller struct {
	client   client.Client
	applier  *apply.Applier
	settings state.Settings
}

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{client: mgr.GetClient(), applier: applier, settings: settings}
	atStart := source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		queue.Add(c.request())
		return nil
	})
	return builder.ControllerManagedBy(mgr).Named("signingkeys").WithOptions(options).
		Watches(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(c.keys)).
		WatchesRawSource(atStart).
		Complete(c)
}

func (c *Controller) request() reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: c.settings.OperatorNamespace, Name: plan.SigningKeysName}}
}

func (c *Controller) keys(_ context.Context, secret client.Object) []reconcile.Request {
	if client.ObjectKeyFromObject(secret) != c.request().NamespacedName {
		return nil
	}
	return []reconcile.Request{c.request()}
}

// Reconcile makes the key set what it should be now. The Secret is written on the version that was
// read: of two operators, one loses and looks again.
func (c *Controller) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	secret := &corev1.Secret{}
	if _, err := observe.Optional(ctx, c.client, request.NamespacedName, secret); err != nil {
		return reconcile.Result{}, err
	}
	keys, err := token.ParseKeySet(secret.Data)
	if err != nil {
		return reconcile.Result{}, fmt.Errorf("secret %s: %w; restore it, or delete it: new keys are then made, and tokens with the old ones are refused", request, err)
	}
	now := c.settings.Clock.Now()
	schedule := keys.Schedule(now)
	wanted := schedule.Published
	if schedule.Make {
		made, err := token.NewKey(rand.Reader, now)
		if err != nil {
			return reconcile.Result{}, err
		}
		wanted = append(wanted, made)
	}
	if equality.Semantic.DeepEqual(secret.Data, wanted.Data()) {
		return watch.NotAfter(reconcile.Result{}, schedule.Next, now), nil
	}
	if err := c.record(ctx, request.NamespacedName, wanted, secret.ResourceVersion); err != nil {
		return reconcile.Result{}, err
	}
	logr.FromContextOrDiscard(ctx).Info("audit", "action", "KeysChanged", "made", schedule.Make, "dropped", schedule.Drop)
	return reconcile.Result{RequeueAfter: lookAgain}, nil
}

// record writes the keys on the version that was read. Keys that stand and were not seen are never
// replaced: with others, every token would be refused.
func (c *Controller) record(ctx context.Context, key types.NamespacedName, wanted token.KeySet, version string) error {
	desired := render.SigningKeys(key, wanted.Data())
	err := c.applier.Record(ctx, desired, version)
	if apierrors.IsConflict(err) && version == "" {
		return cmp.Or(c.applier.Reclaim(ctx, desired), err)
	}
	return err
}

// lookAgain is after how long the schedule is read anew once the keys have changed.
const lookAgain = time.Second
