package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DataSharing is the agreement on sharing data with one supplier, its processor.
//
// +kubebuilder:validation:MinProperties=1
type DataSharing struct {
	// reference of the data sharing agreement, such as DSA-2026-114.
	// +required
	Reference Title `json:"reference,omitempty"`

	// expires is the last day on which it is in force, that day included.
	// +required
	Expires Date `json:"expires,omitempty"`

	// purposes for which data is shared, such as Commissioning. Default: those of the reference.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z][A-Za-z0-9-]*$`
	Purposes []string `json:"purposes,omitempty"`
}

// Standing says whether a consortium still turns to a supplier.
//
// +kubebuilder:validation:Enum=InGoodStanding;StoodDown
type Standing string

const (
	// StandingGood is a supplier that the consortium turns to.
	StandingGood Standing = "InGoodStanding"
	// StandingStoodDown is a supplier whose support is not forthcoming, whatever its pods say. It
	// keeps its place in the order.
	StandingStoodDown Standing = "StoodDown"
)

// Supplier is one choice of a consortium for a function.
//
// +kubebuilder:validation:XValidation:rule="(has(self.standing) && self.standing == 'StoodDown') == has(self.standingReason)",message="a supplier that is stood down needs a standingReason, and only such a one",fieldPath=".standingReason"
type Supplier struct {
	// provider is the name of the SupportProvider.
	// +required
	Provider ObjectName `json:"provider,omitempty"`

	// service is the name of the provider's HostedService. Default: the function's name.
	// +optional
	Service ObjectName `json:"service,omitempty"`

	// dataSharing is the data sharing agreement with this supplier. Needed where the function
	// requires one.
	// +optional
	DataSharing DataSharing `json:"dataSharing,omitempty,omitzero"`

	// standing is InGoodStanding, or StoodDown where support is not forthcoming: the next supplier
	// then takes over as after an outage, and the order stays. Default: InGoodStanding.
	// +optional
	Standing Standing `json:"standing,omitempty"`

	// standingReason says why the supplier is stood down, for people.
	// +optional
	StandingReason Description `json:"standingReason,omitempty"`
}

// Term is from when until when an agreement holds.
//
// +kubebuilder:validation:XValidation:rule="!has(self.end) || self.start <= self.end",message="end must not be before start",fieldPath=".end"
type Term struct {
	// start is the first day, that day included.
	// +required
	Start Date `json:"start,omitempty"`

	// end is the last day, that day included. Default: none; the agreement runs on.
	// +optional
	End Date `json:"end,omitempty"`
}

// FailoverMode says who decides that the next supplier takes over.
//
// +kubebuilder:validation:Enum=Automatic;Manual
type FailoverMode string

const (
	// FailoverAutomatic acts by itself.
	FailoverAutomatic FailoverMode = "Automatic"
	// FailoverManual advises, and waits for people to reorder the list or to stand a supplier down.
	FailoverManual FailoverMode = "Manual"
)

// Failback says how an agreement returns to an earlier choice.
//
// +kubebuilder:validation:MinProperties=1
type Failback struct {
	// mode is Automatic or Manual. Default: Automatic for an Interchangeable function, Manual for one
	// that HoldsRecords, which never returns by itself.
	// +optional
	Mode FailoverMode `json:"mode,omitempty"`

	// stabilisation is how long an earlier choice must have been available without a break before an
	// automatic return: from 10s to 72h. One that has come up for the first time has no outage to recover
	// from, and is not waited for. Default: 30m.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.matches('^([0-9]{1,5}(s|m|h)){1,3}$') || (duration(self) >= duration('10s') && duration(self) <= duration('72h'))",message="stabilisation must be from 10s to 72h"
	Stabilisation Duration `json:"stabilisation,omitempty"`
}

