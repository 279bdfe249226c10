package state

import "github.com/commissioning-support/operator/api/v1alpha1"

// Consortium is what was read for one Consortium.
type Consortium struct {
	Object *v1alpha1.Consortium
	Premises
	// SuccessorFound says that the Consortium that succeeds this one exists.
	SuccessorFound bool
	// Localities in the consortium's namespace, and the functions that are asked for there.
	Localities []v1alpha1.Locality
	Functions  []Use
}
