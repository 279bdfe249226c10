package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func marked(mark string) metav1.Object {
	return &metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.OwnerAnnotation: mark}}
}

func TestMarkedOwner(t *testing.T) {
	tests := map[string]struct {
		object metav1.Object
		want   state.Owner
		wantOK bool
	}{
		"an owner in a namespace": {
			object: marked("MemberFunction/tower-hamlets/referral-management/1-2"), wantOK: true,
			want: state.Owner{Kind: "MemberFunction", Namespace: "tower-hamlets", Name: "referral-management", UID: "1-2"},
		},
		"an owner of the whole cluster": {
			object: marked("Consortium//tower-hamlets/1-2"), wantOK: true,
			want: state.Owner{Kind: "Consortium", Name: "tower-hamlets", UID: "1-2"},
		},
		"no annotation at all":  {object: &metav1.ObjectMeta{}},
		"another annotation":    {object: &metav1.ObjectMeta{Annotations: map[string]string{"a": "Consortium//a/1"}}},
		"an empty mark":         {object: marked("")},
		"too few parts":         {object: marked("Consortium/tower-hamlets/1-2")},
		"too many parts":        {object: marked("Consortium//tower/hamlets/1-2")},
		"parts without content": {object: marked("///")},
		"no kind":               {object: marked("//tower-hamlets/1-2")},
		"no name":               {object: marked("Consortium///1-2")},
		"no UID":                {object: marked("Consortium//tower-hamlets/")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := state.MarkedOwner(tc.object)
			if diff := cmp.Diff(tc.want, got); diff != "" || ok != tc.wantOK {
				t.Errorf("it can be read: %v, want %v; the owner differs (-want +got):\n%s", ok, tc.wantOK, diff)
			}
		})
	}
}

func TestAMarkReadsAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringMatching(`[a-z0-9]([-.a-z0-9]{0,50}[a-z0-9])?`)
		want := state.Owner{
			Kind:      rapid.StringMatching(`[A-Z][A-Za-z]{0,20}`).Draw(r, "kind"),
			Namespace: rapid.OneOf(rapid.Just(""), name).Draw(r, "namespace"),
			Name:      name.Draw(r, "name"),
			UID:       types.UID(rapid.StringMatching(`[0-9a-f-]{1,36}`).Draw(r, "uid")),
		}
		if got, ok := state.MarkedOwner(marked(want.Mark())); !ok || got != want {
			r.Errorf("%+v is read as %+v", want, got)
		}
	})
}

func TestAnOwnerIsWhatItWasMadeOf(t *testing.T) {
	object := &v1alpha1.MemberFunction{ObjectMeta: metav1.ObjectMeta{Namespace: "tower-hamlets", Name: "referral-management", UID: "1"}}
	owner := state.OwnerOf(v1alpha1.MemberFunctionKind, object)
	if got, want := owner.Mark(), "MemberFunction/tower-hamlets/referral-management/1"; got != want {
		t.Errorf("the mark is %q, want %q", got, want)
	}
	if got, want := owner.Key(), (types.NamespacedName{Namespace: "tower-hamlets", Name: "referral-management"}); got != want {
		t.Errorf("the key is %v, want %v", got, want)
	}
}
