package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Prune deletes the children of the owner that are not among those to keep. What the owner's
// children are is known by their mark alone, over the given kinds, never by a list in a status.
func (a *Applier) Prune(ctx context.Context, owner state.Owner, kinds []client.ObjectList, keep ...[]runtime.ApplyConfiguration) error {
	kept, err := keysOf(keep)
	if err != nil {
		return err
	}
	var failures []error
	for _, list := range kinds {
		list := list.DeepCopyObject().(client.ObjectList)
		options := []client.ListOption{client.MatchingFields{index.Owner: index.OwnerKey(owner)}}
		if err := a.client.List(ctx, list, options...); err != nil {
			return fmt.Errorf("list children: %w", err)
		}
		failures = append(failures, a.pruneList(ctx, owner, list, kept))
	}
	return errors.Join(failures...)
}

func (a *Applier) pruneList(ctx context.Context, owner state.Owner, list client.ObjectList, kept map[childKey]bool) error {
	var failures []error
	err := eachItem(list, func(object client.Object) {
		kind, err := a.client.GroupVersionKindFor(object)
		if err != nil {
			failures = append(failures, err)
			return
		}
		key := childKey{kind: kind.Kind, namespace: object.GetNamespace(), name: object.GetName()}
		if kept[key] || !object.GetDeletionTimestamp().IsZero() {
			return
		}
		child := &unstructured.Unstructured{}
		child.SetGroupVersionKind(kind)
		child.SetNamespace(object.GetNamespace())
		child.SetName(object.GetName())
		failures = append(failures, a.Delete(ctx, owner, child))
	})
	return errors.Join(append(failures, err)...)
}

// Delete deletes one child after a live read, if it is the owner's: with preconditions, so that
// nothing that changed in between is deleted. A child that is gone, or not ours, is no error.
func (a *Applier) Delete(ctx context.Context, owner state.Owner, child *unstructured.Unstructured) error {
	live, err := a.read(ctx, a.live, child)
	if err != nil {
		return fmt.Errorf("read %s before deleting it: %w", describe(child), err)
	}
	if live == nil || !isOurs(live, owner) || live.GetDeletionTimestamp() != nil {
		return nil
	}
	uid, version := live.GetUID(), live.GetResourceVersion()
	err = a.client.Delete(ctx, live, client.Preconditions{UID: &uid, ResourceVersion: &version}, client.PropagationPolicy("Background"))
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete %s: %w", describe(child), err)
	}
	a.memory.forget(keyOf(child))
	logr.FromContextOrDiscard(ctx).Info("Deleted child", "kind", child.GetKind(), "child", types.NamespacedName{Namespace: child.GetNamespace(), Name: child.GetName()})
	audit(ctx, "Deleted", child)
	return nil
}

func keysOf(steps [][]runtime.ApplyConfiguration) (map[childKey]bool, error) {
	keys := map[childKey]bool{}
	for _, step := range steps {
		for _, configuration := range step {
			key, err := keyOfIntent(configuration)
			if err != nil {
				return nil, err
			}
			keys[key] = true
		}
	}
	return keys, nil
}

// named is an intent that says of what it is one, as the generated ones do.
type named interface {
	GetKind() *string
	GetNamespace() *string
	GetName() *string
}

func keyOfIntent(configuration runtime.ApplyConfiguration) (childKey, error) {
	if intent, ok := configuration.(named); ok {
		return childKey{kind: orEmpty(intent.GetKind()), namespace: orEmpty(intent.GetNamespace()), name: orEmpty(intent.GetName())}, nil
	}
	object, err := toObject(configuration)
	if err != nil {
		return childKey{}, err
	}
	return keyOf(object), nil
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
