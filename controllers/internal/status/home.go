package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// markHome says whether the namespace is a consortium's; it returns whether it is, to stay.
func markHome(m marker, home state.Home) bool {
	condition := v1alpha1.ConsortiumResolvedCondition
	if reason, message := homeless(home); reason != "" {
		m.isFalse(condition, reason, message)
		return false
	}
	m.isTrue(condition, v1alpha1.ReasonResolved, fmt.Sprintf("Namespace %s belongs to %s.", home.Namespace, home.Consortium.Spec.DisplayName))
	return true
}

// homeless says why the namespace is no consortium's to stay; empty where it is.
func homeless(home state.Home) (reason, message string) {
	switch {
	case home.Consortium == nil:
		return v1alpha1.ReasonConsortiumNotFound, fmt.Sprintf("Namespace %s belongs to no consortium (yet). Whoever runs the cluster can create the Consortium for it.", home.Namespace)
	case !home.Consortium.DeletionTimestamp.IsZero():
		return v1alpha1.ReasonConsortiumDeleting, fmt.Sprintf("Consortium %s is being deleted.", home.Consortium.Name)
	case home.Terminating:
		return v1alpha1.ReasonTerminating, fmt.Sprintf("Namespace %s is being deleted.", home.Namespace)
	}
	return "", ""
}
