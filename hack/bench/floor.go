package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/commissioning-support/operator/controllers"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// The field managers of the floors: one that makes everything has a name of its own, one that repeats
// what the operator did has the operator's.
const (
	plainClient     = client.FieldOwner("plain-client")
	operatorManager = client.FieldOwner(controllers.FieldOwner)
)

// writer is a plain client and the name that it writes under.
type writer struct {
	client client.Client
	owner  client.FieldOwner
}

// plain returns a client that the policies take for the operator, who may make what people may not, and
// with every right, since it applies what the operator creates.
func (p *plane) plain(ctx context.Context) (client.Client, error) {
	account := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: operatorNamespace, Name: operatorAccount}
	binding := &rbacv1.ClusterRoleBinding{RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"}, Subjects: []rbacv1.Subject{account}}
	binding.Name = string(plainClient)
	if err := p.create(ctx, []client.Object{binding}); err != nil {
		return nil, err
	}
	config, err := p.operatorConfig(ctx)
	if err != nil {
		return nil, err
	}
	made, err := client.New(config, client.Options{Scheme: p.client.Scheme()})
	if err != nil {
		return nil, fmt.Errorf("make a plain client: %w", err)
	}
	return made, nil
}

// floor makes what a snapshot holds with a plain client, on a plane with the same country, and returns
// how long that took: every child, a label more on every namespace, and one status for every resource.
// Nothing is read, decided, watched or written twice.
func (p *plane) floor(ctx context.Context, s *snapshot, how string) (time.Duration, error) {
	owners, err := p.owners(ctx)
	if err != nil {
		return 0, err
	}
	made, err := p.plain(ctx)
	if err != nil {
		return 0, err
	}
	w := writer{client: made, owner: plainClient}
	writes := map[string]func(context.Context, *unstructured.Unstructured) error{report.CreateFloor: w.post, report.ApplyFloor: w.apply}
	stages, err := p.stages(s, owners, w, writes[how])
	if err != nil {
		return 0, err
	}
	began := time.Now()
	for _, jobs := range stages {
		if err := saturate(ctx, jobs); err != nil {
			return 0, fmt.Errorf("%s: %w", how, err)
		}
	}
	return time.Since(began), nil
}

// owners are the resources that stand, by what a child says of them.
func (p *plane) owners(ctx context.Context) (map[string]resource, error) {
	standing, err := p.resources(ctx)
	owners := map[string]resource{}
	for _, r := range standing {
		owners[p.keyOf(r)] = r
	}
	return owners, err
}

func (p *plane) keyOf(r resource) string {
	kind, err := apiutil.GVKForObject(r, p.client.Scheme())
	if err != nil {
		return "" // it was listed by this scheme
	}
	return ownerKey(kind.Kind, r.GetNamespace(), r.GetName())
}

// stages are the jobs of a floor, those of a stage at the same time: namespaces, children by phase,
// statuses.
func (p *plane) stages(s *snapshot, owners map[string]resource, w writer, write func(context.Context, *unstructured.Unstructured) error) ([][]job, error) {
	stages := make([][]job, 6)
	for _, namespace := range s.namespaces {
		stages[0] = append(stages[0], func(ctx context.Context) error { return w.label(ctx, namespace) })
	}
	for _, child := range s.children {
		child = adopted(child, owners)
		at := 1 + phase(child.GetKind())
		stages[at] = append(stages[at], func(ctx context.Context) error {
			return insist(ctx, func() error { return write(ctx, child) })
		})
	}
	for _, r := range s.resources {
		standing, ok := owners[p.keyOf(r)]
		if !ok {
			return nil, fmt.Errorf("%s is not there", p.keyOf(r))
		}
		status := r.DeepCopyObject().(client.Object)
		status.SetUID(standing.GetUID())
		status.SetResourceVersion(standing.GetResourceVersion())
		stages[5] = append(stages[5], func(ctx context.Context) error { return w.client.Status().Update(ctx, status) })
	}
	return stages, nil
}

// post creates a child.
func (w writer) post(ctx context.Context, child *unstructured.Unstructured) error {
	object, err := typed(w.client.Scheme(), child)
	if err != nil {
		return err
	}
	return w.client.Create(ctx, object, w.owner)
}

// apply creates or changes a child by server-side apply.
func (w writer) apply(ctx context.Context, child *unstructured.Unstructured) error {
	return w.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(child.DeepCopy()), w.owner, client.ForceOwnership)
}

// label gives a namespace the labels and annotations that the operator gave it.
func (w writer) label(ctx context.Context, namespace *unstructured.Unstructured) error {
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": namespace.GetLabels(), "annotations": namespace.GetAnnotations()}})
	if err != nil {
		return fmt.Errorf("encode the labels of %s: %w", namespace.GetName(), err)
	}
	standing := &corev1.Namespace{}
	standing.Name = namespace.GetName()
	return w.client.Patch(ctx, standing, client.RawPatch(types.MergePatchType, body), w.owner)
}
