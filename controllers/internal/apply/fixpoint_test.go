package apply

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

const ownerLabel = v1alpha1.OwnerLabel

// step is what a renderer would return, from documents as people write them.
func step(t *testing.T, documents ...string) []runtime.ApplyConfiguration {
	t.Helper()
	var children []runtime.ApplyConfiguration
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(strings.Join(documents, "\n---\n")), 4096)
	for {
		child := &unstructured.Unstructured{}
		err := decoder.Decode(child)
		if errors.Is(err, io.EOF) {
			return children
		}
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, client.ApplyConfigurationFromUnstructured(child))
	}
}

// ownerOf is whose the first child is.
func ownerOf(t *testing.T, children []runtime.ApplyConfiguration) state.Owner {
	t.Helper()
	owner, _ := state.MarkedOwner(decoded(t, children[0]))
	return owner
}

func decoded(t *testing.T, child runtime.ApplyConfiguration) *unstructured.Unstructured {
	t.Helper()
	object, err := toObject(child)
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// shapes are the golden files of what is rendered, each in a namespace of its own.
func shapes(t *testing.T) map[string][]runtime.ApplyConfiguration {
	t.Helper()
	paths, err := filepath.Glob("../render/testdata/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("found only %v, %v", paths, err)
	}
	all := map[string][]runtime.ApplyConfiguration{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		all[name] = step(t, string(bytes.ReplaceAll(content, []byte("tower-hamlets"), []byte("fixpoint-"+name))))
	}
	return all
}

// Whatever is rendered stays as it was written, whatever the API server adds to it: an operator that
// has just been started, and so remembers nothing, finds nothing to do.
func TestR10_WhatWasWrittenIsReadBackUnchanged(t *testing.T) {
	b := newBench(t)
	for name, children := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			if created := strings.HasPrefix(name, "namespace-") && name != "namespace-adopted"; !created {
				b.namespace(t, "fixpoint-"+name)
			}
			for _, child := range children {
				if namespace := decoded(t, child).GetNamespace(); namespace != "" {
					b.namespace(t, namespace) // a supplier's, or the operator's
				}
			}
			b.restart()
			owner := ownerOf(t, children)
			if result, err := b.Apply(t.Context(), owner, children); err != nil || result.StepsDone != 1 {
				t.Fatalf("the first time: %v, %v", result, err)
			}
			for _, child := range children {
				b.checkFixPoint(t, decoded(t, child))
			}
			b.restart()
			b.wire.made()
			if result, err := b.Apply(t.Context(), owner, children); err != nil || result.StepsDone != 1 || result.Lagging {
				t.Fatalf("the second time: %v, %v", result, err)
			}
			if made := b.wire.made(); len(made) != 0 {
				t.Errorf("the second time costs requests: %v", made)
			}
		})
	}
}

func (b *bench) checkFixPoint(t *testing.T, desired *unstructured.Unstructured) {
	t.Helper()
	live, err := b.read(t.Context(), b.admin, desired)
	if err != nil || live == nil {
		t.Fatalf("%s cannot be read: %v", describe(desired), err)
	}
	if path := difference(desired.GetKind(), desired.Object, live.Object); path != "" {
		wanted, _ := lookUp(desired.Object, path)
		found, _ := lookUp(live.Object, path)
		t.Errorf("%s differs at %s (-rendered +live):\n%s", describe(desired), path, cmp.Diff(wanted, found))
	}
	// What the server answered must be what is read later, or the writer would fight a plug-in.
	last, remembered := b.memory.last(keyOf(desired))
	if !remembered {
		return
	}
	// The cluster's controllers mark what they have begun to work on.
	unstructured.RemoveNestedField(live.Object, "metadata", "annotations", "deployment.kubernetes.io/revision")
	if last.stored != digestOf(content(live.Object)) {
		t.Errorf("%s is read otherwise than it was answered: %v", describe(desired), live.Object)
	}
}

// Every field of every shape is seen to: whichever leaf is changed, it is found, and mended.
func TestEveryRenderedFieldIsCompared(t *testing.T) {
	for name, children := range shapes(t) {
		for _, child := range children {
			desired := decoded(t, child)
			for _, path := range leaves("", desired.Object) {
				live := desired.DeepCopy()
				if !spoil(live.Object, strings.Split(path, "/")) {
					continue
				}
				if difference(desired.GetKind(), desired.Object, live.Object) == "" {
					t.Errorf("%s: nobody sees a change of %s of %s", name, path, describe(desired))
				}
			}
		}
	}
}

// leaves are the paths to all values that hold no others.
func leaves(path string, value any) []string {
	var found []string
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			found = append(found, leaves(path+"/"+strings.ReplaceAll(key, "/", "~"), inner)...)
		}
	case []any:
		for i, inner := range value {
			found = append(found, leaves(fmt.Sprintf("%s/%d", path, i), inner)...)
		}
	default:
		found = append(found, strings.TrimPrefix(path, "/"))
	}
	return found
}

// spoil changes the value at a path; false where it is empty, and so means "absent".
func spoil(value any, path []string) bool {
	switch value := value.(type) {
	case map[string]any:
		key := strings.ReplaceAll(path[0], "~", "/")
		if len(path) > 1 {
			return spoil(value[key], path[1:])
		}
		if value[key] == "" {
			return false
		}
		value[key] = "spoilt"
	case []any:
		var i int
		if _, err := fmt.Sscan(path[0], &i); err != nil {
			return false
		}
		if len(path) > 1 {
			return spoil(value[i], path[1:])
		}
		value[i] = "spoilt"
	}
	return true
}
