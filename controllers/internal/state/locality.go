package state

import "github.com/commissioning-support/operator/api/v1alpha1"

// Home is what was read of the namespace that a Locality or a MemberFunction lives in.
type Home struct {
	// Namespace is its name.
	Namespace string
	// Terminating says that the namespace is being deleted.
	Terminating bool
	// Consortium that the namespace belongs to; nil where it belongs to none.
	Consortium *v1alpha1.Consortium
}

// IsActive says whether the home belongs to a consortium that is here to stay.
func (h Home) IsActive() bool {
	return h.Consortium != nil && h.Consortium.DeletionTimestamp.IsZero() && !h.Terminating
}
