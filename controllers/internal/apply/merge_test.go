package apply

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	tests := map[string]struct {
		kind, desired, live, want string
	}{
		"what is rendered is laid on what is there": {
			"Deployment", "spec: {replicas: 3}", "{spec: {replicas: 2, progressDeadlineSeconds: 9}, status: {x: 1}}",
			"{spec: {replicas: 3, progressDeadlineSeconds: 9}, status: {x: 1}}",
		},
		"what is exact is replaced": {"ConfigMap", "data: {a: b}", "data: {a: x, c: d}", "data: {a: b}"},
		"what is exact and not rendered is removed": {
			"Deployment", "spec: {template: {spec: {containers: [{name: a}]}}}", "spec: {paused: true, template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true, containers: [{name: a}, {name: b}]}}}",
			"spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}}",
		},
		"also where nothing around it is rendered": {"Service", "metadata: {name: a}", "{metadata: {name: a}, spec: {type: x, externalIPs: [y]}}", "{metadata: {name: a}, spec: {type: x}}"},
		"labels of others stay":                    {"ConfigMap", "metadata: {labels: {a: b}}", "metadata: {labels: {a: x, c: d}}", "metadata: {labels: {a: b, c: d}}"},
		"an empty label is removed":                {"ConfigMap", `metadata: {labels: {c: ""}}`, "metadata: {labels: {a: x, c: d}}", "metadata: {labels: {a: x}}"},
		"an empty value elsewhere is a value":      {"ConfigMap", `data: {c: ""}`, "data: {c: d}", `data: {c: ""}`},
		"a list is replaced":                       {"StatefulSet", "spec: {volumeClaimTemplates: [{a: 1}]}", "spec: {volumeClaimTemplates: [{b: 2}, {c: 3}]}", "spec: {volumeClaimTemplates: [{a: 1}]}"},
		"owners of others stay": {
			"ConfigMap", "metadata: {ownerReferences: [{uid: ours, controller: true}]}", "metadata: {ownerReferences: [{uid: ours, controller: false}, {uid: theirs}]}",
			"metadata: {ownerReferences: [{uid: theirs}, {uid: ours, controller: true}]}",
		},
		"there is nothing yet": {"ConfigMap", "{metadata: {labels: {a: b}}, data: {c: d}}", "{}", "{metadata: {labels: {a: b}}, data: {c: d}}"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := merge(tc.kind, fields(t, tc.desired), fields(t, tc.live))
			if diff := cmp.Diff(fields(t, tc.want), got); diff != "" {
				t.Errorf("the merged object differs (-want +got):\n%s", diff)
			}
		})
	}
}

// anyFields are fields of any shape, often under the paths that are exact for the kind.
func anyFields(r *rapid.T, kind string) map[string]any {
	object := map[string]any{"metadata": anyMetadata(r)}
	for _, path := range append(slices.Clone(exactPaths[kind]), "spec.replicas", "spec.template.metadata.labels.a", "data.a") {
		if rapid.Bool().Draw(r, "has "+path) {
			place(object, strings.Split(path, "."), anyValue(r, 2))
		}
	}
	return object
}

// place puts a value where a path says, if something that is no map is not in its way.
func place(object map[string]any, path []string, value any) {
	if len(path) == 1 {
		object[path[0]] = value
		return
	}
	inner, isMap := object[path[0]].(map[string]any)
	if !isMap {
		inner = map[string]any{}
		object[path[0]] = inner
	}
	place(inner, path[1:], value)
}

func anyMetadata(r *rapid.T) map[string]any {
	metadata := map[string]any{"name": "a"}
	text := rapid.SampledFrom([]string{"", "x", "y"})
	for _, key := range []string{"labels", "annotations"} {
		if rapid.Bool().Draw(r, "has "+key) {
			values := map[string]any{}
			for k, v := range rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), text, 0, 3).Draw(r, key) {
				values[k] = v
			}
			metadata[key] = values
		}
	}
	var owners []any
	for _, uid := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), 0, 3, rapid.ID).Draw(r, "owners") {
		owners = append(owners, map[string]any{"uid": uid, "controller": rapid.Bool().Draw(r, "controls")})
	}
	if owners != nil {
		metadata["ownerReferences"] = owners
	}
	return metadata
}

func anyValue(r *rapid.T, depth int) any {
	shape := rapid.IntRange(0, 5).Draw(r, "shape")
	switch {
	case depth == 0 || shape < 2:
		return rapid.SampledFrom([]any{"", "x", "y", int64(0), int64(1), true, false}).Draw(r, "value")
	case shape < 4:
		inner := map[string]any{}
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "resources", "podSelector"}), 0, 3, rapid.ID).Draw(r, "keys") {
			inner[key] = anyValue(r, depth-1)
		}
		return inner
	default:
		list := []any{}
		for range rapid.IntRange(0, 2).Draw(r, "items") {
			list = append(list, anyValue(r, depth-1))
		}
		return list
	}
}

func TestAfterMergingNothingDiffers(t *testing.T) {
	kinds := slices.Sorted(maps.Keys(exactPaths))
	rapid.Check(t, func(r *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(r, "kind")
		desired, live := anyFields(r, kind), anyFields(r, kind)
		desiredBefore, liveBefore := runtime.DeepCopyJSON(desired), runtime.DeepCopyJSON(live)
		merged := merge(kind, desired, live)
		if path := difference(kind, desired, merged); path != "" {
			r.Errorf("%s still differs at %s:\n%s", kind, path, fmt.Sprint(merged))
		}
		if diff := cmp.Diff(desiredBefore, desired) + cmp.Diff(liveBefore, live); diff != "" {
			r.Errorf("merging changed its inputs (-before +after):\n%s", diff)
		}
	})
}

func TestMergingTwiceIsMergingOnce(t *testing.T) {
	kinds := slices.Sorted(maps.Keys(exactPaths))
	rapid.Check(t, func(r *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(r, "kind")
		desired, live := anyFields(r, kind), anyFields(r, kind)
		once := merge(kind, desired, live)
		if diff := cmp.Diff(once, merge(kind, desired, runtime.DeepCopyJSON(once))); diff != "" {
			r.Errorf("the second merge changes something (-once +twice):\n%s", diff)
		}
	})
}
