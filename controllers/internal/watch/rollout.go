package watch

import (
	"context"
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Rollout wakes those instances of a function for whom what it publishes changed: instances is called with
// the function as it was and as it is. When the function comes or goes, before is nil, and all are meant.
func Rollout(instances func(ctx context.Context, before, now *v1alpha1.SupportFunction) []reconcile.Request) handler.EventHandler {
	wake := func(ctx context.Context, q queue, before, now client.Object) {
		was, _ := before.(*v1alpha1.SupportFunction)
		is, isFunction := now.(*v1alpha1.SupportFunction)
		if !isFunction || was != nil && reflect.DeepEqual(was.Status.Rollout.Layers, is.Status.Rollout.Layers) {
			return
		}
		for _, request := range instances(ctx, was, is) {
			q.Add(request)
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) { wake(ctx, q, nil, e.Object) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) { wake(ctx, q, nil, e.Object) },
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) { wake(ctx, q, e.ObjectOld, e.ObjectNew) },
	}
}
