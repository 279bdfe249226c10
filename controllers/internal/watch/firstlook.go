package watch

import (
	"context"
	"runtime"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// firstLooks is how long after the first reconcile an object may still be one that has to be looked at
// again only because the operator has started.
const firstLooks = 5 * time.Minute

// FirstLook reconciles what is Ready a few at a time when the operator starts. That it is looked at is
// work for the processor alone, since nothing is written of it; as many at once as there are workers
// would keep those waiting for their turn who have something to do between two requests.
type FirstLook[T client.Object] struct {
	reconcile.ObjectReconciler[T]
	now   func() time.Time
	turns chan struct{}

	mutex sync.Mutex
	until time.Time
	seen  map[types.UID]bool // until then
}

// Calmly returns a reconciler that takes its first look calmly.
func Calmly[T client.Object](reconciler reconcile.ObjectReconciler[T]) *FirstLook[T] {
	return &FirstLook[T]{ObjectReconciler: reconciler, now: time.Now, turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
}

// Reconcile reconciles an object, when it is its turn.
func (f *FirstLook[T]) Reconcile(ctx context.Context, object T) (reconcile.Result, error) {
	if f.isFirst(object) && isReady(object) {
		select {
		case f.turns <- struct{}{}:
			defer func() { <-f.turns }()
		case <-ctx.Done():
			return reconcile.Result{}, ctx.Err()
		}
	}
	return f.ObjectReconciler.Reconcile(ctx, object)
}

func (f *FirstLook[T]) isFirst(object T) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if now := f.now(); f.until.IsZero() {
		f.until, f.seen = now.Add(firstLooks), map[types.UID]bool{}
	} else if now.After(f.until) {
		f.seen = nil
		return false
	}
	isFirst := !f.seen[object.GetUID()]
	f.seen[object.GetUID()] = true
	return isFirst
}
