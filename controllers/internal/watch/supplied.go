package watch

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Consortium is what agreements, and the ledgers of their suppliers, read of one.
type Consortium struct {
	generation, patients int64
	known                metav1.ConditionStatus
	deleting             bool
	labels               string
}

// Supplied is what is read of a consortium that is supplied.
func Supplied(c *v1alpha1.Consortium) Consortium {
	labels, _ := json.Marshal(c.Labels) // texts, with sorted keys: it cannot fail
	read := Consortium{generation: c.Generation, deleting: !c.DeletionTimestamp.IsZero(), labels: string(labels)}
	if known := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.PopulationKnownCondition); known != nil {
		read.known = known.Status
	}
	if c.Status.RegisteredPatients != nil {
		read.patients = *c.Status.RegisteredPatients
	}
	return read
}
