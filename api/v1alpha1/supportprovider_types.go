package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Sector is what kind of organisation a supplier is. It describes; no rule looks at it.
//
// +kubebuilder:validation:Enum=NHS;Private;ThirdSector;LocalAuthority
type Sector string

const (
	// SectorNHS is an organisation of the National Health Service.
	SectorNHS Sector = "NHS"
	// SectorPrivate is a company.
	SectorPrivate Sector = "Private"
	// SectorThirdSector is a charity or a social enterprise.
	SectorThirdSector Sector = "ThirdSector"
	// SectorLocalAuthority is a council.
	SectorLocalAuthority Sector = "LocalAuthority"
)

// HostingConsortium is a consortium that hosts for others.
type HostingConsortium struct {
	// consortium is the name of the Consortium.
	// +required
	Consortium ObjectName `json:"consortium,omitempty"`
}

// Assurance is what a supplier has passed, and for how long it holds.
//
// +kubebuilder:validation:XValidation:rule="!has(self.validFrom) || self.validFrom <= self.validUntil",message="validUntil must not be before validFrom",fieldPath=".validUntil"
type Assurance struct {
	// scheme of assurance, such as DSPT (the Data Security and Protection Toolkit).
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9-]*$`
	Scheme string `json:"scheme,omitempty"`

	// result that was reached, such as StandardsMet.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9-]*$`
	Result string `json:"result,omitempty"`

	// validFrom is the first day on which it holds. Default: it holds already.
	// +optional
	ValidFrom Date `json:"validFrom,omitempty"`

	// validUntil is the last day on which it holds, that day included.
	// +required
	ValidUntil Date `json:"validUntil,omitempty"`

	// reference under which the scheme's owner knows it.
	// +optional
	Reference Title `json:"reference,omitempty"`
}

// ProviderAccess says who may enter a supplier's namespace, and as what.
//
// +kubebuilder:validation:MinProperties=1
type ProviderAccess struct {
	// admins run the supplier's services: they change its HostedServices and read everything in
	// the namespace, Secrets and logs included. They see of the consortia that they serve what the
	// directory says, and nothing of others. Default: nobody.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Admins []Subject `json:"admins,omitempty"`

	// viewers read everything in the namespace except Secrets. Default: nobody.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Viewers []Subject `json:"viewers,omitempty"`
}

// SupportProviderSpec says who supplies.
//
// +kubebuilder:validation:XValidation:rule="has(oldSelf.__namespace__) == has(self.__namespace__) && (!has(self.__namespace__) || self.__namespace__ == oldSelf.__namespace__)",message="namespace cannot be changed: create another SupportProvider and move to it",fieldPath=".namespace"
// +kubebuilder:validation:XValidation:rule="has(oldSelf.organisationCode) == has(self.organisationCode) && (!has(self.organisationCode) || self.organisationCode == oldSelf.organisationCode)",message="organisationCode cannot be added, removed or changed: create another SupportProvider",fieldPath=".organisationCode"
type SupportProviderSpec struct {
	// organisationCode of the supplier in the Organisation Data Service, such as 0DJ. Charities and
	// companies may have none. Cannot be added, removed or changed, and no two SupportProviders carry
	// the same. A consortium that hosts carries its own.
	// +optional
	OrganisationCode OrganisationCode `json:"organisationCode,omitempty"`

	// displayName of the supplier, for people.
	// +required
	DisplayName Title `json:"displayName,omitempty"`

	// sector of the supplier. It describes; no rule looks at it.
	// +required
	Sector Sector `json:"sector,omitempty"`

	// namespace in which the supplier's services run. Default: the SupportProvider's own name.
	// The operator creates it, or takes it when it carries the label
	// commissioning.support/provider with this SupportProvider's name. Cannot be changed.
	// +optional
	Namespace ObjectName `json:"namespace,omitempty"`

	// hostedBy names the consortia that host together, where consortia are the supplier. Default: none.
	// +optional
	// +listType=map
	// +listMapKey=consortium
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	HostedBy []HostingConsortium `json:"hostedBy,omitempty"`

	// assurances that the supplier has passed. A renewal is an entry of its own, with a later end.
	// Set by the body that runs the cluster: no supplier certifies itself. Default: none.
	// +optional
	// +listType=map
	// +listMapKey=scheme
	// +listMapKey=validUntil
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Assurances []Assurance `json:"assurances,omitempty"`

	// access of people and programs to the namespace. Default: nobody but cluster administrators.
	// +optional
	Access ProviderAccess `json:"access,omitempty,omitzero"`

	// quota of the namespace, by resource name, such as pods: "500". A name given here replaces the
	// default of that name; the other defaults stay: pods 500, requests.cpu 128, requests.memory 256Gi,
	// limits.memory 512Gi, persistentvolumeclaims 100, services.loadbalancers 0, services.nodeports 0,
	// and bounds on the number of objects. Set by the platform team.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=20
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 100)",message="the name of a resource holds at most 100 characters"
	// +kubebuilder:validation:XValidation:rule="self.all(k, type(self[k]) == int ? self[k] >= 0 : (self[k].size() <= 20 && !self[k].startsWith('-')))",message="a quota must be an amount of zero or more, such as 50, 500m or 16Gi"
	// +kubebuilder:validation:XValidation:rule="self.all(k, type(self[k]) == int || !self[k].matches('[eE]'))",message="a quota must be an amount such as 50, 500m or 16Gi; exponents such as 5e3 are not taken"
	Quota map[string]resource.Quantity `json:"quota,omitempty"`

	// deletionPolicy says what becomes of the namespace when this object is deleted. Retain keeps
	// it with its data and guard rails and takes access away; Delete removes it with everything in
	// it, if the operator created it. Default: Retain.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// SupportProviderStatus is what the operator has seen and done for a supplier. It holds counts only:
