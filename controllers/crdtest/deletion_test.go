package crdtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// deletion is one row of the table of deletions: what the object's status says, whether somebody said
// that the deletion is meant, and what the answer says. No wantErrors: it is deleted.
type deletion struct {
	status     map[string]any
	annotated  bool
	wantErrors []string
}

func tryDeleting(t *testing.T, base string, cases map[string]deletion) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := parse(base)
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
				t.Cleanup(func() {
					if _, err := at.Patch(context.Background(), object.GetName(), types.MergePatchType, []byte(mayGo), metav1.PatchOptions{}); err != nil {
						t.Error(err)
					}
				})
			}
			err := at.Delete(t.Context(), object.GetName(), metav1.DeleteOptions{DryRun: dryRunAll})
			checkAnswer(t, object.GetKind()+": deleted, "+name, err, tc.wantErrors)
		})
	}
}

// usedBy is the status of a function that so many use, of whom so many are named.
func usedBy(kind string, instances, named int) map[string]any {
	status := map[string]any{"instances": int64(instances)}
	if named == 0 {
		return status
	}
	status["usedBy"] = repeat(named, func(i int) any {
		return map[string]any{"kind": kind, "namespace": fmt.Sprint("namespace-", i), "name": "finance"}
	})
	return status
}

// R8: a function that somebody uses is refused deletion, by what its own status says.
func TestR08_AFunctionInUseIsNotDeleted(t *testing.T) {
	const users = "MemberFunction namespace-0/finance, MemberFunction namespace-1/finance, MemberFunction namespace-2/finance"
	const member, hosted = v1alpha1.MemberFunctionKind, v1alpha1.HostedServiceKind
	tryDeleting(t, supportFunctionBase, map[string]deletion{
		"never seen by the operator":    {},
		"used by nobody":                {status: usedBy(member, 0, 0)},
		"used by one":                   {status: usedBy(member, 1, 1), wantErrors: []string{"the function finance-support is in use and cannot be deleted: MemberFunction namespace-0/finance. Delete"}},
		"used by a service":             {status: usedBy(hosted, 1, 1), wantErrors: []string{"the function finance-support is in use and cannot be deleted: HostedService namespace-0/finance. Delete"}},
		"used by three":                 {status: usedBy(member, 3, 3), wantErrors: []string{users + ". Delete those first."}},
		"used by 135":                   {status: usedBy(member, 135, 3), wantErrors: []string{users + " and 132 more. Delete those first."}},
		"used by 135, nobody named":     {status: usedBy(member, 135, 0), wantErrors: []string{"135 in all"}},
		"used by 135, said to be meant": {status: usedBy(member, 135, 3), annotated: true},
	})
}

// R8: so is a supplier that serves anybody. Its status, and so the answer, holds a count and no name.
func TestR08_ASupplierInUseIsNotDeleted(t *testing.T) {
	serves := func(n int) map[string]any { return map[string]any{"services": int64(2), "consortiaServed": int64(n)} }
	tryDeleting(t, supportProviderBase, map[string]deletion{
		"never seen by the operator":    {},
		"serving nobody":                {status: serves(0)},
		"serving one":                   {status: serves(1), wantErrors: []string{"the supplier anglia-csu serves 1 consortium and cannot be deleted"}},
		"serving 135":                   {status: serves(135), wantErrors: []string{"the supplier anglia-csu serves 135 consortia and cannot be deleted", "kubectl annotate supportprovider anglia-csu commissioning.support/allow-deletion=true"}},
		"serving 135, said to be meant": {status: serves(135), annotated: true},
	})
}

// servesConsortia is the status of a service that serves so many.
func servesConsortia(n int) map[string]any {
	return map[string]any{"consortia": map[string]any{"served": int64(n)}}
}

