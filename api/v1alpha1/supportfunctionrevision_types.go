package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SupportFunctionRevisionSpec is what instances of a function run, as the catalogue said it once.
//
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="a revision is never changed: change the SupportFunction, which makes a new one"
type SupportFunctionRevisionSpec struct {
	// function of which this is a revision.
	// +required
	Function ObjectName `json:"function,omitempty"`

	// revision is its number: the first is 1, each next one higher.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=2147483647
	Revision int64 `json:"revision,omitempty"`

	// workload is what an instance runs.
	// +required
	Workload Workload `json:"workload,omitzero"`

	// parameters that an instance may be given.
	// +optional
	Parameters Parameters `json:"parameters,omitempty,omitzero"`

	// sizing of an instance.
	// +required
	Sizing Sizing `json:"sizing,omitzero"`
}

// SupportFunctionRevision is a numbered form of a SupportFunction's workload, parameters and sizing. The
// operator makes one for each change, never changes it, and keeps it while anything runs it, and ten more.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster,shortName=sfr,categories=commissioning,path=supportfunctionrevisions,singular=supportfunctionrevision
// +kubebuilder:printcolumn:name="Function",type="string",JSONPath=".spec.function",description="Function of the catalogue"
// +kubebuilder:printcolumn:name="Revision",type="integer",JSONPath=".spec.revision",description="Number of the revision"
// +kubebuilder:printcolumn:name="Image",type="string",JSONPath=".spec.workload.image",description="Image of the workload"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp",description="Time since creation"
type SupportFunctionRevision struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty,omitzero"`

	// spec is the revision.
	// +required
	Spec SupportFunctionRevisionSpec `json:"spec,omitzero"`
}

// SupportFunctionRevisionList is a list of SupportFunctionRevisions.
//
// +kubebuilder:object:root=true
type SupportFunctionRevisionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// items of the list.
	Items []SupportFunctionRevision `json:"items"`
}
