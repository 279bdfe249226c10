package state

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// SupportAgreement is what was read for one SupportAgreement.
type SupportAgreement struct {
	Object *v1alpha1.SupportAgreement
	Home   Home
	// Function of the catalogue; nil where there is none of the name.
	Function *v1alpha1.SupportFunction
	// OlderAgreement names an agreement of the consortium that has the function in this term; empty
	// where there is none.
	OlderAgreement string
	// Suppliers in the order of the list.
	Suppliers []Supplier
}

// Key is the agreement's namespace and name.
func (a SupportAgreement) Key() types.NamespacedName {
	return types.NamespacedName{Namespace: a.Object.Namespace, Name: a.Object.Name}
}

// Supplier is what was read of one supplier of an agreement.
type Supplier struct {
	// Named is the entry of the list.
	Named v1alpha1.Supplier
	// Service is the key of the hosted service: the provider's namespace, and a name.
	Service types.NamespacedName
	// Provider and Hosted are nil where there are none of the name.
	Provider *v1alpha1.SupportProvider
	Hosted   *v1alpha1.HostedService
	// Place that the agreement has in the service's ledger; HasLedger says that there is one, and that it can be read.
	Place     Place
	HasLedger bool
	// Opening says that the agreement's network opening stands in the provider's namespace.
	Opening bool
	// Listed says that the service's directory lists the consortium for this agreement.
	Listed bool
}

// Name of the supplier for machines: provider/service.
func (s Supplier) Name() string { return string(s.Named.Provider) + "/" + s.Service.Name }

// PlaceState is how an agreement stands in the ledger of a hosted service.
type PlaceState string

const (
	// PlaceNone: it does not stand there.
	PlaceNone PlaceState = ""
	// PlaceStandby: it names the service, and would come if its supplier failed.
	PlaceStandby PlaceState = "Standby"
	// PlaceWaiting: it waits for room.
	PlaceWaiting PlaceState = "Waiting"
	// PlaceAdmitted: it has a place.
	PlaceAdmitted PlaceState = "Admitted"
	// PlaceMoving: it has a place, and leave to move to another supplier that has one for it.
	PlaceMoving PlaceState = "Moving"
	// PlaceHeld: a place is kept for its return.
	PlaceHeld PlaceState = "Held"
	// PlaceLeaving: it has a place that it no longer asks for, and may still be using it.
	PlaceLeaving PlaceState = "Leaving"
)

// Place is an agreement's entry in the ledger of a hosted service.
type Place struct {
	UID   types.UID  `json:"uid"`
	State PlaceState `json:"state"`
	// Since when the state holds, and since when the agreement has had a place without a break.
	Since    time.Time  `json:"since,omitzero"`
	Admitted *time.Time `json:"admitted,omitempty"`
	// Patients registered with the consortium.
	Patients int64 `json:"patients,omitempty"`
	// PassedOver are the suppliers, as provider/service, that stood before this one in the list when the
	// agreement was admitted, and still do: a return to these by hand only needs the list reordered.
	PassedOver []string `json:"passedOver,omitempty"`
	// NoRoom says of a standby that the service could not carry it if its supplier failed now; Ahead is
	// how many would come before it, or wait before it.
	NoRoom bool  `json:"noRoom,omitempty"`
	Ahead  int32 `json:"ahead,omitempty"`
}

// IsUsable says whether the agreement may bind to the service.
func (p Place) IsUsable() bool { return p.State == PlaceAdmitted || p.State == PlaceMoving }

// Counts says whether the place counts towards the service's capacity.
func (p Place) Counts() bool {
	return p.IsUsable() || p.State == PlaceHeld || p.State == PlaceLeaving
}
