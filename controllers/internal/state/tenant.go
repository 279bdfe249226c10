package state

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Tenant is an object of our API that is given a namespace of its own: a Consortium or a
// SupportProvider.
type Tenant struct {
	Owner Owner
	// Namespace that it asks for.
	Namespace string
	// Code of the organisation; empty where it has none.
	Code string
	// Created is when it was created, by the API server's clock.
	Created metav1.Time
	// Quota and DeletionPolicy as the spec gives them.
	Quota          map[string]resource.Quantity
	DeletionPolicy v1alpha1.DeletionPolicy
}

// tenantLabels are the labels by which a namespace names the tenants of a kind.
var tenantLabels = map[string]string{
	v1alpha1.ConsortiumKind:      v1alpha1.ConsortiumLabel,
	v1alpha1.SupportProviderKind: v1alpha1.ProviderLabel,
}

// Label on a namespace that names the tenant.
func (t Tenant) Label() string { return tenantLabels[t.Owner.Kind] }

// RetainedAs is what is written on what the tenant leaves behind, for a later one of the same name to
// be known by: the code, or of a tenant without one the name.
func (t Tenant) RetainedAs() string {
	if t.Code != "" {
		return t.Code
	}
	return t.Owner.Name
}

// IsOlderThan orders tenants by age: it is the API server's word, which nobody can forge.
func (t Tenant) IsOlderThan(other Tenant) bool {
	switch {
	case !t.Created.Equal(&other.Created):
		return t.Created.Before(&other.Created)
	case t.Owner.Name != other.Owner.Name:
		return t.Owner.Name < other.Owner.Name
	}
	return t.Owner.Kind < other.Owner.Kind
}

// LabelledForAnother returns whom else than the tenant a namespace's labels name, by kind and name:
// false where they name nobody else. A namespace has one tenant, over all kinds.
func (t Tenant) LabelledForAnother(namespace *corev1.Namespace) (Owner, bool) {
	for _, kind := range []string{v1alpha1.ConsortiumKind, v1alpha1.SupportProviderKind} {
		name := namespace.Labels[tenantLabels[kind]]
		if name != "" && (kind != t.Owner.Kind || name != t.Owner.Name) {
			return Owner{Kind: kind, Name: name}, true
		}
	}
	return Owner{}, false
}

// Premises are what was read of the namespace that a tenant asks for.
type Premises struct {
	Tenant Tenant
	// Namespace is nil where there is none.
	Namespace *corev1.Namespace
	// CodeHolder names an older tenant of the same kind with the same organisation code; empty where
	// there is none.
	CodeHolder string
	// NamespaceHolder is an older tenant, of any kind, that asks for the same namespace; zero where
	// there is none.
	NamespaceHolder Owner
	// QuotaCounted says that the cluster has counted what the namespace's quota bounds; until then it
	// refuses what the quota would count.
	QuotaCounted bool
}

// IsTenants says that the namespace exists and its label names the tenant.
func (p Premises) IsTenants() bool {
	return p.Namespace != nil && p.Namespace.Labels[p.Tenant.Label()] == p.Tenant.Owner.Name
}
