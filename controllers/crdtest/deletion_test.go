package crdtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// usedBy is the status of a function that so many use, of whom so many are named.
func usedBy(instances, named int) map[string]any {
	status := map[string]any{"instances": int64(instances)}
	if named == 0 {
		return status
	}
	status["usedBy"] = repeat(named, func(i int) any {
		return map[string]any{"kind": v1alpha1.MemberFunctionKind, "namespace": fmt.Sprint("consortium-", i), "name": "finance"}
	})
	return status
}

// R8: a function that somebody uses is refused deletion, by what its own status says.
func TestR08_AFunctionInUseIsNotDeleted(t *testing.T) {
	const users = "MemberFunction consortium-0/finance, MemberFunction consortium-1/finance, MemberFunction consortium-2/finance"
	for name, tc := range map[string]struct {
		status     map[string]any
		annotated  bool
		wantErrors []string
	}{
		"never seen by the operator":    {},
		"used by nobody":                {status: usedBy(0, 0)},
		"used by one":                   {status: usedBy(1, 1), wantErrors: []string{"the function finance-support is in use and cannot be deleted: MemberFunction consortium-0/finance. Delete"}},
		"used by three":                 {status: usedBy(3, 3), wantErrors: []string{users + ". Delete those first."}},
		"used by 135":                   {status: usedBy(135, 3), wantErrors: []string{users + " and 132 more. Delete those first."}},
		"used by 135, nobody named":     {status: usedBy(135, 0), wantErrors: []string{"135 in all"}},
		"used by 135, said to be meant": {status: usedBy(135, 3), annotated: true},
	} {
		t.Run(name, func(t *testing.T) {
			object := parse(supportFunctionBase)
			if tc.annotated {
				setAnnotation(v1alpha1.AllowDeletionAnnotation, "true")(object)
			}
			object = create(t, object)
			at := resourceOf(objects, object)
			if tc.status != nil {
				set("status", tc.status)(object)
				if _, err := at.UpdateStatus(t.Context(), object, metav1.UpdateOptions{}); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { forgetUsers(t) })
			}
			err := at.Delete(t.Context(), object.GetName(), metav1.DeleteOptions{DryRun: dryRunAll})
			checkAnswer(t, "SupportFunction: deleted, "+name, err, tc.wantErrors)
		})
	}
}

// forgetUsers lets the function be removed at the end of a test.
func forgetUsers(t *testing.T) {
	t.Helper()
	_, err := resourceOf(objects, parse(supportFunctionBase)).Patch(context.Background(), "finance-support", types.MergePatchType,
		[]byte(`{"status": {"instances": 0, "usedBy": null}}`), metav1.PatchOptions{}, "status")
	if err != nil {
		t.Error(err)
	}
}

// R1 with any order of apply: a MemberFunction may be older than the function that it names. When
// that turns out to be hosted, the next one is refused, and the old one can still be changed,
// released by its finalizers, and deleted.
func TestR01_OlderThanItsHostedFunction(t *testing.T) {
	later := func(name string) mutation { return all(set("metadata.name", name), set("spec.function", "later")) }
	old, next := parse(memberFunctionBase), parse(memberFunctionBase)
	all(later("old"), set("metadata.finalizers", []any{"example.org/hold"}))(old)
	later("next")(next)
	old = create(t, old)
	if err := dryRun(t.Context(), next); err != nil {
		t.Fatalf("a function that is not known yet is refused: %v", err)
	}

	function := parse(supportFunctionBase)
	set("metadata.name", "later")(function)
	create(t, function)
	var answer error
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 10*time.Second, true, func(ctx context.Context) (bool, error) {
		answer = dryRun(ctx, next)
		return answer != nil, nil
	})
	if err != nil {
		t.Fatalf("a hosted function is not refused: %v", err)
	}
	checkAnswer(t, "MemberFunction: a function that became known as hosted", answer, []string{"later is a hosted function"})

	at := resourceOf(objects, old)
	for _, patch := range []string{`{"metadata": {"labels": {"a": "b"}}}`, `{"spec": {"parameters": {"a": "b"}}}`} {
		if _, err := at.Patch(t.Context(), "old", types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			t.Errorf("the old one cannot be changed by %s: %v", patch, err)
		}
	}
	if err := at.Delete(t.Context(), "old", metav1.DeleteOptions{}); err != nil {
		t.Fatalf("the old one cannot be deleted: %v", err)
	}
	if _, err := at.Patch(t.Context(), "old", types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`), metav1.PatchOptions{}); err != nil {
		t.Fatalf("the old one's finalizer cannot be removed: %v", err)
	}
	if _, err := at.Get(t.Context(), "old", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the old one is still there: %v", err)
	}
}
