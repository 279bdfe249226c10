package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Practice is a GP practice and the patients registered with it.
type Practice struct {
	// organisationCode of the practice, such as F84123.
	// +required
	OrganisationCode PracticeCode `json:"organisationCode,omitempty"`

	// name of the practice, for people.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:XValidation:rule=`!self.matches("(\\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\\b|[^0-9])")`,message="must not hold a ten-digit number: it may be an NHS number, and nothing about a patient belongs here"
	Name string `json:"name,omitempty"`

	// registeredPatients is how many patients are registered with the practice. Absent: not
	// published; the practice counts, with no patients.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000000
	RegisteredPatients *int32 `json:"registeredPatients,omitempty"`
}

// LocalitySpec says which practices form the locality.
//
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.organisationCode) || (has(self.organisationCode) && self.organisationCode == oldSelf.organisationCode)",message="organisationCode cannot be changed or removed once it is set: create another Locality",fieldPath=".organisationCode"
type LocalitySpec struct {
	// displayName of the locality, for people.
	// +required
	DisplayName Title `json:"displayName,omitempty"`

	// organisationCode of the primary care network that the locality is, such as U50771. Optional;
	// cannot be changed once set. A network that spans two consortia has a Locality, with the same
	// code, in each.
	// +optional
	OrganisationCode OrganisationCode `json:"organisationCode,omitempty"`

	// registeredAsOf is the day on which the registered patients were counted.
	// +optional
	RegisteredAsOf Date `json:"registeredAsOf,omitempty"`

	// practices of the locality, each once. A practice counts once in the country: where two
	// localities claim it, the claim that counts goes on counting.
	// +required
	// +listType=map
	// +listMapKey=organisationCode
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=500
	Practices []Practice `json:"practices,omitempty"`
}

// ClaimRefusal is why the claim of a practice does not count.
//
// +kubebuilder:validation:Enum=ClaimedElsewhere;NotPermitted;ConsortiumSucceeded
type ClaimRefusal string

const (
	// ClaimedElsewhere says that another locality's claim counts.
	ClaimedElsewhere ClaimRefusal = "ClaimedElsewhere"
	// ClaimNotPermitted says that the consortium's list of practices does not hold the practice.
	ClaimNotPermitted ClaimRefusal = "NotPermitted"
	// ClaimConsortiumSucceeded says that the consortium has a successor and claims nothing more.
	ClaimConsortiumSucceeded ClaimRefusal = "ConsortiumSucceeded"
)

// RefusedClaim is a practice of this locality that does not count here.
type RefusedClaim struct {
	// practice that does not count here.
	// +required
	Practice PracticeCode `json:"practice,omitempty"`

	// reason why.
	// +required
	Reason ClaimRefusal `json:"reason,omitempty"`

	// countsIn is the locality, as namespace/name, in which the practice counts instead.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	CountsIn string `json:"countsIn,omitempty"`
}

// LocalityStatus is what counts of a locality's claims.
//
// +kubebuilder:validation:MinProperties=1
type LocalityStatus struct {
	// conditions are Ready (the locality belongs to a consortium and all its practices count),
	// ConsortiumResolved, PracticesCounted.
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

	// practices is how many practices count.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Practices *int32 `json:"practices,omitempty"`

	// registeredPatients is the sum of the registered patients of the practices that count.
	// +optional
	// +kubebuilder:validation:Minimum=0
	RegisteredPatients *int64 `json:"registeredPatients,omitempty"`

	// counted holds the practices that count here. A claim that counts goes on counting until it
	// is withdrawn; this list is what that rests on.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=500
	Counted []PracticeCode `json:"counted,omitempty"`

	// refused names practices that do not count here, at most 10; the message of PracticesCounted
	// says how many there are.
	// +optional
	// +listType=map
	// +listMapKey=practice
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	Refused []RefusedClaim `json:"refused,omitempty"`
}

// Locality is a group of member practices of a consortium and their registered patients.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,shortName=lcy,categories=commissioning,path=localities,singular=locality
// +kubebuilder:printcolumn:name="Code",type="string",JSONPath=".spec.organisationCode",description="Organisation code of the primary care network"
// +kubebuilder:printcolumn:name="Practices",type="integer",JSONPath=".status.practices",description="Practices that count"
// +kubebuilder:printcolumn:name="Patients",type="integer",JSONPath=".status.registeredPatients",description="Registered patients of those practices"
// +kubebuilder:printcolumn:name="As-Of",type="string",JSONPath=".spec.registeredAsOf",description="Day on which the patients were counted"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether all practices count"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Name",type="string",JSONPath=".spec.displayName",description="Name for people",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters"
type Locality struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec says which practices form the locality.
	// +required
	Spec LocalitySpec `json:"spec,omitzero"`

	// status is what counts.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status LocalityStatus `json:"status,omitempty,omitzero"`
}

// LocalityList is a list of Localities.
//
// +kubebuilder:object:root=true
type LocalityList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []Locality `json:"items"`
}