// R8: and a service.
func TestR08_AServiceInUseIsNotDeleted(t *testing.T) {
	tryDeleting(t, hostedServiceBase, map[string]deletion{
		"never seen by the operator":    {},
		"before anybody was counted":    {status: map[string]any{"address": "data-analytics.nel-csu.svc"}},
		"serving nobody, many waiting":  {status: map[string]any{"consortia": map[string]any{"served": int64(0), "waiting": int64(7)}}},
		"serving one":                   {status: servesConsortia(1), wantErrors: []string{"the service default/data-analytics serves 1 consortium and cannot be deleted"}},
		"serving 135":                   {status: servesConsortia(135), wantErrors: []string{"serves 135 consortia", "Set spec.intake to Draining", "kubectl annotate hostedservice -n default data-analytics commissioning.support/allow-deletion=true"}},
		"serving 135, said to be meant": {status: servesConsortia(135), annotated: true},
	})
}

// older is an object that names a function which the catalogue holds only later, and then not as the
// object would need it.
type older struct {
	base, function string
	turnsOut       mutation
	want           string
}

// R1 with any order of apply: an object may be older than the function that it names. When that turns
// out to be of another delivery, the next object is refused, and the old one can still be changed,
// released by its finalizers, and deleted.
func TestR01_OlderThanItsFunction(t *testing.T) {
	for name, tc := range map[string]older{
		"a function that became known as hosted":         {memberFunctionBase, "later", nothing, "later is a hosted function"},
		"a function that became known as member-only":    {supportAgreementBase, "later-at-home", withoutSupplier, "later-at-home is member-only: its decisions stay"},
		"a function that became known to hold records":   {supportAgreementBase, "later-records", set("spec.continuity", "HoldsRecords"), "later-records holds records"},
		"a function that became known as not for supply": {hostedServiceBase, "later-not-hosted", withoutSupplier, "later-not-hosted is member-only: only a consortium itself"},
	} {
		t.Run(name, func(t *testing.T) {
			old, next := parse(tc.base), parse(tc.base)
			all(set("metadata.name", "old"), set("spec.function", tc.function), set("metadata.finalizers", []any{"example.org/hold"}))(old)
			all(set("metadata.name", "next"), set("spec.function", tc.function))(next)
			old = create(t, old)
			if err := dryRun(t.Context(), next); err != nil {
				t.Fatalf("a function that is not known yet is refused: %v", err)
			}
			function := parse(supportFunctionBase)
			all(set("metadata.name", tc.function), tc.turnsOut)(function)
			create(t, function)
			checkAnswer(t, old.GetKind()+": "+name, awaitRefusal(t, next), []string{tc.want})
			checkStillUsable(t, old)
		})
	}
}

// awaitRefusal waits until the API server's policies know what the catalogue has come to hold.
func awaitRefusal(t *testing.T, object *unstructured.Unstructured) (answer error) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 10*time.Second, true, func(ctx context.Context) (bool, error) {
		answer = dryRun(ctx, object)
		return answer != nil, nil
	})
	if err != nil {
		t.Fatalf("it is not refused: %v", err)
	}
	return answer
}

// checkStillUsable changes, deletes and releases an object that would be refused if it were new.
func checkStillUsable(t *testing.T, old *unstructured.Unstructured) {
	t.Helper()
	at := resourceOf(objects, old)
	spec := map[string]string{
		v1alpha1.MemberFunctionKind:   `{"spec": {"parameters": {"a": "b"}}}`,
		v1alpha1.HostedServiceKind:    `{"spec": {"intake": "Closed"}}`,
		v1alpha1.SupportAgreementKind: `{"spec": {"term": {"end": "2026-12-31"}}}`,
	}[old.GetKind()]
	for _, patch := range []string{`{"metadata": {"labels": {"a": "b"}}}`, spec} {
		if _, err := at.Patch(t.Context(), old.GetName(), types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			t.Errorf("the old one cannot be changed by %s: %v", patch, err)
		}
	}
	if err := at.Delete(t.Context(), old.GetName(), metav1.DeleteOptions{}); err != nil {
		t.Fatalf("the old one cannot be deleted: %v", err)
	}
	released := []byte(`{"metadata": {"finalizers": null}}`)
	if _, err := at.Patch(t.Context(), old.GetName(), types.MergePatchType, released, metav1.PatchOptions{}); err != nil {
		t.Fatalf("the old one's finalizer cannot be removed: %v", err)
	}
	if _, err := at.Get(t.Context(), old.GetName(), metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the old one is still there: %v", err)
	}
}
