package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Delivery says who may perform a function.
//
// +kubebuilder:validation:Enum=MemberOnly;Hosted
type Delivery string

const (
	// DeliveryMemberOnly is a function that expresses how the members themselves behave: only a
	// consortium itself performs it, in its own namespace.
	DeliveryMemberOnly Delivery = "MemberOnly"
	// DeliveryHosted is a function that a supplier performs for many consortia.
	DeliveryHosted Delivery = "Hosted"
)

// DataClass says how close to patients the data of a function is.
//
// +kubebuilder:validation:Enum=Aggregate;Pseudonymised;Identifiable
type DataClass string

const (
	// DataAggregate is counts and rates only.
	DataAggregate DataClass = "Aggregate"
	// DataPseudonymised is records of patients whose identity is replaced.
	DataPseudonymised DataClass = "Pseudonymised"
	// DataIdentifiable is records of patients who can be identified.
	DataIdentifiable DataClass = "Identifiable"
)

// Tenancy says how the instances of a hosted function are shared.
//
// +kubebuilder:validation:Enum=Shared
type Tenancy string

// TenancyShared is one instance for many consortia.
const TenancyShared Tenancy = "Shared"

// Continuity says whether work done at one supplier is lost at another.
//
// +kubebuilder:validation:Enum=Interchangeable;HoldsRecords
type Continuity string

const (
	// ContinuityInterchangeable is a function that any supplier can continue.
	ContinuityInterchangeable Continuity = "Interchangeable"
	// ContinuityHoldsRecords is a function whose supplier holds records: the return to a first
	// choice is a handover by people.
	ContinuityHoldsRecords Continuity = "HoldsRecords"
)

// DataSharingRequirement says whether an agreement on sharing data must stand.
//
// +kubebuilder:validation:Enum=Required;NotRequired
type DataSharingRequirement string

const (
	// DataSharingRequired says that a supplier needs an agreement on sharing data.
	DataSharingRequired DataSharingRequirement = "Required"
	// DataSharingNotRequired says that it needs none.
	DataSharingNotRequired DataSharingRequirement = "NotRequired"
)

// AssuranceLapsePolicy says what happens when a supplier's assurance lapses.
//
// +kubebuilder:validation:Enum=Withdraw;RefuseNew
type AssuranceLapsePolicy string

const (
	// AssuranceLapseWithdraw ends access at once.
	AssuranceLapseWithdraw AssuranceLapsePolicy = "Withdraw"
	// AssuranceLapseRefuseNew lets those in stay, and nobody in.
	AssuranceLapseRefuseNew AssuranceLapsePolicy = "RefuseNew"
)

// AssuranceRequirement is a scheme that a supplier must have passed.
type AssuranceRequirement struct {
	// scheme of assurance, such as DSPT (the Data Security and Protection Toolkit).
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9-]*$`
	Scheme string `json:"scheme,omitempty"`

	// results of the scheme that are good enough, such as StandardsMet.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=32
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z][A-Za-z0-9-]*$`
	Results []string `json:"results,omitempty"`
}

// Requirements is what a function requires of a supplier.
//
// +kubebuilder:validation:MinProperties=1
type Requirements struct {
	// dataSharing says whether an agreement needs a data sharing agreement with each supplier.
	// Default: Required, unless the function's data class is Aggregate.
	// +optional
	DataSharing DataSharingRequirement `json:"dataSharing,omitempty"`

	// assurances that a supplier must have passed, each once. Default: none.
	// +optional
	// +listType=map
	// +listMapKey=scheme
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Assurances []AssuranceRequirement `json:"assurances,omitempty"`
}

