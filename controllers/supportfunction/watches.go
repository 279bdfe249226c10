package supportfunction

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

const workers = 2

// What the controller may do in the cluster.
//
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=commissioning.support,resources=supportfunctions/status,verbs=patch

// Register adds the controller to the manager.
func Register(mgr manager.Manager, options controller.Options) error {
	c := &Controller{
		client: mgr.GetClient(), live: mgr.GetAPIReader(),
		status: status.NewWriter[*v1alpha1.SupportFunction](mgr.GetClient(), mgr.GetEventRecorder("supportfunction")),
	}
	options.MaxConcurrentReconciles = workers
	return builder.ControllerManagedBy(mgr).Named("supportfunction").WithOptions(options).
		For(&v1alpha1.SupportFunction{}, builder.WithPredicates(watch.Own())).
		Watches(&v1alpha1.MemberFunction{}, watch.Aggregate(usedBy), builder.WithPredicates(watch.Changed(memberCounts))).
		Watches(&v1alpha1.HostedService{}, watch.Aggregate(hostedBy), builder.WithPredicates(watch.Changed(hostedCounts))).
		Complete(reconcile.AsReconciler(mgr.GetClient(), c))
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
type counts struct{ ready, upToDate bool }

func memberCounts(f *v1alpha1.MemberFunction) counts { return instanceCounts(f.Status.Conditions) }

func hostedCounts(h *v1alpha1.HostedService) counts { return instanceCounts(h.Status.Conditions) }

func instanceCounts(conditions []metav1.Condition) counts {
	return counts{
		ready:    meta.IsStatusConditionTrue(conditions, v1alpha1.ReadyCondition),
		upToDate: meta.IsStatusConditionTrue(conditions, v1alpha1.UpToDateCondition),
	}
}
