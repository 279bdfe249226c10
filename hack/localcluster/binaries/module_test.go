package binaries

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDownloadModule(t *testing.T) {
	folder, err := DownloadModule(t.Context(), "sigs.k8s.io/yaml@v1.6.0")
	if err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(filepath.Join(folder, "go.mod")); err != nil || !strings.Contains(string(content), "module sigs.k8s.io/yaml") {
		t.Errorf("%s holds another module: %v", folder, err)
	}
	if _, err := DownloadModule(t.Context(), "sigs.k8s.io/yaml@v99.0.0"); err == nil || !strings.Contains(err.Error(), "v99.0.0") {
		t.Errorf("the error of a version that does not exist is %v", err)
	}
}
