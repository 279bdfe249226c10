package gitops_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// TestThePageShowsWhatIsShipped: what the page shows of an engine's own kinds, which no API server here knows, are the
// files of config/gitops, whose names stand in the first line; and no manifest there is left unshown.
func TestThePageShowsWhatIsShipped(t *testing.T) {
	page, err := gitops.ReadPage()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, block := range page.Blocks {
		if block.Language != "yaml" || block.Skip == "" {
			continue
		}
		first, body, _ := strings.Cut(block.Body, "\n")
		file := strings.TrimPrefix(first, "# ")
		content, err := os.ReadFile(testenv.Path(file))
		if err != nil {
			t.Errorf("%s:%d names no file in its first line: %v", page.Path, block.Line, err)
			continue
		}
		if shown[file] = true; withoutComment(string(content)) != body+"\n" {
			t.Errorf("%s:%d is not what stands in %s", page.Path, block.Line, file)
		}
	}
	for _, engine := range []string{"flux", "argocd"} {
		files, err := filepath.Glob(testenv.Path("config/gitops/" + engine + "/*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of %s: %v", engine, err)
		}
		for _, file := range files {
			name := "config/gitops/" + engine + "/" + filepath.Base(file)
			if filepath.Base(file) != "kustomization.yaml" && !shown[name] {
				t.Errorf("%s does not show %s", page.Path, name)
			}
		}
	}
}

// withoutComment leaves out the comment at the top of a file: the page says the same in its text.
func withoutComment(content string) string {
	for strings.HasPrefix(content, "#") {
		_, content, _ = strings.Cut(content, "\n")
	}
	return content
}
