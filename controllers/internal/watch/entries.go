package watch

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Entry is one key of a ConfigMap, as it was and as it is; empty where it was or is not there.
type Entry struct{ Key, Before, After string }

// Entries wakes whoever reads the entries of a ConfigMap that changed, and nobody else: at a pace, or at
// once where there is none. As with Aggregate, what is there at the start wakes nobody.
func Entries(pace *Pace, readers func(ctx context.Context, configMap client.Object, entry Entry) []reconcile.Request) handler.EventHandler {
	wake := func(ctx context.Context, q queue, before, now client.Object) {
		var requests []reconcile.Request
		for _, entry := range changedEntries(before, now) {
			requests = append(requests, readers(ctx, now, entry)...)
		}
		pace.wake(q, requests)
	}
	empty := &corev1.ConfigMap{}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) {
			if !e.IsInInitialList {
				wake(ctx, q, empty, e.Object)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) { wake(ctx, q, e.ObjectOld, e.ObjectNew) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) {
			wake(ctx, q, e.Object, withoutEntries(e.Object))
		},
	}
}

func changedEntries(before, now client.Object) []Entry {
	was, isConfigMap := before.(*corev1.ConfigMap)
	is, isConfigMapToo := now.(*corev1.ConfigMap)
	if !isConfigMap || !isConfigMapToo {
		return nil
	}
	var changed []Entry
	for key, content := range is.Data {
		if was.Data[key] != content {
			changed = append(changed, Entry{Key: key, Before: was.Data[key], After: content})
		}
	}
	for key, content := range was.Data {
		if _, still := is.Data[key]; !still {
			changed = append(changed, Entry{Key: key, Before: content})
		}
	}
	return changed
}

func withoutEntries(object client.Object) client.Object {
	configMap, ok := object.(*corev1.ConfigMap)
	if !ok {
		return object
	}
	return &corev1.ConfigMap{ObjectMeta: configMap.ObjectMeta}
}
