package plan

import (
	"github.com/commissioning-support/operator/api/v1alpha1"
)

// SupplierName names a supplier for machines: its provider and its service.
func SupplierName(provider, service string) string { return provider + "/" + service }

// ServiceOf is the name of the hosted service that an agreement's supplier stands for. Default: the
// function's name.
func ServiceOf(agreement *v1alpha1.SupportAgreement, supplier v1alpha1.Supplier) string {
	if supplier.Service != "" {
		return string(supplier.Service)
	}
	return string(agreement.Spec.Function)
}

// Overlap says whether two terms have a day in common.
func Overlap(a, b v1alpha1.Term) bool {
	return (a.End == "" || b.Start <= a.End) && (b.End == "" || a.Start <= b.End)
}

// IsOlder orders agreements by age, as the API server knows it, and then by name.
func IsOlder(a, b *v1alpha1.SupportAgreement) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return a.Name < b.Name
}
