package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// MemberFunctionSpec asks for a member-only function.
type MemberFunctionSpec struct {
	// function is the name of a SupportFunction whose delivery is MemberOnly. Cannot be changed.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="function cannot be changed: create another MemberFunction"
	Function ObjectName `json:"function,omitempty"`

	// locality in this namespace that the function is for: it is sized by the locality's registered
	// patients. Default: the whole consortium.
	// +optional
	Locality ObjectName `json:"locality,omitempty"`

	// parameters of the function, as the SupportFunction's schema describes them. The function
	// finds them in /etc/commissioning/parameters.json. A change rolls the function's pods, one at
	// a time. Default: the schema's defaults. Set by the consortium.
	// +optional
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Parameters *runtime.RawExtension `json:"parameters,omitempty"`

	// bindings name SupportAgreements in this namespace whose services the function calls. It finds
	// host, port and token of each under /bindings, as the Service Binding specification says. A
	// change rolls the function's pods, one at a time. Default: none.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Bindings []ObjectName `json:"bindings,omitempty"`

	// revision of the function to run, whatever the catalogue says: a number, as in
	// `kubectl get supportfunctionrevisions`. Default: what the function's rollout assigns.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=2147483647
	Revision int64 `json:"revision,omitempty"`
}

// Replicas counts the pods of a function.
//
// +kubebuilder:validation:MinProperties=1
type Replicas struct {
	// desired by the sizing, for the registered patients.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Desired *int32 `json:"desired,omitempty"`

	// available to callers.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Available *int32 `json:"available,omitempty"`
}

// MemberFunctionStatus is how a member-only function runs.
//
// +kubebuilder:validation:MinProperties=1
type MemberFunctionStatus struct {
	// conditions are Ready (the function works), ConsortiumResolved, FunctionResolved,
	// ParametersValid, PopulationKnown, BindingsResolved, Applied, Available, UpToDate.
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

	// revision of the function that this one is assigned, and made to run.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Revision int64 `json:"revision,omitempty"`

	// replicas of the function.
	// +optional
	Replicas Replicas `json:"replicas,omitempty,omitzero"`

	// registeredPatients that the function is sized for.
	// +optional
	// +kubebuilder:validation:Minimum=0
	RegisteredPatients *int64 `json:"registeredPatients,omitempty"`
}

// MemberFunction runs a member-only function for a consortium, in the consortium's own namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,shortName=mfn,categories=commissioning,path=memberfunctions,singular=memberfunction
// +kubebuilder:selectablefield:JSONPath=".spec.function"
// +kubebuilder:printcolumn:name="Function",type="string",JSONPath=".spec.function",description="Function of the catalogue"
// +kubebuilder:printcolumn:name="Replicas",type="integer",JSONPath=".status.replicas.available",description="Replicas available to callers"
// +kubebuilder:printcolumn:name="Revision",type="integer",JSONPath=".status.revision",description="Revision of the function that it is assigned"
// +kubebuilder:printcolumn:name="Up-To-Date",type="string",JSONPath=".status.conditions[?(@.type==\"UpToDate\")].status",description="Whether all replicas run what is asked for"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether the function works"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Desired",type="integer",JSONPath=".status.replicas.desired",description="Replicas that the sizing asks for",priority=10
// +kubebuilder:printcolumn:name="Patients",type="integer",JSONPath=".status.registeredPatients",description="Registered patients that the function is sized for",priority=10
// +kubebuilder:printcolumn:name="Locality",type="string",JSONPath=".spec.locality",description="Locality that the function is for",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters: it becomes the name of a Service"
type MemberFunction struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec asks for a function.
	// +required
	Spec MemberFunctionSpec `json:"spec,omitzero"`

	// status is how it runs.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status MemberFunctionStatus `json:"status,omitempty,omitzero"`
}

// MemberFunctionList is a list of MemberFunctions.
//
// +kubebuilder:object:root=true
type MemberFunctionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []MemberFunction `json:"items"`
}
