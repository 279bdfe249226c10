package command

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakesWithClusters shows what people read when they call a command for a cluster wrongly, or
// when there is none.
func TestMistakesWithClusters(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("KUBECONFIG", "none")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	var b strings.Builder
	for _, args := range []string{
		"status a b",
		"status -o xml",
		"status a --until-working",
		"status --timeout 5m",
		"status -w -o yaml",
		"catalogue a b",
		"catalogue --kubeconfig none",
		"providers a b",
		"doctor now",
		"doctor --probe-timeout 5m",
		"doctor --probe-network --probe-timeout 0s",
		"doctor --kubeconfig none",
		"completion tcsh",
		"completion bash zsh",
		"status --time-zone Mars/Olympus",
		"status --kubeconfig none",
		"explain",
		"explain a b",
		"expiring now",
		"expiring --within 1y",
		"expiring --within -3d",
		"stand-down",
		"stand-down data-analytics --supplier nel-csu",
		`stand-down data-analytics --supplier nel-csu --reason " "`,
		"stand-down data-analytics --wait soon",
		"reinstate data-analytics",
		"revoke",
		"rollout undone",
		"rollout status",
		"rollout status a b",
		"rollout status a --timeout 5m",
		"rollout status a --watch --timeout -5m",
		"rollout status a --watch -o json",
		"rollout pause",
		"rollout resume a b",
		"rollout undo a --to-revision 0",
		"rollout undo a --kubeconfig none",
	} {
		b.WriteString(call(args))
	}
	compareGolden(t, filepath.Join(golden, "mistakes-with-clusters.golden"), b.String())
}

// TestHelpOfClusterCommands shows what they say of themselves.
func TestHelpOfClusterCommands(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range []string{"status", "explain", "expiring", "stand-down", "reinstate", "revoke", "catalogue", "providers", "doctor", "completion",
		"rollout", "rollout status", "rollout pause", "rollout resume", "rollout undo"} {
		b.WriteString(call(name + " --help"))
	}
	compareGolden(t, filepath.Join(golden, "help-with-clusters.golden"), b.String())
}
