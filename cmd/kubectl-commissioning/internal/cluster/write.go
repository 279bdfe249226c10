package cluster

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
)

// tries of a change that somebody else's change came before.
const tries = 5

// Change amends an agreement. plan is asked anew when somebody else has changed the spec in between. It
// returns the agreement as it is now, and whether it had to be changed.
func (c *Cluster) Change(ctx context.Context, a *v1alpha1.SupportAgreement, dryRun bool, plan func(*v1alpha1.SupportAgreement) (amend.Patch, error)) (*v1alpha1.SupportAgreement, bool, error) {
	return change(ctx, c, c.agreement(a.Namespace, a.Name), a, dryRun, plan)
}

// ChangeFunction does the same with an entry of the catalogue.
func (c *Cluster) ChangeFunction(ctx context.Context, f *v1alpha1.SupportFunction, dryRun bool, plan func(*v1alpha1.SupportFunction) (amend.FunctionPatch, error)) (*v1alpha1.SupportFunction, bool, error) {
	return change(ctx, c, c.function(f.Name), f, dryRun, plan)
}

// object of the API, of one kind.
type object[T any] interface {
	client.Object
	DeepCopy() T
}

// one object that is read, changed or followed.
type one[T object[T]] struct {
	called string
	key    client.ObjectKey
	read   func(context.Context) (T, error)
	// list of its kind, as a watch wants to know it.
	list client.ObjectList
}

func (c *Cluster) agreement(namespace, name string) one[*v1alpha1.SupportAgreement] {
	return one[*v1alpha1.SupportAgreement]{
		called: v1alpha1.SupportAgreementKind + " " + namespace + "/" + name, key: client.ObjectKey{Namespace: namespace, Name: name},
		read: func(ctx context.Context) (*v1alpha1.SupportAgreement, error) { return c.Agreement(ctx, name) },
		list: &v1alpha1.SupportAgreementList{},
	}
}

func (c *Cluster) function(name string) one[*v1alpha1.SupportFunction] {
	return one[*v1alpha1.SupportFunction]{
		called: v1alpha1.SupportFunctionKind + " " + name, key: client.ObjectKey{Name: name},
		read: func(ctx context.Context) (*v1alpha1.SupportFunction, error) { return c.Function(ctx, name) },
		list: &v1alpha1.SupportFunctionList{},
	}
}

func change[T object[T]](ctx context.Context, c *Cluster, of one[T], o T, dryRun bool, plan func(T) (amend.PatchOf[T], error)) (T, bool, error) {
	var none T
	for range tries {
		patch, err := plan(o)
		if err != nil || patch.Data == nil {
			return o, false, err
		}
		now := o.DeepCopy()
		err = c.patch(ctx, now, patch.Data, dryRun)
		if err == nil {
			return now, true, nil
		}
		latest, readErr := of.read(ctx)
		if readErr != nil {
			return none, false, readErr
		}
		if !apierrors.IsInvalid(err) || latest.GetUID() == o.GetUID() && latest.GetGeneration() == o.GetGeneration() {
			return none, false, fmt.Errorf("change %s: %w", of.called, err)
		}
		o = latest
	}
	return none, false, fmt.Errorf("%s is being changed by somebody else all the time: try again", of.called)
}

func (c *Cluster) patch(ctx context.Context, o client.Object, data []byte, dryRun bool) error {
	options := []client.PatchOption{client.FieldOwner(FieldOwner)}
	if dryRun {
		options = append(options, client.DryRunAll)
	}
	return c.client.Patch(ctx, o, client.RawPatch(types.JSONPatchType, data), options...)
}
