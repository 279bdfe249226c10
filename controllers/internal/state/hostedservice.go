package state

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// HostedService is what was read for one HostedService.
type HostedService struct {
	Object *v1alpha1.HostedService
	Home   ProviderHome
	// Function of the catalogue; nil where there is none of the name.
	Function *v1alpha1.SupportFunction
	// Revision of the function that it is assigned; nil where there is none, or none is published.
	Revision *v1alpha1.SupportFunctionRevision
	// Workload as it stands; nil where it does not.
	Workload *Workload
	// Ledger as it stands, by agreement; nil where there is none. LedgerVersion is its version.
	Ledger        map[types.NamespacedName]Place
	LedgerVersion string
	// Agreements that name the service, and, in the same order, which of their suppliers it is.
	Agreements []SupportAgreement
	Positions  []int
	// Openings are the names of the network openings that stand in the service's namespace.
	Openings map[string]bool
}
