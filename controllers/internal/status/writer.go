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
	"k8s.io/apimachinery/pkg/api/meta"
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

	urgent func(before, after T) bool // nil: everything is

	mutex   sync.Mutex
	written map[types.UID]memory[T]
	held    map[types.UID]time.Time // since when there is something new to say of an object
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
	return &Writer[T]{client: c, recorder: recorder, written: map[types.UID]memory[T]{}, held: map[types.UID]time.Time{}}
}

// Paced makes the writer hold what is not urgent for a while, in which more may follow: what an object
// looks like on the way is written at most once a second, and under load less often. What others go by,
// and what must outlive the operator, is for urgent to name; that an object becomes Ready, or ceases to
// be, always is, but for an object that is deleted: it may be gone before anybody reads it.
func (w *Writer[T]) Paced(urgent func(before, after T) bool) *Writer[T] {
	w.urgent = urgent
	return w
}

// Freshest returns a copy of the object as this writer last wrote it, where the cache does not show that
// write yet; else of the object itself. Every status that is read is read through it, so that a stale
// cache never undoes what was decided.
func (w *Writer[T]) Freshest(cached T) T {
	return w.freshest(cached).DeepCopyObject().(T)
}

func (w *Writer[T]) freshest(cached T) T {
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
	return written.object
}

// Write replaces the object's status, if it says something new, and then emits an event for each
// transition that a person must know. A conflict or an object that is gone is no error: in both
// cases somebody else wrote the object. again is after how long the reconcile must be done again, zero
// for never: after a conflict, and while the status is held.
func (w *Writer[T]) Write(ctx context.Context, before, after T) (again time.Duration, err error) {
	if equality.Semantic.DeepEqual(before, after) {
		w.release(after)
		return 0, nil
	}
	if wait := w.hold(before, after, time.Now()); wait > 0 {
		return wait, nil
	}
	w.release(after)
	conditions := before.GetConditions()
	again, isWritten, err := w.settle(after, w.client.Status().Update(ctx, after))
	if !isWritten {
		return again, err
	}
	for _, transition := range transitions(conditions, after.GetConditions()) {
		w.recorder.Eventf(after, nil, transition.eventType, transition.reason, transition.condition, "%s", transition.message)
	}
	return 0, nil
}

// AfterConflict is after how long a reconcile is done again that lost against another writer.
const AfterConflict = 200 * time.Millisecond

// pace is how long a status is held that is not urgent: while a whole country is on the way, nobody reads
// each step of it.
type pace struct {
	// first is how long a status is held by itself; each, how much longer for each other that is held, up
	// to limit.
	first, each, limit time.Duration
}

var (
	// underWay is the pace of what will be written again.
	underWay = pace{first: time.Second, each: 100 * time.Millisecond, limit: 3 * time.Minute}
	// settled is the pace of what may be the last word.
	settled = pace{first: time.Second, each: 5 * time.Millisecond, limit: 5 * time.Second}
)

// hold says how long what is to be said of an object waits for what may follow.
func (w *Writer[T]) hold(before, after T, now time.Time) time.Duration {
	goes := after.GetDeletionTimestamp() != nil
	if w.urgent == nil || w.urgent(before, after) || !goes && turns(before, after) {
		return 0
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	since, isHeld := w.held[after.GetUID()]
	if !isHeld {
		since = now
		w.held[after.GetUID()] = now
	}
	p := settled
	if goes || isUnderWay(after.GetConditions()) {
		p = underWay
	}
	held := min(p.first+time.Duration(len(w.held)-1)*p.each, p.limit)
	return max(0, held-now.Sub(since))
}

// isUnderWay says that an object is not as it is meant to be yet, or no longer: how far it is will be
// written again.
func isUnderWay(conditions []metav1.Condition) bool {
	functions := meta.FindStatusCondition(conditions, v1alpha1.FunctionsAvailableCondition)
	return !meta.IsStatusConditionTrue(conditions, v1alpha1.ReadyCondition) || (functions != nil && functions.Status != metav1.ConditionTrue)
}

func (w *Writer[T]) release(object T) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.held, object.GetUID())
}

// turns says that an object becomes Ready, or ceases to be, or that nothing goes on until a person acts.
func turns[T Object](before, after T) bool {
	for _, condition := range []string{v1alpha1.ReadyCondition, v1alpha1.StalledCondition} {
		was := meta.IsStatusConditionTrue(before.GetConditions(), condition)
		if was != meta.IsStatusConditionTrue(after.GetConditions(), condition) {
			return true
		}
	}
	return false
}

func (w *Writer[T]) remember(written T) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	now := time.Now()
	w.sweep(now)
	kept := written.DeepCopyObject().(T)
	kept.SetManagedFields(nil) // as in the cache
	w.written[written.GetUID()] = memory[T]{at: now, object: kept}
}

// sweep drops what the cache has shown long since, and what was held and never written: of objects that
// were deleted or came to rest.
func (w *Writer[T]) sweep(now time.Time) {
	if now.Sub(w.swept) < remembered {
		return
	}
	w.swept = now
	maps.DeleteFunc(w.written, func(_ types.UID, m memory[T]) bool { return now.Sub(m.at) > remembered })
	maps.DeleteFunc(w.held, func(_ types.UID, since time.Time) bool { return now.Sub(since) > underWay.limit+remembered })
}

// AddFinalizer puts the operator's finalizer on an object that has none: with the status, the only
// thing that the operator writes to a user's object.
func (w *Writer[T]) AddFinalizer(ctx context.Context, object T) (again time.Duration, err error) {
	before := object.DeepCopyObject().(T)
	if !controllerutil.AddFinalizer(object, v1alpha1.Finalizer) {
		return 0, nil
	}
	return w.patchFinalizer(ctx, before, object)
}

// RemoveFinalizer lets an object go.
func (w *Writer[T]) RemoveFinalizer(ctx context.Context, object T) (again time.Duration, err error) {
	before := object.DeepCopyObject().(T)
	if !controllerutil.RemoveFinalizer(object, v1alpha1.Finalizer) {
		return 0, nil
	}
	return w.patchFinalizer(ctx, before, object)
}

func (w *Writer[T]) patchFinalizer(ctx context.Context, before, after T) (again time.Duration, err error) {
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	again, _, err = w.settle(after, w.client.Patch(ctx, after, patch))
	return again, err
}

// settle says what came of a write, and remembers it where it was written.
func (w *Writer[T]) settle(after T, failure error) (again time.Duration, isWritten bool, err error) {
	switch {
	case apierrors.IsConflict(failure):
		return AfterConflict, false, nil
	case apierrors.IsNotFound(failure):
		return 0, false, nil
	case failure != nil:
		return 0, false, fmt.Errorf("write %T: %w", after, failure)
	}
	w.remember(after)
	return 0, true, nil
}
