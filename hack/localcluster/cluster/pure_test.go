package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestNames(t *testing.T) {
	tests := map[string]bool{
		"default": true, "a": true, "two-words": true, "2": true,
		"bin": false, "-a": false, "a-": false, "Upper": false, "a/b": false, "..": false, "a b": false,
		strings.Repeat("a", 40): true, strings.Repeat("a", 41): false,
	}
	for name, good := range tests {
		_, err := Options{Name: name, StateDir: t.TempDir()}.withDefaults()
		if (err == nil) != good {
			t.Errorf("name %q: error %v, want it to be accepted: %t", name, err, good)
		}
	}
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]struct{ given, want Options }{
		"none": {
			given: Options{StateDir: dir},
			want:  Options{Name: "default", StateDir: dir, Nodes: 5, ReadyAfter: 300 * time.Millisecond, ReadyJitter: 700 * time.Millisecond},
		},
		"no delay": {
			given: Options{StateDir: dir, Name: "x", Nodes: 2, ReadyAfter: -1, ReadyJitter: -1},
			want:  Options{Name: "x", StateDir: dir, Nodes: 2},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.given.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			got.Out = nil
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestImageMatches(t *testing.T) {
	const sum = "@sha256:0123"
	tests := []struct {
		wanted, image string
		want          bool
	}{
		{"nginx", "nginx", true},
		{"nginx", "nginx:1.27", true},
		{"nginx", "nginx:1.27" + sum, true},
		{"nginx", "nginx" + sum, true},
		{"nginx:1.27", "nginx:1.27" + sum, true},
		{"nginx:1.27", "nginx:1.28", false},
		{"nginx:1.27", "nginx", false},
		{"nginx", "nginx-extra", false},
		{"nginx", "library/nginx", false},
		{"registry:5000/a", "registry:5000/a:1", true},
		{"registry", "registry:5000/a", false},
		{"a" + sum, "a" + sum, true},
		{"a" + sum, "a@sha256:4567", false},
	}
	for _, test := range tests {
		if got := imageMatches(test.wanted, test.image); got != test.want {
			t.Errorf("imageMatches(%q, %q) = %t", test.wanted, test.image, got)
		}
	}
}

func TestFailureConcerns(t *testing.T) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Image: "cart:1"}, {Image: "proxy:2"}}},
	}
	tests := map[Failure]bool{
		{Namespace: "shop"}:                   true,
		{Namespace: "bank"}:                   false,
		{Image: "proxy"}:                      true,
		{Image: "proxy:1"}:                    false,
		{Namespace: "shop", Image: "cart"}:    true,
		{Namespace: "shop", Image: "unknown"}: false,
		{Namespace: "bank", Image: "cart"}:    false,
	}
	for failure, want := range tests {
		if got := failure.concerns(pod); got != want {
			t.Errorf("pods %s: %t, want %t", failure, got, want)
		}
	}
}

func TestFailureCovers(t *testing.T) {
	shop, cart, both := Failure{Namespace: "shop"}, Failure{Image: "cart"}, Failure{Namespace: "shop", Image: "cart"}
	tests := []struct {
		healed, other Failure
		want          bool
	}{
		{Failure{}, shop, true}, {Failure{}, cart, true}, {Failure{}, both, true},
		{shop, shop, true}, {shop, both, true}, {shop, cart, false}, {shop, Failure{Namespace: "bank"}, false},
		{cart, both, true}, {cart, shop, false},
		{both, both, true}, {both, shop, false}, {both, cart, false},
	}
	for _, test := range tests {
		if got := test.healed.covers(test.other); got != test.want {
			t.Errorf("healing %q heals %q: %t", test.healed, test.other, got)
		}
	}
}

func TestFailureStages(t *testing.T) {
	stages, err := failureStages(Failure{Namespace: "shop", Image: `odd"\(image)`})
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 2 {
		t.Fatalf("%d stages, want one that crashes and one that holds", len(stages))
	}
	for _, stage := range stages {
		all, _, err := unstructured.NestedSlice(stage.Object, "spec", "selector", "matchExpressions")
		if err != nil {
			t.Fatal(err)
		}
		namespace, image := all[len(all)-2].(map[string]any)["jq"], all[len(all)-1].(map[string]any)["jq"]
		if diff := cmp.Diff(map[string]any{"key": ".metadata.namespace", "operator": "In", "values": []any{"shop"}}, namespace); diff != "" {
			t.Errorf("%s: %s", stage.GetName(), diff)
		}
		// A quote must not end the string of the query, and \( must not start a nested one.
		if key := image.(map[string]any)["key"].(string); !strings.Contains(key, `. == "odd\"\\(image)"`) {
			t.Errorf("%s selects by %s", stage.GetName(), key)
		}
		if weight, _, _ := unstructured.NestedFieldNoCopy(stage.Object, "spec", "weight"); weight == nil {
			t.Errorf("%s has no weight, and would not go before the stages of healthy pods", stage.GetName())
		}
	}
}

func TestIdentity(t *testing.T) {
	sleeper := exec.CommandContext(t.Context(), "sleep", "60")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	pid := sleeper.Process.Pid
	first := identity(pid)
	if first == "" || identity(pid) != first {
		t.Errorf("identity %q, then %q", first, identity(pid))
	}
	if identity(os.Getpid()) == first {
		t.Errorf("two processes are the same one: %q", first)
	}
	// A process with the recorded id that started at another time is somebody else's.
	other := &componentRecord{Name: "other", Pid: pid, Identity: "another boot 1"}
	if other.running() {
		t.Error("a process that took over the id passes for the recorded one")
	}
	if err := other.kill(t.Context()); err != nil {
		t.Error(err)
	}
	if identity(pid) != first {
		t.Fatal("somebody else's process was killed")
	}
	if err := sleeper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// It stays as a zombie until it is waited for, and that is not running.
	deadline := time.Now().Add(10 * time.Second)
	for identity(pid) != "" {
		if time.Now().After(deadline) {
			t.Fatal("a killed process that nobody has waited for passes for a running one")
		}
		runtime.Gosched()
	}
	_ = sleeper.Wait()
	if got := identity(pid); got != "" {
		t.Errorf("identity of a process that is gone: %q", got)
	}
	if (&componentRecord{}).running() {
		t.Error("a component without a process runs")
	}
}

func TestRecord(t *testing.T) {
	folder := t.TempDir()
	if r, err := readRecord(folder); r != nil || err != nil {
		t.Fatalf("an empty folder: %v, %v", r, err)
	}
	want := &record{Name: "x", Nodes: 3, Components: []componentRecord{{Name: etcd, Args: []string{"--a=b"}, Pid: 7, Identity: "i"}}}
	if err := want.write(folder); err != nil {
		t.Fatal(err)
	}
	got, err := readRecord(folder)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(folder, recordFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readRecord(folder); err == nil || !strings.Contains(err.Error(), "remove the folder") {
		t.Errorf("a broken record: %v", err)
	}
}

func TestForeignFolderIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mine", "photo.jpg")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Down(t.Context(), Options{Name: "mine", StateDir: dir}); err == nil || !strings.Contains(err.Error(), "holds no cluster") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestLastLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("1\n2\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("  2\n  3", lastLines(path, 2)); diff != "" {
		t.Error(diff)
	}
}
