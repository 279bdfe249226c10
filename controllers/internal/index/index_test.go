package index_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// indexer remembers what is registered with it.
type indexer struct {
	extract map[string]client.IndexerFunc // by type and field
	refuse  bool
}

func (i *indexer) IndexField(_ context.Context, object client.Object, field string, extract client.IndexerFunc) error {
	if i.refuse {
		return errors.New("no")
	}
	i.extract[key(object, field)] = extract
	return nil
}

func key(object client.Object, field string) string {
	return fmt.Sprintf("%T by %s", object, field)
}

func registered(t *testing.T) *indexer {
	t.Helper()
	i := &indexer{extract: map[string]client.IndexerFunc{}}
	if err := index.Register(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestWhatIsFoundByWhat(t *testing.T) {
	owner := state.Owner{Kind: v1alpha1.MemberFunctionKind, Namespace: "tower-hamlets", Name: "peer-review", UID: "1"}
	tests := map[string]struct {
		object client.Object
		field  string
		want   []string
	}{
		"a child by its owner": {
			&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.OwnerLabel: index.OwnerKey(owner)}}},
			index.Owner, []string{index.OwnerKey(owner)},
		},
		"a locality by each practice that it claims": {
			&v1alpha1.Locality{Spec: v1alpha1.LocalitySpec{Practices: []v1alpha1.Practice{{OrganisationCode: "F84123"}, {OrganisationCode: "F84747"}}}},
			index.Practice, []string{"F84123", "F84747"},
		},
		"a locality without practices by nothing": {&v1alpha1.Locality{}, index.Practice, []string{}},
		"a member function by its function": {
			&v1alpha1.MemberFunction{Spec: v1alpha1.MemberFunctionSpec{Function: "peer-review"}}, index.Function, []string{"peer-review"},
		},
		"a consortium by its code": {
			&v1alpha1.Consortium{Spec: v1alpha1.ConsortiumSpec{OrganisationCode: "08V"}}, index.Code, []string{"08V"},
		},
		"a consortium by the namespace that it asks for": {
			&v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "tower-hamlets"}, Spec: v1alpha1.ConsortiumSpec{Namespace: "th"}},
			index.Namespace, []string{"th"},
		},
		"a supplier by its code": {
			&v1alpha1.SupportProvider{Spec: v1alpha1.SupportProviderSpec{OrganisationCode: "0DJ"}}, index.Code, []string{"0DJ"},
		},
		"a supplier without a code by nothing": {&v1alpha1.SupportProvider{}, index.Code, nil},
		"a supplier by the namespace that it asks for": {
			&v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: "nel-csu"}, Spec: v1alpha1.SupportProviderSpec{Namespace: "hosts"}},
			index.Namespace, []string{"hosts"},
		},
		"a supplier that asks for none by its name": {
			&v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: "nel-csu"}}, index.Namespace, []string{"nel-csu"},
		},
		"a consortium that asks for none by its name": {
			&v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "tower-hamlets"}}, index.Namespace, []string{"tower-hamlets"},
		},
	}
	i := registered(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, i.extract[key(tc.object, tc.field)](tc.object)); diff != "" {
				t.Errorf("it is found by other values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryChildIsFoundByItsOwner(t *testing.T) {
	i := registered(t)
	for _, child := range index.Children() {
		if i.extract[key(child, index.Owner)] == nil {
			t.Errorf("%T is not found by its owner", child)
		}
	}
}

func TestAnIndexThatCannotBeMadeIsNamed(t *testing.T) {
	err := index.Register(t.Context(), &indexer{refuse: true})
	if err == nil || !strings.Contains(err.Error(), "Deployment") {
		t.Errorf("the error is %v, want one that names the kind", err)
	}
}

// The key of the index is the label that render writes: else no child would ever be found.
func TestTheKeyOfAnOwnerIsTheLabelOfItsChildren(t *testing.T) {
	owner := state.Owner{Kind: v1alpha1.ConsortiumKind, Name: "tower-hamlets", UID: "1"}
	if got, want := render.Namespace(state.Tenant{Owner: owner}, true, "").Labels[v1alpha1.OwnerLabel], index.OwnerKey(owner); got != want {
		t.Errorf("the label is %q, want %q", got, want)
	}
	other, reborn := owner, owner
	other.Name, reborn.UID = "newham", "2"
	if index.OwnerKey(owner) == index.OwnerKey(other) {
		t.Error("two owners have one key")
	}
	if index.OwnerKey(owner) != index.OwnerKey(reborn) {
		t.Error("the key must not depend on the UID: what was retained is found again")
	}
}