// Failover says what happens when a supplier is not available.
//
// +kubebuilder:validation:MinProperties=1
type Failover struct {
	// mode is Automatic or Manual. Default: Automatic.
	// +optional
	Mode FailoverMode `json:"mode,omitempty"`

	// afterOutage is how long a supplier must have been seen not available before the next takes
	// over: from 10s to 24h. Below a minute, a slow restart looks like an outage. Default: 5m.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.matches('^([0-9]{1,5}(s|m|h)){1,3}$') || (duration(self) >= duration('10s') && duration(self) <= duration('24h'))",message="afterOutage must be from 10s to 24h"
	AfterOutage Duration `json:"afterOutage,omitempty"`

	// failback says how the agreement returns. Default: see its fields.
	// +optional
	Failback Failback `json:"failback,omitempty,omitzero"`
}

// SupportAgreementSpec says that a consortium takes a function from suppliers, in order of
// preference, on terms.
//
// +kubebuilder:validation:XValidation:rule="self.suppliers.all(s, self.suppliers.exists_one(t, t.provider == s.provider && (has(t.service) ? t.service : self.__function__) == (has(s.service) ? s.service : self.__function__)))",message="a supplier is listed twice: each provider and service may stand in the list once",fieldPath=".suppliers"
type SupportAgreementSpec struct {
	// function is the name of a SupportFunction whose delivery is Hosted. Cannot be changed.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="function cannot be changed: create another SupportAgreement"
	Function ObjectName `json:"function,omitempty"`

	// suppliers in order of preference, each once.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	Suppliers []Supplier `json:"suppliers,omitempty"`

	// term of the agreement. Days are those of the installation's time zone.
	// +required
	Term Term `json:"term,omitempty,omitzero"`

	// failover says what happens when a supplier is not available. Default: see its fields.
	// +optional
	Failover Failover `json:"failover,omitempty,omitzero"`

	// tokensNotBefore revokes the tokens that were issued earlier: services refuse them within two
	// minutes, and the agreement is given a new one. kubectl commissioning revoke sets it. Default: none.
	// +optional
	TokensNotBefore *metav1.Time `json:"tokensNotBefore,omitempty"`
}

// SupportAgreement is a consortium's agreement to take a function from suppliers.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,shortName=sag,categories=commissioning,path=supportagreements,singular=supportagreement
// +kubebuilder:selectablefield:JSONPath=".spec.function"
// +kubebuilder:printcolumn:name="Function",type="string",JSONPath=".spec.function",description="Function of the catalogue"
// +kubebuilder:printcolumn:name="Supplier",type="string",JSONPath=".status.supplier.provider",description="Who supplies it now"
// +kubebuilder:printcolumn:name="First-Choice",type="string",JSONPath=".spec.suppliers[0].provider",description="Who is preferred"
// +kubebuilder:printcolumn:name="Since",type="date",JSONPath=".status.supplier.since",description="Since when the present supplier supplies"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether the function is supplied"
// +kubebuilder:printcolumn:name="Reason",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].reason",description="Why"
// +kubebuilder:printcolumn:name="Fallback",type="string",JSONPath=".status.conditions[?(@.type==\"FallbackReady\")].reason",description="Whether the next supplier could take over today"
// +kubebuilder:printcolumn:name="Ends",type="string",JSONPath=".spec.term.end",description="Last day of the term"
// +kubebuilder:printcolumn:name="Service",type="string",JSONPath=".status.supplier.service",description="Service that supplies",priority=10
// +kubebuilder:printcolumn:name="Expiring",type="string",JSONPath=".status.expires",description="Earliest day on which term, data sharing or assurance ends",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters: it becomes the name of a Service"
type SupportAgreement struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec is what is agreed.
	// +required
	Spec SupportAgreementSpec `json:"spec,omitzero"`

	// status is who supplies, and what happens next.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status SupportAgreementStatus `json:"status,omitempty,omitzero"`
}

// SupportAgreementList is a list of SupportAgreements.
//
// +kubebuilder:object:root=true
type SupportAgreementList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []SupportAgreement `json:"items"`
}
