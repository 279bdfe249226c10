package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// AcceptancePolicy says how a service says whom it consents to serve.
//
// +kubebuilder:validation:Enum=Selected;Everyone
type AcceptancePolicy string

const (
	// AcceptSelected consents to the consortia that are named or selected.
	AcceptSelected AcceptancePolicy = "Selected"
	// AcceptEveryone consents to every consortium.
	AcceptEveryone AcceptancePolicy = "Everyone"
)

// Acceptance is whom a service consents to serve, and for how long.
//
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.policy) || self.policy != 'Everyone' || (!has(self.names) && !has(self.selector))",message="policy Everyone leaves out names and selector"
type Acceptance struct {
	// policy is Selected (the consortia that names or selector give) or Everyone. Default: Selected.
	// +optional
	Policy AcceptancePolicy `json:"policy,omitempty"`

	// names of Consortia that are accepted. Default: none.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=1000
	Names []ObjectName `json:"names,omitempty"`

	// selector accepts the Consortia whose labels match, beside those that are named. Labels of a
	// Consortium are written by the body that runs the cluster. Default: none.
	// +optional
	Selector LabelSelector `json:"selector,omitempty,omitzero"`

	// maxTerm is the longest term of an agreement that is accepted, such as P24M: years, months, days
	// (ISO 8601). An agreement without an end is then not accepted. Default: any term.
	// +optional
	MaxTerm Period `json:"maxTerm,omitempty"`
}

// Capacity is how much a service can carry.
//
// +kubebuilder:validation:MinProperties=1
type Capacity struct {
	// consortia that are served at most. Default: 4000, the most that one service carries.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=4000
	Consortia *int32 `json:"consortia,omitempty"`

	// patients registered with the consortia that are served, at most. Default: no limit.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000000000
	Patients *int64 `json:"patients,omitempty"`
}

// Intake says whether a service takes on consortia.
//
// +kubebuilder:validation:Enum=Open;Closed;Draining
type Intake string

const (
	// IntakeOpen takes on whom the service accepts.
	IntakeOpen Intake = "Open"
	// IntakeClosed takes on nobody new; all stay.
	IntakeClosed Intake = "Closed"
	// IntakeDraining takes on nobody, and all move on in order, as far as others can carry them.
	IntakeDraining Intake = "Draining"
)

// ScalingMode says who decides how many replicas a service runs.
//
// +kubebuilder:validation:Enum=Population;Autoscale
type ScalingMode string

const (
	// ScalePopulation runs what the registered patients ask for.
	ScalePopulation ScalingMode = "Population"
	// ScaleAutoscale runs at least that, and more under load.
	ScaleAutoscale ScalingMode = "Autoscale"
)

// Scaling of a service.
//
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.targetCPUPercent) || (has(self.mode) && self.mode == 'Autoscale')",message="targetCPUPercent is for mode Autoscale",fieldPath=".targetCPUPercent"
type Scaling struct {
	// mode is Population (what the registered patients ask for) or Autoscale (at least that, and up to
	// sizing.maxReplicas under load). Default: Population.
	// +optional
	Mode ScalingMode `json:"mode,omitempty"`

	// targetCPUPercent of the requested processor time that Autoscale aims at. Default: 70.
	// +optional
	// +kubebuilder:validation:Minimum=10
	// +kubebuilder:validation:Maximum=100
	TargetCPUPercent int32 `json:"targetCPUPercent,omitempty"`
}

// HostedServiceSpec is a service that a supplier runs for many consortia.
type HostedServiceSpec struct {
	// function is the name of a SupportFunction whose delivery is Hosted. Cannot be changed.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="function cannot be changed: create another HostedService"
	Function ObjectName `json:"function,omitempty"`

	// accepts says whom the service consents to serve. Default: nobody.
	// +optional
	Accepts Acceptance `json:"accepts,omitempty,omitzero"`

	// capacity of the service. Nobody is admitted beyond it; who is in stays in. Default: see its fields.
	// +optional
	Capacity Capacity `json:"capacity,omitempty,omitzero"`

	// intake is Open, Closed (nobody new, all stay) or Draining (all move on, in order). Default: Open.
	// +optional
	Intake Intake `json:"intake,omitempty"`

	// scaling of the service. Default: by population.
	// +optional
	Scaling Scaling `json:"scaling,omitempty,omitzero"`

	// parameters of the function, as the SupportFunction's schema describes them. The function
	// finds them in /etc/commissioning/parameters.json. A change rolls the service's pods, one at
	// a time. Default: the schema's defaults. Set by the supplier.
	// +optional
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Parameters *runtime.RawExtension `json:"parameters,omitempty"`

	// revision of the function to run, whatever the catalogue says: a number, as in
	// `kubectl get supportfunctionrevisions`. Default: what the function's rollout assigns.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=2147483647
	Revision int64 `json:"revision,omitempty"`
}

// Availability says whether a service serves, as far as is known.
//
// +kubebuilder:validation:Enum=Available;NotAvailable;Unknown
type Availability string

const (
	// ServiceAvailable: at least half, rounded up, of the replicas that the sizing asks for are
	// available at the current generation; while it grows, of those that it had before.
	ServiceAvailable Availability = "Available"
	// ServiceNotAvailable: fewer.
	ServiceNotAvailable Availability = "NotAvailable"
	// ServiceUnknown: this cannot be read just now, or lags.
	ServiceUnknown Availability = "Unknown"
)

