package state

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Consortium is what was read for one Consortium.
type Consortium struct {
	Object *v1alpha1.Consortium
	// Namespace that the consortium asks for; nil where there is none.
	Namespace *corev1.Namespace
	// CodeHolder and NamespaceHolder name an older Consortium with the same organisation code, or
	// that asks for the same namespace; empty where there is none.
	CodeHolder, NamespaceHolder string
	// SuccessorFound says that the Consortium that succeeds this one exists.
	SuccessorFound bool
	// QuotaCounted says that the cluster has counted what the namespace's quota bounds; until then it
	// refuses what the quota would count.
	QuotaCounted bool
	// Localities and Functions in the consortium's namespace.
	Localities []v1alpha1.Locality
	Functions  []v1alpha1.MemberFunction
}
