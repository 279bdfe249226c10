package crdtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The images of the catalogue are parameters of the installation: an overlay names its own.
func TestTheCataloguesImagesAreParameters(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "catalogue"), os.DirFS(configFolder+"/catalogue")); err != nil {
		t.Fatal(err)
	}
	overlay := `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [catalogue]
configurations: [catalogue/images.yaml]
images:
- {name: ghcr.io/commissioning-support/functions/data-analytics, newName: registry.example/analytics, newTag: 1.4.0}
`
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(overlay), 0o600); err != nil {
		t.Fatal(err)
	}
	printed, err := control.Kubectl(t.Context(), "kustomize", folder)
	if err != nil {
		t.Fatal(err)
	}
	for image, want := range map[string]int{
		"image: registry.example/analytics:1.4.0\n":               1,
		"image: ghcr.io/commissioning-support/functions/":         3,
		"image: ghcr.io/commissioning-support/functions/data-ana": 0,
	} {
		if got := strings.Count(string(printed), image); got != want {
			t.Errorf("%q stands there %d times, want %d", image, got, want)
		}
	}
}
