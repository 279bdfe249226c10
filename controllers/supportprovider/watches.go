package supportprovider

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

const workers = 4

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=supportproviders,verbs=get;list;watch;patch;adopt
// +kubebuilder:rbac:groups=commissioning.support,resources=supportproviders/status,verbs=update
// +kubebuilder:rbac:groups=commissioning.support,resources=consortia;hostedservices,verbs=get;list;watch
// +kubebuilder:rbac:groups="",resources=configmaps,verbs=get;list;watch
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups="",resources=resourcequotas;limitranges,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=rolebindings;clusterroles;clusterrolebindings,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=clusterroles,verbs=bind,resourceNames=commissioning-provider-admin;commissioning-provider-viewer

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), settings: settings,
		keeper: premises.New(mgr.GetClient(), mgr.GetAPIReader(), applier, settings),
		status: status.NewWriter[*v1alpha1.SupportProvider](mgr.GetClient(), mgr.GetEventRecorder("supportprovider")).Paced(status.UrgentOfSupportProvider),
	}
	options.MaxConcurrentReconciles = workers
	pace := watch.NewPace()
	build := builder.ControllerManagedBy(mgr).Named("supportprovider").WithOptions(options).
		For(&v1alpha1.SupportProvider{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.SupportProvider{}, watch.Unfinished()).
		Watches(&v1alpha1.SupportProvider{}, handler.EnqueueRequestsFromMapFunc(c.rivals), builder.WithPredicates(watch.Changed(identity))).
		Watches(&v1alpha1.Consortium{}, handler.EnqueueRequestsFromMapFunc(c.ofConsortium), builder.WithPredicates(watch.Changed(presence))).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.askingFor)).
		Watches(&v1alpha1.HostedService{}, watch.Aggregate(pace, c.ofService), builder.WithPredicates(watch.Changed(existence))).
		Watches(&corev1.ConfigMap{}, watch.Aggregate(pace, c.ofLedger))
	premises.WatchChildren(build, v1alpha1.SupportProviderKind)
	return build.Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// rivals wakes the other SupportProviders with the same code or namespace.
func (c *Controller) rivals(ctx context.Context, object client.Object) []reconcile.Request {
	provider := object.(*v1alpha1.SupportProvider)
	requests := c.find(ctx, index.Namespace, plan.ProviderNamespaceOf(provider))
	if code := string(provider.Spec.OrganisationCode); code != "" {
		requests = append(requests, c.find(ctx, index.Code, code)...)
	}
	return slices.DeleteFunc(requests, func(r reconcile.Request) bool { return r.Name == provider.Name })
}

// ofConsortium wakes the SupportProviders that ask for a consortium's namespace.
func (c *Controller) ofConsortium(ctx context.Context, consortium client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, plan.NamespaceOf(consortium.(*v1alpha1.Consortium)))
}

// askingFor wakes the SupportProviders that ask for a namespace.
func (c *Controller) askingFor(ctx context.Context, namespace client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, namespace.GetName())
}

// ofService wakes the SupportProvider in whose namespace a service is.
func (c *Controller) ofService(ctx context.Context, service client.Object) []reconcile.Request {
	return c.find(ctx, index.Namespace, service.GetNamespace())
}

// ofLedger wakes the SupportProvider whose service a ledger is kept of. Other ConfigMaps wake nobody.
func (c *Controller) ofLedger(ctx context.Context, object client.Object) []reconcile.Request {
	service, ok := state.MarkedOwner(object)
	if !ok || service.Kind != v1alpha1.HostedServiceKind || object.GetNamespace() != c.settings.OperatorNamespace {
		return nil
	}
	return c.find(ctx, index.Namespace, service.Namespace)
}

func (c *Controller) find(ctx context.Context, field, value string) []reconcile.Request {
	providers := &v1alpha1.SupportProviderList{}
	if err := c.client.List(ctx, providers, client.MatchingFields{field: value}); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	requests := make([]reconcile.Request, 0, len(providers.Items))
	for i := range providers.Items {
		requests = append(requests, watch.InNamespace("", providers.Items[i].Name)...)
	}
	return requests
}
