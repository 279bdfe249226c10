package gitops

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
)

// All organisations of these tests are invented.

func locality(code string, practices ...string) estate.Locality {
	l := estate.Locality{Code: code, Title: estate.UnallocatedTitle}
	if code != "" {
		l.Title = "Wood " + code[len(code)-1:]
	}
	for i, practice := range practices {
		patients := int32(i + 1)
		l.Practices = append(l.Practices, estate.Practice{Code: practice, Name: "Surgery " + practice, Patients: &patients})
	}
	return l
}

func country(consortia ...estate.Consortium) estate.Estate {
	return estate.Estate{AsOf: "2026-04-01", Consortia: consortia}
}

func consortium(code, title, region string, localities ...estate.Locality) estate.Consortium {
	return estate.Consortium{Code: code, Title: title, Region: region, Localities: localities}
}

// first and second are two editions: Ashdown merges into Beechen, whose networks change.
var (
	first = country(
		consortium("99A", "NHS Ashdown CCG", "London", locality("U00001", "Z00001", "Z00002")),
		consortium("99B", "NHS Beechen CCG", "South East", locality("", "Z00003"), locality("U00002", "Z00004"), locality("U00003", "Z00005")))
	second = country(
		consortium("99B", "NHS Beechen and Ashdown CCG", "South East", locality("U00001", "Z00001", "Z00002"), locality("U00002", "Z00003", "Z00004", "Z00005")),
		consortium("99F", "NHS Fern CCG", "South East", locality("U00004", "Z00006")))
)

// importInto runs an import as the command does.
func importInto(t *testing.T, dir string, all estate.Estate, regions []string, letGo bool, rename func(string, string) error) (Plan, error) {
	t.Helper()
	earlier, err := Read(dir)
	if err != nil {
		return Plan{}, err
	}
	plan := NewPlan(all, all.Within(regions), earlier, Options{MemberFunctions: []string{"referral-management"}, AdminsGroups: []string{"{name}:admins"}})
	if letGo {
		plan.LetGo()
	}
	_, err = Writer{Dir: dir, Rename: rename}.Commit(plan)
	return plan, err
}

func mustImport(t *testing.T, dir string, all estate.Estate, letGo bool, regions ...string) Plan {
	t.Helper()
	plan, err := importInto(t, dir, all, regions, letGo, os.Rename)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// tree reads all files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"*", "*/*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil {
				files[strings.TrimPrefix(path, dir+"/")] = string(data)
			}
		}
	}
	return files
}

func TestImportThatWasInterruptedIsCompletedByRunningItAgain(t *testing.T) {
	whole := t.TempDir()
	mustImport(t, whole, first, false)
	mustImport(t, whole, second, true)
	want := tree(t, whole)
	interrupted := errors.New("interrupted")
	for after := 0; ; after++ {
		dir := t.TempDir()
		mustImport(t, dir, first, false)
		left := after
		_, err := importInto(t, dir, second, nil, true, func(from, to string) error {
			if left == 0 {
				return interrupted
			}
			left--
			return os.Rename(from, to)
		})
		if err == nil {
			if after < 5 {
				t.Fatalf("only %d files were moved: the test proves nothing", after)
			}
			return
		}
		if !errors.Is(err, interrupted) {
			t.Fatal(err)
		}
		mustImport(t, dir, second, true)
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Fatalf("interrupted after %d files, -uninterrupted +completed:\n%s", after, diff)
		}
		if _, err := os.Stat(filepath.Join(dir, staging)); !os.IsNotExist(err) {
			t.Errorf("interrupted after %d files: the staging folder was left behind", after)
		}
	}
}

func TestImportThatCannotPrepareWritesNothing(t *testing.T) {
	dir := t.TempDir()
	mustImport(t, dir, first, false)
	before := tree(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "chestnut"), nil, 0o644); err != nil { // where a folder must go
		t.Fatal(err)
	}
	_, err := importInto(t, dir, country(consortium("99C", "NHS Chestnut CCG", "London", locality("U00009", "Z00009"))), nil, false, os.Rename)
	if err == nil {
		t.Fatal("no error")
	}
	after := tree(t, dir)
	delete(after, "chestnut")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}

