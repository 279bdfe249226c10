package consortium

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/premises"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 16

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=consortia,verbs=get;list;watch;patch;adopt
// +kubebuilder:rbac:groups=commissioning.support,resources=consortia/status,verbs=update
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups="",resources=resourcequotas;limitranges,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=rolebindings;clusterroles;clusterrolebindings,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=clusterroles,verbs=bind,resourceNames=commissioning-consortium-admin;commissioning-consortium-viewer;commissioning-consortium-developer

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), settings: settings,
		keeper: premises.New(mgr.GetClient(), mgr.GetAPIReader(), applier, settings),
		status: status.NewWriter[*v1alpha1.Consortium](mgr.GetClient(), mgr.GetEventRecorder("consortium")).Paced(status.UrgentOfConsortium),
	}
	options.MaxConcurrentReconciles = workers
	pace := watch.NewPace()
	build := builder.ControllerManagedBy(mgr).Named("consortium").WithOptions(options).
		For(&v1alpha1.Consortium{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.Consortium{}, watch.Unfinished()).
		Watches(&v1alpha1.Consortium{}, handler.EnqueueRequestsFromMapFunc(c.rivals), builder.WithPredicates(watch.Changed(identity))).
		Watches(&v1alpha1.SupportProvider{}, handler.EnqueueRequestsFromMapFunc(c.ofProvider), builder.WithPredicates(watch.Changed(presence))).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.askingFor)).
		Watches(&v1alpha1.Locality{}, watch.Aggregate(pace, c.ofNamespace), builder.WithPredicates(watch.Changed(localityCounts))).
		Watches(&v1alpha1.MemberFunction{}, watch.Aggregate(pace, c.ofNamespace), builder.WithPredicates(watch.Changed(functionWorks))).
		Watches(&v1alpha1.SupportAgreement{}, watch.Aggregate(pace, c.ofNamespace), builder.WithPredicates(watch.Changed(agreementWorks)))
	premises.WatchChildren(build, v1alpha1.ConsortiumKind)
	return build.Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// rivals wakes the other Consortia with the same code or namespace, and those that this one succeeds.
func (c *Controller) rivals(ctx context.Context, object client.Object) []reconcile.Request {
	consortium := object.(*v1alpha1.Consortium)
	byCode := c.find(ctx, index.Code, string(consortium.Spec.OrganisationCode))
	byNamespace := c.find(ctx, index.Namespace, plan.NamespaceOf(consortium))
	succeeded := c.find(ctx, index.Successor, consortium.Name)
	return slices.DeleteFunc(slices.Concat(byCode, byNamespace, succeeded), func(r reconcile.Request) bool { return r.Name == consortium.Name })
}

// ofProvider wakes the Consortia that ask for a supplier's namespace.
func (c *Controller) ofProvider(ctx context.Context, provider client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, plan.ProviderNamespaceOf(provider.(*v1alpha1.SupportProvider)))
}

// askingFor wakes the Consortia that ask for a namespace.
func (c *Controller) askingFor(ctx context.Context, namespace client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, namespace.GetName())
}

// ofNamespace wakes the Consortia that ask for an object's namespace.
func (c *Controller) ofNamespace(ctx context.Context, object client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, object.GetNamespace())
}

func (c *Controller) find(ctx context.Context, field, value string) []reconcile.Request {
	consortia := &v1alpha1.ConsortiumList{}
	if err := c.client.List(ctx, consortia, client.MatchingFields{field: value}); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	requests := make([]reconcile.Request, 0, len(consortia.Items))
	for i := range consortia.Items {
		requests = append(requests, watch.InNamespace("", consortia.Items[i].Name)...)
	}
	return requests
}
