package supportprovider

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, provider *v1alpha1.SupportProvider) (state.SupportProvider, error) {
	seen := state.SupportProvider{Object: provider}
	var err error
	if seen.Premises, err = observe.Premises(ctx, c.client, plan.ProviderTenant(provider)); err != nil || !seen.IsTenants() {
		return seen, err
	}
	seen.Use, err = c.countUse(ctx, c.client, seen.Tenant.Namespace)
	return seen, err
}

// countUse counts the services in a supplier's namespace and the consortia that have a place at any of
// them: by the services' ledgers, which are the operator's own, and never by a status.
func (c *Controller) countUse(ctx context.Context, reader client.Reader, namespace string) (state.ProviderUse, error) {
	services := &v1alpha1.HostedServiceList{}
	if err := reader.List(ctx, services, client.InNamespace(namespace)); err != nil {
		return state.ProviderUse{}, fmt.Errorf("list hosted services: %w", err)
	}
	var ledgers []map[string]string
	for i := range services.Items {
		found, err := c.ledgersOf(ctx, reader, state.OwnerOf(v1alpha1.HostedServiceKind, &services.Items[i]))
		if err != nil {
			return state.ProviderUse{}, err
		}
		ledgers = append(ledgers, found...)
	}
	total := int32(len(services.Items)) //nolint:gosec // bounded by the namespace's quota of what they run
	return state.ProviderUse{Services: total, ConsortiaServed: plan.ConsortiaServed(ledgers)}, nil
}

// ledgersOf reads what stands in the ledger of a service: found by its mark, in the operator's
// namespace, where nobody else writes.
func (c *Controller) ledgersOf(ctx context.Context, reader client.Reader, service state.Owner) ([]map[string]string, error) {
	marked := client.MatchingLabels{v1alpha1.OwnerLabel: index.OwnerKey(service)}
	ledgers := &corev1.ConfigMapList{}
	if err := reader.List(ctx, ledgers, client.InNamespace(c.settings.OperatorNamespace), marked); err != nil {
		return nil, fmt.Errorf("list ledgers of %s: %w", service.Key(), err)
	}
	found := make([]map[string]string, 0, len(ledgers.Items))
	for i := range ledgers.Items {
		found = append(found, ledgers.Items[i].Data)
	}
	return found, nil
}
