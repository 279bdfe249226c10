package render

import (
	"k8s.io/apimachinery/pkg/runtime"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// revisionConfiguration is the intent of a SupportFunctionRevision.
type revisionConfiguration struct {
	metav1ac.TypeMetaApplyConfiguration    `json:",inline"`
	*metav1ac.ObjectMetaApplyConfiguration `json:"metadata,omitempty"`
	Spec                                   v1alpha1.SupportFunctionRevisionSpec `json:"spec"`
}

// IsApplyConfiguration marks it as one.
func (revisionConfiguration) IsApplyConfiguration() {}

// Revision keeps what instances of a function run. It has no owner reference: a restore gives its function
// another UID, and the garbage collector would take what instances run for an orphan's.
func Revision(owner state.Owner, spec v1alpha1.SupportFunctionRevisionSpec) runtime.ApplyConfiguration {
	labels, annotations := marked(owner)
	kind, version := v1alpha1.SupportFunctionRevisionKind, v1alpha1.GroupVersion.String()
	name := plan.RevisionName(owner.Name, spec.Revision)
	return revisionConfiguration{
		TypeMetaApplyConfiguration:   metav1ac.TypeMetaApplyConfiguration{Kind: &kind, APIVersion: &version},
		ObjectMetaApplyConfiguration: metav1ac.ObjectMeta().WithName(name).WithLabels(labels).WithAnnotations(annotations),
		Spec:                         spec,
	}
}
