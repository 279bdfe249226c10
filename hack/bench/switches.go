package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/country"
)

// switches are when agreements were first seen to have left Large.
type switches struct {
	mutex  sync.Mutex
	served map[client.ObjectKey]bool
	left   map[client.ObjectKey]time.Time
}

func newSwitches() *switches {
	return &switches{served: map[client.ObjectKey]bool{}, left: map[client.ObjectKey]time.Time{}}
}

// watchSwitches watches all agreements until the context ends, beginning with those that stand, and goes
// on where the API server ends a watch.
func (p *plane) watchSwitches(ctx context.Context) (*switches, error) {
	watcher, err := client.NewWithWatch(p.Config(), client.Options{Scheme: p.client.Scheme()})
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	standing := &v1alpha1.SupportAgreementList{}
	if err := watcher.List(ctx, standing); err != nil {
		return nil, fmt.Errorf("list agreements: %w", err)
	}
	s := newSwitches()
	for i := range standing.Items {
		s.see(&standing.Items[i], time.Now())
	}
	again := &cache.ListWatch{WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
		return watcher.Watch(ctx, &v1alpha1.SupportAgreementList{}, &client.ListOptions{Raw: &options})
	}}
	w, err := watchtools.NewRetryWatcherWithContext(ctx, standing.ResourceVersion, again)
	if err != nil {
		return nil, fmt.Errorf("watch agreements: %w", err)
	}
	go s.follow(w)
	return s, nil
}

func (s *switches) follow(w watch.Interface) {
	for event := range w.ResultChan() {
		if agreement, ok := event.Object.(*v1alpha1.SupportAgreement); ok {
			s.see(agreement, time.Now())
		}
	}
}

// see takes notice of an agreement at a moment.
func (s *switches) see(agreement *v1alpha1.SupportAgreement, now time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key, by := client.ObjectKeyFromObject(agreement), agreement.Status.Supplier.Provider
	switch {
	case agreement.Spec.Function != country.Analytics:
	case by == country.Large:
		s.served[key] = true
	case by != "" && s.served[key] && s.left[key].IsZero():
		s.left[key] = now
	}
}

// count is how many have left.
func (s *switches) count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.left)
}

// last is when the last one left.
func (s *switches) last() time.Time {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	last := time.Time{}
	for _, at := range s.left {
		if at.After(last) {
			last = at
		}
	}
	return last
}
