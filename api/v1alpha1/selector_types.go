package v1alpha1

// LabelSelector selects objects by their labels. One that selects everything is refused.
//
// +kubebuilder:validation:MinProperties=1
type LabelSelector struct {
	// matchLabels are labels that an object must carry, all of them.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=16
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && self[k].size() <= 63)",message="the name of a label holds at most 317 characters, its value at most 63"
	MatchLabels map[string]string `json:"matchLabels,omitempty"`

	// matchExpressions are conditions on labels, all of which must hold.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	MatchExpressions []LabelCondition `json:"matchExpressions,omitempty"`
}

// LabelOperator relates a label to values.
//
// +kubebuilder:validation:Enum=In;NotIn;Exists;DoesNotExist
type LabelOperator string

// Operators of label conditions, as in metav1.LabelSelectorRequirement.
const (
	LabelIn           LabelOperator = "In"
	LabelNotIn        LabelOperator = "NotIn"
	LabelExists       LabelOperator = "Exists"
	LabelDoesNotExist LabelOperator = "DoesNotExist"
)

// LabelCondition is one condition on a label.
//
// +kubebuilder:validation:XValidation:rule="has(self.values) == (self.operator == 'In' || self.operator == 'NotIn')",message="values are needed for In and NotIn, and only there"
type LabelCondition struct {
	// key is the name of the label.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	// +kubebuilder:validation:XValidation:rule="!format.qualifiedName().validate(self).hasValue()",message="must be the name of a label, such as commissioning.support/region"
	Key string `json:"key,omitempty"`

	// operator is In, NotIn, Exists or DoesNotExist.
	// +required
	Operator LabelOperator `json:"operator,omitempty"`

	// values of the label for In and NotIn.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=0
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$`
	Values []string `json:"values,omitempty"`
}
