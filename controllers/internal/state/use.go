package state

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Use is an object that uses a function of the catalogue: it runs it, or is supplied with it.
type Use struct {
	Kind, Namespace, Name, Function string
	Conditions                      []metav1.Condition
	Instance                        Instance // of the function; nothing of an agreement
}

// Instance is what a rollout reads of one that runs a function.
type Instance struct {
	Labels           map[string]string
	Created          time.Time
	Deleting         bool
	Pinned, Revision int64
}

// String names the object for people.
func (u Use) String() string { return u.Kind + " " + u.Namespace + "/" + u.Name }

// Compare orders uses by namespace, name and kind.
func (u Use) Compare(other Use) int {
	return strings.Compare(u.Namespace+"/"+u.Name+"/"+u.Kind, other.Namespace+"/"+other.Name+"/"+other.Kind)
}

// UsesByMembers are those of MemberFunctions.
func UsesByMembers(functions []v1alpha1.MemberFunction) []Use {
	uses := make([]Use, len(functions))
	for i := range functions {
		f := &functions[i]
		uses[i] = Use{
			v1alpha1.MemberFunctionKind, f.Namespace, f.Name, string(f.Spec.Function), f.Status.Conditions,
			Instance{f.Labels, f.CreationTimestamp.Time, f.DeletionTimestamp != nil, f.Spec.Revision, f.Status.Revision},
		}
	}
	return uses
}

// UsesByServices are those of HostedServices.
func UsesByServices(services []v1alpha1.HostedService) []Use {
	uses := make([]Use, len(services))
	for i := range services {
		h := &services[i]
		uses[i] = Use{
			v1alpha1.HostedServiceKind, h.Namespace, h.Name, string(h.Spec.Function), h.Status.Conditions,
			Instance{h.Labels, h.CreationTimestamp.Time, h.DeletionTimestamp != nil, h.Spec.Revision, h.Status.Revision},
		}
	}
	return uses
}

// UsesByAgreements are those of SupportAgreements.
func UsesByAgreements(agreements []v1alpha1.SupportAgreement) []Use {
	uses := make([]Use, len(agreements))
	for i := range agreements {
		a := &agreements[i]
		uses[i] = Use{v1alpha1.SupportAgreementKind, a.Namespace, a.Name, string(a.Spec.Function), a.Status.Conditions, Instance{}}
	}
	return uses
}