func TestImportRefusesFilesOfOthers(t *testing.T) {
	for _, path := range []string{"kustomization.yaml", "ashdown/consortium.yaml", "beechen/namespace.yaml"} {
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			full := filepath.Join(dir, path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte("kind: Ours\n"), 0o644)); err != nil {
				t.Fatal(err)
			}
			_, err := importInto(t, dir, first, nil, false, os.Rename)
			if err == nil || !strings.HasPrefix(err.Error(), full+" was not written by an import") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(map[string]string{path: "kind: Ours\n"}, tree(t, dir)); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
}

func TestRemovalLeavesFilesOfOthers(t *testing.T) {
	dir := t.TempDir()
	mustImport(t, dir, first, false)
	own := filepath.Join(dir, "ashdown", "agreements.yaml")
	if err := errors.Join(os.WriteFile(own, []byte("ours"), 0o644), os.WriteFile(filepath.Join(dir, "ashdown", namespaceFile), []byte("ours"), 0o644)); err != nil {
		t.Fatal(err)
	}
	mustImport(t, dir, second, true)
	got := tree(t, dir)
	for path, data := range got {
		if strings.HasPrefix(path, "ashdown/") && data != "ours" {
			t.Errorf("%s was not removed", path)
		}
	}
	if got["ashdown/agreements.yaml"] != "ours" || got["ashdown/namespace.yaml"] != "ours" {
		t.Errorf("files of others were removed: %v", got)
	}
}

func TestNamesAreGivenOnce(t *testing.T) {
	dir := t.TempDir()
	mustImport(t, dir, first, false)
	plan := mustImport(t, dir, second, false)
	names := func(p Plan) []string {
		var all []string
		for _, f := range p.Folders {
			all = append(all, f.Name())
			for _, l := range f.Localities {
				all = append(all, f.Name()+"/"+l.Name)
			}
		}
		return all
	}
	// The title has changed and a network has come from a consortium that is gone: names have not.
	want := []string{"beechen", "beechen/wood-1", "beechen/wood-2", "beechen/unallocated", "beechen/wood-3", "fern", "fern/wood-4"}
	if diff := cmp.Diff(want, names(plan)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	mustImport(t, dir, second, true)
	stranger := consortium("99C", "NHS Ashdown CCG", "London", locality("U00009", "Z00009"))
	plan = mustImport(t, dir, country(append([]estate.Consortium{stranger}, second.Consortia...)...), false)
	if got := names(plan)[0]; got != "ashdown-99c" {
		t.Errorf("the name of who left was given to a stranger: %s", got)
	}
	plan = mustImport(t, dir, first, false)
	if got := names(plan)[0]; got != "ashdown" {
		t.Errorf("who came back is named %s", got)
	}
}

func TestImportOfARegionLeavesTheOthers(t *testing.T) {
	dir := t.TempDir()
	mustImport(t, dir, first, false)
	before := tree(t, dir)
	plan := mustImport(t, dir, country(consortium("99D", "NHS Dingle CCG", "South East", locality("U00009", "Z00009"))), true, "South East")
	if got := plan.Gone.Consortia; len(got) != 2 { // the publication has the South East alone: that is all of it
		t.Errorf("gone: %d consortia", len(got))
	}
	dir = t.TempDir()
	mustImport(t, dir, first, false)
	later := country(consortium("99D", "NHS Dingle CCG", "South East", locality("U00009", "Z00009")), consortium("99E", "NHS Elm CCG", "London", locality("U00010", "Z00010")))
	plan = mustImport(t, dir, later, true, "South East")
	if len(plan.Gone.Consortia) != 1 || plan.Gone.Consortia[0].Name() != "beechen" {
		t.Errorf("gone: %+v", plan.Gone.Consortia)
	}
	after := tree(t, dir)
	for path, data := range before {
		if strings.HasPrefix(path, "ashdown/") && after[path] != data {
			t.Errorf("%s of another region was touched", path)
		}
	}
	if !strings.Contains(after["kustomization.yaml"], "- ashdown\n- dingle\n") || strings.Contains(after["kustomization.yaml"], "beechen") {
		t.Errorf("kustomization:\n%s", after["kustomization.yaml"])
	}
}

func TestReadNamesWhatItCannotRead(t *testing.T) {
	tests := map[string]struct{ file, before, after, want string }{
		"unknown field":        {"consortium.yaml", "spec:", "sepc:", `document 1: error unmarshaling JSON: while decoding JSON: json: unknown field "sepc"`},
		"another's name":       {"consortium.yaml", "name: beechen", "name: other", "expected the Consortium beechen with its organisationCode"},
		"no code":              {"localities.yaml", "  organisationCode: U00002\n", "", "the locality wood-2 has no organisationCode"},
		"a code twice":         {"localities.yaml", "organisationCode: U00002", "organisationCode: U00003", `two localities have the organisationCode "U00003"`},
		"an object of another": {"consortium.yaml", "kind: Consortium", "kind: Consortium\n---\nagreement: x", "keep objects of your own in files of their own"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustImport(t, dir, first, false)
			path := filepath.Join(dir, "beechen", tc.file)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, bytes.Replace(data, []byte(tc.before), []byte(tc.after), 1), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = Read(dir)
			if err == nil || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("want %s … %s\ngot  %v", path, tc.want, err)
			}
		})
	}
}

