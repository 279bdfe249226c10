package argocd_test

import (
	"slices"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// newham is the consortium that leaves.
const newham = "commissioning/consortia/newham"

// of are the objects of the repository that are in a namespace, or bear its name.
func (s *story) of(namespace string) []*unstructured.Unstructured {
	s.Helper()
	return slices.DeleteFunc(s.objects(), func(o *unstructured.Unstructured) bool {
		return o.GetNamespace() != namespace && o.GetName() != namespace
	})
}

// isGone waits until objects of ours do not exist.
func (s *story) isGone(objects []*unstructured.Unstructured) {
	s.Helper()
	gomega.NewWithT(s.T).Eventually(func() []string {
		var left []string
		for _, object := range objects {
			if _, err := gitops.Live(s.Context(), env.Client, object); gitops.IsOurs(object) && (err == nil || client.IgnoreNotFound(err) != nil) {
				left = append(left, gitops.Name(object))
			}
		}
		return left
	}).Should(gomega.BeEmpty())
}

func (s *story) degrades() {
	app := *s.argo.application
	app.Metadata.Name = "trouble"
	other := *s.argo
	other.application = &app
	objects, err := env.Kustomize(s.Context(), testenv.Path("hack/gitops/testdata/trouble"))
	s.must(err)
	_, err = other.sync(s.Context(), objects)
	s.must(err)
	gomega.NewWithT(s.T).Eventually(func() []string {
		all, err := other.health(objects)
		s.must(err)
		var others []string
		for name, is := range all {
			if is.Status != health.HealthStatusDegraded {
				others = append(others, name+" is "+string(is.Status)+": "+is.Message)
			}
		}
		return others
	}).Should(gomega.BeEmpty())
	for _, object := range objects {
		live, err := gitops.Live(s.Context(), env.Client, object)
		s.must(err)
		if gitops.IsOurs(object) {
			agree(s.T, s.argo.checks, live)
		}
	}
	// A function that leaves together with those who use it is refused until they are gone: Argo CD tries again.
	gomega.NewWithT(s.T).Eventually(func() []string {
		results, err := other.sync(s.Context(), nil)
		s.must(err)
		var refused []string
		for name, result := range results {
			if result.Status == common.ResultCodeSyncFailed {
				refused = append(refused, name+": "+result.Message)
			}
		}
		return refused
	}).Should(gomega.BeEmpty())
	s.isGone(objects)
}

func (s *story) leaves() {
	data, err := gitops.PutData(s.Context(), env.Client, "newham")
	s.must(err)
	s.data = data
	leaving := s.of("newham")
	s.must(s.repository.Remove(newham))
	want := map[string]common.ResultCode{}
	for _, object := range leaving {
		if want[gitops.Name(object)] = common.ResultCodePruned; !gitops.IsOurs(object) {
			want[gitops.Name(object)] = common.ResultCodePruneSkipped
		}
	}
	s.sync(want)
	s.isGone(leaving)
	s.hasStopped("newham")
	s.isKept("08M")
	s.isHealthyAndSynced()
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
	namespace := &corev1.Namespace{}
	s.must(env.Client.Get(s.Context(), client.ObjectKey{Name: "newham"}, namespace))
	if kept := namespace.Annotations[v1alpha1.RetainedAnnotation]; kept != code {
		s.Errorf("the namespace is kept for %q, not for %s", kept, code)
	}
}

func (s *story) returns() {
	s.must(s.repository.Return(newham))
	s.sync(map[string]common.ResultCode{})
	s.isHealthyAndSynced()
	s.isKept("")
}

func (s *story) isRefused() {
	const supplier = "commissioning/suppliers/nel-csu"
	leaving := s.of("nel-csu")
	gomega.NewWithT(s.T).Eventually(func() time.Duration { return time.Since(env.Requests.LastWrite()) }).
		Should(gomega.BeNumerically(">", 5*time.Second), "the operator goes on writing")
	s.must(s.repository.Remove(supplier))
	results, err := s.argo.sync(s.Context(), s.objects())
	s.must(err)
	for name, want := range map[string]string{
		"SupportProvider/nel-csu":              "the supplier nel-csu serves 3 consortia and cannot be deleted",
		"HostedService/nel-csu/data-analytics": "Set spec.intake to Draining",
	} {
		if got := results[name]; got.Status != common.ResultCodeSyncFailed || !strings.Contains(got.Message, want) {
			s.Errorf("%s: %s: %s; that was to be refused: %s", name, got.Status, got.Message, want)
		}
		s.Logf("%s: %s", name, results[name].Message)
	}
	for _, object := range leaving {
		live, err := gitops.Live(s.Context(), env.Client, object)
		s.must(err)
		if live.GetDeletionTimestamp() != nil {
			s.Errorf("%s is being deleted", gitops.Name(object))
		}
	}
	s.must(s.repository.Return(supplier))
	s.sync(map[string]common.ResultCode{})
	s.isHealthyAndSynced()
}
