package binaries

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// smallRepository is one whose kubectl prints its version and compiles in a second.
func smallRepository(t *testing.T, source string) string {
	t.Helper()
	root := t.TempDir()
	build := filepath.Join(root, "hack", "localcluster", "build")
	files := map[string]string{
		"etcd/go.mod": "module etcd\n\nrequire go.etcd.io/etcd/server/v3 v3.6.16\n",
		"kwok/go.mod": "module kwok\n\nrequire sigs.k8s.io/kwok v0.8.0\n",
		"kubernetes/go.mod": "module kubernetes\n\ngo 1.26.0\n\ntool k8s.io/kubernetes/cmd/kubectl\n\n" +
			"require k8s.io/kubernetes v1.36.3\n\nreplace k8s.io/kubernetes => ../source\n",
		"source/go.mod":              "module k8s.io/kubernetes\n\ngo 1.26.0\n",
		"source/cmd/kubectl/main.go": source,
	}
	for name, content := range files {
		path := filepath.Join(build, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const greeting = "package main\n\nfunc main() { println(\"built\") }\n"

func TestEnsureBuildsOnce(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	var out bytes.Buffer
	o := Options{Root: smallRepository(t, greeting), Only: []string{Kubectl}, Out: &out}
	set, err := Ensure(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if set.Version(Kubectl) != "v1.36.3" {
		t.Errorf("version %q", set.Version(Kubectl))
	}
	said, err := exec.CommandContext(t.Context(), set.Path(Kubectl)).CombinedOutput()
	if err != nil || string(said) != "built\n" {
		t.Errorf("the binary says %q, %v", said, err)
	}
	if !strings.Contains(out.String(), "Building kubectl v1.36.3.") || !strings.Contains(out.String(), "kubectl built in") {
		t.Errorf("the first time it said:\n%s", out.String())
	}

	out.Reset()
	again, err := Ensure(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if again.Path(Kubectl) != set.Path(Kubectl) || out.Len() > 0 {
		t.Errorf("the second time: %s, and it said:\n%s", again.Path(Kubectl), out.String())
	}
}

func TestEnsurePrefersTheFolderOfTheUser(t *testing.T) {
	folder := t.TempDir()
	says(t, folder, Kubectl, "Client Version: v1.35.2")
	says(t, folder, KubeAPIServer, "Kubernetes v1.30.0")
	t.Setenv("KUBEBUILDER_ASSETS", folder)
	var out bytes.Buffer
	set, err := Ensure(t.Context(), Options{Root: smallRepository(t, greeting), Only: []string{Kubectl}, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(folder, Kubectl); set.Path(Kubectl) != want || set.Version(Kubectl) != "v1.35.2" {
		t.Errorf("kubectl %s at %s, want %s", set.Version(Kubectl), set.Path(Kubectl), want)
	}
	for _, want := range []string{"Using from " + folder + ": kubectl v1.35.2.", "kube-apiserver, its version v1.30.0 is older"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestEnsureReportsWhatDoesNotCompile(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	o := Options{Root: smallRepository(t, "package main\n\nfunc main() { undefined() }\n"), Only: []string{Kubectl}}
	_, err := Ensure(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "building kubectl v1.36.3") || !strings.Contains(err.Error(), "undefined: undefined") {
		t.Errorf("error %v", err)
	}
	nothingPartial(t, o.Root)
}

func TestEnsureStopped(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	ctx, cancel := context.WithCancel(t.Context())
	// Stopped at the first word of the build, as by Ctrl-C.
	out := writerFunc(func(text []byte) (int, error) {
		if bytes.Contains(text, []byte("Building")) {
			cancel()
		}
		return len(text), nil
	})
	o := Options{Root: smallRepository(t, greeting), Only: []string{Kubectl}, Out: out}
	_, err := Ensure(ctx, o)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run the same command again to go on") {
		t.Errorf("error %v", err)
	}
	nothingPartial(t, o.Root)
	if _, err := Ensure(t.Context(), Options{Root: o.Root, Only: []string{Kubectl}}); err != nil {
		t.Errorf("going on after it: %v", err)
	}
}

func TestUnfinishedBinaryIsNotUsed(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	root := smallRepository(t, greeting)
	all, err := loadPins(t.Context(), root, nil)
	if err != nil {
		t.Fatal(err)
	}
	folder := cacheFolder(filepath.Join(root, ".localcluster", "bin"), all[4])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, Kubectl+".partial-1"), []byte("half"), 0o755); err != nil {
		t.Fatal(err)
	}
	set, err := Ensure(t.Context(), Options{Root: root, Only: []string{Kubectl}})
	if err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), set.Path(Kubectl)).CombinedOutput(); err != nil || string(said) != "built\n" {
		t.Errorf("the binary says %q, %v", said, err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 1 {
		t.Errorf("the half one is still there: %v, %v", files, err)
	}
}

func TestVersionsComeFromTheModules(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	others := []string{Helm, Prometheus, Promtool}
	all, err := loadPins(t.Context(), root, others)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(Names, others)
	if len(all) != len(want) {
		t.Fatalf("%d pins, want %d", len(all), len(want))
	}
	for i, p := range all {
		if p.binary != want[i] {
			t.Errorf("pin %d is %s, want %s", i, p.binary, want[i])
		}
		if !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(p.version) {
			t.Errorf("%s has the version %q", p.binary, p.version)
		}
	}
}

func TestKubernetesLdflags(t *testing.T) {
	const x = " -X k8s.io/component-base/version."
	want := "-s -w" + x + "gitVersion=v1.36.3" + x + "gitMajor=1" + x + "gitMinor=36" + x + "gitTreeState=clean"
	if got := kubernetesLdflags("v1.36.3"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRootOutside(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Root(); err == nil || !strings.Contains(err.Error(), "change into it") {
		t.Errorf("error %v", err)
	}
}

func nothingPartial(t *testing.T, root string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(root, ".localcluster", "bin", "*", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }
