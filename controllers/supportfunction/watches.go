package supportfunction

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 2

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions/status,verbs=update
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctionrevisions,verbs=get;list;watch;create;update;delete

// Register adds the controller to the manager.
func Register(mgr manager.Manager, applier *apply.Applier, settings state.Settings, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), live: mgr.GetAPIReader(), applier: applier, clock: settings.Clock,
		status: status.NewWriter[*v1alpha1.SupportFunction](mgr.GetClient(), mgr.GetEventRecorder("supportfunction")).Paced(status.UrgentOfSupportFunction),
	}
	options.MaxConcurrentReconciles = workers
	pace := watch.NewPace()
	return builder.ControllerManagedBy(mgr).Named("supportfunction").WithOptions(options).
		For(&v1alpha1.SupportFunction{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.SupportFunction{}, watch.Unfinished()).
		Watches(&v1alpha1.SupportFunctionRevision{}, watch.Owner(v1alpha1.SupportFunctionKind)).
		Watches(&v1alpha1.MemberFunction{}, watch.Aggregate(pace, usedBy), builder.WithPredicates(watch.Changed(memberCounts))).
		Watches(&v1alpha1.HostedService{}, watch.Aggregate(pace, hostedBy), builder.WithPredicates(watch.Changed(hostedCounts))).
		Complete(reconcile.AsReconciler(mgr.GetClient(), watch.Calmly(c)))
}

// usedBy wakes the entry that an instance uses.
func usedBy(_ context.Context, instance client.Object) []reconcile.Request {
	return watch.InNamespace("", string(instance.(*v1alpha1.MemberFunction).Spec.Function))
}

// hostedBy wakes the entry that a service hosts.
func hostedBy(_ context.Context, service client.Object) []reconcile.Request {
	return watch.InNamespace("", string(service.(*v1alpha1.HostedService).Spec.Function))
}

// counts are what an entry reads of an instance.
type counts struct {
	ready, upToDate, available, parameters, home string
	labels                                       string
	pinned, revision                             int64
	deleting                                     bool
}

func memberCounts(f *v1alpha1.MemberFunction) counts {
	return instanceCounts(state.UsesByMembers([]v1alpha1.MemberFunction{*f})[0])
}

func hostedCounts(h *v1alpha1.HostedService) counts {
	return instanceCounts(state.UsesByServices([]v1alpha1.HostedService{*h})[0])
}

func instanceCounts(use state.Use) counts {
	of := func(condition string) string {
		c := meta.FindStatusCondition(use.Conditions, condition)
		if c == nil {
			return ""
		}
		return string(c.Status) + c.Reason
	}
	return counts{
		ready: of(v1alpha1.ReadyCondition), upToDate: of(v1alpha1.UpToDateCondition), available: of(v1alpha1.AvailableCondition),
		parameters: of(v1alpha1.ParametersValidCondition),
		home:       of(v1alpha1.ConsortiumResolvedCondition) + of(v1alpha1.ProviderResolvedCondition),
		labels:     labels.Set(use.Instance.Labels).String(),
		pinned:     use.Instance.Pinned, revision: use.Instance.Revision, deleting: use.Instance.Deleting,
	}
}
