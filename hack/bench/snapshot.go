package main

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// snapshot is what the operator made of a country: what a plain client then makes too.
type snapshot struct {
	// namespaces are those of the country, with what the operator wrote on them.
	namespaces []*unstructured.Unstructured
	// children carry the operator's mark, each without what the server adds to it.
	children []*unstructured.Unstructured
	// resources are people's own, with their status.
	resources []resource
}

// snapshot reads what stands.
func (p *plane) snapshot(ctx context.Context) (*snapshot, error) {
	s := &snapshot{}
	kinds, err := p.listable()
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		children, err := p.list(ctx, kind, v1alpha1.OwnerLabel)
		if err != nil {
			return nil, err
		}
		s.children = append(s.children, children...)
	}
	for _, label := range []string{v1alpha1.ConsortiumLabel, v1alpha1.ProviderLabel} {
		namespaces, err := p.list(ctx, schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}, label)
		if err != nil {
			return nil, err
		}
		s.namespaces = append(s.namespaces, namespaces...)
	}
	slices.SortStableFunc(s.children, func(a, b *unstructured.Unstructured) int { return phase(a.GetKind()) - phase(b.GetKind()) })
	s.resources, err = p.resources(ctx)
	return s, err
}

// needed is how many requests making all this takes: one for each child and each namespace, two for each
// resource (whose facts arrive one after the other), one for each finalizer.
func (s *snapshot) needed() int {
	needed := len(s.namespaces) + len(s.children) + 2*len(s.resources)
	for _, r := range s.resources {
		needed += len(r.GetFinalizers())
	}
	return needed
}

// listable are the kinds that can be listed and created, whatever they are.
func (p *plane) listable() ([]schema.GroupVersionKind, error) {
	client, err := discovery.NewDiscoveryClientForConfig(p.Config())
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	groups, err := client.ServerPreferredResources()
	if err != nil {
		return nil, fmt.Errorf("ask which kinds there are: %w", err)
	}
	var kinds []schema.GroupVersionKind
	for _, group := range groups {
		version, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			return nil, fmt.Errorf("read which kinds there are: %w", err)
		}
		for _, r := range group.APIResources {
			if slices.Contains(r.Verbs, "list") && slices.Contains(r.Verbs, "create") && r.Kind != "Namespace" && r.Kind != "Event" {
				kinds = append(kinds, version.WithKind(r.Kind))
			}
		}
	}
	return kinds, nil
}

// list reads the objects of a kind that carry a label, as they would be created.
func (p *plane) list(ctx context.Context, kind schema.GroupVersionKind, label string) ([]*unstructured.Unstructured, error) {
	var found []*unstructured.Unstructured
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(kind)
	if err := p.client.List(ctx, list, client.HasLabels{label}); err != nil {
		return nil, fmt.Errorf("list %s: %w", kind.Kind, err)
	}
	for i := range list.Items {
		found = append(found, written(&list.Items[i]))
	}
	return found, nil
}

// written is an object without what the server adds.
func written(object *unstructured.Unstructured) *unstructured.Unstructured {
	fresh := &unstructured.Unstructured{Object: map[string]any{}}
	for key, value := range object.Object {
		if key != "metadata" && key != "status" {
			fresh.Object[key] = value
		}
	}
	fresh.SetNamespace(object.GetNamespace())
	fresh.SetName(object.GetName())
	fresh.SetLabels(object.GetLabels())
	fresh.SetAnnotations(object.GetAnnotations())
	fresh.SetOwnerReferences(object.GetOwnerReferences())
	if object.GetKind() == "Service" {
		for _, field := range []string{"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} {
			unstructured.RemoveNestedField(fresh.Object, "spec", field)
		}
	}
	return fresh
}

// adopted is a copy whose owners are those of another control plane. An owner that is not there is left
// out: the garbage collector would take the child away.
func adopted(child *unstructured.Unstructured, owners map[string]resource) *unstructured.Unstructured {
	child = child.DeepCopy()
	references := slices.DeleteFunc(child.GetOwnerReferences(), func(r metav1.OwnerReference) bool {
		return owners[ownerKey(r.Kind, child.GetNamespace(), r.Name)] == nil
	})
	for i, r := range references {
		references[i].UID = owners[ownerKey(r.Kind, child.GetNamespace(), r.Name)].GetUID()
	}
	child.SetOwnerReferences(references)
	return child
}

// ownerKey finds an owner of a child in a namespace; one that belongs to no namespace has none.
func ownerKey(kind, namespace, name string) string {
	if kind == v1alpha1.SupportFunctionKind {
		namespace = ""
	}
	return kind + " " + namespace + "/" + name
}

// phases are the kinds that come first: guard rails, then what workloads need, then workloads.
var phases = map[string]int{
	"ClusterRole": 0, "ClusterRoleBinding": 0, "LimitRange": 1, "NetworkPolicy": 1, "ResourceQuota": 1, "RoleBinding": 1,
	"Deployment": 3, "StatefulSet": 3,
}

func phase(kind string) int {
	if phase, ok := phases[kind]; ok {
		return phase
	}
	return 2
}

// typed is the Go type of an object, which is sent in protobuf where its kind has that.
func typed(scheme *runtime.Scheme, object *unstructured.Unstructured) (client.Object, error) {
	made, err := scheme.New(object.GroupVersionKind())
	if err != nil {
		return nil, fmt.Errorf("kind of %s: %w", object.GetName(), err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, made); err != nil {
		return nil, fmt.Errorf("convert %s %s: %w", object.GetKind(), object.GetName(), err)
	}
	return made.(client.Object), nil
}
