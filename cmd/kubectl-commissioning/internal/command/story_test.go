package command

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// step is one call of the command and what a person does to the folder before it.
type step struct {
	golden string
	before func(t *testing.T)
	args   string
}

// TestImportTellsItsStory runs imports one after the other in one folder. Each golden file holds
// what was called, said and written.
func TestImportTellsItsStory(t *testing.T) {
	const january = "import gp-registrations --map january/map.csv --patients january/patients.csv"
	const april = "import gp-registrations --map april/map.csv --patients april/patients.csv"
	steps := []step{
		{golden: "1-first-import", args: january + " --out estate --member-functions referral-management --admins-group nhs-{lowercode}-admins --viewers-group {name}:viewers --deletion-policy Retain"},
		{golden: "2-same-again", args: january + " --out estate"},
		{golden: "3-a-later-edition", before: editByHand, args: april + " --out estate"},
		{golden: "4-still-waiting", args: april + " --out estate"},
		{golden: "5-removals-accepted", args: april + " --out estate --accept-removals"},
		{golden: "6-quiet-again", args: april + " --out estate"},
		{golden: "7-one-region", args: january + " --out estate --region london"},
		{golden: "8-to-a-pipe", args: january + " --region Midlands"},
	}
	tell(t, steps)
}

// tell runs the steps of a story in a folder of its own.
func tell(t *testing.T, steps []step) {
	t.Helper()
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	workIn(t, golden)
	for _, s := range steps {
		if s.before != nil {
			s.before(t)
		}
		was := tree(t, "estate")
		got := call(s.args) + difference(was, tree(t, "estate"))
		compareGolden(t, filepath.Join(golden, s.golden+".golden"), got)
	}
}

// workIn goes to a folder that holds the editions and nothing else.
func workIn(t *testing.T, testdata string) {
	t.Helper()
	dir := t.TempDir()
	for _, edition := range []string{"january", "april"} {
		if err := os.CopyFS(filepath.Join(dir, edition), os.DirFS(filepath.Join(testdata, edition))); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// call returns what was called and what was said, as a terminal shows it.
func call(args string) string {
	var stdout, stderr bytes.Buffer
	code := Run("test", words(args), &stdout, &stderr)
	said := fmt.Sprintf("$ kubectl commissioning %s\n%s", args, stdout.String())
	if stderr.Len() > 0 {
		said += "----- standard error\n" + stderr.String()
	}
	return said + fmt.Sprintf("----- exit %d\n", code)
}

// words of a command line, which double quotes keep together.
func words(args string) []string {
	all := []string{} // none is not nil: cobra would take the arguments of this test
	for i, part := range strings.Split(args, `"`) {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

// editByHand is what people do to the files of an import: a quota, a label, a resource of their own.
func editByHand(t *testing.T) {
	t.Helper()
	edit(t, "estate/tees-valley/consortium.yaml", "spec:\n", "spec:\n  quota:\n    pods: \"80\"\n")
	edit(t, "estate/tees-valley/localities.yaml", "name: stockton\n", "name: stockton\n  labels:\n    example.org/ours: \"yes\"\n")
	edit(t, "estate/tees-valley/kustomization.yaml", "resources:\n", "resources:\n- agreements.yaml\n")
	edit(t, "estate/kustomization.yaml", "resources:\n", "resources:\n- providers\n")
	for _, own := range []string{"estate/tees-valley/agreements.yaml", "estate/tower-hamlets/agreements.yaml"} {
		if err := os.WriteFile(own, []byte("# ours\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func edit(t *testing.T, path, before, after string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), before) {
		t.Fatalf("%s does not hold %q", path, before)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), before, after, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree reads all files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

// difference shows files that are new or changed, and names those that went.
func difference(before, after map[string]string) string {
	var paths []string
	for path := range before {
		paths = append(paths, path)
	}
	for path := range after {
		if _, found := before[path]; !found {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	var b strings.Builder
	for _, path := range paths {
		now, found := after[path]
		switch {
		case !found:
			fmt.Fprintf(&b, "----- removed %s\n", path)
		case now != before[path]:
			fmt.Fprintf(&b, "----- %s\n%s", path, now)
		}
	}
	return b.String()
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); run with -update if this is meant:\n%s", filepath.Base(path), diff)
	}
}
