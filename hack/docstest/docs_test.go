package docstest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDocumentation runs every page, in order, on one cluster.
func TestDocumentation(t *testing.T) {
	pages, err := ReadPages("../..")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	slices.SortStableFunc(pages, func(a, b Page) int { return cmp.Compare(turn(a), turn(b)) })
	for _, page := range pages {
		t.Run(page.Path, func(t *testing.T) {
			(&reader{world: w, t: t, page: page}).read()
		})
	}
	t.Run("flags of the manager", func(t *testing.T) { checkFlags(t, w) })
}

// turn puts the page last that takes the operator away at its end.
func turn(page Page) int {
	if page.Path == "docs/install.md" {
		return 1
	}
	return 0
}

// reader does what a page says.
type reader struct {
	world *world
	t     *testing.T
	page  Page
	// exports are what earlier blocks exported.
	exports string
}

func (r *reader) read() {
	r.exports = filepath.Join(r.t.TempDir(), "exports")
	for i, block := range r.page.Blocks {
		if block.Skip != "" {
			r.t.Logf("%s:%d is not run: %s", r.page.Path, block.Line, block.Skip)
			continue
		}
		switch block.Language {
		case "sh":
			r.shell(block)
		case "console":
			r.console(block)
		case "yaml":
			r.manifest(block, r.page.Blocks[i+1:])
		}
	}
}

func (r *reader) errorf(block Block, format string, args ...any) {
	r.t.Helper()
	r.t.Errorf("%s:%d: "+format, append([]any{r.page.Path, block.Line}, args...)...)
}

// command runs one script, with what earlier ones exported.
func (r *reader) command(script string) (string, int) {
	keep := "if [ -e " + r.exports + " ]; then . " + r.exports + "; fi\n" + script + "\nexport -p >" + r.exports
	return r.world.run(r.t.Context(), keep)
}

func (r *reader) shell(block Block) {
	if said, code := r.command(block.Body); code != block.Exit {
		r.errorf(block, "ends with %d, not %d:\n%s", code, block.Exit, said)
	}
}

// console runs the commands of a block; the exit code is that of the last.
func (r *reader) console(block Block) {
	if block.Output == "demo" {
		if err := Compare(block.Body, r.world.demo); err != nil {
			r.errorf(block, "%s", err)
		}
		return
	}
	commands, err := block.Commands()
	if err != nil {
		r.errorf(block, "%s", err)
		return
	}
	for i, command := range commands {
		want := 0
		if i == len(commands)-1 {
			want = block.Exit
		}
		said, code := r.command(command.Run)
		if code != want {
			r.errorf(block, "%s ends with %d, not %d:\n%s", command.Run, code, want, said)
			return
		}
		if err := Compare(command.Prints, said); err != nil {
			r.errorf(block, "%s: %s", command.Run, err)
		}
	}
}

// manifest is saved where a later block uses it, else only sent to the API server.
func (r *reader) manifest(block Block, later []Block) {
	if block.File == "" {
		file := filepath.Join(r.t.TempDir(), "manifest.yaml")
		if err := os.WriteFile(file, []byte(block.Body), 0o600); err != nil {
			r.t.Fatal(err)
		}
		if said, code := r.command("kubectl apply --server-side --dry-run=server --validate=strict -f " + file); code != 0 {
			r.errorf(block, "is refused:\n%s", said)
		}
		return
	}
	used := strings.TrimSuffix(block.File, "/kustomization.yaml")
	if !slices.ContainsFunc(later, func(b Block) bool { return b.Skip == "" && strings.Contains(b.Body, used) }) {
		r.errorf(block, "no command uses %s", block.File)
	}
	path := filepath.Join(r.world.root, block.File)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(block.Body+"\n"), 0o600); err != nil {
		r.t.Fatal(err)
	}
}
