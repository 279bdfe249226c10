package gitops

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
)

// importSuppliers runs an import of consortia and suppliers as the command does.
func importSuppliers(t *testing.T, dir string, all estate.Estate, letGo bool, rename func(string, string) error, suppliers ...estate.Supplier) (Plan, error) {
	t.Helper()
	earlier, err := Read(dir)
	if err != nil {
		return Plan{}, err
	}
	plan := NewPlan(all, all, earlier, Options{})
	plan.AddSuppliers(suppliers)
	if letGo {
		plan.LetGo()
	}
	_, err = Writer{Dir: dir, Rename: rename}.Commit(plan)
	return plan, err
}

// importAgreements runs an import of agreements as the command does.
func importAgreements(t *testing.T, dir string, letGo bool, rename func(string, string) error, list ...estate.Agreement) error {
	t.Helper()
	earlier, err := Read(dir)
	if err != nil {
		return err
	}
	plan := NewAgreementPlan(list, earlier)
	if letGo {
		plan.LetGo()
	}
	_, err = Writer{Dir: dir, Rename: rename}.Commit(plan)
	return err
}

func agreed(consortium, function string, providers ...string) estate.Agreement {
	a := estate.Agreement{Consortium: consortium, Function: function, Start: "2026-04-01"}
	for _, provider := range providers {
		a.Choices = append(a.Choices, estate.Choice{Provider: provider, Reference: "DSA-1", Expires: "2027-03-31"})
	}
	return a
}

var (
	ash   = estate.Supplier{Code: "0ZA", Title: "NHS Ash Commissioning Support Unit"}
	beech = estate.Supplier{Code: "0ZB", Title: "Beechen", Sector: v1alpha1.SectorPrivate}
)

func TestNamesOfSuppliersAndConsortiaDiffer(t *testing.T) {
	dir := t.TempDir()
	plan, err := importSuppliers(t, dir, first, false, os.Rename, ash, beech) // 99B is named beechen
	if err != nil {
		t.Fatal(err)
	}
	requireNames(t, plan, "ash-csu", "beechen-0zb")
	if _, err = importSuppliers(t, dir, first, true, os.Rename, ash); err != nil {
		t.Fatal(err)
	}
	elm := estate.Supplier{Code: "0ZE", Title: "NHS Ashdown CCG"} // ashdown leaves with this edition
	if plan, err = importSuppliers(t, dir, second, true, os.Rename, ash, elm); err != nil {
		t.Fatal(err)
	}
	requireNames(t, plan, "ash-csu", "ashdown-ccg")
	stranger := country(consortium("99Z", "NHS Ash CSU CCG", "London", locality("U00009", "Z00009")))
	if plan, err = importSuppliers(t, dir, stranger, true, os.Rename, estate.Supplier{Code: "0ZA", Title: "Renamed"}, beech); err != nil {
		t.Fatal(err)
	}
	requireNames(t, plan, "ash-csu", "beechen-0zb") // who comes back has its name back
	if got := plan.Folders[0].Name(); got != "ash-csu-99z" {
		t.Errorf("the consortium is named %s", got)
	}
}

