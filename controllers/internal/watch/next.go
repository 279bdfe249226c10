package watch

import (
	"errors"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

const (
	// lookAgain is after how long a blocked child is tried again: what stands in its way is not the
	// operator's, and is not watched.
	lookAgain = 5 * time.Second
	// afterLag is after how long a child is looked at again that the cache does not show as it was
	// last written: a little more than a write stands in for the cache.
	afterLag = apply.LagLimit + 100*time.Millisecond
	// longestWait is how long a reconcile waits for an instant at most: clocks are set, and timers drift.
	longestWait = time.Hour
)

// Next says when an object is looked at again, if not because something changes: after an error with
// the queue's backoff; else when whoever writes the status wants it, zero for never; while a child is
// blocked or the cache lags, soon.
func Next(done state.Result, again time.Duration, failures ...error) (reconcile.Result, error) {
	if err := errors.Join(failures...); err != nil {
		return reconcile.Result{}, err
	}
	switch {
	case done.Lagging:
		again = sooner(again, afterLag)
	case len(done.Blocked) > 0:
		again = sooner(again, lookAgain)
	}
	return reconcile.Result{RequeueAfter: again}, nil
}

// sooner is the shorter of two waits; zero is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// NotAfter makes sure that an object is looked at again when an instant comes, zero for none, and not
// much later where the clock was set meanwhile.
func NotAfter(result reconcile.Result, instant, now time.Time) reconcile.Result {
	if instant.IsZero() {
		return result
	}
	wait := min(max(instant.Sub(now), time.Millisecond), longestWait)
	if result.RequeueAfter == 0 || wait < result.RequeueAfter {
		result.RequeueAfter = wait
	}
	return result
}
