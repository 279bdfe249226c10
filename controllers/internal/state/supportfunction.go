package state

import "github.com/commissioning-support/operator/api/v1alpha1"

// SupportFunction is what was read for one SupportFunction.
type SupportFunction struct {
	Object *v1alpha1.SupportFunction
	// Instances are the MemberFunctions and the HostedServices that run it.
	Instances []Use
	// Revisions that are kept of it, in any order.
	Revisions []v1alpha1.SupportFunctionRevision
}
