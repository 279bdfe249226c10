package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DeletionPolicy says what becomes of a consortium's namespace when the Consortium is deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type DeletionPolicy string

const (
	// DeletionPolicyRetain keeps the namespace, its data and its guard rails; only access goes.
	DeletionPolicyRetain DeletionPolicy = "Retain"
	// DeletionPolicyDelete removes the namespace and everything in it, if the operator created it.
	DeletionPolicyDelete DeletionPolicy = "Delete"
)

// SubjectKind is the kind of whom access is given to.
//
// +kubebuilder:validation:Enum=Group;User;ServiceAccount
type SubjectKind string

const (
	// SubjectGroup is a group of people, as the identity provider names it.
	SubjectGroup SubjectKind = "Group"
	// SubjectUser is one person. A group is better: people come and go.
	SubjectUser SubjectKind = "User"
	// SubjectServiceAccount is a program, such as a GitOps engine's account.
	SubjectServiceAccount SubjectKind = "ServiceAccount"
)

// Subject is a group, a person or a program that is given access.
//
// +kubebuilder:validation:XValidation:rule="(self.kind == 'ServiceAccount') == has(self.__namespace__)",message="namespace is needed for a ServiceAccount, and only there"
// +kubebuilder:validation:XValidation:rule="self.kind == 'ServiceAccount' || !self.name.startsWith('system:')",message="names that start with system: belong to the cluster and cannot be given access"
type Subject struct {
	// kind is Group, User or ServiceAccount. Groups are recommended: who belongs to one is settled
	// with the identity provider, and this object need not change. Set by the platform team.
	// +required
	Kind SubjectKind `json:"kind,omitempty"`

	// name of the group, the person or the service account, as the cluster knows it.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// namespace of a service account. Needed for a ServiceAccount, refused for all others.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// Access says who may enter a namespace, and as what.
//
// +kubebuilder:validation:MinProperties=1
type Access struct {
	// admins run the consortium's functions: they change its MemberFunctions and
	// read everything in the namespace, Secrets and logs included. They never change guard rails,
	// people's access or the operator's own objects. Default: nobody.
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

	// developers run workloads of their own beside the functions: Deployments, ConfigMaps,
	// Secrets and Services reachable inside the cluster only. Default: nobody.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Developers []Subject `json:"developers,omitempty"`
}

// ConsortiumSpec says who is supplied.
//
// +kubebuilder:validation:XValidation:rule="has(oldSelf.__namespace__) == has(self.__namespace__) && (!has(self.__namespace__) || self.__namespace__ == oldSelf.__namespace__)",message="namespace cannot be changed: create another Consortium and move to it",fieldPath=".namespace"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.succeededBy) || (has(self.succeededBy) && self.succeededBy == oldSelf.succeededBy)",message="succeededBy is set once: a succession cannot be taken back",fieldPath=".succeededBy"
type ConsortiumSpec struct {
	// organisationCode of the consortium in the Organisation Data Service, such as 08V. It
	// identifies the consortium to suppliers. Cannot be changed, and no two Consortia carry the same.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="organisationCode cannot be changed: an organisation code is never reused; create another Consortium"
	OrganisationCode OrganisationCode `json:"organisationCode,omitempty"`

	// displayName of the consortium, for people.
	// +required
	DisplayName Title `json:"displayName,omitempty"`

	// namespace in which the consortium's functions run. Default: the Consortium's own name.
	// The operator creates it, or takes it when it carries the label
	// commissioning.support/consortium with this Consortium's name. Cannot be changed.
	// +optional
	Namespace ObjectName `json:"namespace,omitempty"`

	// access of people and programs to the namespace. Default: nobody but cluster administrators.
	// +optional
	Access Access `json:"access,omitempty,omitzero"`

	// quota of the namespace, by resource name, such as pods: "50". A name given here replaces the
	// default of that name; the other defaults stay: pods 50, requests.cpu 8, requests.memory 16Gi,
	// limits.memory 32Gi, persistentvolumeclaims 10, services.loadbalancers 0, services.nodeports 0,
	// and bounds on the number of objects. Set by the platform team.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=20
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 100)",message="the name of a resource holds at most 100 characters"
	// +kubebuilder:validation:XValidation:rule="self.all(k, type(self[k]) == int ? self[k] >= 0 : (self[k].size() <= 20 && !self[k].startsWith('-')))",message="a quota must be an amount of zero or more, such as 50, 500m or 16Gi"
	// +kubebuilder:validation:XValidation:rule="self.all(k, type(self[k]) == int || !self[k].matches('[eE]'))",message="a quota must be an amount such as 50, 500m or 16Gi; exponents such as 5e3 are not taken"
	Quota map[string]resource.Quantity `json:"quota,omitempty"`

	// practices that the consortium's localities may claim. A claim of any other practice does not
	// count. Default: no restriction. Set by the platform team; the importer writes it.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=1000
	Practices []PracticeCode `json:"practices,omitempty"`

	// deletionPolicy says what becomes of the namespace when this object is deleted. Retain keeps
	// it with its data and guard rails and takes access away; Delete removes it with everything in
	// it, if the operator created it. Default: Retain.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// succeededBy names the Consortium that takes over after a merger. From then on this
	// consortium's localities claim no further practices, and its claims yield to the successor's.
	// Set once, by the platform team.
	// +optional
	SucceededBy ObjectName `json:"succeededBy,omitempty"`
}

