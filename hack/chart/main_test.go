package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

// One control plane serves all tests of the chart, and the real Helm.
var (
	control *cluster.Cluster
	admin   client.Client
	helmBin string
)

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	log.SetLogger(logr.Discard())
	ctx := context.Background()
	programs, err := binaries.Ensure(ctx, binaries.Options{Only: []string{binaries.Helm}, Out: os.Stderr})
	if err != nil {
		return 1, err
	}
	helmBin = programs.Path(binaries.Helm)
	if control, err = cluster.Up(ctx, cluster.Options{Ephemeral: true, Nodes: 2}); err != nil {
		return 1, err
	}
	defer func() {
		if down := control.Down(ctx); down != nil {
			err = down
		}
	}()
	if admin, err = client.New(control.Config(), client.Options{Scheme: runtime.NewScheme()}); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// helm runs Helm as the administrator, and returns what it prints. The tests' Helm keeps nothing at home.
func helm(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), helmBin, args...)
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "KUBECONFIG="+control.Kubeconfig(), "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("helm %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// render renders the chart with values, as for a cluster that has the kinds.
func render(t *testing.T, values string, args ...string) ([]*unstructured.Unstructured, error) {
	t.Helper()
	args = append([]string{"template", "commissioning", testenv.Path(Folder), "--values", "-", "--namespace", namespace,
		"--api-versions", "commissioning.support/v1alpha1"}, args...)
	printed, err := helm(t, values, args...)
	if err != nil {
		return nil, err
	}
	return testenv.ReadManifests(strings.NewReader(printed))
}

// previousChart writes the chart as it was in the last commit that had another one; empty: there is none.
func previousChart(t *testing.T) string {
	t.Helper()
	commits, err := git(t, "log", "--format=%H", "--", Folder)
	if err != nil {
		t.Fatal(err)
	}
	for commit := range strings.FieldsSeq(commits) {
		if _, err := git(t, "diff", "--quiet", commit, "--", Folder); err == nil {
			continue
		}
		folder := t.TempDir()
		archive := filepath.Join(folder, "chart.tar")
		if _, err := git(t, "archive", "--output", archive, commit, Folder); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "tar", "-C", folder, "-xf", archive).CombinedOutput(); err != nil {
			t.Fatalf("unpack the chart of %s: %v: %s", commit, err, out)
		}
		return filepath.Join(folder, Folder)
	}
	return ""
}

func git(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = testenv.Path("")
	out, err := cmd.Output()
	return string(out), err
}
