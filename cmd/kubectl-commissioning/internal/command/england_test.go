package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
)

// englandData are the publication's two files, which are too large to be committed.
func englandData(t *testing.T) (mapFile, patientsFile string) {
	t.Helper()
	return englandFile(t, "gp-reg-pat-prac-map.csv"), englandFile(t, "gp-reg-pat-prac-all.csv")
}

// englandFile is a file of the folder with what was published.
func englandFile(t *testing.T, name string) string {
	t.Helper()
	const root = "../../../.."
	dir := os.Getenv("COMMISSIONING_ENGLAND_DATA")
	if dir == "" {
		dir = filepath.Join(root, "../shared/data/england")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the publication is not there (set COMMISSIONING_ENGLAND_DATA to its folder): %v", err)
	}
	return file
}

// figures of what an import has written, counted from its files.
type figures struct {
	Consortia, Localities, Unallocated, MemberFunctions, Practices, NotPublished, Spanning int
	Patients, UnallocatedPatients                                                          int64
}

func countFiles(t *testing.T, dir string) figures {
	t.Helper()
	written, err := gitops.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	var f figures
	networks := map[string]int{}
	for _, folder := range written.Folders {
		f.Consortia++
		f.MemberFunctions += len(folder.MemberFunctions)
		for _, l := range folder.Estate().Localities {
			f.Localities++
			f.Practices += len(l.Practices)
			f.Patients += l.Patients()
			if l.Code == "" {
				f.Unallocated++
				f.UnallocatedPatients += l.Patients()
			} else if networks[l.Code]++; networks[l.Code] == 2 {
				f.Spanning++
			}
			for _, p := range l.Practices {
				if p.Patients == nil {
					f.NotPublished++
				}
			}
		}
	}
	return f
}

