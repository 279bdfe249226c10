package plan

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Revision is what an instance of a function runs: everything of the catalogue entry that shapes its
// pods, their number or their parameters. It shares memory with the entry and is only read.
type Revision struct {
	Delivery v1alpha1.Delivery
	Workload v1alpha1.Workload
	Sizing   v1alpha1.Sizing
	// Schema of the parameters, as JSON; empty when an instance takes none.
	Schema []byte
}

// RevisionFor resolves what an instance of the function runs. Every caller goes through here, and
// none reads the workload of the catalogue entry itself: today every instance runs what the catalogue
// says now, and the progressive rollout (R12) builds on this function by choosing for each instance,
// from its namespace and name, which revision it is assigned.
func RevisionFor(f *v1alpha1.SupportFunction, _ types.NamespacedName) Revision {
	r := Revision{
		Delivery: f.Spec.Delivery,
		Workload: f.Spec.Workload,
		Sizing:   f.Spec.Sizing,
	}
	if s := f.Spec.Parameters.Schema.OpenAPIV3Schema; s != nil {
		r.Schema = s.Raw
	}
	return r
}
