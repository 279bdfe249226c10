package crdtest_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A GitOps engine applies the same files again and again. What it wrote stands as it was written, and
// nothing changes any more: otherwise each apply would wake the operator.
func TestAppliedAgain(t *testing.T) {
	written := map[string]*unstructured.Unstructured{}
	for _, base := range everyBase {
		written[parse(base).GetKind()] = parse(base)
	}
	for name, of := range map[string]struct {
		base string
		fill mutation
	}{
		"SupportProvider, as much as it can be":  {supportProviderBase, asMuchAsASupplierCanBe},
		"HostedService, as much as it can be":    {hostedServiceBase, asMuchAsAServiceCanBe},
		"SupportFunction, with a large rollout":  {supportFunctionBase, asMuchAsARolloutCanBe},
		"SupportAgreement, as much as it can be": {supportAgreementBase, asMuchAsAnAgreementCanBe},
	} {
		written[name] = parse(of.base)
		of.fill(written[name])
	}
	for name, object := range written {
		t.Run(name, func(t *testing.T) { checkAppliedAgain(t, object) })
	}
}

func checkAppliedAgain(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	at := resourceOf(objects, object)
	apply := func() *unstructured.Unstructured {
		applied, err := at.Apply(t.Context(), object.GetName(), object.DeepCopy(), metav1.ApplyOptions{FieldManager: "gitops", Force: true})
		if err != nil {
			t.Fatal(err)
		}
		return applied
	}
	first := apply()
	t.Cleanup(func() {
		if err := at.Delete(context.Background(), object.GetName(), metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff(inJSON(t, object.Object["spec"]), inJSON(t, first.Object["spec"])); diff != "" {
		t.Errorf("what stands is not what was written (-written +stands):\n%s", diff)
	}
	second := apply() // stores the status that the object has had from birth
	if second.GetGeneration() != first.GetGeneration() {
		t.Errorf("the second apply makes another generation: %d after %d", second.GetGeneration(), first.GetGeneration())
	}
	if diff := cmp.Diff(second.Object, apply().Object); diff != "" {
		t.Errorf("an apply changes something (-before +after):\n%s", diff)
	}
}

func inJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
