package state

import "github.com/commissioning-support/operator/api/v1alpha1"

// SupportProvider is what was read for one SupportProvider.
type SupportProvider struct {
	Object *v1alpha1.SupportProvider
	Premises
	Use ProviderUse
}

// ProviderUse is how far a supplier is used.
type ProviderUse struct {
	// Services in the supplier's namespace.
	Services int32
	// ConsortiaServed by any of them: each counts once.
	ConsortiaServed int32
}

// ProviderHome is what was read of the namespace that a HostedService lives in.
type ProviderHome struct {
	// Namespace is its name.
	Namespace string
	// Terminating says that the namespace is being deleted.
	Terminating bool
	// Provider that the namespace belongs to; nil where it belongs to none.
	Provider *v1alpha1.SupportProvider
}

// IsActive says whether the home belongs to a supplier that is here to stay.
func (h ProviderHome) IsActive() bool {
	return h.Provider != nil && h.Provider.DeletionTimestamp.IsZero() && !h.Terminating
}
