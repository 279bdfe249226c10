package crdtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// everyBase is an object of each kind.
var everyBase = []string{
	consortiumBase, hostedServiceBase, localityBase, memberFunctionBase, supportAgreementBase, supportFunctionBase, supportProviderBase,
}

// R9: an object says from birth that nobody has looked at it yet, whatever its author claims.
func TestR09_StatusAtBirth(t *testing.T) {
	want := map[string]any{
		"observedGeneration": int64(-1),
		"conditions": []any{map[string]any{
			"type": "Ready", "status": "Unknown", "reason": "Pending",
			"message":            "The operator has not seen this object yet.",
			"lastTransitionTime": "1970-01-01T00:00:00Z",
		}},
	}
	claimed := map[string]any{
		"observedGeneration": int64(1),
		"conditions": []any{map[string]any{
			"type": "Ready", "status": "True", "reason": "Ready", "message": "", "lastTransitionTime": "2026-11-22T10:00:00Z",
		}},
	}
	for _, base := range everyBase {
		object := parse(base)
		t.Run(object.GetKind(), func(t *testing.T) {
			set("status", claimed)(object)
			created := create(t, object)
			if diff := cmp.Diff(want, statusOf(t, created)); diff != "" {
				t.Errorf("status at birth (-want +got):\n%s", diff)
			}

			set("status", claimed)(created)
			updated, err := resourceOf(objects, created).Update(t.Context(), created, metav1.UpdateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, statusOf(t, updated)); diff != "" {
				t.Errorf("status after its author wrote one (-want +got):\n%s", diff)
			}
		})
	}
}

func statusOf(t *testing.T, object *unstructured.Unstructured) map[string]any {
	t.Helper()
	status, _, err := unstructured.NestedMap(object.Object, "status")
	if err != nil {
		t.Fatal(err)
	}
	return status
}
