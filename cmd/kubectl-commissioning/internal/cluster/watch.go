package cluster

import (
	"context"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// How often an overview is read again: while much changes, at most every quarter of a second, and reading
// takes at most a fifth of the time. One that cannot be read any more is tried for half a minute.
const (
	shortest  = 250 * time.Millisecond
	restShare = 4
	retry     = time.Second
	outage    = 30 * time.Second
)

// FollowConsortium shows what the overview of a consortium is made of, and again after each change, until
// that is enough.
func (c *Cluster) FollowConsortium(ctx context.Context, name string, isEnough func(overview.Facts) bool) error {
	facts, err := c.Consortium(ctx, name)
	if err != nil {
		return err
	}
	within := client.InNamespace(overview.NamespaceOf(&facts.Consortium))
	return c.again(ctx, []watched{
		{kind: v1alpha1.ConsortiumKind, options: []client.ListOption{client.MatchingFields{"metadata.name": name}}},
		{kind: v1alpha1.MemberFunctionKind, options: []client.ListOption{within}},
		{kind: v1alpha1.SupportAgreementKind, options: []client.ListOption{within}},
	}, func(ctx context.Context) (bool, error) {
		facts, err := c.Consortium(ctx, name)
		return err == nil && isEnough(facts), err
	})
}

// FollowEverything does the same with what the overview of all consortia is made of.
func (c *Cluster) FollowEverything(ctx context.Context, isEnough func(overview.Everything) bool) error {
	return c.again(ctx, []watched{
		{kind: v1alpha1.ConsortiumKind, ifForbidden: nameYourOwn}, {kind: v1alpha1.MemberFunctionKind}, {kind: v1alpha1.SupportAgreementKind},
	}, func(ctx context.Context) (bool, error) {
		all, err := c.Everything(ctx)
		return err == nil && isEnough(all), err
	})
}

// watched are objects of which each change counts.
type watched struct {
	kind    string
	options []client.ListOption
	// ifForbidden is what who may not see them can do.
	ifForbidden string
}

// again does something, and again after each change of what is watched, until it is done. What could be done
// once is tried again for a while when the API server does not answer.
func (c *Cluster) again(ctx context.Context, all []watched, do func(context.Context) (bool, error)) error {
	var isDone, hasBegun bool
	var failing time.Time
	for {
		err := c.whileWatched(ctx, all, func(ctx context.Context) (bool, error) {
			var err error
			if isDone, err = do(ctx); err == nil {
				hasBegun, failing = true, time.Time{}
			}
			return isDone, err
		})
		switch {
		case isDone:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
		case !hasBegun, apierrors.IsNotFound(err), apierrors.IsForbidden(err):
			return err
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) > outage:
			return err
		}
		if err := pause(ctx, retry); err != nil {
			return err
		}
	}
}

// whileWatched does something, and again after each change, until it is done or a watch ends. The watches
// begin before what they watch is read: no change is missed.
func (c *Cluster) whileWatched(ctx context.Context, all []watched, do func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changed, ended := make(chan struct{}, 1), make(chan struct{}, 1)
	for _, w := range all {
		events, err := c.watch(ctx, w)
		if err != nil {
			return err
		}
		go tell(events, changed, ended)
	}
	for {
		began := time.Now()
		if isDone, err := do(ctx); isDone || err != nil {
			return err
		}
		if err := pause(ctx, max(shortest, restShare*time.Since(began))); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return nil
		case <-changed:
		}
	}
}

// watch begins with what there is now. Of objects it asks for no more than their names: they are many.
func (c *Cluster) watch(ctx context.Context, w watched) (watch.Interface, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(w.kind + "List"))
	if err := c.client.List(ctx, list, append(slices.Clone(w.options), client.Limit(1))...); err != nil {
		return nil, notReadable("The list of "+w.kind+" objects", w.ifForbidden, err)
	}
	from := &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}}
	events, err := c.client.Watch(ctx, list, append(slices.Clone(w.options), from)...)
	if err != nil {
		return nil, notReadable("What changes of "+w.kind+" objects", "", err)
	}
	return events, nil
}

// tell passes on that something has changed, and that the watch has ended.
func tell(events watch.Interface, changed, ended chan<- struct{}) {
	defer events.Stop()
	for event := range events.ResultChan() {
		if event.Type == watch.Error {
			break
		}
		notify(changed)
	}
	notify(ended)
}

// notify leaves word; one that has not been heard yet is enough.
func notify(whom chan<- struct{}) {
	select {
	case whom <- struct{}{}:
	default:
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
