// Package state is the plain data that travels through a reconcile: what was read, and what came
// of writing. It has no behaviour beyond reading itself.
package state

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Owner is the object of our API that a child was made for.
type Owner struct {
	Kind      string
	Namespace string // empty for a cluster-scoped owner
	Name      string
	UID       types.UID
}

// OwnerOf describes an object of our API as an owner.
func OwnerOf(kind string, object metav1.Object) Owner {
	return Owner{Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(), UID: object.GetUID()}
}

// Key is the owner's namespace and name.
func (o Owner) Key() types.NamespacedName {
	return types.NamespacedName{Namespace: o.Namespace, Name: o.Name}
}

// Mark is the value of the owner annotation: kind/namespace/name/uid.
func (o Owner) Mark() string {
	return strings.Join([]string{o.Kind, o.Namespace, o.Name, string(o.UID)}, "/")
}

// MarkedOwner reads the owner annotation of an object; false where it has none that can be read.
func MarkedOwner(object metav1.Object) (Owner, bool) {
	parts := strings.Split(object.GetAnnotations()[v1alpha1.OwnerAnnotation], "/")
	if len(parts) != 4 || parts[0] == "" || parts[2] == "" || parts[3] == "" {
		return Owner{}, false
	}
	return Owner{Kind: parts[0], Namespace: parts[1], Name: parts[2], UID: types.UID(parts[3])}, true
}
