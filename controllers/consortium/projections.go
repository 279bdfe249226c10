package consortium

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What a Consortium reads of other objects: it is woken when one of these changes.

// identity is what makes two Consortia rivals.
func identity(c *v1alpha1.Consortium) bool { return c.DeletionTimestamp.IsZero() }

// presence is what makes a SupportProvider a rival for a namespace.
func presence(p *v1alpha1.SupportProvider) bool { return p.DeletionTimestamp.IsZero() }

type counts struct {
	observed, generation, patients int64
	practices                      int32
	asOf                           v1alpha1.Date
	deleting                       bool
}

func localityCounts(l *v1alpha1.Locality) counts {
	read := counts{generation: l.Generation, asOf: l.Spec.RegisteredAsOf, deleting: !l.DeletionTimestamp.IsZero()}
	if l.Status.ObservedGeneration != nil {
		read.observed = *l.Status.ObservedGeneration
	}
	if l.Status.RegisteredPatients != nil {
		read.patients = *l.Status.RegisteredPatients
	}
	if l.Status.Practices != nil {
		read.practices = *l.Status.Practices
	}
	return read
}

func functionWorks(f *v1alpha1.MemberFunction) metav1.ConditionStatus {
	return works(f.Status.Conditions)
}

func agreementWorks(a *v1alpha1.SupportAgreement) metav1.ConditionStatus {
	return works(a.Status.Conditions)
}

func works(conditions []metav1.Condition) metav1.ConditionStatus {
	if ready := meta.FindStatusCondition(conditions, v1alpha1.ReadyCondition); ready != nil {
		return ready.Status
	}
	return metav1.ConditionUnknown
}
