package state

import "github.com/commissioning-support/operator/api/v1alpha1"

// SupportFunction is what was read for one SupportFunction.
type SupportFunction struct {
	Object *v1alpha1.SupportFunction
	// Instances are the MemberFunctions that use it.
	Instances []v1alpha1.MemberFunction
}
