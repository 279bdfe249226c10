package cluster

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Function reads one entry of the catalogue.
func (c *Cluster) Function(ctx context.Context, name string) (*v1alpha1.SupportFunction, error) {
	var f v1alpha1.SupportFunction
	err := c.client.Get(ctx, client.ObjectKey{Name: name}, &f)
	switch what := v1alpha1.SupportFunctionKind + " " + name; {
	case apierrors.IsNotFound(err):
		return nil, &NotReadable{What: what, Err: err, Hint: "What there is: kubectl commissioning catalogue"}
	case err != nil:
		return nil, notReadable(what, "", err)
	}
	return &f, nil
}

// Functions reads all entries of the catalogue.
func (c *Cluster) Functions(ctx context.Context) ([]v1alpha1.SupportFunction, error) {
	var list v1alpha1.SupportFunctionList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, notReadable("SupportFunctions", "", err)
	}
	sortByName(list.Items)
	return list.Items, nil
}

// Revisions reads those of a function that are kept, the newest first.
func (c *Cluster) Revisions(ctx context.Context, function string) ([]v1alpha1.SupportFunctionRevision, error) {
	var list v1alpha1.SupportFunctionRevisionList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, notReadable("SupportFunctionRevisions", "", err)
	}
	kept := slices.DeleteFunc(list.Items, func(r v1alpha1.SupportFunctionRevision) bool { return string(r.Spec.Function) != function })
	slices.SortFunc(kept, func(a, b v1alpha1.SupportFunctionRevision) int { return int(b.Spec.Revision - a.Spec.Revision) })
	return kept, nil
}

// Rollout reads what the overview of a function's rollout is made of. Whoever may not read the instances of
// all consortia, or of all suppliers, is not told how many have which revision.
func (c *Cluster) Rollout(ctx context.Context, f *v1alpha1.SupportFunction) (overview.RolloutFacts, error) {
	facts := overview.RolloutFacts{Function: f}
	var err error
	if facts.Revisions, err = c.Revisions(ctx, f.Name); err != nil {
		return facts, err
	}
	kind, read := v1alpha1.MemberFunctionKind, c.memberInstances
	if f.Spec.Delivery == v1alpha1.DeliveryHosted {
		kind, read = v1alpha1.HostedServiceKind, c.hostedInstances
	}
	facts.Instances, err = read(ctx, f.Name)
	switch {
	case apierrors.IsForbidden(err):
		facts.Unread = []string{kind}
	case err != nil:
		return facts, notReadable(kind+"s of all namespaces", "", err)
	}
	return facts, nil
}

func (c *Cluster) memberInstances(ctx context.Context, function string) ([]overview.Instance, error) {
	var list v1alpha1.MemberFunctionList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, err
	}
	var all []overview.Instance
	for i := range list.Items {
		if m := &list.Items[i]; string(m.Spec.Function) == function {
			all = append(all, overview.Instance{Kind: v1alpha1.MemberFunctionKind, Namespace: m.Namespace, Name: m.Name,
				Pinned: m.Spec.Revision, Revision: m.Status.Revision, Conditions: m.Status.Conditions})
		}
	}
	return all, nil
}

func (c *Cluster) hostedInstances(ctx context.Context, function string) ([]overview.Instance, error) {
	var list v1alpha1.HostedServiceList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, err
	}
	var all []overview.Instance
	for i := range list.Items {
		if h := &list.Items[i]; string(h.Spec.Function) == function {
			all = append(all, overview.Instance{Kind: v1alpha1.HostedServiceKind, Namespace: h.Namespace, Name: h.Name,
				Pinned: h.Spec.Revision, Revision: h.Status.Revision, Conditions: h.Status.Conditions})
		}
	}
	return all, nil
}
