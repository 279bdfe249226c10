package crdtest_test

import (
	"encoding/json"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

const revisionBase = `
apiVersion: commissioning.support/v1alpha1
kind: SupportFunctionRevision
metadata: {name: finance-support-3}
spec:
  function: finance-support
  revision: 3
  workload: {image: ghcr.io/example/finance-support:1.4.0, port: 8080}
  parameters: {schema: {openAPIV3Schema: {type: object, properties: {months: {type: integer}}}}}
  sizing: {patientsPerReplica: 500000}
`

func TestSupportFunctionRevision(t *testing.T) {
	tryCreating(t, revisionBase, map[string]refusal{
		"as it stands":              {mutate: nothing},
		"as little as it can be":    {mutate: remove("spec.parameters")},
		"the largest number":        {mutate: set("spec.revision", int64(2147483647))},
		"a number too large":        {mutate: set("spec.revision", int64(2147483648)), wantErrors: []string{"should be less than or equal to 2147483647"}},
		"the number 0":              {mutate: set("spec.revision", int64(0)), wantErrors: []string{"should be greater than or equal to 1"}},
		"without a number":          {mutate: remove("spec.revision"), wantErrors: []string{"spec.revision: Required value"}},
		"without a function":        {mutate: remove("spec.function"), wantErrors: []string{"spec.function: Required value"}},
		"without a workload":        {mutate: remove("spec.workload"), wantErrors: []string{"spec.workload: Required value"}},
		"without sizing":            {mutate: remove("spec.sizing"), wantErrors: []string{"spec.sizing: Required value"}},
		"without a spec":            {mutate: remove("spec"), wantErrors: []string{"spec: Required value"}},
		"what is not of a revision": {mutate: set("spec.title", "Finance support"), wantErrors: []string{`unknown field "spec.title"`}},
	})
}

const unchangedMessage = "a revision is never changed: change the SupportFunction, which makes a new one"

func TestR12_ARevisionIsNeverChanged(t *testing.T) {
	tryUpdating(t, revisionBase, map[string]change{
		"its image":              {nothing, image("ghcr.io/example/finance-support:1.5.0"), []string{"spec", unchangedMessage}},
		"its number":             {nothing, set("spec.revision", int64(4)), []string{unchangedMessage}},
		"its function":           {nothing, set("spec.function", "contracting"), []string{unchangedMessage}},
		"its sizing":             {nothing, set("spec.sizing.maxReplicas", int64(80)), []string{unchangedMessage}},
		"its parameters":         {nothing, set("spec.parameters.schema.openAPIV3Schema.properties.months.type", "number"), []string{unchangedMessage}},
		"its parameters removed": {nothing, remove("spec.parameters"), []string{unchangedMessage}},
		"its spec removed":       {nothing, remove("spec"), []string{"spec: Required value"}},
		"its labels":             {was: nothing, mutate: setLabel("a", "b")},
		"its spec, said again":   {was: nothing, mutate: set("spec.workload.image", "ghcr.io/example/finance-support:1.4.0")},
	})
}

// Whatever the catalogue may say can be kept as a revision, and is recognised when it is read back: else
// an entry would come to nothing, or make a new revision each time it is looked at.
func TestR12_WhateverAnEntrySaysCanBeKept(t *testing.T) {
	kept := 0
	for name, tc := range supportFunctions {
		if len(tc.wantErrors) > 0 {
			continue
		}
		kept++
		t.Run(name, func(t *testing.T) {
			object := parse(supportFunctionBase)
			tc.mutate(object)
			f := &v1alpha1.SupportFunction{}
			readInto(t, tryOut(t, object), f)
			revision, isNew := plan.RevisionOf(f, nil)
			if !isNew {
				t.Fatal("the first revision is no new one")
			}
			again := v1alpha1.SupportFunctionRevision{}
			readInto(t, tryOut(t, rendered(t, render.Revision(state.OwnerOf(v1alpha1.SupportFunctionKind, f), revision))), &again)
			if _, isNew := plan.RevisionOf(f, []v1alpha1.SupportFunctionRevision{again}); isNew {
				t.Errorf("it is not recognised; kept: %+v; the entry says: %+v", again.Spec, f.Spec)
			}
		})
	}
	if kept < 25 {
		t.Errorf("only %d entries were tried", kept)
	}
}

// tryOut creates an object without creating it.
func tryOut(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	created, err := resourceOf(objects, object).Create(t.Context(), object, metav1.CreateOptions{
		DryRun: dryRunAll, FieldValidation: metav1.FieldValidationStrict,
	})
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func rendered(t *testing.T, child runtime.ApplyConfiguration) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	content, err := json.Marshal(child)
	if err == nil {
		err = object.UnmarshalJSON(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	return object
}
