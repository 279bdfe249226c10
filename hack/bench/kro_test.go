package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestAGraphDescribesWhatEveryConsortiumHas(t *testing.T) {
	child := func(namespace, name, mark string) *unstructured.Unstructured {
		c := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"of": namespace}}}
		c.SetNamespace(namespace)
		c.SetName(name)
		c.SetAnnotations(map[string]string{v1alpha1.OwnerAnnotation: mark})
		return c
	}
	graph, rest, err := graphOf(&snapshot{children: []*unstructured.Unstructured{
		child("consortium-00000", "peer-review", "MemberFunction/consortium-00000/peer-review/1"),
		child("albion-csu", "opening-1", "SupportAgreement/consortium-00000/analytics/1"),
		child("consortium-00001", "peer-review", "MemberFunction/consortium-00001/peer-review/1"),
		child("albion-csu", "analytics", "HostedService/albion-csu/analytics/1"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	templates, _, _ := unstructured.NestedSlice(graph.Object, "spec", "resources")
	for _, template := range templates {
		made := &unstructured.Unstructured{Object: template.(map[string]any)["template"].(map[string]any)}
		of, _, _ := unstructured.NestedString(made.Object, "data", "of")
		got = append(got, made.GetNamespace()+" "+made.GetName()+" "+of)
	}
	const own = "${schema.metadata.name}"
	want := []string{own + " peer-review " + own, "albion-csu opening-1-" + own + " albion-csu"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the templates differ (-want +got):\n%s", diff)
	}
	if len(rest) != 1 || rest[0].GetName() != "analytics" {
		t.Errorf("%d children belong to no consortium, want one", len(rest))
	}
}
