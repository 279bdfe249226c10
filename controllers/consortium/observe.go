package consortium

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, consortium *v1alpha1.Consortium) (state.Consortium, error) {
	seen := state.Consortium{Object: consortium}
	var err error
	if seen.Premises, err = observe.Premises(ctx, c.client, plan.ConsortiumTenant(consortium)); err != nil {
		return seen, err
	}
	if successor := string(consortium.Spec.SucceededBy); successor != "" {
		if seen.SuccessorFound, err = observe.Optional(ctx, c.client, types.NamespacedName{Name: successor}, &v1alpha1.Consortium{}); err != nil {
			return seen, err
		}
	}
	if !seen.IsTenants() {
		return seen, nil
	}
	return seen, c.observeContents(ctx, &seen)
}

// observeContents reads what counts for the consortium: what lives in its namespace.
func (c *Controller) observeContents(ctx context.Context, seen *state.Consortium) error {
	localities := &v1alpha1.LocalityList{}
	if err := c.client.List(ctx, localities, client.InNamespace(seen.Tenant.Namespace)); err != nil {
		return fmt.Errorf("list localities: %w", err)
	}
	seen.Localities = localities.Items
	var err error
	seen.Functions, err = askedFor(ctx, c.client, seen.Tenant.Namespace)
	return err
}

// askedFor reads the functions that are asked for in a namespace: run there, or taken from suppliers.
func askedFor(ctx context.Context, reader client.Reader, namespace string) ([]state.Use, error) {
	functions, agreements := &v1alpha1.MemberFunctionList{}, &v1alpha1.SupportAgreementList{}
	if err := reader.List(ctx, functions, client.InNamespace(namespace)); err != nil {
		return nil, fmt.Errorf("list member functions: %w", err)
	}
	if err := reader.List(ctx, agreements, client.InNamespace(namespace)); err != nil {
		return nil, fmt.Errorf("list agreements: %w", err)
	}
	return append(state.UsesByMembers(functions.Items), state.UsesByAgreements(agreements.Items)...), nil
}