func requireNames(t *testing.T, plan Plan, want ...string) {
	t.Helper()
	var got []string
	for _, s := range plan.Suppliers {
		got = append(got, s.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// interruptedAfter moves some files into place and fails then.
func interruptedAfter(files int) func(from, to string) error {
	return func(from, to string) error {
		if files == 0 {
			return errInterrupted
		}
		files--
		return os.Rename(from, to)
	}
}

var errInterrupted = errors.New("interrupted")

func TestImportOfSuppliersAndAgreementsIsCompletedByRunningItAgain(t *testing.T) {
	prepare := func(dir string) {
		if _, err := importSuppliers(t, dir, first, false, os.Rename, ash, beech); err != nil {
			t.Fatal(err)
		}
		if err := importAgreements(t, dir, false, os.Rename, agreed("99A", "contracting", "ash-csu"), agreed("99B", "contracting", "ash-csu")); err != nil {
			t.Fatal(err)
		}
	}
	agreements := func(dir string, rename func(string, string) error) error {
		return importAgreements(t, dir, true, rename, agreed("99B", "contracting", "beechen-0zb", "ash-csu"), agreed("99B", "data-analytics", "ash-csu"))
	}
	suppliers := func(dir string, rename func(string, string) error) error {
		_, err := importSuppliers(t, dir, second, true, rename, estate.Supplier{Code: "0ZA", Title: "Renamed"}, estate.Supplier{Code: "0ZC", Title: "Cedar"})
		return err
	}
	for name, run := range map[string]func(string, func(string, string) error) error{"agreements": agreements, "suppliers": suppliers} {
		whole := t.TempDir()
		prepare(whole)
		if err := run(whole, os.Rename); err != nil {
			t.Fatal(err)
		}
		want, after := tree(t, whole), 0
		for ; ; after++ {
			dir := t.TempDir()
			prepare(dir)
			err := run(dir, interruptedAfter(after))
			if err == nil {
				break
			}
			if !errors.Is(err, errInterrupted) {
				t.Fatal(err)
			}
			if err := run(dir, os.Rename); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
				t.Fatalf("%s interrupted after %d files, -uninterrupted +completed:\n%s", name, after, diff)
			}
		}
		if after < 2 {
			t.Errorf("only %d files of the %s were moved: the test proves nothing", after, name)
		}
	}
}

func TestAgreementsLeaveOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	if _, err := importSuppliers(t, dir, first, false, os.Rename, ash); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "ashdown", consortiumFile)
	data, err := os.ReadFile(own)
	if err == nil {
		err = os.WriteFile(own, append(data, "# A remark of ours.\n"...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for _, list := range [][]estate.Agreement{{agreed("99A", "contracting", "ash-csu")}, nil} {
		if err := importAgreements(t, dir, true, os.Rename, list...); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" { // agreements came and went
		t.Errorf("-before +after:\n%s", diff)
	}
}

func TestReadNamesWhatItCannotReadOfSuppliersAndAgreements(t *testing.T) {
	tests := map[string]struct{ file, before, after, want string }{
		"unknown field":          {"ash-csu/provider.yaml", "sector:", "sektor:", `unknown field "sektor"`},
		"another's name":         {"ash-csu/provider.yaml", "name: ash-csu", "name: other", "expected the SupportProvider ash-csu with its organisationCode"},
		"no code":                {"ash-csu/provider.yaml", "  organisationCode: 0ZA\n", "", "expected the SupportProvider ash-csu with its organisationCode"},
		"two of a function":      {"ashdown/supportagreements.yaml", "function: data-analytics", "function: contracting", `two agreements are for the function "contracting"`},
		"a slip in an agreement": {"ashdown/supportagreements.yaml", "term:", "failovr: {}\n  term:", `unknown field "failovr"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := importSuppliers(t, dir, first, false, os.Rename, ash); err != nil {
				t.Fatal(err)
			}
			if err := importAgreements(t, dir, false, os.Rename, agreed("99A", "contracting", "ash-csu"), agreed("99A", "data-analytics", "ash-csu")); err != nil {
				t.Fatal(err)
			}
			rewrite(t, filepath.Join(dir, tc.file), tc.before, tc.after)
			_, err := Read(dir)
			if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, tc.file)) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("want %s … %s\ngot  %v", tc.file, tc.want, err)
			}
		})
	}
}

func rewrite(t *testing.T, path, before, after string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), before, after, 1)
	if changed == string(data) {
		t.Fatalf("%s does not hold %q", path, before)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPartiesAreWhoStandsInTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"ours.yml":         "kind: ConfigMap\ndata: {text: not a SupportProvider}\n---\nkind: SupportProvider\nmetadata: {name: st-hilda}\n---\nkind: SupportProvider\nmetadata: {name: beech}\nspec: {organisationCode: 0ZB}\n",
		".git/hidden.yaml": "kind: SupportProvider\nmetadata: {name: hidden}\n",
		"notes.txt":        "kind: SupportProvider\nmetadata: {name: notes}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustImport(t, dir, first, false)
	if _, err := importSuppliers(t, dir, first, false, os.Rename, ash); err != nil {
		t.Fatal(err)
	}
	earlier, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parties(dir, earlier)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"0ZA": "ash-csu", "ash-csu": "ash-csu", "st-hilda": "st-hilda", "0ZB": "beech", "beech": "beech"}
	if diff := cmp.Diff(want, p.Providers); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"99A": "ashdown", "99B": "beechen"}, p.Consortia); diff != "" || p.Own["99A"][0] != "referral-management" {
		t.Errorf("consortia, -want +got:\n%s\nown functions: %v", diff, p.Own)
	}
	rewrite(t, filepath.Join(dir, "ours.yml"), "0ZB", "0ZA")
	if _, err := Parties(dir, earlier); err == nil || !strings.Contains(err.Error(), "both have the organisationCode 0ZA: remove one") {
		t.Errorf("error %v", err)
	}
}
