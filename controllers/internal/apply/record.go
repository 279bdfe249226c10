package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// errRecordMoved: what the caller decided on is no longer so.
var errRecordMoved = errors.New("somebody else has written it since")

// Record writes a record that was decided on from what it held before, such as a ledger: over exactly
// the version that was read, or, where version is empty, only if there is none. Anything else is a
// conflict (apierrors.IsConflict), and the caller decides anew on a fresh read: two writers, of which
// one thinks that it still leads, never undo each other. Nothing is read, compared or tried again.
func (a *Applier) Record(ctx context.Context, desired runtime.ApplyConfiguration, version string) error {
	object, err := toObject(desired)
	if err != nil {
		return err
	}
	if err := a.record(ctx, object, version); err != nil {
		return fmt.Errorf("write %s: %w", describe(object), err)
	}
	return nil
}

func (a *Applier) record(ctx context.Context, object *unstructured.Unstructured, version string) error {
	action, moved := "Created", apierrors.IsAlreadyExists
	write := func(typed client.Object) error { return a.client.Create(ctx, typed) }
	if version != "" {
		object.SetResourceVersion(version)
		action, moved = "Updated", apierrors.IsNotFound
		write = func(typed client.Object) error { return a.client.Update(ctx, typed) }
	}
	_, err := a.send(object, write)
	if moved(err) {
		group := schema.GroupResource{Group: object.GroupVersionKind().Group, Resource: object.GetKind()}
		return apierrors.NewConflict(group, object.GetName(), errRecordMoved)
	}
	if err == nil {
		audit(ctx, action, object)
	}
	return err
}

// Reclaim is for whoever finds by Record that a record stands which it does not see: somebody took away
// the label by which the operator's cache knows its own. It puts the label back, and touches nothing
// else. Where the annotation does not say that the record is its owner's, it is an error.
func (a *Applier) Reclaim(ctx context.Context, desired runtime.ApplyConfiguration) error {
	object, err := toObject(desired)
	if err != nil {
		return err
	}
	live, err := a.read(ctx, a.live, object)
	if live == nil || err != nil {
		return err // it is gone meanwhile, and written anew
	}
	owner, _ := state.MarkedOwner(object)
	if found, ok := state.MarkedOwner(live); !ok || found.Kind != owner.Kind || found.Key() != owner.Key() {
		return fmt.Errorf("%s is in the way: it is not the operator's", describe(object))
	}
	labels := maps.Clone(live.GetLabels())
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, object.GetLabels())
	if maps.Equal(labels, live.GetLabels()) {
		return nil // the cache is behind
	}
	live.SetLabels(labels)
	if err := a.client.Update(ctx, live); err != nil {
		return fmt.Errorf("label %s again: %w", describe(object), err)
	}
	return nil
}
