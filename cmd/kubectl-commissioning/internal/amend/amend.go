// Package amend says how the spec of an agreement, or of a function, is changed: by which patch, whether
// a GitOps engine would undo it, and what to commit in that case. All of it is pure.
package amend

import (
	"encoding/json"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Find returns the index of the supplier named PROVIDER or PROVIDER/SERVICE.
func Find(a *v1alpha1.SupportAgreement, name string) (int, error) {
	provider, service, isExact := strings.Cut(name, "/")
	var found, all []string
	index := 0
	for i, s := range a.Spec.Suppliers {
		all = append(all, Name(a, i))
		if string(s.Provider) == provider && (!isExact || Service(a, i) == service) {
			found, index = append(found, Name(a, i)), i
		}
	}
	switch len(found) {
	case 1:
		return index, nil
	case 0:
		return 0, fmt.Errorf("%s is no supplier of %s; its suppliers are %s", name, a.Name, strings.Join(all, ", "))
	}
	return 0, fmt.Errorf("%s stands in %s more than once; say which: %s", name, a.Name, strings.Join(found, ", "))
}

// Service of a supplier, or its default.
func Service(a *v1alpha1.SupportAgreement, i int) string {
	if service := a.Spec.Suppliers[i].Service; service != "" {
		return string(service)
	}
	return string(a.Spec.Function)
}

// Name of a supplier: provider/service.
func Name(a *v1alpha1.SupportAgreement, i int) string {
	return string(a.Spec.Suppliers[i].Provider) + "/" + Service(a, i)
}

// operation of a JSON patch.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// PatchOf is a JSON patch of an object, and what comes of it.
type PatchOf[O metav1.Object] struct {
	// Data is nil where nothing is to be changed.
	Data []byte
	// After is the object with the change.
	After O
}

// Patch of an agreement.
type Patch = PatchOf[*v1alpha1.SupportAgreement]

// StandDown turns away from a supplier. The place in the order stays.
func StandDown(a *v1alpha1.SupportAgreement, i int, reason v1alpha1.Description) (Patch, error) {
	path := fmt.Sprintf("/spec/suppliers/%d/", i)
	after := a.DeepCopy()
	s := &after.Spec.Suppliers[i]
	if s.Standing == v1alpha1.StandingStoodDown && s.StandingReason == reason {
		return Patch{After: after}, nil
	}
	s.Standing, s.StandingReason = v1alpha1.StandingStoodDown, reason
	return patch(a, after, operation{"add", path + "standing", s.Standing}, operation{"add", path + "standingReason", reason})
}

// Reinstate turns to a supplier again.
func Reinstate(a *v1alpha1.SupportAgreement, i int) (Patch, error) {
	path := fmt.Sprintf("/spec/suppliers/%d/", i)
	after := a.DeepCopy()
	s := &after.Spec.Suppliers[i]
	if s.Standing != v1alpha1.StandingStoodDown {
		return Patch{After: after}, nil
	}
	s.Standing, s.StandingReason = "", ""
	return patch(a, after, operation{Op: "remove", Path: path + "standing"}, operation{Op: "remove", Path: path + "standingReason"})
}

// Revoke refuses the tokens that were issued before. A later instant that stands already is kept.
func Revoke(a *v1alpha1.SupportAgreement, at metav1.Time) (Patch, error) {
	after := a.DeepCopy()
	if stands := a.Spec.TokensNotBefore; stands != nil && !stands.Before(&at) {
		return Patch{After: after}, nil
	}
	after.Spec.TokensNotBefore = &at
	return patch(a, after, operation{"add", "/spec/tokensNotBefore", at})
}

// patch holds only of the spec that was read: somebody else may have changed it since, and a list is known
// by position alone.
func patch[O metav1.Object](read, after O, operations ...operation) (PatchOf[O], error) {
	whole := append([]operation{{"test", "/metadata/uid", read.GetUID()}, {"test", "/metadata/generation", read.GetGeneration()}}, operations...)
	data, err := json.Marshal(whole)
	if err != nil {
		return PatchOf[O]{}, fmt.Errorf("write the change: %w", err)
	}
	return PatchOf[O]{Data: data, After: after}, nil
}

// InForce is the supplier in force, as provider/service; empty: none.
func InForce(a *v1alpha1.SupportAgreement) string {
	if a.Status.Supplier.Provider == "" {
		return ""
	}
	return a.Status.Supplier.Provider + "/" + a.Status.Supplier.Service
}
