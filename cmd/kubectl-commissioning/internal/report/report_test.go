package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// unusual is a report of what the stories in package command do not come across. All is invented.
func unusual() Report {
	patients := int32(1234)
	e := estate.Estate{AsOf: "2026-04-01", Consortia: []estate.Consortium{{Code: "99A", Title: "NHS Ashdown CCG", Localities: []estate.Locality{
		{Code: "U00001", Title: "Wood PCN", Practices: []estate.Practice{{Code: "Z00001", Name: "Oak Surgery", Patients: &patients}}}}}}}
	findings := estate.Findings{
		MapDate:   "2026-03-01",
		Elsewhere: []estate.Stray{{Practice: "Z00001", Name: "Oak Surgery", Consortium: "99A", Listed: "99B"}},
		Repeats:   []publication.Repeat{{File: "map.csv", Line: 9, Earlier: 2, Practice: "Z00001"}},
		Retitled:  []estate.Retitling{{Code: "U00001", First: "WOOD PCN", Other: "WOODS PCN", Line: 9}},
	}
	for _, code := range []string{"Z00003", "Z00004", "Z00005", "Z00006", "Z00007", "Z00008", "Z00009"} {
		findings.ListOnly = append(findings.ListOnly, estate.Stray{Practice: code, Patients: 1})
	}
	return Report{All: e, Imported: e, Findings: findings, Dir: "estate",
		Plan:    gitops.Plan{Bare: []string{"ashdown"}},
		Written: &gitops.Written{Created: 1, Changed: 2, Unchanged: 1003, Removed: 4, LeftBehind: []string{"estate/beechen"}}}
}

const wantUnusual = `Patients registered at GP practices: lists of 1 April 2026, map of 1 March 2026.

  1 consortium, 1 locality, 1 practice, 1,234 registered patients.

7 practices in the lists alone: left out, since the map does not say where they belong:
  Z00003  1 registered patient
  Z00004  1 registered patient
  Z00005  1 registered patient
  Z00006  1 registered patient
  Z00007  1 registered patient
    … and 2 more (--verbose shows all)

1 practice with another consortium in the lists than in the map, which decides:
  Z00001  Oak Surgery: 99A in the map, 99B in the lists

1 row for a practice that an earlier row names: counted once, as the first row says:
  Z00001  map.csv:9 repeats line 2

1 organisation with two names in the map: the first counts:
  U00001  WOOD PCN, and in line 9 WOODS PCN

Written to estate: 1 new file, 2 changed, 1,003 as before, 4 removed.
  estate/beechen still holds files that the import did not write.
  1 new consortium has neither people nor functions yet, though others do: name the groups and --member-functions as in the first import.
Apply with: kubectl apply --server-side -k estate
`

func TestReportOfTheUnusual(t *testing.T) {
	var b strings.Builder
	if err := unusual().Write(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantUnusual, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestVerboseShowsAll(t *testing.T) {
	r := unusual()
	r.Verbose = true
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "  Z00009  1 registered patient\n") || strings.Contains(b.String(), "more") {
		t.Errorf("not all is shown:\n%s", b.String())
	}
}

// brokenPipe fails after some writes.
type brokenPipe struct{ left int }

func (p *brokenPipe) Write(data []byte) (int, error) {
	if p.left == 0 {
		return 0, errors.New("broken pipe")
	}
	p.left--
	return len(data), nil
}

func TestWriteReturnsTheFirstError(t *testing.T) {
	for writes := range 5 {
		if err := unusual().Write(&brokenPipe{left: writes}); err == nil {
			t.Errorf("no error after %d writes", writes)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 60601784: "60,601,784", -1234: "-1,234"} {
		if got := number(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 155: "+155", -49675: "-49,675"} {
		if got := signed(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
	if got := Day("soon"); got != "soon" {
		t.Errorf("got %s", got)
	}
}