// SupportFunctionSpec is an entry of the catalogue: what a function is, whoever performs it.
//
// +kubebuilder:validation:XValidation:rule="!(self.delivery == 'Hosted' && self.dataClass == 'Identifiable')",message="a Hosted function cannot carry Identifiable data: one instance serves many consortia; use Pseudonymised data, or MemberOnly",fieldPath=".dataClass"
// +kubebuilder:validation:XValidation:rule="self.delivery != 'Hosted' || has(self.continuity)",message="a Hosted function must say its continuity: Interchangeable, or HoldsRecords when work done at one supplier is lost at another",fieldPath=".continuity"
// +kubebuilder:validation:XValidation:rule="self.delivery == 'Hosted' || (!has(self.continuity) && !has(self.tenancy) && !has(self.requires) && !has(self.onAssuranceLapse))",message="a MemberOnly function has no supplier: leave out continuity, tenancy, requires and onAssuranceLapse"
// +kubebuilder:validation:XValidation:rule="has(oldSelf.continuity) == has(self.continuity) && (!has(self.continuity) || self.continuity == oldSelf.continuity)",message="continuity cannot be changed: create another SupportFunction",fieldPath=".continuity"
// +kubebuilder:validation:XValidation:rule="has(oldSelf.workload.storage) == has(self.workload.storage) && (!has(self.workload.storage) || self.workload.storage == oldSelf.workload.storage)",message="storage cannot be added, removed or changed: create another SupportFunction",fieldPath=".workload.storage"
// +kubebuilder:validation:XValidation:rule="!has(self.workload.storage) || (has(self.sizing.minReplicas) && self.sizing.minReplicas == 1 && has(self.sizing.maxReplicas) && self.sizing.maxReplicas == 1)",message="a function with storage runs one replica: set sizing.minReplicas and sizing.maxReplicas to 1",fieldPath=".sizing"
type SupportFunctionSpec struct {
	// title of the function, for people.
	// +required
	Title Title `json:"title,omitempty"`

	// description of the function, for people.
	// +optional
	Description Description `json:"description,omitempty"`

	// delivery says who may perform the function. MemberOnly: a consortium itself, never anybody
	// else. Hosted: a supplier, for many consortia. Cannot be changed.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="delivery cannot be changed: create another SupportFunction"
	Delivery Delivery `json:"delivery,omitempty"`

	// dataClass says how close to patients the function's data is. Cannot be changed.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="dataClass cannot be changed: create another SupportFunction"
	DataClass DataClass `json:"dataClass,omitempty"`

	// tenancy of a Hosted function: Shared, one instance for many consortia. Default: Shared.
	// +optional
	Tenancy Tenancy `json:"tenancy,omitempty"`

	// continuity of a Hosted function: Interchangeable, or HoldsRecords when work done at one
	// supplier is lost at another; then the return to a first choice is by hand. Cannot be changed.
	// +optional
	Continuity Continuity `json:"continuity,omitempty"`

	// requires is what a Hosted function requires of a supplier. Default: see its fields.
	// +optional
	Requires Requirements `json:"requires,omitempty,omitzero"`

	// onAssuranceLapse says what happens when a supplier's assurance lapses: Withdraw ends access,
	// RefuseNew lets those in stay. Default: Withdraw.
	// +optional
	OnAssuranceLapse AssuranceLapsePolicy `json:"onAssuranceLapse,omitempty"`

	// workload is what an instance of the function runs.
	// +required
	Workload Workload `json:"workload,omitzero"`

	// parameters that an instance may be given. Default: none; giving any is then an error.
	// +optional
	Parameters Parameters `json:"parameters,omitempty,omitzero"`

	// sizing of an instance by the patients registered with whom it serves.
	// +required
	Sizing Sizing `json:"sizing,omitzero"`

	// rollout says how a change of workload, parameters or sizing reaches the instances. Default: see
	// its fields.
	// +optional
	Rollout Rollout `json:"rollout,omitempty,omitzero"`
}

// FunctionUser is an object that uses a function.
type FunctionUser struct {
	// kind of the object, such as MemberFunction.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`

	// namespace of the object.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`

	// name of the object.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// SupportFunctionStatus is how far a catalogue entry is used.
//
// +kubebuilder:validation:MinProperties=1
type SupportFunctionStatus struct {
	// conditions are Ready (the entry can be used), SchemaValid, RolledOut (all instances that follow
	// it run what it says), and InUse while a deletion waits.
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

	// revision that the entry makes now.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Revision int64 `json:"revision,omitempty"`

	// rollout is how far that revision has come.
	// +optional
	Rollout RolloutStatus `json:"rollout,omitempty,omitzero"`

	// instances of the function.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Instances *int32 `json:"instances,omitempty"`

	// instancesReady is how many of them work.
	// +optional
	// +kubebuilder:validation:Minimum=0
	InstancesReady *int32 `json:"instancesReady,omitempty"`

	// instancesUpToDate is how many of them run the revision that the entry makes now.
	// +optional
	// +kubebuilder:validation:Minimum=0
	InstancesUpToDate *int32 `json:"instancesUpToDate,omitempty"`

	// usedBy names the first three objects that use the function.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	UsedBy []FunctionUser `json:"usedBy,omitempty"`
}

// SupportFunction is an entry of the catalogue: a function that consortia need, such as referral
// management, data analytics or contracting.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=sfn,categories=commissioning,path=supportfunctions,singular=supportfunction
// +kubebuilder:printcolumn:name="Title",type="string",JSONPath=".spec.title",description="Name for people"
// +kubebuilder:printcolumn:name="Delivery",type="string",JSONPath=".spec.delivery",description="Who may perform the function"
// +kubebuilder:printcolumn:name="Data",type="string",JSONPath=".spec.dataClass",description="How close to patients its data is"
// +kubebuilder:printcolumn:name="Instances",type="integer",JSONPath=".status.instances",description="Instances of the function"
// +kubebuilder:printcolumn:name="Revision",type="integer",JSONPath=".status.revision",description="Revision that the entry makes now"
// +kubebuilder:printcolumn:name="Up-To-Date",type="integer",JSONPath=".status.instancesUpToDate",description="Instances that run that revision"
// +kubebuilder:printcolumn:name="Rollout",type="string",JSONPath=".status.conditions[?(@.type==\"RolledOut\")].reason",description="How far that revision has come"
// +kubebuilder:printcolumn:name="Ready",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].status",description="Whether the entry can be used"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Working",type="integer",JSONPath=".status.instancesReady",description="Instances that work",priority=10
// +kubebuilder:printcolumn:name="Step",type="integer",JSONPath=".status.rollout.step",description="Step that the rollout has reached",priority=10
// +kubebuilder:printcolumn:name="Of",type="integer",JSONPath=".status.rollout.steps",description="Steps of the rollout",priority=10
// +kubebuilder:printcolumn:name="Image",type="string",JSONPath=".spec.workload.image",description="Image of the workload",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:printcolumn:name="Progress",type="string",JSONPath=".status.conditions[?(@.type==\"RolledOut\")].message",description="What to know of the rollout",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters"
type SupportFunction struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec is the catalogue entry.
	// +required
	Spec SupportFunctionSpec `json:"spec,omitzero"`

	// status is how far it is used.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status SupportFunctionStatus `json:"status,omitempty,omitzero"`
}

// SupportFunctionList is a list of SupportFunctions.
//
// +kubebuilder:object:root=true
type SupportFunctionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []SupportFunction `json:"items"`
}
