package cluster

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Await watches an agreement until it is as wanted. When that does not happen in time, or the wait is
// given up, it returns the agreement as it was seen last, and the context's error.
func (c *Cluster) Await(ctx context.Context, a *v1alpha1.SupportAgreement, wait time.Duration, wanted func(*v1alpha1.SupportAgreement) bool) (*v1alpha1.SupportAgreement, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := follow(ctx, c, c.agreement(a.Namespace, a.Name), func(now *v1alpha1.SupportAgreement) bool {
		a = now
		return wanted(a)
	})
	return a, err
}

// FollowFunction shows an entry of the catalogue as it is, and after each change, until that is enough.
func (c *Cluster) FollowFunction(ctx context.Context, name string, isEnough func(*v1alpha1.SupportFunction) bool) error {
	return follow(ctx, c, c.function(name), isEnough)
}

// follow shows an object as it is, and after each change, until that is enough; else it ends with the
// context's error, or with what keeps it from looking.
func follow[T object[T]](ctx context.Context, c *Cluster, of one[T], isEnough func(T) bool) error {
	for {
		latest, err := of.read(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case isEnough(latest):
			return nil
		}
		if done, err := watchOne(ctx, c, of, latest.GetResourceVersion(), isEnough); done || err != nil {
			return err
		}
	}
}

// watchOne shows each change after a version. It returns false when the watch ends before that is enough.
func watchOne[T object[T]](ctx context.Context, c *Cluster, of one[T], version string, isEnough func(T) bool) (bool, error) {
	events, err := c.client.Watch(ctx, of.list, client.InNamespace(of.key.Namespace), &client.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("metadata.name", of.key.Name),
		Raw:           &metav1.ListOptions{ResourceVersion: version},
	})
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil:
		return false, notReadable(of.called, "", err)
	}
	defer events.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case event, isOpen := <-events.ResultChan():
			latest, isObject := event.Object.(T)
			switch {
			case !isOpen, !isObject:
				return false, nil // the API server ended it: look again
			case event.Type == watch.Deleted:
				return false, fmt.Errorf("%s has been deleted", of.called)
			case isEnough(latest):
				return true, nil
			}
		}
	}
}