func TestTwoFoldersOfOneConsortiumAreRefused(t *testing.T) {
	dir := t.TempDir()
	mustImport(t, dir, first, false)
	copied := filepath.Join(dir, "copy")
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(dir, "beechen"))); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(copied, consortiumFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(copied, consortiumFile), bytes.Replace(data, []byte("name: beechen\n"), []byte("name: copy\n"), 1), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "the folders beechen and copy both hold the consortium 99B") {
		t.Errorf("error %v", err)
	}
}

// FuzzStream checks that no title breaks the YAML: what is written is read back as it was.
func FuzzStream(f *testing.F) {
	for _, text := range []string{"plain", "- dash", "# hash", "{ brace", "key: value", "'quoted'", `"double"`, "yes", "08", "1e3", "~", "null", "a, b", "ünïcode", "trailing ", "--- \n...", "\t", "@at", "%percent", "&anchor", "*alias", "!tag", "|", ">"} {
		f.Add(text, "08V")
	}
	f.Fuzz(func(t *testing.T, title, code string) {
		isHidden := func(r rune) bool { return !unicode.IsGraphic(r) }
		if len(code) > 6 || !utf8.ValidString(title) || !utf8.ValidString(code) || strings.ContainsFunc(title+code, isHidden) {
			return // refused where it is read
		}
		e := country(estate.Consortium{Code: code, Title: title, Region: title, Localities: []estate.Locality{{Title: title, Practices: []estate.Practice{{Code: code, Name: title}}}}})
		data, err := NewPlan(e, e, Earlier{}, Options{}).Stream()
		if err != nil {
			t.Fatal(err)
		}
		var consortium v1alpha1.Consortium
		var locality v1alpha1.Locality
		documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
		for i, into := range []any{&map[string]any{}, &consortium, &locality} {
			document, err := documents.Read()
			if err == nil {
				err = yaml.UnmarshalStrict(document, into)
			}
			if err != nil {
				t.Fatalf("document %d: %v\n%s", i+1, err, data)
			}
		}
		if _, err := documents.Read(); !errors.Is(err, io.EOF) {
			t.Errorf("more documents than were written:\n%s", data)
		}
		if string(consortium.Spec.DisplayName) != title || string(consortium.Spec.OrganisationCode) != code || locality.Spec.Practices[0].Name != title {
			t.Errorf("%q and %q became\n%s", title, code, data)
		}
	})
}
