package locality

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 8

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=localities,verbs=get;list;watch
// +kubebuilder:rbac:groups=commissioning.support,resources=localities/status,verbs=update

// Register adds the controller to the manager.
func Register(mgr manager.Manager, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), granted: map[types.UID][]v1alpha1.PracticeCode{},
		status: status.NewWriter[*v1alpha1.Locality](mgr.GetClient(), mgr.GetEventRecorder("locality")),
	}
	options.MaxConcurrentReconciles = workers
	return builder.ControllerManagedBy(mgr).Named("locality").WithOptions(options).
		For(&v1alpha1.Locality{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.Locality{}, watch.Unfinished()).
		Watches(&v1alpha1.Locality{}, handler.EnqueueRequestsFromMapFunc(c.rivals), builder.WithPredicates(watch.Changed(claims))).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.inNamespace), builder.WithPredicates(watch.Changed(watch.Belonging))).
		Watches(&v1alpha1.Consortium{}, handler.EnqueueRequestsFromMapFunc(c.ofConsortium), builder.WithPredicates(watch.Changed(permission))).
		Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// claims is what rivals read of a Locality.
func claims(l *v1alpha1.Locality) string {
	var read strings.Builder
	for _, practice := range l.Spec.Practices {
		read.WriteString(string(practice.OrganisationCode) + " ")
	}
	for _, code := range l.Status.Counted {
		read.WriteString("+" + string(code))
	}
	if !l.DeletionTimestamp.IsZero() {
		read.WriteString("deleting")
	}
	return read.String()
}

// permission is what a Locality reads of its consortium.
func permission(c *v1alpha1.Consortium) string {
	var read strings.Builder
	read.WriteString(string(c.Spec.SucceededBy) + " " + string(c.Spec.DisplayName) + " ")
	for _, practice := range c.Spec.Practices {
		read.WriteString(string(practice))
	}
	if !c.DeletionTimestamp.IsZero() {
		read.WriteString("deleting")
	}
	return read.String()
}

// rivals wakes the other Localities that claim a practice of this one.
func (c *Controller) rivals(ctx context.Context, object client.Object) []reconcile.Request {
	var requests []reconcile.Request
	for _, practice := range object.(*v1alpha1.Locality).Spec.Practices {
		claiming := &v1alpha1.LocalityList{}
		if err := c.client.List(ctx, claiming, client.MatchingFields{index.Practice: string(practice.OrganisationCode)}); err != nil {
			return nil // the cache answers; it fails only while it stops
		}
		for i := range claiming.Items {
			if claiming.Items[i].UID != object.GetUID() {
				requests = append(requests, watch.InNamespace(claiming.Items[i].Namespace, claiming.Items[i].Name)...)
			}
		}
	}
	return slices.Compact(requests)
}

func (c *Controller) inNamespace(ctx context.Context, namespace client.Object) []reconcile.Request {
	return c.localitiesIn(ctx, namespace.GetName())
}

// ofConsortium wakes a consortium's Localities, and where it has a successor, the successor's too.
func (c *Controller) ofConsortium(ctx context.Context, object client.Object) []reconcile.Request {
	consortium := object.(*v1alpha1.Consortium)
	requests := c.localitiesIn(ctx, plan.NamespaceOf(consortium))
	if consortium.Spec.SucceededBy == "" {
		return requests
	}
	successor := &v1alpha1.Consortium{}
	if err := c.client.Get(ctx, client.ObjectKey{Name: string(consortium.Spec.SucceededBy)}, successor); err != nil {
		return requests // the successor's own event wakes them when it comes
	}
	return append(requests, c.localitiesIn(ctx, plan.NamespaceOf(successor))...)
}

func (c *Controller) localitiesIn(ctx context.Context, namespace string) []reconcile.Request {
	localities := &v1alpha1.LocalityList{}
	if err := c.client.List(ctx, localities, client.InNamespace(namespace)); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	requests := make([]reconcile.Request, 0, len(localities.Items))
	for i := range localities.Items {
		requests = append(requests, watch.InNamespace(namespace, localities.Items[i].Name)...)
	}
	return requests
}
