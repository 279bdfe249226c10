package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/country"
)

func configMap(name, value string) *unstructured.Unstructured {
	made := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"key": value}}}
	made.SetNamespace("a")
	made.SetName(name)
	return made
}

func consortium(name string, working int32) resource {
	return &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: v1alpha1.ConsortiumStatus{FunctionsWorking: &working}}
}

func namesOf(c change) map[string][]string {
	names := map[string][]string{}
	for _, child := range c.applied {
		names["applied"] = append(names["applied"], child.GetName())
	}
	for _, child := range c.removed {
		names["removed"] = append(names["removed"], child.GetName())
	}
	for _, r := range c.statuses {
		names["status"] = append(names["status"], r.GetName())
	}
	return names
}

// A change there and back has as many writes each way.
func TestChangeBetween(t *testing.T) {
	before := &snapshot{
		children:  []*unstructured.Unstructured{configMap("same", "1"), configMap("changed", "1"), configMap("removed", "1")},
		resources: []resource{consortium("same", 3), consortium("changed", 2)},
	}
	after := &snapshot{
		children:  []*unstructured.Unstructured{configMap("same", "1"), configMap("changed", "2"), configMap("new", "1")},
		resources: []resource{consortium("same", 3), consortium("changed", 3)},
	}
	for name, tc := range map[string]struct {
		from, to *snapshot
		want     map[string][]string
	}{
		"there":   {before, after, map[string][]string{"applied": {"changed", "new"}, "removed": {"removed"}, "status": {"changed"}}},
		"back":    {after, before, map[string][]string{"applied": {"changed", "removed"}, "removed": {"new"}, "status": {"changed"}}},
		"nothing": {after, after, map[string][]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := changeBetween(tc.from, tc.to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, namesOf(got)); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if want := len(tc.want["applied"]) + len(tc.want["removed"]) + len(tc.want["status"]); got.size() != want {
				t.Errorf("%d writes, want %d", got.size(), want)
			}
		})
	}
}

// Only what was written in time is held against a floor.
func TestDuring(t *testing.T) {
	c := change{
		applied:  []*unstructured.Unstructured{configMap("in time", "1"), configMap("late", "1"), configMap("refused", "1")},
		removed:  []*unstructured.Unstructured{configMap("removed", "1"), configMap("later", "1")},
		statuses: []resource{consortium("in time", 3), consortium("late", 3)},
	}
	got, err := c.during([]audit.Request{
		{Verb: "update", Resource: "configmaps", Namespace: "a", Name: "in time", Code: 200},
		{Verb: "update", Resource: "configmaps", Namespace: "a", Name: "refused", Code: 409},
		{Verb: "delete", Resource: "configmaps", Namespace: "a", Name: "removed", Code: 200},
		{Verb: "patch", Resource: "consortia", Subresource: "status", Name: "in time", Code: 200},
		{Verb: "patch", Resource: "consortia", Name: "late", Code: 200}, // its finalizers, not its status
	}, func(object client.Object) (string, error) {
		if _, ok := object.(resource); ok {
			return "consortia", nil
		}
		return "configmaps", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"applied": {"in time"}, "removed": {"removed"}, "status": {"in time"}}
	if diff := cmp.Diff(want, namesOf(got)); diff != "" {
		t.Errorf("writes in time (-want +got):\n%s", diff)
	}
}

func TestLastRemoval(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 11, 22, 10, 0, second, 0, time.UTC) }
	got := lastRemoval([]audit.Request{
		{Verb: "delete", Resource: "rolebindings", Code: 200, At: at(1)},
		{Verb: "patch", Group: v1alpha1.GroupVersion.Group, Resource: "consortia", Code: 200, At: at(2)},
		{Verb: "delete", Resource: "secrets", Code: 404, At: at(3)},
		{Verb: "patch", Group: v1alpha1.GroupVersion.Group, Resource: "supportfunctions", Subresource: "status", Code: 200, At: at(4)},
	})
	if want := at(2); !got.Equal(want) {
		t.Errorf("got %s, want %s: when the consortium was let go", got, want)
	}
}

func TestTargets(t *testing.T) {
	got := targets([]audit.Request{
		{Verb: "delete", Resource: "rolebindings", Namespace: "a", Name: "one", Code: 200},
		{Verb: "delete", Resource: "rolebindings", Namespace: "b", Name: "one", Code: 200},
		{Verb: "delete", Resource: "rolebindings", Namespace: "a", Name: "absent", Code: 404},
		{Verb: "patch", Resource: "consortia", Name: "a", Code: 200},
	})
	if diff := cmp.Diff(map[target]bool{{"rolebindings", "one"}: true}, got); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

// Only who was served by Large can leave it, and only once.
func TestSwitches(t *testing.T) {
	agreement := func(name, function, by string) *v1alpha1.SupportAgreement {
		return &v1alpha1.SupportAgreement{
			ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.SupportAgreementSpec{Function: v1alpha1.ObjectName(function)},
			Status: v1alpha1.SupportAgreementStatus{Supplier: v1alpha1.SupplierInForceStatus{Provider: by}},
		}
	}
	s, began := newSwitches(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for second, seen := range []*v1alpha1.SupportAgreement{
		agreement("moves", country.Analytics, country.Large),
		agreement("stays", country.Analytics, country.Large),
		agreement("elsewhere", country.Analytics, "another"),
		agreement("other", country.Support, country.Large),
		agreement("moves", country.Analytics, ""), // nobody serves it for a moment
		agreement("moves", country.Analytics, "another"),
		agreement("other", country.Support, "another"),
		agreement("moves", country.Analytics, "another"), // and says more
	} {
		s.see(seen, began.Add(time.Duration(second)*time.Second))
	}
	if got, want := s.last(), began.Add(5*time.Second); s.count() != 1 || !got.Equal(want) {
		t.Errorf("%d left, the last at %s, want one at %s", s.count(), got, want)
	}
}
