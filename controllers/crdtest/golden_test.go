package crdtest_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files of this package again")

// messages is the record of what the API server answers to what it refuses.
var messages = &record{
	path: "testdata/messages.golden",
	head: `# What the cluster answers to what it refuses: the case, and below it the whole answer.
# Written by: go test ./controllers/crdtest -update
`,
	got: map[string]string{},
}

// record is a golden file of answers, by the case that they answer.
type record struct {
	path, head string
	got        map[string]string
}

// check compares one answer with the file, or remembers it to be written.
func (r *record) check(t *testing.T, name, answer string) {
	t.Helper()
	if previous, found := r.got[name]; found {
		t.Fatalf("two cases are called %q; the other answered: %s", name, previous)
	}
	r.got[name] = answer
	if *update {
		return
	}
	content, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatalf("reading the golden file: %v", err)
	}
	entry := format(name, answer)
	if !strings.Contains(string(content), "\n"+entry) {
		t.Errorf("%s does not hold this answer (-update writes it):\n%s", r.path, entry)
	}
}

// finish writes the file, or makes sure that it holds nothing that no case answers any more. Both
// need a run of all tests.
func (r *record) finish() error {
	if flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != "" {
		if *update {
			return errors.New("-update needs a run of all tests: leave out -run and -skip")
		}
		return nil
	}
	var content strings.Builder
	content.WriteString(r.head)
	for _, name := range slices.Sorted(maps.Keys(r.got)) {
		content.WriteString("\n" + format(name, r.got[name]))
	}
	if *update {
		return os.WriteFile(r.path, []byte(content.String()), 0o644)
	}
	want, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("reading the golden file: %w", err)
	}
	if diff := cmp.Diff(string(want), content.String()); diff != "" {
		return fmt.Errorf("%s is out of date (-update writes it):\n%s", r.path, diff)
	}
	return nil
}

func format(name, answer string) string {
	return name + "\n    " + strings.ReplaceAll(answer, "\n", "\n    ") + "\n"
}
