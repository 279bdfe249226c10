package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const version = "v9.8.7"

// TestARelease builds one twice, for the platform of the tests: nothing differs, and all of it is as it
// says that it is.
func TestARelease(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600") // somebody may commit meanwhile
	platforms := "linux/" + runtime.GOARCH
	first, again := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "again")
	for _, out := range []string{first, again} {
		if err := run(t.Context(), []string{"-version", version, "-out", out, "-platforms", platforms}); err != nil {
			t.Fatal(err)
		}
	}
	made := contents(t, first)
	for name, content := range contents(t, again) {
		if !bytes.Equal(made[name], content) {
			t.Errorf("%s is another when it is built again", name)
		}
		delete(made, name)
	}
	if len(made) > 0 {
		t.Errorf("%d files are not built again", len(made))
	}
	made = contents(t, first)
	t.Run("checksums", func(t *testing.T) { checkSums(t, made) })
	t.Run("plugin", func(t *testing.T) {
		checkPlugin(t, made["kubectl-commissioning_"+version+"_linux_"+runtime.GOARCH+".tar.gz"])
	})
	t.Run("image", func(t *testing.T) {
		checkImage(t, filepath.Join(first, "operator_"+version+"_linux_"+runtime.GOARCH+".tar"))
	})
	t.Run("chart", func(t *testing.T) {
		chart := string(unpack(t, made["commissioning-support-operator-9.8.7.tgz"])["commissioning-support-operator/Chart.yaml"])
		if !strings.Contains(chart, "\nversion: 9.8.7\n") || !strings.Contains(chart, "\nappVersion: "+version+"\n") {
			t.Errorf("the chart says:\n%s", chart)
		}
	})
	t.Run("manifests", func(t *testing.T) {
		if !bytes.Contains(made["install.yaml"], []byte("image: "+repository+":"+version+"\n")) {
			t.Error("install.yaml does not name the image of this version")
		}
	})
	t.Run("what is in it", func(t *testing.T) {
		var bom struct {
			Components []struct{ Name, Version, PURL string }
		}
		if err := json.Unmarshal(made["manager_"+version+"_linux_"+runtime.GOARCH+".cdx.json"], &bom); err != nil {
			t.Fatal(err)
		}
		named := map[string]bool{}
		for _, c := range bom.Components {
			named[c.Name] = c.Version != "" && strings.HasPrefix(c.PURL, "pkg:golang/")
		}
		for _, name := range []string{"std", "sigs.k8s.io/controller-runtime", "k8s.io/client-go"} {
			if !named[name] {
				t.Errorf("%s is not among the %d components", name, len(bom.Components))
			}
		}
	})
}

func contents(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 7 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	made := map[string][]byte{}
	for _, entry := range entries {
		if made[entry.Name()], err = os.ReadFile(filepath.Join(folder, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

func checkSums(t *testing.T, made map[string][]byte) {
	lines := strings.Split(strings.TrimSpace(string(made["SHA256SUMS"])), "\n")
	if len(lines) != len(made)-1 {
		t.Errorf("%d sums of %d files", len(lines), len(made)-1)
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if got := fmt.Sprintf("%x", sha256.Sum256(made[name])); got != sum {
			t.Errorf("the sum of %s is %s, not %s", name, got, sum)
		}
	}
}

func checkPlugin(t *testing.T, packed []byte) {
	files := unpack(t, packed)
	path := filepath.Join(t.TempDir(), plugin)
	if err := os.WriteFile(path, files[plugin], 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), version) {
		t.Errorf("it says %q, %v", out, err)
	}
	if len(files["LICENSE"]) == 0 {
		t.Error("there is no licence in it")
	}
}

func checkImage(t *testing.T, path string) {
	image, err := tarball.ImageFromPath(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || config.Config.Entrypoint[0] != "/manager" || config.OS != "linux" || config.Architecture != runtime.GOARCH {
		t.Errorf("the image is %+v", config)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), manager)
	if err := os.WriteFile(program, untar(t, content)[manager], 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), version) {
		t.Errorf("the operator says %q, %v", out, err)
	}
}

func unpack(t *testing.T, packed []byte) map[string][]byte {
	t.Helper()
	content, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	return untar(t, content)
}

func untar(t *testing.T, from io.Reader) map[string][]byte {
	t.Helper()
	files, archive := map[string][]byte{}, tar.NewReader(from)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err == nil {
			files[header.Name], err = io.ReadAll(archive)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsNoVersionIsRefused(t *testing.T) {
	for _, given := range []string{"", "1.2.3", "v1.2", "latest"} {
		if err := run(t.Context(), []string{"-version", given, "-out", t.TempDir()}); err == nil || !strings.Contains(err.Error(), "as in v0.1.0") {
			t.Errorf("%q: %v", given, err)
		}
	}
}

func TestAFolderThatHoldsSomethingIsRefused(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "old"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-version", version, "-out", out}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("the error is %v", err)
	}
}
