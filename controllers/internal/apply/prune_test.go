package apply

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
)

func configMapNamed(namespace, name string) *unstructured.Unstructured {
	child := &unstructured.Unstructured{}
	child.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	child.SetNamespace(namespace)
	child.SetName(name)
	return child
}

func TestR08_OnlyWhatIsOnesOwnIsDeleted(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-delete")
	b.namespace(t, owner.Namespace)
	another, former := owner, owner
	another.Name, former.UID = "referral-management", "22222222-0000-4000-8000-000000000000"
	tests := map[string]struct {
		marked   string // the mark that the object carries
		wantGone bool
	}{
		"one's own":                    {owner.Mark(), true},
		"nobody's":                     {"", false},
		"another owner's":              {another.Mark(), false},
		"a former owner's of the name": {former.Mark(), false},
		"a mark that cannot be read":   {"MemberFunction/apply-delete", false},
	}
	i := 0
	for name, tc := range tests {
		i++
		child := configMapNamed(owner.Namespace, "child-"+string(rune('a'+i)))
		t.Run(name, func(t *testing.T) {
			object := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, child.GetName())}
			object.Annotations = map[string]string{v1alpha1.OwnerAnnotation: tc.marked}
			if err := b.admin.Create(t.Context(), object); err != nil {
				t.Fatal(err)
			}
			if err := b.Delete(t.Context(), owner, child); err != nil {
				t.Fatal(err)
			}
			err := b.admin.Get(t.Context(), client.ObjectKeyFromObject(object), object)
			if gone := apierrors.IsNotFound(err); gone != tc.wantGone {
				t.Errorf("it is gone: %v, want %v", gone, tc.wantGone)
			}
		})
	}
}

func TestR08_ADeletionIsOfTheObjectThatWasReadAndOfNoOther(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-preconditions")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	object := read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")})
	b.wire.made()
	if err := b.Delete(t.Context(), owner, configMapNamed(owner.Namespace, "a")); err != nil {
		t.Fatal(err)
	}
	made := b.wire.made()
	i := slices.IndexFunc(made, func(r request) bool { return r.method == http.MethodDelete })
	if i < 1 || made[i-1].method != http.MethodGet {
		t.Fatalf("the requests are %v, want a live read and a deletion", made)
	}
	var got metav1.DeleteOptions
	if err := json.Unmarshal([]byte(made[i].body), &got); err != nil {
		t.Fatal(err)
	}
	want := &metav1.Preconditions{UID: &object.UID, ResourceVersion: &object.ResourceVersion}
	if diff := cmp.Diff(want, got.Preconditions); diff != "" {
		t.Errorf("the preconditions differ (-want +got):\n%s", diff)
	}
	if err := b.Delete(t.Context(), owner, configMapNamed(owner.Namespace, "a")); err != nil {
		t.Errorf("what is gone is no error, got %v", err)
	}
}

// snapshot reads what was so a moment ago.
type snapshot struct{ object *corev1.ConfigMap }

func (s snapshot) Get(_ context.Context, _ client.ObjectKey, object client.Object, _ ...client.GetOption) error {
	s.object.DeepCopyInto(object.(*corev1.ConfigMap))
	return nil
}

func (s snapshot) List(context.Context, client.ObjectList, ...client.ListOption) error { return nil }

func TestR08_WhatChangedMeanwhileIsNotDeleted(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-meanwhile")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	object := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}
	before := snapshot{read(t, b, object).DeepCopy()}
	change(t, b, object, func(m *corev1.ConfigMap) { delete(m.Annotations, v1alpha1.OwnerAnnotation) })
	err := New(b.cache, before).Delete(t.Context(), owner, configMapNamed(owner.Namespace, "a"))
	if !apierrors.IsConflict(err) {
		t.Errorf("the error is %v, want a conflict", err)
	}
	read(t, b, object)
}

func TestPruneRemovesWhatIsNoLongerRendered(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-prune")
	b.namespace(t, owner.Namespace)
	kept := step(t, configMap(owner, "kept", "1"))
	b.apply(t, owner, configMap(owner, "kept", "1"), configMap(owner, "dropped", "1"), service(owner, "another-kind"))
	forged := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "forged")}
	forged.Labels = map[string]string{ownerLabel: index.OwnerKey(owner)} // by label alone
	if err := b.admin.Create(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	if err := b.Prune(t.Context(), owner, []client.ObjectList{&corev1.ConfigMapList{}}, kept); err != nil {
		t.Fatal(err)
	}
	left := &corev1.ConfigMapList{}
	if err := b.admin.List(t.Context(), left, client.InNamespace(owner.Namespace), client.HasLabels{ownerLabel}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, item := range left.Items {
		names = append(names, item.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"forged", "kept"}, names); diff != "" {
		t.Errorf("what is left differs (-want +got):\n%s", diff)
	}
	read(t, b, &corev1.Service{ObjectMeta: in(owner.Namespace, "another-kind")})
}

func TestPruneWithoutAnythingToKeepRemovesAll(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-prune-all")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	if err := b.Prune(t.Context(), owner, []client.ObjectList{&corev1.ConfigMapList{}}); err != nil {
		t.Fatal(err)
	}
	err := b.admin.Get(t.Context(), client.ObjectKey{Namespace: owner.Namespace, Name: "a"}, &corev1.ConfigMap{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("the child is still there: %v", err)
	}
}
