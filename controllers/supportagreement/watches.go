package supportagreement

import (
	"context"
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
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

const workers = 16

// What the controller may do in the cluster. Secrets cannot be granted by label: the operator's cache
// holds only those that it made.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=supportagreements,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=commissioning.support,resources=supportagreements/status,verbs=update
// +kubebuilder:rbac:groups=commissioning.support,resources=supportagreements/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=secrets;services,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies,verbs=get;list;watch;create;update;delete

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), applier: applier, settings: settings,
		status: status.NewWriter[*v1alpha1.SupportAgreement](mgr.GetClient(), mgr.GetEventRecorder("supportagreement")).Paced(status.UrgentOfSupportAgreement),
	}
	options.MaxConcurrentReconciles = workers
	build := builder.ControllerManagedBy(mgr).Named("supportagreement").WithOptions(options).
		For(&v1alpha1.SupportAgreement{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.SupportAgreement{}, watch.Unfinished()).
		Watches(&v1alpha1.SupportAgreement{}, handler.EnqueueRequestsFromMapFunc(c.siblings), builder.WithPredicates(watch.Changed(siblingFacts))).
		Watches(&v1alpha1.Consortium{}, handler.EnqueueRequestsFromMapFunc(c.ofConsortium), builder.WithPredicates(watch.Changed(watch.Supplied))).
		Watches(&v1alpha1.SupportFunction{}, handler.EnqueueRequestsFromMapFunc(c.ofFunction), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.SupportProvider{}, handler.EnqueueRequestsFromMapFunc(c.ofProvider), builder.WithPredicates(watch.Changed(providerFacts))).
		Watches(&v1alpha1.HostedService{}, handler.EnqueueRequestsFromMapFunc(c.ofService), builder.WithPredicates(watch.Changed(serviceFacts))).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.inNamespace), builder.WithPredicates(watch.Changed(watch.Belonging))).
		Watches(&corev1.ConfigMap{}, watch.Entries(nil, c.entry)).
		Watches(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(c.signingKeys))
	children := watch.NewPace()
	for _, child := range []client.Object{&corev1.Secret{}, &corev1.Service{}, &networkingv1.NetworkPolicy{}} {
		build.Watches(child, watch.Child(children, v1alpha1.SupportAgreementKind))
	}
	return build.Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// siblings wakes the other agreements of the consortium for the same function.
func (c *Controller) siblings(ctx context.Context, object client.Object) []reconcile.Request {
	agreement := object.(*v1alpha1.SupportAgreement)
	same := c.find(ctx, client.InNamespace(agreement.Namespace), client.MatchingFields{index.Function: string(agreement.Spec.Function)})
	return slices.DeleteFunc(same, func(r reconcile.Request) bool { return r.Name == agreement.Name })
}

func (c *Controller) ofConsortium(ctx context.Context, consortium client.Object) []reconcile.Request {
	return c.find(ctx, client.InNamespace(plan.NamespaceOf(consortium.(*v1alpha1.Consortium))))
}

func (c *Controller) ofFunction(ctx context.Context, function client.Object) []reconcile.Request {
	return c.find(ctx, client.MatchingFields{index.Function: function.GetName()})
}

func (c *Controller) ofProvider(ctx context.Context, provider client.Object) []reconcile.Request {
	return c.find(ctx, client.MatchingFields{index.Provider: provider.GetName()})
}

// ofService wakes the agreements that name a service, by the provider whose namespace it is in.
func (c *Controller) ofService(ctx context.Context, hosted client.Object) []reconcile.Request {
	namespace := &corev1.Namespace{}
	if err := c.client.Get(ctx, types.NamespacedName{Name: hosted.GetNamespace()}, namespace); err != nil {
		return nil // it is going, or the cache stops
	}
	name := plan.SupplierName(namespace.Labels[v1alpha1.ProviderLabel], hosted.GetName())
	return c.find(ctx, client.MatchingFields{index.Supplier: name})
}

func (c *Controller) inNamespace(ctx context.Context, namespace client.Object) []reconcile.Request {
	return c.find(ctx, client.InNamespace(namespace.GetName()))
}

// entry wakes the agreement whose place in a ledger, or whose entry in a directory, changed.
func (c *Controller) entry(ctx context.Context, configMap client.Object, entry watch.Entry) []reconcile.Request {
	owner, ok := state.MarkedOwner(configMap)
	if !ok || owner.Kind != v1alpha1.HostedServiceKind {
		return nil
	}
	if configMap.GetNamespace() == c.settings.OperatorNamespace {
		if agreement, ok := plan.AgreementOf(entry.Key); ok {
			return watch.InNamespace(agreement.Namespace, agreement.Name)
		}
		return nil
	}
	var requests []reconcile.Request
	for _, content := range []string{entry.Before, entry.After} {
		listed := plan.DirectoryEntry{}
		if json.Unmarshal([]byte(content), &listed) == nil && listed.Agreement != "" {
			requests = append(requests, c.find(ctx, client.MatchingFields{index.UID: string(listed.Agreement)})...)
		}
	}
	return requests
}

// signingKeys wakes every agreement when the keys change: only those whose token changes are written.
func (c *Controller) signingKeys(ctx context.Context, secret client.Object) []reconcile.Request {
	if secret.GetNamespace() != c.settings.OperatorNamespace || secret.GetName() != plan.SigningKeysName {
		return nil
	}
	return c.find(ctx)
}

func (c *Controller) find(ctx context.Context, options ...client.ListOption) []reconcile.Request {
	agreements := &v1alpha1.SupportAgreementList{}
	if err := c.client.List(ctx, agreements, options...); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	requests := make([]reconcile.Request, 0, len(agreements.Items))
	for i := range agreements.Items {
		requests = append(requests, watch.InNamespace(agreements.Items[i].Namespace, agreements.Items[i].Name)...)
	}
	return requests
}
