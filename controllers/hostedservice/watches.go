package hostedservice

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// One worker for each service at a time: the ledger has one writer.
const workers = 4

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=hostedservices,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=commissioning.support,resources=hostedservices/status,verbs=update
// +kubebuilder:rbac:groups=commissioning.support,resources=hostedservices/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=configmaps,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups="",resources=services;serviceaccounts,verbs=get;list;watch;create;update
// +kubebuilder:rbac:groups=apps,resources=deployments;statefulsets,verbs=get;list;watch;create;update
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies,verbs=get;list;watch;create;update;delete

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), applier: applier, settings: settings,
		status: status.NewWriter[*v1alpha1.HostedService](mgr.GetClient(), mgr.GetEventRecorder("hostedservice")).Paced(status.UrgentOfHostedService),
	}
	options.MaxConcurrentReconciles = workers
	pace := watch.NewPace()
	build := builder.ControllerManagedBy(mgr).Named("hostedservice").WithOptions(options).
		For(&v1alpha1.HostedService{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.HostedService{}, watch.Unfinished()).
		Watches(&v1alpha1.HostedService{}, watch.Aggregate(pace, c.besides), builder.WithPredicates(watch.Changed(serviceFacts))).
		Watches(&v1alpha1.SupportAgreement{}, watch.Aggregate(pace, c.named), builder.WithPredicates(watch.Changed(agreed))).
		Watches(&v1alpha1.Consortium{}, watch.Aggregate(pace, c.ofConsortium), builder.WithPredicates(watch.Changed(watch.Supplied))).
		Watches(&v1alpha1.SupportProvider{}, watch.Aggregate(pace, c.ofProvider), builder.WithPredicates(watch.Changed(providerFacts))).
		Watches(&v1alpha1.SupportFunction{}, handler.EnqueueRequestsFromMapFunc(c.ofFunction), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.SupportFunction{}, watch.Rollout(c.reassigned)).
		Watches(&v1alpha1.SupportFunctionRevision{}, handler.EnqueueRequestsFromMapFunc(c.ofRevision)).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.inNamespace), builder.WithPredicates(watch.Changed(watch.Belonging))).
		Watches(&corev1.ConfigMap{}, watch.Entries(pace, c.ledgerEntry)).
		Watches(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(c.signingKeys)).
		Watches(&networkingv1.NetworkPolicy{}, watch.Aggregate(pace, c.opened))
	for _, workload := range []client.Object{&appsv1.Deployment{}, &appsv1.StatefulSet{}} {
		build.Watches(workload, watch.Owner(v1alpha1.HostedServiceKind))
	}
	for _, child := range []client.Object{
		&corev1.ConfigMap{}, &corev1.Service{}, &corev1.ServiceAccount{},
		&networkingv1.NetworkPolicy{}, &policyv1.PodDisruptionBudget{}, &autoscalingv2.HorizontalPodAutoscaler{},
	} {
		build.Watches(child, watch.Child(pace, v1alpha1.HostedServiceKind))
	}
	return build.Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// named wakes the services that an agreement names.
func (c *Controller) named(ctx context.Context, object client.Object) []reconcile.Request {
	agreement := object.(*v1alpha1.SupportAgreement)
	var requests []reconcile.Request
	for _, supplier := range agreement.Spec.Suppliers {
		provider := &v1alpha1.SupportProvider{}
		if err := c.client.Get(ctx, types.NamespacedName{Name: string(supplier.Provider)}, provider); err != nil {
			continue // there is none yet: it wakes its services when it comes
		}
		requests = append(requests, watch.InNamespace(plan.ProviderNamespaceOf(provider), plan.ServiceOf(agreement, supplier))...)
	}
	return requests
}

// namedBy wakes the services that the agreements found name.
func (c *Controller) namedBy(ctx context.Context, options ...client.ListOption) []reconcile.Request {
	agreements := &v1alpha1.SupportAgreementList{}
	if err := c.client.List(ctx, agreements, options...); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	seen := map[reconcile.Request]bool{}
	var requests []reconcile.Request
	for i := range agreements.Items {
		for _, request := range c.named(ctx, &agreements.Items[i]) {
			if !seen[request] {
				seen[request] = true
				requests = append(requests, request)
			}
		}
	}
	return requests
}