// TestEngland imports the country as it was published: the map of September 2020 and the lists of
// January 2021 of "Patients Registered at a GP Practice", NHS Digital, Open Government Licence v3.0.
func TestEngland(t *testing.T) {
	mapFile, patientsFile := englandData(t)
	dir := t.TempDir()
	args := []string{"import", "gp-registrations", "--map", mapFile, "--patients", patientsFile, "--out", dir, "--member-functions", "referral-management"}
	said := mustRun(t, args...)
	want := figures{Consortia: 135, Localities: 1323, Unallocated: 57, MemberFunctions: 135, Practices: 6708, NotPublished: 53, Spanning: 15,
		Patients: 60_601_784, UnallocatedPatients: 609_424}
	if diff := cmp.Diff(want, countFiles(t, dir)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, sentence := range []string{
		"135 consortia, 1,323 localities, 6,708 practices, 60,601,784 registered patients.",
		"In no network: 131 practices with 609,424 registered patients, as the locality `unallocated` of 57 consortia.",
		"53 practices in the map alone: placed, with no patients published:",
		"3 practices in the lists alone: left out, since the map does not say where they belong:",
	} {
		if !strings.Contains(said, sentence) {
			t.Errorf("the report does not say %q:\n%s", sentence, said)
		}
	}
	before := tree(t, dir)
	if said = mustRun(t, args...); !strings.Contains(said, "Nothing has changed.") {
		t.Errorf("the same import again says:\n%s", said)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("the same import again changes files:\n%s", diff)
	}
}

// TestEnglandAccountsForEveryPractice checks that no practice of either file goes unmentioned.
func TestEnglandAccountsForEveryPractice(t *testing.T) {
	mapFile, patientsFile := englandData(t)
	var stdout, stderr bytes.Buffer
	if code := Run("test", []string{"import", "gp-registrations", "--map", mapFile, "--patients", patientsFile, "--verbose"}, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	placed := map[string]bool{}
	for line := range strings.Lines(stdout.String()) {
		if code, found := strings.CutPrefix(line, "    organisationCode: "); found {
			placed[strings.TrimSpace(code)] = true
		}
	}
	inMap, inLists := practiceCodes(t, mapFile, 2), practiceCodes(t, patientsFile, 5)
	for code := range inMap {
		if !placed[code] {
			t.Errorf("%s of the map is not in the YAML", code)
		}
		if !inLists[code] && !strings.Contains(stderr.String(), code) {
			t.Errorf("%s of the map alone is not in the report", code)
		}
	}
	for code := range inLists {
		if !inMap[code] && !strings.Contains(stderr.String(), code) {
			t.Errorf("%s of the lists alone is not in the report", code)
		}
	}
}

// TestEnglandWithItsSupportUnits imports the country with all of its support units as they were
// published, and an invented spreadsheet that has each consortium turn to two of them.
func TestEnglandWithItsSupportUnits(t *testing.T) {
	mapFile, patientsFile := englandData(t)
	dir := t.TempDir()
	args := []string{"import", "gp-registrations", "--map", mapFile, "--patients", patientsFile, "--out", dir}
	mustRun(t, args...)
	consortia := tree(t, dir)
	args = append(args, "--providers", englandFile(t, "commissioning-support-units.csv"))
	if said := mustRun(t, args...); !strings.Contains(said, "Suppliers: 19 commissioning support units.") || !strings.Contains(said, "New suppliers: 19") {
		t.Errorf("the report does not count the suppliers:\n%s", said)
	}
	written, err := gitops.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	sectors := map[v1alpha1.Sector]int{}
	for _, s := range written.Suppliers {
		sectors[s.Provider.Spec.Sector]++
		if s.Namespace.Labels[v1alpha1.ProviderLabel] != s.Name() {
			t.Errorf("the namespace of %s carries %v", s.Name(), s.Namespace.Labels)
		}
	}
	if diff := cmp.Diff(map[v1alpha1.Sector]int{v1alpha1.SectorNHS: 18, v1alpha1.SectorPrivate: 1}, sectors); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := written.Suppliers["0DJ"]; got.Name() != "nel-csu" || got.Provider.Spec.DisplayName != "NHS NEL CSU" {
		t.Errorf("0DJ is named %s, %s", got.Name(), got.Provider.Spec.DisplayName)
	}
	after := tree(t, dir)
	for path, data := range consortia {
		if filepath.Dir(path) != dir && after[path] != data {
			t.Errorf("the suppliers changed %s", path)
		}
	}
	requireAgreements(t, dir, written)
}

// requireAgreements imports two agreements for each consortium, twice.
func requireAgreements(t *testing.T, dir string, written gitops.Earlier) {
	t.Helper()
	sheet := filepath.Join(t.TempDir(), "agreements.csv")
	rows := "# Invented: who serves whom is not published.\n" + columns
	for code := range written.Folders {
		for _, function := range []string{"contracting", "data-analytics"} {
			rows += code + "," + function + ",1,0DJ,,2026-04-01,,,\n" + code + "," + function + ",2,0AR,,2026-04-01,,,\n"
		}
	}
	if err := os.WriteFile(sheet, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "agreements", "--file", sheet, "--out", dir}
	if said := mustRun(t, args...); !strings.Contains(said, "270 agreements of 135 consortia with 2 suppliers, for 2 functions.") {
		t.Errorf("the report does not count the agreements:\n%s", said)
	}
	before := tree(t, dir)
	if said := mustRun(t, args...); !strings.Contains(said, "Nothing has changed.") {
		t.Errorf("the same import again says:\n%s", said)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("the same import again changes files:\n%s", diff)
	}
}

// practiceCodes reads one column of a file without the reader that is tested.
func practiceCodes(t *testing.T, file string, column int) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(data), "\n")
	codes := map[string]bool{}
	for line := range strings.Lines(rows) {
		codes[strings.Split(line, ",")[column]] = true
	}
	return codes
}

// mustRun runs the command and returns what it said.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := Run("test", args, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	return stdout.String()
}