// nobody reads in it whom the supplier serves.
//
// +kubebuilder:validation:MinProperties=1
type SupportProviderStatus struct {
	// conditions are Ready (the namespace and its guard rails stand), NamespaceAvailable,
	// GuardRailsInPlace, AccessGranted, and InUse while a deletion waits.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the spec that this status speaks of.
	// -1 before the operator has seen the object.
	// +optional
	// +kubebuilder:validation:Minimum=-1
	ObservedGeneration *int64 `json:"observedGeneration,omitempty"`

	// namespace in which the supplier's services run.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`

	// services that the supplier hosts.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Services *int32 `json:"services,omitempty"`

	// consortiaServed by any of its services: each counts once.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ConsortiaServed *int32 `json:"consortiaServed,omitempty"`

	// assuredUntil is the last day on which every scheme that the supplier has passed still holds.
	// Absent where it has passed none.
	// +optional
	AssuredUntil Date `json:"assuredUntil,omitempty"`
}

// SupportProvider is an organisation that may host services for consortia: a commissioning support
// unit, a consortium, a company, a charity.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=sprov,categories=commissioning,path=supportproviders,singular=supportprovider
// +kubebuilder:printcolumn:name="Code",type="string",JSONPath=".spec.organisationCode",description="Organisation code"
// +kubebuilder:printcolumn:name="Sector",type="string",JSONPath=".spec.sector",description="Kind of organisation"
// +kubebuilder:printcolumn:name="Services",type="integer",JSONPath=".status.services",description="Services that it hosts"
// +kubebuilder:printcolumn:name="Served",type="integer",JSONPath=".status.consortiaServed",description="Consortia served by any of them, each counted once"
// +kubebuilder:printcolumn:name="Assured-Until",type="string",JSONPath=".status.assuredUntil",description="Last day on which all its assurances hold"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether the namespace and its guard rails stand"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Namespace",type="string",JSONPath=".status.namespace",description="Namespace of the supplier",priority=10
// +kubebuilder:printcolumn:name="Name-For-People",type="string",JSONPath=".spec.displayName",description="Name for people",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters: it becomes a namespace"
// +kubebuilder:validation:XValidation:rule="![has(self.spec.__namespace__) ? self.spec.__namespace__ : self.metadata.name].exists(n, n == 'default' || n.startsWith('kube-') || n.startsWith('openshift-') || n == 'commissioning-system')",message="the namespace is reserved for the cluster: default, commissioning-system and names that start with kube- or openshift- cannot be a supplier's; give another in spec.namespace",fieldPath=".spec.namespace"
type SupportProvider struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec says who supplies.
	// +required
	Spec SupportProviderSpec `json:"spec,omitzero"`

	// status is what the operator has seen and done.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status SupportProviderStatus `json:"status,omitempty,omitzero"`
}

// SupportProviderList is a list of SupportProviders.
//
// +kubebuilder:object:root=true
type SupportProviderList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []SupportProvider `json:"items"`
}
