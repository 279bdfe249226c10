package memberfunction

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
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
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 8

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=memberfunctions;supportagreements;supportfunctionrevisions,verbs=get;list;watch
// +kubebuilder:rbac:groups=commissioning.support,resources=memberfunctions/status,verbs=update
// +kubebuilder:rbac:groups=commissioning.support,resources=memberfunctions/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=configmaps;services;serviceaccounts,verbs=get;list;watch;create;update
// +kubebuilder:rbac:groups=apps,resources=deployments;statefulsets,verbs=get;list;watch;create;update
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get;list;watch;create;update;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), applier: applier, settings: settings,
		status: status.NewWriter[*v1alpha1.MemberFunction](mgr.GetClient(), mgr.GetEventRecorder("memberfunction")).Paced(status.UrgentOfMemberFunction),
	}
	options.MaxConcurrentReconciles = workers
	build := builder.ControllerManagedBy(mgr).Named("memberfunction").WithOptions(options).
		For(&v1alpha1.MemberFunction{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.MemberFunction{}, watch.Unfinished()).
		Watches(&v1alpha1.SupportFunction{}, watch.Rollout(c.reassigned)).
		Watches(&v1alpha1.SupportFunctionRevision{}, handler.EnqueueRequestsFromMapFunc(c.assigned)).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(c.inNamespace), builder.WithPredicates(watch.Changed(watch.Belonging))).
		Watches(&v1alpha1.Consortium{}, handler.EnqueueRequestsFromMapFunc(c.ofConsortium), builder.WithPredicates(watch.Changed(home))).
		Watches(&v1alpha1.Locality{}, handler.EnqueueRequestsFromMapFunc(c.ofLocality), builder.WithPredicates(watch.Changed(patients))).
		Watches(&v1alpha1.SupportAgreement{}, handler.EnqueueRequestsFromMapFunc(c.boundTo), builder.WithPredicates(watch.Changed(bound)))
	for _, workload := range []client.Object{&appsv1.Deployment{}, &appsv1.StatefulSet{}} {
		build.Watches(workload, watch.Owner(v1alpha1.MemberFunctionKind))
	}
	children := watch.NewPace()
	for _, child := range []client.Object{
		&corev1.ConfigMap{}, &corev1.Service{}, &corev1.ServiceAccount{},
		&networkingv1.NetworkPolicy{}, &policyv1.PodDisruptionBudget{},
	} {
		build.Watches(child, watch.Child(children, v1alpha1.MemberFunctionKind))
	}
	return build.Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

type consortiumRead struct {
	displayName       v1alpha1.Title
	guardRails, known metav1.ConditionStatus
	patients          int64
	deleting          bool
}

// home is what a MemberFunction reads of its consortium.
func home(c *v1alpha1.Consortium) consortiumRead {
	read := consortiumRead{displayName: c.Spec.DisplayName, deleting: !c.DeletionTimestamp.IsZero()}
	if rails := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.GuardRailsInPlaceCondition); rails != nil {
		read.guardRails = rails.Status
	}
	if known := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.PopulationKnownCondition); known != nil {
		read.known = known.Status
	}
	if c.Status.RegisteredPatients != nil {
		read.patients = *c.Status.RegisteredPatients
	}
	return read
}

type localityRead struct {
	counted, deleting bool
	patients          int64
}

// patients is what a MemberFunction reads of its locality.
func patients(l *v1alpha1.Locality) localityRead {
	read := localityRead{counted: l.Status.RegisteredPatients != nil, deleting: !l.DeletionTimestamp.IsZero()}
	if read.counted {
		read.patients = *l.Status.RegisteredPatients
	}
	return read
}

type boundRead struct {
	known, bound bool
	why          string
}

// bound is what a MemberFunction reads of an agreement that it names.
func bound(a *v1alpha1.SupportAgreement) boundRead {
	c := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.BoundCondition)
	switch {
	case c == nil:
		return boundRead{}
	case c.Status == metav1.ConditionTrue:
		return boundRead{known: true, bound: true}
	default:
		return boundRead{known: true, why: c.Message}
	}
}

// reassigned wakes the MemberFunctions that a function of the catalogue assigns another revision.
func (c *Controller) reassigned(ctx context.Context, before, now *v1alpha1.SupportFunction) []reconcile.Request {
	isReassigned := func(f *v1alpha1.MemberFunction) bool {
		return before == nil || plan.AssignedTo(before, f, f.Spec.Revision) != plan.AssignedTo(now, f, f.Spec.Revision)
	}
	return c.find(ctx, isReassigned, client.MatchingFields{index.Function: now.Name})
}

// assigned wakes the MemberFunctions that are assigned a revision, when it comes or goes.
func (c *Controller) assigned(ctx context.Context, object client.Object) []reconcile.Request {
	revision, function := object.(*v1alpha1.SupportFunctionRevision), &v1alpha1.SupportFunction{}
	if err := c.client.Get(ctx, types.NamespacedName{Name: string(revision.Spec.Function)}, function); err != nil {
		return nil // it wakes its instances when it comes
	}
	isAssigned := func(f *v1alpha1.MemberFunction) bool {
		return plan.AssignedTo(function, f, f.Spec.Revision) == revision.Spec.Revision
	}
	return c.find(ctx, isAssigned, client.MatchingFields{index.Function: function.Name})
}

func (c *Controller) inNamespace(ctx context.Context, namespace client.Object) []reconcile.Request {
	return c.find(ctx, nil, client.InNamespace(namespace.GetName()))
}

func (c *Controller) ofConsortium(ctx context.Context, consortium client.Object) []reconcile.Request {
	return c.find(ctx, nil, client.InNamespace(plan.NamespaceOf(consortium.(*v1alpha1.Consortium))))
}

// ofLocality wakes the MemberFunctions that name a locality.
func (c *Controller) ofLocality(ctx context.Context, locality client.Object) []reconcile.Request {
	names := func(f *v1alpha1.MemberFunction) bool { return string(f.Spec.Locality) == locality.GetName() }
	return c.find(ctx, names, client.InNamespace(locality.GetNamespace()))
}

// boundTo wakes the MemberFunctions that name an agreement.
func (c *Controller) boundTo(ctx context.Context, agreement client.Object) []reconcile.Request {
	names := func(f *v1alpha1.MemberFunction) bool {
		return slices.Contains(f.Spec.Bindings, v1alpha1.ObjectName(agreement.GetName()))
	}
	return c.find(ctx, names, client.InNamespace(agreement.GetNamespace()))
}

func (c *Controller) find(ctx context.Context, wanted func(*v1alpha1.MemberFunction) bool, options ...client.ListOption) []reconcile.Request {
	functions := &v1alpha1.MemberFunctionList{}
	if err := c.client.List(ctx, functions, options...); err != nil {
		return nil // the cache answers; it fails only while it stops
	}
	var requests []reconcile.Request
	for i := range functions.Items {
		if f := &functions.Items[i]; wanted == nil || wanted(f) {
			requests = append(requests, watch.InNamespace(f.Namespace, f.Name)...)
		}
	}
	return requests
}
