package plan

import (
	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// ConsortiumTenant describes a Consortium as one who is given a namespace.
func ConsortiumTenant(c *v1alpha1.Consortium) state.Tenant {
	return state.Tenant{
		Owner: state.OwnerOf(v1alpha1.ConsortiumKind, c), Namespace: NamespaceOf(c), Code: string(c.Spec.OrganisationCode),
		Created: c.CreationTimestamp, Quota: c.Spec.Quota, DeletionPolicy: c.Spec.DeletionPolicy,
	}
}

// ProviderTenant describes a SupportProvider as one who is given a namespace.
func ProviderTenant(p *v1alpha1.SupportProvider) state.Tenant {
	return state.Tenant{
		Owner: state.OwnerOf(v1alpha1.SupportProviderKind, p), Namespace: ProviderNamespaceOf(p), Code: string(p.Spec.OrganisationCode),
		Created: p.CreationTimestamp, Quota: p.Spec.Quota, DeletionPolicy: p.Spec.DeletionPolicy,
	}
}

// NamespaceOf returns the namespace that a consortium asks for. Default: its own name.
func NamespaceOf(c *v1alpha1.Consortium) string { return orName(c.Spec.Namespace, c.Name) }

// ProviderNamespaceOf returns the namespace that a supplier asks for. Default: its own name.
func ProviderNamespaceOf(p *v1alpha1.SupportProvider) string { return orName(p.Spec.Namespace, p.Name) }

func orName(asked v1alpha1.ObjectName, name string) string {
	if asked != "" {
		return string(asked)
	}
	return name
}

// DeletionPolicyOf returns what becomes of a tenant's namespace (R8). Whatever does not say Delete is
// Retain: data is removed on request only.
func DeletionPolicyOf(t state.Tenant) v1alpha1.DeletionPolicy {
	if t.DeletionPolicy == v1alpha1.DeletionPolicyDelete {
		return v1alpha1.DeletionPolicyDelete
	}
	return v1alpha1.DeletionPolicyRetain
}