// AvailabilityChange is a moment at which a service's availability changed.
type AvailabilityChange struct {
	// time of the change.
	// +required
	Time *metav1.Time `json:"time,omitempty"`

	// available from then on.
	// +required
	Available Availability `json:"available,omitempty"`
}

// Load is how much of a service's capacity is taken.
//
// +kubebuilder:validation:MinProperties=1
type Load struct {
	// served now.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Served *int64 `json:"served,omitempty"`

	// reserved for those who failed over and will return.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Reserved *int64 `json:"reserved,omitempty"`

	// left of the capacity. Absent where there is no limit.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Left *int64 `json:"left,omitempty"`

	// waiting for room.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Waiting *int64 `json:"waiting,omitempty"`

	// over the capacity: nobody more is admitted, nobody is put out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Over *int64 `json:"over,omitempty"`
}

// HostedServiceStatus is how a service runs and how much it carries. It holds counts only: nobody
// reads in it whom the service serves.
//
// +kubebuilder:validation:MinProperties=1
type HostedServiceStatus struct {
	// conditions are Ready (the service works), ProviderResolved, FunctionResolved, ParametersValid,
	// Applied, Available, UpToDate, OverCapacity, and InUse while a deletion waits.
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

	// address at which the service is reached inside the cluster: a host name. Port 80.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Address string `json:"address,omitempty"`

	// available says whether the service serves. Every decision about a change of supplier rests on it.
	// +optional
	Available Availability `json:"available,omitempty"`

	// availableSince is since when it has been seen available without a break. Absent while it is not.
	// +optional
	AvailableSince *metav1.Time `json:"availableSince,omitempty"`

	// unavailableSince is since when it has not been available: only its being seen available again
	// clears it. Absent while it is available.
	// +optional
	UnavailableSince *metav1.Time `json:"unavailableSince,omitempty"`

	// transitions of availability, the newest first, at most 20.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=20
	Transitions []AvailabilityChange `json:"transitions,omitempty"`

	// revision of the function that the service is assigned, and made to run.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Revision int64 `json:"revision,omitempty"`

	// replicas of the service.
	// +optional
	Replicas Replicas `json:"replicas,omitempty,omitzero"`

	// replicasNeeded so that the service counts as available: half of those desired, rounded up. While
	// an available service grows, half of those that it had before: growth is no outage.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ReplicasNeeded *int32 `json:"replicasNeeded,omitempty"`

	// consortia that the service carries.
	// +optional
	Consortia Load `json:"consortia,omitempty,omitzero"`

	// patients registered with them.
	// +optional
	Patients Load `json:"patients,omitempty,omitzero"`
}

// HostedService is a function that a supplier runs in its own namespace for many consortia.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,shortName=hsvc,categories=commissioning,path=hostedservices,singular=hostedservice
// +kubebuilder:selectablefield:JSONPath=".spec.function"
// +kubebuilder:printcolumn:name="Function",type="string",JSONPath=".spec.function",description="Function of the catalogue"
// +kubebuilder:printcolumn:name="Served",type="integer",JSONPath=".status.consortia.served",description="Consortia served now"
// +kubebuilder:printcolumn:name="Left",type="integer",JSONPath=".status.consortia.left",description="Consortia for which there is room"
// +kubebuilder:printcolumn:name="Patients",type="integer",JSONPath=".status.patients.served",description="Patients registered with those served"
// +kubebuilder:printcolumn:name="Replicas",type="integer",JSONPath=".status.replicas.available",description="Replicas available to callers"
// +kubebuilder:printcolumn:name="Intake",type="string",JSONPath=".spec.intake",description="Whether consortia are taken on; empty: Open"
// +kubebuilder:printcolumn:name="Available",type="string",JSONPath=".status.conditions[?(@.type==\"Available\")].status",description="Whether the service serves"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
// +kubebuilder:printcolumn:name="Reserved",type="integer",JSONPath=".status.consortia.reserved",description="Places kept for those who will return",priority=10
// +kubebuilder:printcolumn:name="Waiting",type="integer",JSONPath=".status.consortia.waiting",description="Consortia that wait for room",priority=10
// +kubebuilder:printcolumn:name="Up-To-Date",type="string",JSONPath=".status.conditions[?(@.type==\"UpToDate\")].status",description="Whether all replicas run what is asked for",priority=10
// +kubebuilder:printcolumn:name="Revision",type="integer",JSONPath=".status.revision",description="Revision of the function that it is assigned",priority=10
// +kubebuilder:printcolumn:name="Address",type="string",JSONPath=".status.address",description="Where it is reached",priority=10
// +kubebuilder:printcolumn:name="Message",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].message",description="What to know",priority=10
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 50 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="the name must start with a lower-case letter, hold only lower-case letters, digits and hyphens, and have at most 50 characters: it becomes the name of a Service"
type HostedService struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec is what the supplier offers.
	// +required
	Spec HostedServiceSpec `json:"spec,omitzero"`

	// status is how it runs and what it carries.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1,"conditions":{{"type":"Ready","status":"Unknown","reason":"Pending","message":"The operator has not seen this object yet.","lastTransitionTime":"1970-01-01T00:00:00Z"}}}
	Status HostedServiceStatus `json:"status,omitempty,omitzero"`
}

// HostedServiceList is a list of HostedServices.
//
// +kubebuilder:object:root=true
type HostedServiceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []HostedService `json:"items"`
}
