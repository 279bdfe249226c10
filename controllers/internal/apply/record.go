package apply

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
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
	action, write, moved := "Created", func() error { return a.client.Create(ctx, object) }, apierrors.IsAlreadyExists
	if version != "" {
		object.SetResourceVersion(version)
		action, write, moved = "Updated", func() error { return a.client.Update(ctx, object) }, apierrors.IsNotFound
	}
	err := write()
	if moved(err) {
		group := schema.GroupResource{Group: object.GroupVersionKind().Group, Resource: object.GetKind()}
		return apierrors.NewConflict(group, object.GetName(), errRecordMoved)
	}
	if err == nil {
		audit(ctx, action, object)
	}
	return err
}
