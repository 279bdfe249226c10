package crdtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// mutation changes an object.
type mutation func(object *unstructured.Unstructured)

// refusal is one row of the table of refusals: what is done to an object that is accepted as it
// stands, and what the answer says. No wantErrors: it is accepted.
type refusal struct {
	mutate     mutation
	wantErrors []string

	// unrecorded: the answer is another one's, but for what was written.
	unrecorded bool
}

// set gives a field a value; the steps of its path are divided by dots, and a number is an index.
func set(path string, value any) mutation {
	return func(object *unstructured.Unstructured) {
		object.Object = setIn(object.Object, strings.Split(path, "."), value).(map[string]any)
	}
}

// setLabel and setAnnotation exist because the names of those hold dots.
func setLabel(key, value string) mutation {
	return func(object *unstructured.Unstructured) {
		labels := maps.Clone(object.GetLabels())
		if labels == nil {
			labels = map[string]string{}
		}
		labels[key] = value
		object.SetLabels(labels)
	}
}

func setAnnotation(key, value string) mutation {
	return func(object *unstructured.Unstructured) {
		annotations := maps.Clone(object.GetAnnotations())
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[key] = value
		object.SetAnnotations(annotations)
	}
}

func remove(path string) mutation {
	return func(object *unstructured.Unstructured) {
		unstructured.RemoveNestedField(object.Object, strings.Split(path, ".")...)
	}
}

func all(mutations ...mutation) mutation {
	return func(object *unstructured.Unstructured) {
		for _, mutate := range mutations {
			mutate(object)
		}
	}
}

func nothing(*unstructured.Unstructured) {}

// setIn returns a copy of the tree in which the field at the path has the value.
func setIn(tree any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := tree.([]any); ok {
		list = slices.Clone(list)
		index := slices.Index([]string{"0", "1", "2"}, path[0])
		list[index] = setIn(list[index], path[1:], value)
		return list
	}
	branch, _ := tree.(map[string]any)
	branch = maps.Clone(branch)
	if branch == nil {
		branch = map[string]any{}
	}
	branch[path[0]] = setIn(branch[path[0]], path[1:], value)
	return branch
}

// parse reads an object from the YAML that a person would write.
func parse(text string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		panic(err)
	}
	return object
}

// tryCreating tries to create each variation of the base object, without creating any.
func tryCreating(t *testing.T, base string, cases map[string]refusal) {
	t.Helper()
	kind := parse(base).GetKind()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := parse(base)
			tc.mutate(object)
			created, err := resourceOf(objects, object).Create(t.Context(), object, metav1.CreateOptions{
				DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
			})
			if tc.unrecorded {
				checkRefusal(t, err, tc.wantErrors)
			} else {
				checkAnswer(t, kind+": "+name, err, tc.wantErrors)
			}
			if err == nil {
				checkReadable(t, created)
			}
		})
	}
}

// checkAnswer compares an answer with what a case wants, and keeps it on record.
func checkAnswer(t *testing.T, name string, err error, wantErrors []string) {
	t.Helper()
	checkRefusal(t, err, wantErrors)
	if err != nil {
		messages.check(t, name, wholeAnswer(err))
	}
}

func checkRefusal(t *testing.T, err error, wantErrors []string) {
	t.Helper()
	switch {
	case err != nil && len(wantErrors) == 0:
		t.Fatalf("it is refused, and should not be: %v", err)
	case err == nil && len(wantErrors) > 0:
		t.Fatal("it is accepted, and should not be")
	}
	for _, want := range wantErrors {
		if answer := wholeAnswer(err); !strings.Contains(answer, want) {
			t.Errorf("the answer does not say %q:\n%s", want, answer)
		}
	}
}

// wholeAnswer is the message of a refusal, with each of several causes on a line of its own.
func wholeAnswer(err error) string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return err.Error()
	}
	message := status.Status().Message
	opening := strings.Index(message, ": [")
	if opening < 0 || !strings.HasSuffix(message, "]") || status.Status().Details == nil {
		return message
	}
	lines := []string{message[:opening+1]}
	for _, cause := range status.Status().Details.Causes {
		lines = append(lines, "  "+strings.TrimPrefix(cause.Field+": ", "<nil>: ")+cause.Message)
	}
	return strings.Join(lines, "\n")
}

// checkReadable makes sure that the operator can read what the API server accepts: a value that
// only the schema understands would end every watch of its kind.
func checkReadable(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	typed := map[string]runtime.Object{
		v1alpha1.ConsortiumKind:              &v1alpha1.Consortium{},
		v1alpha1.HostedServiceKind:           &v1alpha1.HostedService{},
		v1alpha1.LocalityKind:                &v1alpha1.Locality{},
		v1alpha1.MemberFunctionKind:          &v1alpha1.MemberFunction{},
		v1alpha1.SupportAgreementKind:        &v1alpha1.SupportAgreement{},
		v1alpha1.SupportFunctionKind:         &v1alpha1.SupportFunction{},
		v1alpha1.SupportFunctionRevisionKind: &v1alpha1.SupportFunctionRevision{},
		v1alpha1.SupportProviderKind:         &v1alpha1.SupportProvider{},
	}[object.GetKind()]
	readInto(t, object, typed)
}

// readInto reads an object into its Go type.
func readInto(t *testing.T, object *unstructured.Unstructured, typed runtime.Object) {
	t.Helper()
	content, err := object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, typed); err != nil {
		t.Errorf("the API server accepts what the operator cannot read: %v", err)
	}
}

// create makes an object and removes it with the test.
func create(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	created, err := resourceOf(objects, object).Create(t.Context(), object, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	if err != nil {
		t.Fatalf("creating %s %s: %v", object.GetKind(), object.GetName(), err)
	}
	t.Cleanup(func() {
		err := resourceOf(objects, object).Delete(context.Background(), object.GetName(), metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			t.Errorf("removing %s %s: %v", object.GetKind(), object.GetName(), err)
		}
	})
	return created
}
