package main

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// workers is how many requests a plain client has under way: more do not make it faster.
const workers = 24

// job is some requests, one after the other.
type job func(context.Context) error

// saturate does the jobs as fast as the API server allows. It gives up at the first that fails.
func saturate(ctx context.Context, jobs []job) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan job)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for j := range queue {
				if err := j(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, j := range jobs {
		if ctx.Err() != nil {
			break
		}
		queue <- j
	}
	close(queue)
	group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// patience is far longer than anything takes that does not hang.
const patience = 30 * time.Minute

// insist repeats a request that is refused for a moment only: a quota whose use has not been counted
// yet, a service account that the controller manager has not made yet, a policy or a kind that has not
// been taken up. What stands already is as good.
func insist(ctx context.Context, request func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		last = request()
		if apierrors.IsAlreadyExists(last) {
			last = nil
		}
		return !isPassing(last), nil
	})
	return cmp.Or(last, err)
}

func isPassing(err error) bool {
	if meta.IsNoMatchError(err) || discovery.IsGroupDiscoveryFailedError(err) || errors.As(err, new(*apiutil.ErrResourceDiscoveryFailed)) {
		return true // a kind that has just been installed
	}
	return apierrors.IsForbidden(err) || apierrors.IsConflict(err) || apierrors.IsTooManyRequests(err) || apierrors.IsServerTimeout(err)
}
