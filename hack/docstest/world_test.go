package docstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// world is a copy of the repository in which `make demo` has run, as on the reader's machine.
type world struct {
	root string
	env  []string
	// demo is what `make demo` printed.
	demo string
}

// notCopied is what a fresh clone does not have.
var notCopied = []string{".git", ".localcluster", ".scratch", "bin", "dist"}

// newWorld starts a control plane that ends with this test, whatever happens to it, and runs the
// demo on it.
func newWorld(t *testing.T) *world {
	t.Helper()
	origin, err := binaries.Root()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{root: filepath.Join(t.TempDir(), "operator")}
	if err := copyTree(origin, w.root); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(w.root, ".localcluster")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Up(t.Context(), cluster.Options{Name: "demo", StateDir: state, Ephemeral: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := os.Symlink(filepath.Join(origin, ".localcluster", "bin"), filepath.Join(state, "bin")); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(w.root, "bin")
	w.env = append(cleanEnvironment(), "PWD="+w.root, "PATH="+bin+":"+os.Getenv("PATH"), "KUBECONFIG="+c.Kubeconfig())
	t.Cleanup(func() { w.makeDemoDown(t) })
	_, steps, _ := strings.Cut(w.make(t, "demo"), "▸")
	w.demo = "▸" + steps
	return w
}

func (w *world) makeDemoDown(t *testing.T) {
	if said := w.make(t, "demo-down"); !strings.Contains(said, "stopped and removed") {
		t.Errorf("make demo-down says: %s", said)
	}
}

// make runs a target with a version that is always the same.
func (w *world) make(t *testing.T, target string) string {
	t.Helper()
	started := time.Now()
	said, code := w.run(context.WithoutCancel(t.Context()), "make "+target+" VERSION=docs")
	t.Logf("make %s: %.1f s", target, time.Since(started).Seconds())
	if code != 0 {
		t.Fatalf("make %s ends with %d:\n%s", target, code, said)
	}
	return said
}

// run gives a script to bash, in the copy, and returns what it prints and its exit code.
func (w *world) run(ctx context.Context, script string) (string, int) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = w.root, w.env
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return said.String(), 0
	case errors.As(err, &exit):
		return said.String(), exit.ExitCode()
	default:
		return fmt.Sprintf("%s\n%s", said.String(), err), -1
	}
}

// cleanEnvironment leaves out what a make around this test says to makes below it.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "KUBECONFIG", "DEMO_EXIT", "PATH", "PWD"}, name)
	})
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if slices.Contains(notCopied, name) {
			return filepath.SkipDir
		}
		target := filepath.Join(to, name)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, info.Mode().Perm())
	})
}
