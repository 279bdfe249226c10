package flux_test

import (
	"slices"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// TestManifestsAreFluxs: Flux knows every field of the manifests, and what they name exists.
func TestManifestsAreFluxs(t *testing.T) {
	objects, err := env.Kustomize(t.Context(), testenv.Path("config/gitops/flux"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	kustomizations := map[string]*kustomizev1.Kustomization{}
	for _, object := range objects {
		switch object.GetKind() {
		case kustomizev1.KustomizationKind:
			kustomizations[object.GetName()] = read(t, object)
		case sourcev1.GitRepositoryKind:
			if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &sourcev1.GitRepository{}, true); err != nil {
				t.Errorf("GitRepository %s: %v", object.GetName(), err)
			}
			sources = append(sources, object.GetName())
		}
	}
	for name, k := range kustomizations {
		if !slices.Contains(sources, k.Spec.SourceRef.Name) {
			t.Errorf("the source of Kustomization %s is none of %v", name, sources)
		}
		for _, before := range k.Spec.DependsOn {
			if kustomizations[before.Name] == nil {
				t.Errorf("Kustomization %s depends on %s, which does not exist", name, before.Name)
			}
		}
	}
	if kinds := kustomizations["commissioning-kinds"]; kinds == nil || kinds.Spec.Prune {
		t.Error("no Kustomization holds the kinds without pruning them")
	}
}

// TestNoObjectIsInTwoKustomizations: the kinds and the operator share no object, and together they are what
// config/default installs.
func TestNoObjectIsInTwoKustomizations(t *testing.T) {
	both := append(names(t, "config/crd"), names(t, "config/gitops/operator")...)
	slices.Sort(both)
	whole := names(t, "config/default")
	slices.Sort(whole)
	if diff := cmp.Diff(whole, both); diff != "" {
		t.Errorf("config/default against the two (-default +both):\n%s", diff)
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	objects, err := env.Kustomize(t.Context(), testenv.Path(folder))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, object := range objects {
		all = append(all, gitops.Name(object))
	}
	return all
}
