// Package status says what is so: conditions from facts, as pure functions, one file per kind; and
// it is the only writer of status.
package status

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Object is an object of our API: one with conditions.
type Object interface {
	client.Object
	GetConditions() []metav1.Condition
}

// Writer writes the status of one kind. It remembers what it wrote until the cache shows it.
type Writer[T Object] struct {
	client   client.Client
	recorder events.EventRecorder

	mutex   sync.Mutex
	written map[types.UID]memory[T]
	swept   time.Time
}

// memory is an object as it was last written.
type memory[T Object] struct {
	at     time.Time
	object T
}

// remembered is how long a write is remembered of an object that is not reconciled again: far longer
// than a cache lags.
const remembered = time.Minute

// NewWriter returns a Writer.
func NewWriter[T Object](c client.Client, recorder events.EventRecorder) *Writer[T] {
	return &Writer[T]{client: c, recorder: recorder, written: map[types.UID]memory[T]{}}
}

// Freshest returns the object as this writer last wrote it, where the cache does not show that
// write yet; else the object itself. Every status that is read is read through it, so that a stale
// cache never undoes what was decided.
func (w *Writer[T]) Freshest(cached T) T {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	written, ok := w.written[cached.GetUID()]
	if !ok {
		return cached
	}
	order, err := resourceversion.CompareResourceVersion(written.object.GetResourceVersion(), cached.GetResourceVersion())
	if err != nil || order <= 0 {
		delete(w.written, cached.GetUID())
		return cached
	}
	return written.object.DeepCopyObject().(T)
}

// Write patches the object's status, if it says something new, and then emits an event for each
// transition that a person must know. A conflict or an object that is gone is no error: in both
// cases somebody else wrote the object. conflict says that the reconcile must be done again.
func (w *Writer[T]) Write(ctx context.Context, before, after T) (conflict bool, err error) {
	if equality.Semantic.DeepEqual(before, after) {
		return false, nil
	}
	conditions := before.GetConditions()
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	conflict, isWritten, err := w.settle(after, w.client.Status().Patch(ctx, after, patch))
	if !isWritten {
		return conflict, err
	}
	for _, transition := range transitions(conditions, after.GetConditions()) {
		w.recorder.Eventf(after, nil, transition.eventType, transition.reason, transition.condition, "%s", transition.message)
	}
	return false, nil
}

func (w *Writer[T]) remember(written T) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	now := time.Now()
	w.sweep(now)
	w.written[written.GetUID()] = memory[T]{at: now, object: written.DeepCopyObject().(T)}
}

// sweep drops what the cache has shown long since: of objects that were deleted or came to rest.
func (w *Writer[T]) sweep(now time.Time) {
	if now.Sub(w.swept) < remembered {
		return
	}
	w.swept = now
	maps.DeleteFunc(w.written, func(_ types.UID, m memory[T]) bool { return now.Sub(m.at) > remembered })
}

// AddFinalizer puts the operator's finalizer on an object that has none: with the status, the only
// thing that the operator writes to a user's object.
func (w *Writer[T]) AddFinalizer(ctx context.Context, object T) (conflict bool, err error) {
	before := object.DeepCopyObject().(T)
	if !controllerutil.AddFinalizer(object, v1alpha1.Finalizer) {
		return false, nil
	}
	return w.patchFinalizer(ctx, before, object)
}

// RemoveFinalizer lets an object go.
func (w *Writer[T]) RemoveFinalizer(ctx context.Context, object T) (conflict bool, err error) {
	before := object.DeepCopyObject().(T)
	if !controllerutil.RemoveFinalizer(object, v1alpha1.Finalizer) {
		return false, nil
	}
	return w.patchFinalizer(ctx, before, object)
}

func (w *Writer[T]) patchFinalizer(ctx context.Context, before, after T) (conflict bool, err error) {
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	conflict, _, err = w.settle(after, w.client.Patch(ctx, after, patch))
	return conflict, err
}

// settle says what came of a patch, and remembers it where it was written.
func (w *Writer[T]) settle(after T, failure error) (conflict, isWritten bool, err error) {
	switch {
	case apierrors.IsConflict(failure):
		return true, false, nil
	case apierrors.IsNotFound(failure):
		return false, false, nil
	case failure != nil:
		return false, false, fmt.Errorf("patch %T: %w", after, failure)
	}
	w.remember(after)
	return false, true, nil
}
