package controllers

import (
	"fmt"
	"unique"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
)

// CacheOptions make the cache hold of the kinds that the operator makes only its own objects, and
// of every object only what is read. What is read from it is shared: nobody changes it but in a copy of
// their own (tests run with client-go's detector of such changes).
func CacheOptions() (cache.Options, error) {
	owned, err := labels.NewRequirement(v1alpha1.OwnerLabel, selection.Exists, nil)
	if err != nil {
		return cache.Options{}, fmt.Errorf("select the operator's children: %w", err)
	}
	options := cache.Options{
		DefaultTransform:             slim,
		DefaultUnsafeDisableDeepCopy: new(true),
		ByObject:                     map[client.Object]cache.ByObject{},
	}
	for _, child := range index.Children() {
		options.ByObject[child] = cache.ByObject{Label: labels.NewSelector().Add(*owned)}
	}
	return options, nil
}

// slim takes away what nobody reads: who manages an object's fields, and how much of a quota is used,
// which changes with every pod. The texts that thousands of objects share are held once.
func slim(object any) (any, error) {
	if o, ok := object.(client.Object); ok {
		o.SetManagedFields(nil)
		o.SetNamespace(shared(o.GetNamespace()))
		o.SetLabels(sharedMap(o.GetLabels()))
		o.SetAnnotations(sharedMap(o.GetAnnotations()))
	}
	if quota, ok := object.(*corev1.ResourceQuota); ok {
		quota.Status.Used = nil
	}
	return object, nil
}

func shared(text string) string { return unique.Make(text).Value() }

func sharedMap(texts map[string]string) map[string]string {
	if texts == nil {
		return nil
	}
	held := make(map[string]string, len(texts))
	for key, text := range texts {
		held[shared(key)] = shared(text)
	}
	return held
}
