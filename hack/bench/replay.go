package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/commissioning-support/operator/hack/bench/audit"
)

// change is what the operator made of one snapshot to reach another.
type change struct {
	// applied and removed are children, statuses resources whose status differs.
	applied, removed []*unstructured.Unstructured
	statuses         []resource
}

func (c change) size() int { return len(c.applied) + len(c.removed) + len(c.statuses) }

// changeBetween compares two snapshots of one control plane.
func changeBetween(before, after *snapshot) (change, error) {
	c, standing := change{}, map[string]*unstructured.Unstructured{}
	for _, child := range before.children {
		standing[childKey(child)] = child
	}
	for _, child := range after.children {
		old := standing[childKey(child)]
		delete(standing, childKey(child))
		if old == nil || !equality.Semantic.DeepEqual(old.Object, child.Object) {
			c.applied = append(c.applied, child)
		}
	}
	for _, child := range before.children {
		if standing[childKey(child)] != nil {
			c.removed = append(c.removed, child)
		}
	}
	versions := map[string]resource{}
	for _, r := range before.resources {
		versions[resourceKey(r)] = r
	}
	for _, r := range after.resources {
		same, err := sameStatus(versions[resourceKey(r)], r)
		if err != nil {
			return c, err
		}
		if !same {
			c.statuses = append(c.statuses, r)
		}
	}
	return c, nil
}

func childKey(child *unstructured.Unstructured) string {
	return child.GroupVersionKind().GroupKind().String() + " " + child.GetNamespace() + "/" + child.GetName()
}

func resourceKey(r resource) string { return fmt.Sprintf("%T %s", r, client.ObjectKeyFromObject(r)) }

// sameStatus says whether a resource that stood already has the same status.
func sameStatus(before, after resource) (bool, error) {
	if before == nil {
		return false, nil
	}
	one, err := runtime.DefaultUnstructuredConverter.ToUnstructured(before)
	if err != nil {
		return false, fmt.Errorf("read a status: %w", err)
	}
	two, err := runtime.DefaultUnstructuredConverter.ToUnstructured(after)
	if err != nil {
		return false, fmt.Errorf("read a status: %w", err)
	}
	return equality.Semantic.DeepEqual(one["status"], two["status"]), nil
}

// during leaves of a change what the operator wrote in some requests.
func (c change) during(writes []audit.Request, resourceOf func(client.Object) (string, error)) (change, error) {
	written := map[string]bool{}
	for _, r := range writes {
		if r.IsDone() {
			written[strings.Join([]string{r.Resource, r.Subresource, r.Namespace, r.Name}, "/")] = true
		}
	}
	var failed error
	untouched := func(object client.Object, subresource string) bool {
		name, err := resourceOf(object)
		failed = errors.Join(failed, err)
		return !written[strings.Join([]string{name, subresource, object.GetNamespace(), object.GetName()}, "/")]
	}
	none := func(child *unstructured.Unstructured) bool { return untouched(child, "") }
	kept := change{applied: slices.DeleteFunc(slices.Clone(c.applied), none), removed: slices.DeleteFunc(slices.Clone(c.removed), none)}
	kept.statuses = slices.DeleteFunc(slices.Clone(c.statuses), func(r resource) bool { return untouched(r, "status") })
	return kept, failed
}

// resourceOf is the name of an object's kind in a request.
func (p *plane) resourceOf(object client.Object) (string, error) {
	kind, err := apiutil.GVKForObject(object, p.client.Scheme())
	if err != nil {
		return "", fmt.Errorf("kind of %s: %w", object.GetName(), err)
	}
	mapping, err := p.client.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return "", fmt.Errorf("resource of %s: %w", kind.Kind, err)
	}
	return mapping.Resource.Resource, nil
}

// carryOut does a change with a plain client, and returns how long that took. It writes as the operator
// does, who finds later what it would have written itself.
func (p *plane) carryOut(ctx context.Context, w writer, c change) (time.Duration, error) {
	versions, err := p.versions(ctx)
	if err != nil {
		return 0, err
	}
	var jobs []job
	for _, child := range c.applied {
		jobs = append(jobs, func(ctx context.Context) error { return insist(ctx, func() error { return w.apply(ctx, child) }) })
	}
	for _, child := range c.removed {
		jobs = append(jobs, func(ctx context.Context) error { return client.IgnoreNotFound(w.client.Delete(ctx, child.DeepCopy())) })
	}
	for _, r := range c.statuses {
		status := r.DeepCopyObject().(client.Object)
		status.SetResourceVersion(versions[resourceKey(r)])
		jobs = append(jobs, func(ctx context.Context) error { return w.client.Status().Update(ctx, status) })
	}
	began := time.Now()
	err = saturate(ctx, jobs)
	return time.Since(began), err
}

// versions are the resources' that stand.
func (p *plane) versions(ctx context.Context) (map[string]string, error) {
	standing, err := p.resources(ctx)
	versions := map[string]string{}
	for _, r := range standing {
		versions[resourceKey(r)] = r.GetResourceVersion()
	}
	return versions, err
}

// floorOf undoes what the operator did, does it once more with a plain client, and returns how long those
// of its writes took that the operator did in some requests. No operator runs.
func (p *plane) floorOf(ctx context.Context, before, after *snapshot, writes []audit.Request) (floor time.Duration, size int, err error) {
	forth, err := changeBetween(before, after)
	if err != nil {
		return 0, 0, err
	}
	timed, err := forth.during(writes, p.resourceOf)
	if err != nil {
		return 0, 0, err
	}
	w, err := p.asOperator(ctx)
	if err != nil {
		return 0, 0, err
	}
	if err := p.undo(ctx, before, after); err != nil {
		return 0, 0, err
	}
	if err := pause(ctx, quiet); err != nil {
		return 0, 0, err
	}
	if floor, err = p.carryOut(ctx, w, timed); err != nil {
		return 0, 0, fmt.Errorf("do what the operator did: %w", err)
	}
	if _, err := p.carryOut(ctx, w, forth); err != nil {
		return 0, 0, fmt.Errorf("do the rest of what the operator did: %w", err)
	}
	return floor, timed.size(), nil
}

// undo puts back what stood before the operator did something.
func (p *plane) undo(ctx context.Context, before, after *snapshot) error {
	back, err := changeBetween(after, before)
	if err != nil {
		return err
	}
	w, err := p.asOperator(ctx)
	if err != nil {
		return err
	}
	if _, err := p.carryOut(ctx, w, back); err != nil {
		return fmt.Errorf("undo what the operator did: %w", err)
	}
	return nil
}

// asOperator returns a plain client that writes under the operator's name.
func (p *plane) asOperator(ctx context.Context) (writer, error) {
	made, err := p.plain(ctx)
	return writer{client: made, owner: operatorManager}, err
}
