package flux_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/ssa"
	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/gitops"
)

// newham is the consortium that leaves, and everything that leaves with it.
const newham = "commissioning/consortia/newham"

func (s *story) of(namespace string) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(s.engine.inventory), func(o *unstructured.Unstructured) bool {
		return o.GetNamespace() != namespace && o.GetName() != namespace
	})
}

func (s *story) leaves() {
	data, err := gitops.PutData(s.Context(), env.Client, "newham")
	s.must(err)
	s.data = data
	leaving := s.of("newham")
	s.must(s.repository.Remove(newham))
	want := map[string]ssa.Action{}
	for _, object := range leaving {
		if want[gitops.Name(object)] = ssa.DeletedAction; !gitops.IsOurs(object) {
			want[gitops.Name(object)] = ssa.SkippedAction
		}
	}
	if diff := cmp.Diff(want, s.round().pruned); diff != "" {
		s.Errorf("what was pruned (-want +got):\n%s", diff)
	}
	s.isGone(leaving)
	s.hasStopped("newham")
	s.isKept("08M")
	if pruned := s.round().pruned; len(pruned) > 0 {
		s.Errorf("the next round prunes again: %v", pruned)
	}
	s.isCurrent()
}

// hasStopped waits until nothing is left of what functions and agreements consist of.
func (s *story) hasStopped(namespace string) {
	s.Helper()
	gomega.NewWithT(s.T).Eventually(func() []string {
		remains, err := gitops.Remains(s.Context(), env.Client, namespace)
		s.must(err)
		return remains
	}).Should(gomega.BeEmpty())
}

// isKept: the namespace stands with the data in it, and says for whom it was kept.
func (s *story) isKept(code string) {
	s.Helper()
	s.must(s.data.Lost(s.Context(), env.Client))
	if kept := s.namespace().Annotations[v1alpha1.RetainedAnnotation]; kept != code {
		s.Errorf("the namespace is kept for %q, not for %s", kept, code)
	}
}

func (s *story) namespace() *corev1.Namespace {
	s.Helper()
	namespace := &corev1.Namespace{}
	s.must(env.Client.Get(s.Context(), client.ObjectKey{Name: "newham"}, namespace))
	return namespace
}

func (s *story) returns() {
	s.must(s.repository.Return(newham))
	s.round()
	s.isCurrent()
	s.isKept("")
}

func (s *story) isRefused() {
	const supplier = "commissioning/suppliers/nel-csu"
	s.operatorRests()
	s.must(s.repository.Remove(supplier))
	leaving := s.of("nel-csu")
	_, err := s.engine.reconcile(s.Context(), s.objects())
	if err == nil {
		s.Fatal("a supplier that serves consortia was pruned")
	}
	s.Logf("the engine says: %v", err)
	for _, want := range []string{
		"SupportProvider/nel-csu delete failed", "the supplier nel-csu serves 3 consortia and cannot be deleted",
		"HostedService/nel-csu/data-analytics delete failed", "Set spec.intake to Draining",
	} {
		if !strings.Contains(err.Error(), want) {
			s.Errorf("it does not say: %s", want)
		}
	}
	for _, object := range leaving {
		live, err := gitops.Live(s.Context(), env.Client, object)
		s.must(err)
		if live.GetDeletionTimestamp() != nil {
			s.Errorf("%s is being deleted", gitops.Name(object))
		}
	}
	s.must(s.repository.Return(supplier))
	s.round()
	s.isCurrent()
}

func (s *story) isRefusedWithoutAnnotation() {
	const annotations = "  annotations:\n    kustomize.toolkit.fluxcd.io/prune: disabled\n    argocd.argoproj.io/sync-options: Prune=false,Delete=false\n"
	s.must(s.repository.Edit(newham+"/namespace.yaml", annotations, ""))
	s.round()
	s.must(s.repository.Remove(newham))
	administrator := asAdministrator(s.T, s.engine)
	_, err := administrator.reconcile(s.Context(), s.objects())
	const why = "the namespace newham belongs to the consortium newham: its localities, its functions and all their data would be lost"
	if err == nil || !strings.Contains(err.Error(), why) {
		s.Errorf("who may do everything prunes a consortium's namespace, or does not hear why not: %v", err)
	}
	if _, err := s.engine.reconcile(s.Context(), s.objects()); err == nil || !strings.Contains(err.Error(), `cannot delete resource "namespaces"`) {
		s.Errorf("the service account has the right to delete namespaces: %v", err)
	}
	s.hasStopped("newham")
	s.must(s.data.Lost(s.Context(), env.Client))
	s.must(s.repository.Edit(newham+"/namespace.yaml", "    commissioning.support/consortium: newham\n", "    commissioning.support/consortium: newham\n"+annotations))
	s.must(s.repository.Return(newham))
	s.round()
	s.isCurrent()
	s.isKept("")
	if s.namespace().Annotations["kustomize.toolkit.fluxcd.io/prune"] != disabled {
		s.Errorf("the annotations are not back: %v", slices.Sorted(maps.Keys(s.namespace().Annotations)))
	}
}
