package apply

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func at(uid, version string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"uid": uid}}}
	if version != "" {
		object.SetResourceVersion(version)
	}
	return object
}

func TestIsNewerThan(t *testing.T) {
	tests := map[string]struct {
		written, cached *unstructured.Unstructured
		want            bool
	}{
		"the cache shows an older version":               {at("1", "11"), at("1", "9"), true},
		"the cache shows this version":                   {at("1", "11"), at("1", "11"), false},
		"the cache shows a later one":                    {at("1", "11"), at("1", "100"), false},
		"the cache shows another object of the name":     {at("1", "11"), at("2", "9"), false},
		"a version that is no number is believed":        {at("1", "11"), at("1", "x"), false},
		"no version is believed":                         {at("1", "11"), at("1", ""), false},
		"versions are numbers, however long they may be": {at("1", "18446744073709551617"), at("1", "18446744073709551616"), true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := writeOf(tc.written, tc.written, time.Time{}).isNewerThan(tc.cached); got != tc.want {
				t.Errorf("the write is newer: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestIsSettled(t *testing.T) {
	const desired = "data: {a: b}"
	const answer = `{metadata: {uid: "1", resourceVersion: "5", labels: {x: y}}, data: {a: b, added: by-a-plug-in}, status: {n: 1}}`
	tests := map[string]struct {
		desired, live string
		want          bool
	}{
		"the server made the same of the same":      {desired, answer, true},
		"only version and status moved":             {desired, `{metadata: {uid: "1", resourceVersion: "9", generation: 3, labels: {x: y}}, data: {a: b, added: by-a-plug-in}, status: {n: 2}}`, true},
		"printed with an empty list and a null":     {desired, `{metadata: {uid: "1", labels: {x: y}}, data: {a: b, added: by-a-plug-in, n: null, l: []}}`, true},
		"something else is asked for now":           {"data: {a: c}", answer, false},
		"somebody changed it since":                 {desired, `{metadata: {uid: "1", labels: {x: y}}, data: {a: b, added: by-eve}}`, false},
		"somebody changed a label since":            {desired, `{metadata: {uid: "1", labels: {x: z}}, data: {a: b, added: by-a-plug-in}}`, false},
		"somebody took the owner away since":        {desired, `{metadata: {uid: "1", labels: {x: y}, ownerReferences: [{uid: "2"}]}, data: {a: b, added: by-a-plug-in}}`, false},
		"it is another object of the name by now":   {desired, `{metadata: {uid: "2", labels: {x: y}}, data: {a: b, added: by-a-plug-in}}`, false},
		"the plug-in has ceased to add what it did": {desired, `{metadata: {uid: "1", labels: {x: y}}, data: {a: b}}`, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := writeOf(&unstructured.Unstructured{Object: fields(t, desired)}, &unstructured.Unstructured{Object: fields(t, answer)}, time.Time{})
			wanted, live := &unstructured.Unstructured{Object: fields(t, tc.desired)}, &unstructured.Unstructured{Object: fields(t, tc.live)}
			if got := w.isSettled(wanted, live); got != tc.want {
				t.Errorf("it is settled: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestTheMemoryForgets(t *testing.T) {
	m := newMemory()
	key, other := childKey{kind: "ConfigMap", namespace: "a", name: "b"}, childKey{kind: "Secret", namespace: "a", name: "b"}
	m.remember(key, writeOf(at("1", "1"), at("1", "1"), time.Time{}))
	if _, found := m.last(other); found {
		t.Error("a child of another kind is another child")
	}
	if last, found := m.last(key); !found || last.uid != "1" {
		t.Error("the write is not remembered")
	}
	m.forget(key)
	if _, found := m.last(key); found {
		t.Error("the write is still remembered")
	}
}
