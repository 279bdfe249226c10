// Package controller_test runs the real kustomize-controller on the repository of docs/gitops.md.
package controller_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	fluxmeta "github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

var env *testenv.Env

func TestMain(m *testing.M) {
	gomega.SetDefaultEventuallyPollingInterval(200 * time.Millisecond)
	gomega.SetDefaultEventuallyTimeout(2 * time.Minute)
	os.Exit(gitops.Run(m, &env))
}

// story is a Kustomization in the hands of the controller. The test is source-controller: it keeps the archive.
type story struct {
	*testing.T
	client.Client
	repository    *gitops.Repository
	source        *sourcev1.GitRepository
	kustomization *kustomizev1.Kustomization
	archive       atomic.Pointer[[]byte]
	address       string
	commits       int
}

// TestKustomizeController: the shipped Kustomization, applied, pruned and refused by the controller of Flux.
func TestKustomizeController(t *testing.T) {
	s := &story{T: t}
	s.begin()
	s.push()
	s.isReady()
	s.Logf("%s: %s", s.kustomization.Status.LastAppliedRevision, s.message())

	data, err := gitops.PutData(t.Context(), env.Client, "newham")
	s.must(err)
	s.must(s.repository.Remove("commissioning/consortia/newham"))
	s.push()
	s.isReady()
	s.must(data.Lost(t.Context(), env.Client))
	if s.holds("newham") {
		t.Error("the inventory still holds the consortium that left")
	}

	s.must(s.repository.Return("commissioning/consortia/newham"))
	s.push()
	s.isReady()
	s.must(data.Lost(t.Context(), env.Client))

	s.must(s.repository.Remove("commissioning/suppliers/nel-csu"))
	s.push()
	gomega.NewWithT(t).Eventually(s.message).Should(gomega.ContainSubstring("the supplier nel-csu serves 3 consortia and cannot be deleted"))
	t.Logf("it says: %s", s.message())
	gomega.NewWithT(t).Eventually(func() bool { return s.holds("nel-csu") }).Should(gomega.BeTrue(), "what was refused stays in the inventory")
	s.must(s.repository.Return("commissioning/suppliers/nel-csu"))
	s.push()
	s.isReady()
}

func (s *story) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// begin installs Flux and makes the source and the Kustomization of config/gitops/flux.
func (s *story) begin() {
	s.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kustomizev1.AddToScheme, sourcev1.AddToScheme, apiextensionsv1.AddToScheme} {
		s.must(add(scheme))
	}
	var err error
	s.Client, err = client.New(env.Cluster.Config(), client.Options{Scheme: scheme})
	s.must(err)
	s.repository, err = gitops.NewRepository(env, s.TempDir())
	s.must(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(*s.archive.Load()) // the controller checks the digest
	}))
	s.Cleanup(server.Close)
	s.address = server.URL
	objects, err := env.Kustomize(s.Context(), testenv.Path("config/gitops/flux"))
	s.must(err)
	s.source, s.kustomization = &sourcev1.GitRepository{}, &kustomizev1.Kustomization{}
	for _, object := range objects {
		switch gitops.Name(object) {
		case "GitRepository/flux-system/commissioning":
			s.must(runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, s.source))
		case "Kustomization/flux-system/commissioning":
			s.must(runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, s.kustomization))
		}
	}
	installFlux(s.T, s, s.source.Namespace)
	s.must(s.Create(s.Context(), s.source))
	s.kustomization.Spec.DependsOn = nil // the operator runs already, and not as a Kustomization
	s.kustomization.Spec.RetryInterval = &metav1.Duration{Duration: 5 * time.Second}
	s.must(s.Create(s.Context(), s.kustomization))
	startController(s.T, s.source.Namespace)
}

// push is a commit that source-controller has fetched.
func (s *story) push() {
	s.Helper()
	archive, err := s.repository.Archive()
	s.must(err)
	s.archive.Store(&archive)
	s.commits++
	size := int64(len(archive))
	s.source.Status.ObservedGeneration = s.source.Generation
	s.source.Status.Artifact = &fluxmeta.Artifact{
		Path: "commissioning.tar.gz", URL: s.address + "/commissioning.tar.gz", Revision: s.revision(),
		Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(archive)), LastUpdateTime: metav1.Now(), Size: &size,
	}
	meta.SetStatusCondition(&s.source.Status.Conditions, metav1.Condition{Type: "Ready", Status: "True", Reason: "Succeeded", Message: "Fetched."})
	s.must(s.Status().Update(s.Context(), s.source))
}

func (s *story) revision() string { return fmt.Sprintf("main@sha1:%040x", s.commits) }

// isReady waits until the controller says so of the last commit: it is applied, pruned, and everything is Current.
func (s *story) isReady() {
	s.Helper()
	gomega.NewWithT(s.T).Eventually(func() string {
		s.must(s.Get(s.Context(), client.ObjectKeyFromObject(s.kustomization), s.kustomization))
		if s.kustomization.Status.LastAppliedRevision == s.revision() && meta.IsStatusConditionTrue(s.kustomization.Status.Conditions, "Ready") {
			return ""
		}
		return "applied is " + s.kustomization.Status.LastAppliedRevision + ": " + s.message()
	}).Should(gomega.BeEmpty())
}

// message is what the controller says of the Kustomization.
func (s *story) message() string {
	s.must(s.Get(s.Context(), client.ObjectKeyFromObject(s.kustomization), s.kustomization))
	ready := meta.FindStatusCondition(s.kustomization.Status.Conditions, "Ready")
	if ready == nil {
		return ""
	}
	return ready.Reason + ": " + ready.Message
}

// holds says whether the inventory names something of a namespace.
func (s *story) holds(namespace string) bool {
	s.must(s.Get(s.Context(), client.ObjectKeyFromObject(s.kustomization), s.kustomization))
	return s.kustomization.Status.Inventory != nil && slices.ContainsFunc(s.kustomization.Status.Inventory.Entries, func(r kustomizev1.ResourceRef) bool {
		return strings.Contains(r.ID, namespace)
	})
}