// besides wakes the other services of those who name a service: where it fails or closes, they apply
// elsewhere.
func (c *Controller) besides(ctx context.Context, hosted client.Object) []reconcile.Request {
	namespace := &corev1.Namespace{}
	if err := c.client.Get(ctx, types.NamespacedName{Name: hosted.GetNamespace()}, namespace); err != nil {
		return nil // it is going, or the cache stops
	}
	name := plan.SupplierName(namespace.Labels[v1alpha1.ProviderLabel], hosted.GetName())
	return c.namedBy(ctx, client.MatchingFields{index.Supplier: name})
}

func (c *Controller) ofConsortium(ctx context.Context, object client.Object) []reconcile.Request {
	return c.namedBy(ctx, client.InNamespace(plan.NamespaceOf(object.(*v1alpha1.Consortium))))
}

func (c *Controller) ofProvider(ctx context.Context, object client.Object) []reconcile.Request {
	provider := object.(*v1alpha1.SupportProvider)
	own := c.find(ctx, client.InNamespace(plan.ProviderNamespaceOf(provider)))
	return append(own, c.namedBy(ctx, client.MatchingFields{index.Provider: provider.Name})...)
}

func (c *Controller) ofFunction(ctx context.Context, function client.Object) []reconcile.Request {
	return c.find(ctx, client.MatchingFields{index.Function: function.GetName()})
}

// reassigned wakes the services of a function: they are few, and it is cheap to find nothing new.
func (c *Controller) reassigned(ctx context.Context, _, now *v1alpha1.SupportFunction) []reconcile.Request {
	return c.ofFunction(ctx, now)
}

func (c *Controller) ofRevision(ctx context.Context, revision client.Object) []reconcile.Request {
	return c.find(ctx, client.MatchingFields{index.Function: string(revision.(*v1alpha1.SupportFunctionRevision).Spec.Function)})
}

func (c *Controller) inNamespace(ctx context.Context, namespace client.Object) []reconcile.Request {
	return append(c.find(ctx, client.InNamespace(namespace.GetName())), c.namedBy(ctx, client.InNamespace(namespace.GetName()))...)
}

// ledgerEntry wakes the other services of an agreement whose place changed.
func (c *Controller) ledgerEntry(ctx context.Context, ledger client.Object, entry watch.Entry) []reconcile.Request {
	key, ok := plan.AgreementOf(entry.Key)
	if owner, marked := state.MarkedOwner(ledger); !ok || !marked || owner.Kind != v1alpha1.HostedServiceKind || ledger.GetNamespace() != c.settings.OperatorNamespace {
		return nil
	}
	agreement := &v1alpha1.SupportAgreement{}
	if err := c.client.Get(ctx, key, agreement); err != nil {
		return nil // it is gone: nobody else asks for it
	}
	return c.named(ctx, agreement)
}

// signingKeys wakes every service when the keys change: their pods verify by them.
func (c *Controller) signingKeys(ctx context.Context, secret client.Object) []reconcile.Request {
	if secret.GetNamespace() != c.settings.OperatorNamespace || secret.GetName() != plan.SigningKeysName {
		return nil
	}
	return c.find(ctx)
}

// opened wakes the service that an agreement's network opening leads to, and the others that the
// agreement names: who uses one may come to another.
func (c *Controller) opened(ctx context.Context, policy client.Object) []reconcile.Request {
	owner, ok := state.MarkedOwner(policy)
	parts := strings.Split(policy.GetName(), ".")
	if !ok || owner.Kind != v1alpha1.SupportAgreementKind || len(parts) != 4 || parts[3] != policy.GetNamespace() {
		return nil
	}
	requests := watch.InNamespace(parts[3], parts[2])
	agreement := &v1alpha1.SupportAgreement{}
	if err := c.client.Get(ctx, owner.Key(), agreement); err != nil {
		return requests // it is gone: nobody else asks for it
	}
	return append(requests, c.named(ctx, agreement)...)
}

func (c *Controller) find(ctx context.Context, options ...client.ListOption) []reconcile.Request {
	services := &v1alpha1.HostedServiceList{}
	if err := c.client.List(ctx, services, options...); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	requests := make([]reconcile.Request, 0, len(services.Items))
	for i := range services.Items {
		requests = append(requests, watch.InNamespace(services.Items[i].Namespace, services.Items[i].Name)...)
	}
	return requests
}
