package observe

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Premises reads the namespace that a tenant asks for, and who else has a claim to it.
func Premises(ctx context.Context, reader client.Reader, tenant state.Tenant) (state.Premises, error) {
	seen, namespace := state.Premises{Tenant: tenant}, &corev1.Namespace{}
	found, err := Optional(ctx, reader, types.NamespacedName{Name: tenant.Namespace}, namespace)
	if err != nil {
		return seen, err
	}
	if found {
		seen.Namespace = namespace
	}
	if err := observeRivals(ctx, reader, &seen); err != nil {
		return seen, err
	}
	if !seen.IsTenants() {
		return seen, nil
	}
	quota := &corev1.ResourceQuota{}
	found, err = Optional(ctx, reader, types.NamespacedName{Namespace: tenant.Namespace, Name: render.QuotaName}, quota)
	seen.QuotaCounted = found && len(quota.Spec.Hard) > 0 && len(quota.Status.Hard) == len(quota.Spec.Hard)
	return seen, err
}

// observeRivals finds the older ones: with the same code among the tenants of the kind, with the same
// namespace among all.
func observeRivals(ctx context.Context, reader client.Reader, seen *state.Premises) error {
	tenant := seen.Tenant
	if tenant.Code != "" {
		sameCode, err := tenants(ctx, reader, tenant.Owner.Kind, client.MatchingFields{index.Code: tenant.Code})
		if err != nil {
			return err
		}
		seen.CodeHolder = olderThan(tenant, sameCode).Name
	}
	var sameNamespace []state.Tenant
	for _, kind := range []string{v1alpha1.ConsortiumKind, v1alpha1.SupportProviderKind} {
		found, err := tenants(ctx, reader, kind, client.MatchingFields{index.Namespace: tenant.Namespace})
		if err != nil {
			return err
		}
		sameNamespace = append(sameNamespace, found...)
	}
	seen.NamespaceHolder = olderThan(tenant, sameNamespace)
	return nil
}

// olderThan returns the oldest of the rivals that is older than the tenant; zero where none is.
func olderThan(tenant state.Tenant, rivals []state.Tenant) state.Owner {
	oldest := tenant
	for _, rival := range rivals {
		if rival.IsOlderThan(oldest) {
			oldest = rival
		}
	}
	if oldest.Owner == tenant.Owner {
		return state.Owner{}
	}
	return oldest.Owner
}

// tenants lists the tenants of a kind that an index finds.
func tenants(ctx context.Context, reader client.Reader, kind string, by client.MatchingFields) ([]state.Tenant, error) {
	var found []state.Tenant
	if kind == v1alpha1.SupportProviderKind {
		providers := &v1alpha1.SupportProviderList{}
		if err := reader.List(ctx, providers, by); err != nil {
			return nil, fmt.Errorf("list suppliers by %v: %w", by, err)
		}
		for i := range providers.Items {
			found = append(found, plan.ProviderTenant(&providers.Items[i]))
		}
		return found, nil
	}
	consortia := &v1alpha1.ConsortiumList{}
	if err := reader.List(ctx, consortia, by); err != nil {
		return nil, fmt.Errorf("list consortia by %v: %w", by, err)
	}
	for i := range consortia.Items {
		found = append(found, plan.ConsortiumTenant(&consortia.Items[i]))
	}
	return found, nil
}
