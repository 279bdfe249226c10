// Package watch holds the ways in which one object's events wake the reconcile of another. Handlers
// only enqueue, and predicates only filter.
package watch

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// Owner wakes the owner of kind that a child's mark names, at once: for a child whose state is waited for.
func Owner(kind string) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(ownerOf(kind))
}

// Child wakes the owner of kind that a child's mark names, at the pace: for a child that nobody but the
// operator should change. Its owner has just written it, as a rule.
func Child(pace *Pace, kind string) handler.EventHandler { return Aggregate(pace, ownerOf(kind)) }

func ownerOf(kind string) handler.MapFunc {
	return func(_ context.Context, child client.Object) []reconcile.Request {
		owner, ok := state.MarkedOwner(child)
		if !ok || owner.Kind != kind {
			return nil
		}
		return []reconcile.Request{{NamespacedName: owner.Key()}}
	}
}

// Aggregate wakes, at the pace, whoever counts the object: counts is called with the object as it was and
// as it is. What is there when the operator starts wakes nobody: who counts it is looked at then anyway,
// and not before all of it is in the cache.
func Aggregate(pace *Pace, counts handler.MapFunc) handler.EventHandler {
	wake := func(ctx context.Context, q queue, objects ...client.Object) {
		var requests []reconcile.Request
		for _, object := range objects {
			requests = append(requests, counts(ctx, object)...)
		}
		pace.wake(q, requests)
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) {
			if !e.IsInInitialList {
				wake(ctx, q, e.Object)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) { wake(ctx, q, e.ObjectOld, e.ObjectNew) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) { wake(ctx, q, e.Object) },
	}
}

// Changed passes an update only if what project reads of the object changed; creation and deletion
// always. A receiver is never woken by what it does not read.
func Changed[T client.Object, P comparable](project func(T) P) predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, ok := e.ObjectOld.(T)
			after, okToo := e.ObjectNew.(T)
			return !ok || !okToo || project(before) != project(after)
		},
	}
}

// Belonging is what the objects in a namespace read of it: whose it is, and whether it goes.
func Belonging(n *corev1.Namespace) string {
	if n.DeletionTimestamp != nil {
		return "terminating"
	}
	return n.Labels[v1alpha1.ConsortiumLabel] + "/" + n.Labels[v1alpha1.ProviderLabel]
}

// Own passes the events of the reconciled object itself: new generations, metadata that people
// write, and deletion; not the operator's own writes of status.
func Own() predicate.Predicate {
	return predicate.Or(predicate.GenerationChangedPredicate{}, predicate.LabelChangedPredicate{}, predicate.AnnotationChangedPredicate{})
}

// InNamespace makes a request for the object of that name.
func InNamespace(namespace, name string) []reconcile.Request {
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}}}
}
