package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/commissioning-support/operator/hack/docstest"
	"github.com/commissioning-support/operator/hack/testenv"
)

// byThisTest is how the page says who runs a block.
const byThisTest = "the test of the chart runs this page"

// TestThePage runs the commands of docs/helm.md from top to bottom. While it is installed, the operator works.
func TestThePage(t *testing.T) {
	blocks := commands(t)
	if len(blocks) < 5 {
		t.Fatalf("docs/helm.md has only %d blocks to run", len(blocks))
	}
	var env *testenv.Env
	for _, block := range blocks {
		shell(t, block)
		var err error
		switch {
		case strings.Contains(block.Body, "helm install"):
			env, err = testenv.On(t.Context(), control)
		case strings.Contains(block.Body, "helm uninstall"):
			err = env.Leave()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// commands are the blocks of the page that this test runs.
func commands(t *testing.T) []docstest.Block {
	t.Helper()
	pages, err := docstest.ReadPages(testenv.Path(""))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []docstest.Block
	for _, page := range pages {
		for _, block := range page.Blocks {
			if page.Path == "docs/helm.md" && block.Language == "sh" && block.Skip == byThisTest {
				blocks = append(blocks, block)
			}
		}
	}
	return blocks
}

func shell(t *testing.T, block docstest.Block) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", block.Body)
	cmd.Dir = testenv.Path("")
	path := filepath.Dir(helmBin) + ":" + filepath.Dir(control.KubectlPath()) + ":" + os.Getenv("PATH")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "PATH="+path, "KUBECONFIG="+control.Kubeconfig(),
		"HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("docs/helm.md:%d: %v\n%s", block.Line, err, out)
	}
}
