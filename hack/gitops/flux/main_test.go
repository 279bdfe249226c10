// Package flux_test applies the repository of docs/gitops.md as Flux does.
package flux_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// settled is time for everything to come about: scheduling, readiness, aggregates.
const settled = 60 * time.Second

var env *testenv.Env

func TestMain(m *testing.M) {
	gomega.SetDefaultEventuallyPollingInterval(50 * time.Millisecond)
	gomega.SetDefaultEventuallyTimeout(settled)
	os.Exit(gitops.Run(m, &env))
}

// shipped reads the Kustomization of config/gitops/flux that holds what people write; a field that Flux does not know is
// an error.
func shipped(t *testing.T) *kustomizev1.Kustomization {
	t.Helper()
	objects, err := env.Kustomize(t.Context(), testenv.Path("config/gitops/flux"))
	if err != nil {
		t.Fatal(err)
	}
	var found *kustomizev1.Kustomization
	for _, object := range objects {
		if object.GetKind() != kustomizev1.KustomizationKind {
			continue
		}
		k := read(t, object)
		if k.Name == "commissioning" {
			found = k
		}
	}
	if found == nil {
		t.Fatal("config/gitops/flux holds no Kustomization commissioning")
	}
	return found
}

func read(t *testing.T, object *unstructured.Unstructured) *kustomizev1.Kustomization {
	t.Helper()
	k := &kustomizev1.Kustomization{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, k, true); err != nil {
		t.Fatalf("Kustomization %s: %v", object.GetName(), err)
	}
	return k
}

// asFlux is an engine that acts as the service account of the Kustomization, with the rights that config/gitops/flux
// gives it.
func asFlux(t *testing.T, k *kustomizev1.Kustomization) *engine {
	t.Helper()
	for _, step := range [][]string{
		{"create", "namespace", k.Namespace},
		{"apply", "--server-side", "-f", testenv.Path("config/gitops/flux/account.yaml")},
	} {
		if _, err := env.Cluster.Kubectl(t.Context(), step...); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := env.Cluster.ServiceAccountKubeconfig(t.Context(), k.Namespace, k.Spec.ServiceAccountName, path); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	e, err := newEngine(config, k)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// asAdministrator is the same engine with all rights, as Flux has them without a service account.
func asAdministrator(t *testing.T, e *engine) *engine {
	t.Helper()
	config := env.Cluster.Config()
	config.QPS = -1
	other, err := newEngine(config, e.kustomization)
	if err != nil {
		t.Fatal(err)
	}
	other.inventory = e.inventory
	return other
}
