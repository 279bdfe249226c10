// Package render says how children should look: pure functions from plain data to typed intents,
// one file per kind of child. Intents are written in the form in which the API server stores them,
// with its defaults, so that an unchanged child compares equal. A nil intent means: not wanted.
package render

import (
	"k8s.io/apimachinery/pkg/api/resource"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

const (
	managedByLabel = "app.kubernetes.io/managed-by"
	nameLabel      = "app.kubernetes.io/name"
	managedBy      = "commissioning-support-operator"
)

// marked are the labels and annotations of a child that belongs to an owner.
func marked(owner state.Owner) (labels, annotations map[string]string) {
	labels = map[string]string{
		managedByLabel:      managedBy,
		v1alpha1.OwnerLabel: plan.OwnerHash(owner.Kind, owner.Namespace, owner.Name),
	}
	return labels, map[string]string{v1alpha1.OwnerAnnotation: owner.Mark()}
}

// ownerReference makes the garbage collector remove a child of an owner in the same namespace.
func ownerReference(owner state.Owner) *metav1ac.OwnerReferenceApplyConfiguration {
	return metav1ac.OwnerReference().
		WithAPIVersion(v1alpha1.GroupVersion.String()).WithKind(owner.Kind).
		WithName(owner.Name).WithUID(owner.UID).WithController(true).WithBlockOwnerDeletion(true)
}

// instanceLabels select the pods of one instance, and nobody else's.
func instanceLabels(owner state.Owner) map[string]string {
	return map[string]string{v1alpha1.OwnerLabel: plan.OwnerHash(owner.Kind, owner.Namespace, owner.Name)}
}

func selectInstance(owner state.Owner) *metav1ac.LabelSelectorApplyConfiguration {
	return metav1ac.LabelSelector().WithMatchLabels(instanceLabels(owner))
}

// Namespace is a tenant's namespace. One that the operator created carries its mark; one that was
// given to the tenant does not, and only its labels are seen to. retained is what a tenant that is
// being deleted and leaves the namespace behind is known by, else empty.
func Namespace(tenant state.Tenant, created bool, retained string) *corev1ac.NamespaceApplyConfiguration {
	namespace := corev1ac.Namespace(tenant.Namespace).WithLabels(map[string]string{
		tenant.Label():                               tenant.Owner.Name,
		"pod-security.kubernetes.io/enforce":         "restricted",
		"pod-security.kubernetes.io/enforce-version": podSecurityVersion,
		"pod-security.kubernetes.io/audit":           "restricted",
		"pod-security.kubernetes.io/audit-version":   podSecurityVersion,
		"pod-security.kubernetes.io/warn":            "restricted",
		"pod-security.kubernetes.io/warn-version":    podSecurityVersion,
	}).WithAnnotations(map[string]string{v1alpha1.RetainedAnnotation: retained})
	if created {
		labels, annotations := marked(tenant.Owner)
		namespace.WithLabels(labels).WithAnnotations(annotations)
	}
	return namespace
}

// podSecurityVersion is the oldest Kubernetes that is supported: an upgrade of the cluster alone
// never tightens what a tenant's pods must satisfy.
const podSecurityVersion = "v1.33"

// canonical is an amount as the API server keeps it: no finer than a thousandth, rounded up.
func canonical(amount resource.Quantity) resource.Quantity {
	rounded := amount.DeepCopy()
	rounded.RoundUp(resource.Milli)
	return rounded
}
