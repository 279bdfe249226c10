package watch

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Unfinished lets those objects that are not Ready as they stand go first when the operator starts: what
// came or failed while nobody looked waits for nobody who only has to be looked at again. It is watched
// beside the reconciled objects themselves, of which all are queued, behind everything that changes.
func Unfinished() handler.EventHandler {
	asChanged := priorityqueue.AddOpts{Priority: new(0)}
	return handler.Funcs{CreateFunc: func(_ context.Context, e event.CreateEvent, q queue) {
		ordered, isOrdered := q.(priorityqueue.PriorityQueue[reconcile.Request])
		if e.IsInInitialList && isOrdered && !isReady(e.Object) {
			ordered.AddWithOpts(asChanged, InNamespace(e.Object.GetNamespace(), e.Object.GetName())...)
		}
	}}
}

// isReady says whether an object is Ready, and that is said of it as it stands.
func isReady(object client.Object) bool {
	judged, ok := object.(interface{ GetConditions() []metav1.Condition })
	if !ok {
		return true
	}
	ready := meta.FindStatusCondition(judged.GetConditions(), v1alpha1.ReadyCondition)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == object.GetGeneration() && object.GetDeletionTimestamp() == nil
}
