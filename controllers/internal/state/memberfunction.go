package state

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// MemberFunction is what was read for one MemberFunction.
type MemberFunction struct {
	Object *v1alpha1.MemberFunction
	Home   Home
	// Function of the catalogue; nil where there is none of the name.
	Function *v1alpha1.SupportFunction
	// Revision of the function that it is assigned; nil where there is none, or none is published.
	Revision *v1alpha1.SupportFunctionRevision
	// Locality that is named; nil where none is named, or none of the name exists.
	Locality *v1alpha1.Locality
	// Agreements that are named as bindings, by name; none of those that do not exist.
	Agreements map[v1alpha1.ObjectName]*v1alpha1.SupportAgreement
	// Workload as it stands; nil where it does not.
	Workload *Workload
}

// Workload is how far a Deployment or a StatefulSet is.
type Workload struct {
	// Revision of the function by which it was written; 0: it does not say.
	Revision int64
	// IsReplacedInPlace says that it has no successor beside it while it is changed.
	IsReplacedInPlace bool
	// Observed says that the counts below speak of the present form of the workload.
	Observed bool
	// Desired replicas, and how many of them run the present form, in all, and serve.
	Desired, Updated, Total, Available int32
	// Failure is why pods cannot be made; empty where they can.
	Failure string
}

// DeploymentState reads how far a Deployment is.
func DeploymentState(d *appsv1.Deployment) *Workload {
	w := &Workload{
		Revision: revisionOf(d),
		Observed: d.Status.ObservedGeneration >= d.Generation,
		Updated:  d.Status.UpdatedReplicas, Total: d.Status.Replicas, Available: d.Status.AvailableReplicas,
	}
	if d.Spec.Replicas != nil {
		w.Desired = *d.Spec.Replicas
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == "True" {
			w.Failure = c.Message
		}
	}
	return w
}

// StatefulSetState reads how far a StatefulSet is.
func StatefulSetState(s *appsv1.StatefulSet) *Workload {
	w := &Workload{
		Revision: revisionOf(s), IsReplacedInPlace: true,
		Observed: s.Status.ObservedGeneration >= s.Generation,
		Updated:  s.Status.UpdatedReplicas, Total: s.Status.Replicas, Available: s.Status.AvailableReplicas,
	}
	if s.Spec.Replicas != nil {
		w.Desired = *s.Spec.Replicas
	}
	return w
}

// revisionOf is the number that a workload carries; 0: none that can be read.
func revisionOf(workload metav1.Object) int64 {
	number, _ := strconv.ParseInt(workload.GetAnnotations()[v1alpha1.RevisionAnnotation], 10, 64)
	return number
}