// FunctionState is how far a function works for a consortium.
//
// +kubebuilder:validation:Enum=Working;NotWorking;Unknown
type FunctionState string

const (
	// FunctionWorking says that the function serves.
	FunctionWorking FunctionState = "Working"
	// FunctionNotWorking says that it does not.
	FunctionNotWorking FunctionState = "NotWorking"
	// FunctionUnknown says that nobody has looked yet, or could not.
	FunctionUnknown FunctionState = "Unknown"
)

// ConsortiumFunction is how one function works for the consortium.
type ConsortiumFunction struct {
	// kind of the object that asks for the function: MemberFunction or SupportAgreement.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`

	// name of the object in the consortium's namespace that asks for the function.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// function asked for.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Function string `json:"function,omitempty"`

	// state of the function for this consortium.
	// +required
	State FunctionState `json:"state,omitempty"`
}

// ConsortiumStatus is what the operator has seen and done for a consortium.
//
// +kubebuilder:validation:MinProperties=1
type ConsortiumStatus struct {
	// conditions are Ready (the namespace and its guard rails stand), NamespaceAvailable,
	// GuardRailsInPlace, AccessGranted, PopulationKnown, FunctionsAvailable.
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

	// namespace in which the consortium's functions run.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`

	// localities of the consortium.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Localities *int32 `json:"localities,omitempty"`

	// practices that count for the consortium: each practice counts once in the country.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Practices *int32 `json:"practices,omitempty"`

	// registeredPatients is the sum of the registered patients of the practices that count.
	// +optional
	// +kubebuilder:validation:Minimum=0
	RegisteredPatients *int64 `json:"registeredPatients,omitempty"`

	// registeredAsOf is the oldest date of the lists that were summed.
	// +optional
	RegisteredAsOf Date `json:"registeredAsOf,omitempty"`

	// functions asked for in the consortium's namespace, by name, at most 64; functionsTotal counts all.
	// +optional
	// +listType=map
	// +listMapKey=kind
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Functions []ConsortiumFunction `json:"functions,omitempty"`

	// functionsTotal is how many functions are asked for.
	// +optional
	// +kubebuilder:validation:Minimum=0
	FunctionsTotal *int32 `json:"functionsTotal,omitempty"`

	// functionsWorking is how many of them work.
	// +optional
	// +kubebuilder:validation:Minimum=0
	FunctionsWorking *int32 `json:"functionsWorking,omitempty"`
}

// Consortium is an organisation of GP practices that commissions care for its registered patients.
// It is given a namespace with guard rails, and its people access to it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=csm,categories=commissioning,path=consortia,singular=consortium
// +kubebuilder:printcolumn:name="Code",type="string",JSONPath=".spec.organisationCode",description="Organisation code"
// +kubebuilder:printcolumn:name="Localities",type="integer",JSONPath=".status.localities",description="Localities of the consortium"
// +kubebuilder:printcolumn:name="Practices",type="integer",JSONPath=".status.practices",description="Practices that count for the consortium"
// +kubebuilder:printcolumn:name="Patients",type="integer",JSONPath=".status.registeredPatients",description="Registered patients of those practices"
// +kubebuilder:printcolumn:name="Functions",type="integer",JSONPath=".status.functionsTotal",description="Functions asked for"
// +kubebuilder:printcolumn:name="Working",type="integer",JSONPath=".status.functionsWorking",description="Functions that work; fewer than asked for is what to look at"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether the namespace and its guard rails stand"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Namespace",type="string",JSONPath=".status.namespace",description="Namespace of the consortium",priority=10
// +kubebuilder:printcolumn:name="As-Of",type="string",JSONPath=".status.registeredAsOf",description="Oldest date of the lists summed",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"FunctionsAvailable\")].message",description="What to know about the functions",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters: it becomes a namespace"
// +kubebuilder:validation:XValidation:rule="![has(self.spec.__namespace__) ? self.spec.__namespace__ : self.metadata.name].exists(n, n == 'default' || n.startsWith('kube-') || n.startsWith('openshift-') || n == 'commissioning-system')",message="the namespace is reserved for the cluster: default, commissioning-system and names that start with kube- or openshift- cannot be a consortium's; give another in spec.namespace",fieldPath=".spec.namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.spec.succeededBy) || self.spec.succeededBy != self.metadata.name",message="a consortium cannot succeed itself",fieldPath=".spec.succeededBy"
type Consortium struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec says who is supplied.
	// +required
	Spec ConsortiumSpec `json:"spec,omitzero"`

	// status is what the operator has seen and done.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status ConsortiumStatus `json:"status,omitempty,omitzero"`
}

// ConsortiumList is a list of Consortia.
//
// +kubebuilder:object:root=true
type ConsortiumList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []Consortium `json:"items"`
}
