package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
)

// tries of a change that somebody else's change came before.
const tries = 5

// Change amends an agreement. plan is asked anew when somebody else has changed the spec in between. It
// returns the agreement as it is now, and whether it had to be changed.
func (c *Cluster) Change(ctx context.Context, a *v1alpha1.SupportAgreement, dryRun bool, plan func(*v1alpha1.SupportAgreement) (amend.Patch, error)) (*v1alpha1.SupportAgreement, bool, error) {
	for range tries {
		patch, err := plan(a)
		if err != nil || patch.Data == nil {
			return a, false, err
		}
		now, err := c.patch(ctx, a, patch, dryRun)
		if err == nil {
			return now, true, nil
		}
		latest, readErr := c.Agreement(ctx, a.Name)
		if readErr != nil {
			return nil, false, readErr
		}
		if !apierrors.IsInvalid(err) || latest.UID == a.UID && latest.Generation == a.Generation {
			return nil, false, fmt.Errorf("change SupportAgreement %s/%s: %w", a.Namespace, a.Name, err)
		}
		a = latest
	}
	return nil, false, fmt.Errorf("SupportAgreement %s/%s is being changed by somebody else all the time: try again", a.Namespace, a.Name)
}

func (c *Cluster) patch(ctx context.Context, a *v1alpha1.SupportAgreement, patch amend.Patch, dryRun bool) (*v1alpha1.SupportAgreement, error) {
	now := a.DeepCopy()
	options := []client.PatchOption{client.FieldOwner(FieldOwner)}
	if dryRun {
		options = append(options, client.DryRunAll)
	}
	err := c.client.Patch(ctx, now, client.RawPatch(types.JSONPatchType, patch.Data), options...)
	return now, err
}

// errGone says that the agreement has been deleted while somebody waited for it.
var errGone = errors.New("the agreement has been deleted")

// Await watches an agreement until it is as wanted. When that does not happen in time, or the wait is
// given up, it returns the agreement as it was seen last, and the context's error.
func (c *Cluster) Await(ctx context.Context, a *v1alpha1.SupportAgreement, wait time.Duration, wanted func(*v1alpha1.SupportAgreement) bool) (*v1alpha1.SupportAgreement, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		latest, err := c.Agreement(ctx, a.Name)
		switch {
		case ctx.Err() != nil:
			return a, ctx.Err()
		case err != nil:
			return a, err
		case wanted(latest):
			return latest, nil
		}
		if a, err = c.watch(ctx, latest, wanted); err != nil || wanted(a) {
			return a, err
		}
	}
}

// watch follows an agreement until it is as wanted, or the watch ends.
func (c *Cluster) watch(ctx context.Context, a *v1alpha1.SupportAgreement, wanted func(*v1alpha1.SupportAgreement) bool) (*v1alpha1.SupportAgreement, error) {
	events, err := c.client.Watch(ctx, &v1alpha1.SupportAgreementList{}, client.InNamespace(a.Namespace), &client.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("metadata.name", a.Name),
		Raw:           &metav1.ListOptions{ResourceVersion: a.ResourceVersion},
	})
	if err != nil {
		return a, notReadable("SupportAgreement "+a.Namespace+"/"+a.Name, "", err)
	}
	defer events.Stop()
	for {
		select {
		case <-ctx.Done():
			return a, ctx.Err()
		case event, isOpen := <-events.ResultChan():
			latest, isAgreement := event.Object.(*v1alpha1.SupportAgreement)
			switch {
			case !isOpen, !isAgreement:
				return a, nil // the API server ended it: look again
			case event.Type == watch.Deleted:
				return a, errGone
			}
			if a = latest; wanted(a) {
				return a, nil
			}
		}
	}
}
