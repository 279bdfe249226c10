package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// localcluster runs a command as a person would and checks its exit code.
func localcluster(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if got := run(t.Context(), &out, &out, args); got != code {
		t.Fatalf("%v: exit code %d, want %d:\n%s", args, got, code, out.String())
	}
	return out.String()
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":           {code: 2, says: "localcluster up "},
		"help":              {args: []string{"help"}, says: "Examples:"},
		"help of a command": {args: []string{"down", "-h"}},
		"no such command":   {args: []string{"start"}, code: 2, says: `there is no command "start"`},
		"no such flag":      {args: []string{"up", "--pods", "3"}, code: 2},
		"words":             {args: []string{"up", "now"}, code: 1, says: `"now" is not understood`},
		"a bad name":        {args: []string{"up", "--name", "bin", "--state-dir", dir}, code: 1, says: `"bin" cannot be the name`},
		"too many nodes":    {args: []string{"up", "--nodes", "5000", "--state-dir", dir}, code: 1, says: "1 to 1000 nodes"},
		"no such binaries":  {args: []string{"up", "--binaries", dir + "/none", "--state-dir", dir}, code: 1, says: "no folder of binaries"},
		"status of nothing": {args: []string{"status", "--state-dir", dir}, code: 1, says: "not running: there is no such cluster"},
		"fail of nothing":   {args: []string{"fail", "--namespace", "x", "--state-dir", dir}, code: 1, says: "start it with: go run"},
		"down of nothing":   {args: []string{"down", "--state-dir", dir}, says: "nothing to stop"},
		"all of nothing":    {args: []string{"down", "--all", "--state-dir", dir}},
		"down of your own":  {args: []string{"down", "--kubeconfig", dir}, says: "left alone"},
		"no kubeconfig":     {args: []string{"status", "--use-existing"}, code: 1, says: "--use-existing needs KUBECONFIG"},
	}
	t.Setenv("KUBECONFIG", "")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if out := localcluster(t, test.code, test.args...); !strings.Contains(out, test.says) {
				t.Errorf("it says %q, want %q", out, test.says)
			}
		})
	}
}

func TestFromUpToDown(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() {
		run(context.WithoutCancel(t.Context()), &bytes.Buffer{}, &bytes.Buffer{}, []string{"down", "--all", "--state-dir", dir})
	})
	steps := []struct {
		args []string
		says []string
	}{
		{[]string{"up", "--nodes", "1"}, []string{
			"the API server answers", "1 simulated nodes are ready", "Cluster default: Kubernetes v1.", "export KUBECONFIG=" + dir}},
		{[]string{"up"}, []string{"already running", "export KUBECONFIG=" + dir}},
		{[]string{"fail", "--namespace", "default"}, []string{"Pods in namespace default fail now: 0 that ran, and those to come."}},
		{[]string{"status"}, []string{"cluster default: running", "nodes", "1 of 1 ready", "kube-apiserver", "on 127.0.0.1:", "pods in namespace default"}},
		{[]string{"heal"}, []string{"Healed; 0 pods are ready again."}},
		{[]string{"heal"}, []string{"Nothing like that fails."}},
		{[]string{"status", "--kubeconfig", dir + "/default/kubeconfig"}, []string{"cluster your own: running"}},
		{[]string{"down", "--all"}, []string{"Cluster default is stopped and removed"}},
	}
	for _, step := range steps {
		out := localcluster(t, 0, append(step.args, "--state-dir", dir)...)
		for _, want := range step.says {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not say %q:\n%s", step.args, want, out)
			}
		}
	}
}
