package consortium

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, consortium *v1alpha1.Consortium) (state.Consortium, error) {
	seen, name := state.Consortium{Object: consortium}, plan.NamespaceOf(consortium)
	namespace := &corev1.Namespace{}
	found, err := observe.Optional(ctx, c.client, types.NamespacedName{Name: name}, namespace)
	if err != nil {
		return seen, err
	}
	if found {
		seen.Namespace = namespace
	}
	if seen.CodeHolder, err = c.olderHolder(ctx, consortium, index.Code, string(consortium.Spec.OrganisationCode)); err != nil {
		return seen, err
	}
	if seen.NamespaceHolder, err = c.olderHolder(ctx, consortium, index.Namespace, name); err != nil {
		return seen, err
	}
	if successor := string(consortium.Spec.SucceededBy); successor != "" {
		if seen.SuccessorFound, err = observe.Optional(ctx, c.client, types.NamespacedName{Name: successor}, &v1alpha1.Consortium{}); err != nil {
			return seen, err
		}
	}
	if err := c.observeContents(ctx, &seen, name); err != nil {
		return seen, err
	}
	return seen, nil
}

// observeContents reads what counts for the consortium: what lives in its namespace, if it is its.
func (c *Controller) observeContents(ctx context.Context, seen *state.Consortium, namespace string) error {
	if seen.Namespace == nil || seen.Namespace.Labels[v1alpha1.ConsortiumLabel] != seen.Object.Name {
		return nil
	}
	quota := &corev1.ResourceQuota{}
	found, err := observe.Optional(ctx, c.client, types.NamespacedName{Namespace: namespace, Name: render.QuotaName}, quota)
	if err != nil {
		return err
	}
	seen.QuotaCounted = found && len(quota.Spec.Hard) > 0 && len(quota.Status.Hard) == len(quota.Spec.Hard)
	localities, functions := &v1alpha1.LocalityList{}, &v1alpha1.MemberFunctionList{}
	if err := c.client.List(ctx, localities, client.InNamespace(namespace)); err != nil {
		return fmt.Errorf("list localities: %w", err)
	}
	if err := c.client.List(ctx, functions, client.InNamespace(namespace)); err != nil {
		return fmt.Errorf("list member functions: %w", err)
	}
	seen.Localities, seen.Functions = localities.Items, functions.Items
	return nil
}

// olderHolder names an older Consortium with the same value in an index: age is the API server's
// word, which nobody can forge.
func (c *Controller) olderHolder(ctx context.Context, consortium *v1alpha1.Consortium, field, value string) (string, error) {
	rivals := &v1alpha1.ConsortiumList{}
	if err := c.client.List(ctx, rivals, client.MatchingFields{field: value}); err != nil {
		return "", fmt.Errorf("list consortia by %s: %w", field, err)
	}
	holder := consortium
	for i := range rivals.Items {
		if isOlder(&rivals.Items[i], holder) {
			holder = &rivals.Items[i]
		}
	}
	if holder.Name == consortium.Name {
		return "", nil
	}
	return holder.Name, nil
}

func isOlder(a, b *v1alpha1.Consortium) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return a.Name < b.Name
}
