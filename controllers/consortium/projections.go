package consortium

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What a Consortium reads of other objects: it is woken when one of these changes.

// identity is what makes two Consortia rivals.
func identity(c *v1alpha1.Consortium) bool { return c.DeletionTimestamp.IsZero() }

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
	if ready := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.ReadyCondition); ready != nil {
		return ready.Status
	}
	return metav1.ConditionUnknown
}

// quotaContent is everything of a quota but what is used and its versions, in a form that compares.
func quotaContent(q *corev1.ResourceQuota) string {
	content, err := json.Marshal(struct {
		Spec                corev1.ResourceQuotaSpec
		Labels, Annotations map[string]string
		Deleting            bool
		Counted             corev1.ResourceList
	}{q.Spec, q.Labels, q.Annotations, q.DeletionTimestamp != nil, q.Status.Hard})
	if err != nil {
		return q.ResourceVersion // passes every change
	}
	return string(content)
}
