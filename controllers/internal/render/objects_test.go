package render_test

import (
	"encoding/json"
	"maps"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// objects are children as maps of fields.
func objects(t *testing.T, children []runtime.ApplyConfiguration) []*unstructured.Unstructured {
	t.Helper()
	decoded := make([]*unstructured.Unstructured, len(children))
	for i, child := range children {
		content, err := json.Marshal(child)
		if err != nil {
			t.Fatal(err)
		}
		decoded[i] = &unstructured.Unstructured{}
		if err := decoded[i].UnmarshalJSON(content); err != nil {
			t.Fatal(err)
		}
	}
	return decoded
}

// only is the one child of a kind, read into its Go type.
func only[T any](t *testing.T, children []runtime.ApplyConfiguration, kind string) *T {
	t.Helper()
	var found *T
	for _, object := range objects(t, children) {
		if object.GetKind() != kind {
			continue
		}
		if found != nil {
			t.Fatalf("more than one %s", kind)
		}
		found = new(T)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, found); err != nil {
			t.Fatal(err)
		}
	}
	if found == nil {
		t.Fatalf("no %s", kind)
	}
	return found
}

// each calls visit with every field below a value, and its path.
func each(path string, value any, visit func(path string, value any)) {
	visit(path, value)
	switch value := value.(type) {
	case map[string]any:
		for key := range maps.Keys(value) {
			each(path+"."+key, value[key], visit)
		}
	case []any:
		for i := range value {
			each(path+"[]", value[i], visit)
		}
	}
}
