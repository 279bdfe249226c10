package screen_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // London, wherever the tests run

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

var update = flag.Bool("update", false, "write the golden files anew")

// clock is that of somebody in London, some minutes after the outage that most cases are about.
func clock(t *testing.T) when.Clock {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return when.Clock{Now: time.Date(2026, time.November, 22, 10, 50, 0, 0, time.UTC), Zone: zone}
}

// readCase reads the objects of a case, and the catalogue.
func readCase(t *testing.T, name string) overview.Everything {
	t.Helper()
	var all overview.Everything
	for _, file := range []string{"catalogue", name} {
		data, err := os.ReadFile(filepath.Join("testdata", file+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq(string(data), "\n---\n") {
			add(t, &all, []byte(document))
		}
	}
	return all
}

func add(t *testing.T, all *overview.Everything, document []byte) {
	t.Helper()
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		t.Fatalf("%v:\n%s", err, document)
	}
	switch kind.Kind {
	case v1alpha1.ConsortiumKind:
		all.Consortia = append(all.Consortia, object[v1alpha1.Consortium](t, document))
	case v1alpha1.MemberFunctionKind:
		all.Members = append(all.Members, object[v1alpha1.MemberFunction](t, document))
	case v1alpha1.SupportAgreementKind:
		all.Agreements = append(all.Agreements, object[v1alpha1.SupportAgreement](t, document))
	case v1alpha1.SupportProviderKind:
		all.Catalogue.Providers = append(all.Catalogue.Providers, object[v1alpha1.SupportProvider](t, document))
	case v1alpha1.SupportFunctionKind:
		all.Catalogue.Functions = append(all.Catalogue.Functions, object[v1alpha1.SupportFunction](t, document))
	default:
		t.Fatalf("what is a %s?", kind.Kind)
	}
}

func object[T any](t *testing.T, document []byte) T {
	t.Helper()
	var o T
	if err := yaml.UnmarshalStrict(document, &o); err != nil {
		t.Fatalf("%v:\n%s", err, document)
	}
	return o
}

func factsOf(all overview.Everything) overview.Facts {
	return overview.Facts{Consortium: all.Consortia[0], Members: all.Members, Agreements: all.Agreements, Catalogue: all.Catalogue}
}

// TestStatus shows what people read of a consortium, and what programs do.
func TestStatus(t *testing.T) {
	for _, name := range []string{"all-well", "failover", "nothing-works", "waiting", "nothing-yet", "starting", "in-between", "stood-down"} {
		t.Run(name, func(t *testing.T) {
			clock := clock(t)
			tree := overview.Of(factsOf(readCase(t, name)), clock.Today())
			var said bytes.Buffer
			if err := (&screen.Page{Out: &said, Clock: clock}).Tree(tree); err != nil {
				t.Fatal(err)
			}
			compareGolden(t, "status-"+name, said.String())
			if name == "failover" {
				compareGolden(t, "status-failover.json", asJSON(t, tree))
			}
		})
	}
}

// TestExplain shows what people read of each agreement of a case.
func TestExplain(t *testing.T) {
	for _, name := range []string{"failover", "nothing-works", "waiting", "in-between", "stood-down", "starting"} {
		t.Run(name, func(t *testing.T) {
			all := readCase(t, name)
			var said bytes.Buffer
			for i := range all.Agreements {
				fmt.Fprintf(&said, "$ kubectl commissioning explain %s -n %s\n", all.Agreements[i].Name, all.Agreements[i].Namespace)
				page := &screen.Page{Out: &said, Clock: clock(t)}
				if err := page.Explanation(overview.Explain(&all.Agreements[i], all.Catalogue)); err != nil {
					t.Fatal(err)
				}
				said.WriteString("\n")
			}
			compareGolden(t, "explain-"+name, said.String())
		})
	}
}

// TestCountry shows all consortia on one screen.
func TestCountry(t *testing.T) {
	country := overview.InCountry(readCase(t, "country"))
	var said bytes.Buffer
	if err := (&screen.Page{Out: &said, Clock: clock(t)}).Country(country, false); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "country", said.String())
	compareGolden(t, "country.json", asJSON(t, country))
}

// TestCountryFitsOnOneScreen: what does not is counted, and shown if it is asked for.
func TestCountryFitsOnOneScreen(t *testing.T) {
	all := readCase(t, "waiting")
	for i := range 30 {
		consortium, agreement := *all.Consortia[0].DeepCopy(), *all.Agreements[0].DeepCopy()
		consortium.Name = fmt.Sprintf("consortium-%02d", i)
		consortium.Status.Namespace, agreement.Namespace = consortium.Name, consortium.Name
		all.Consortia, all.Agreements = append(all.Consortia, consortium), append(all.Agreements, agreement)
	}
	country := overview.InCountry(all)
	for _, tc := range []struct {
		all         bool
		rows, notes int
	}{{false, 20, 1}, {true, 31, 0}} {
		var said bytes.Buffer
		if err := (&screen.Page{Out: &said, Clock: clock(t)}).Country(country, tc.all); err != nil {
			t.Fatal(err)
		}
		rows, notes := strings.Count(said.String(), "place 3 in the queue"), strings.Count(said.String(), "… and 11 more consortia (--all shows them)")
		if rows != tc.rows || notes != tc.notes {
			t.Errorf("all=%t: %d rows and %d notes, want %d and %d:\n%s", tc.all, rows, notes, tc.rows, tc.notes, said.String())
		}
	}
}

// TestCountryIsWell: nobody is named where nobody is needed.
func TestCountryIsWell(t *testing.T) {
	var said bytes.Buffer
	if err := (&screen.Page{Out: &said, Clock: clock(t)}).Country(overview.InCountry(readCase(t, "all-well")), false); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "country-all-well", said.String())
}

// TestExpiring shows what ends soon.
func TestExpiring(t *testing.T) {
	clock, all := clock(t), readCase(t, "country")
	var said bytes.Buffer
	for _, days := range []int{7, 30, 400} {
		soon := overview.Soon{Endings: overview.Within(overview.EndingsOf(all.Agreements, all.Catalogue, clock.Today()), clock.Today(), days)}
		fmt.Fprintf(&said, "$ kubectl commissioning expiring --within %dd --all-namespaces\n", days)
		if err := (&screen.Page{Out: &said, Clock: clock}).Expiring(soon, days); err != nil {
			t.Fatal(err)
		}
		said.WriteString("\n")
		if days == 30 {
			compareGolden(t, "expiring.json", asJSON(t, soon))
		}
	}
	compareGolden(t, "expiring", said.String())
}

// TestTerminal shows the same on a narrow terminal, in colour, and on one that knows ASCII only.
func TestTerminal(t *testing.T) {
	clock := clock(t)
	tree := overview.Of(factsOf(readCase(t, "failover")), clock.Today())
	var narrow, old bytes.Buffer
	if err := (&screen.Page{Out: &narrow, Clock: clock, Width: 100, Colour: true}).Tree(tree); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "terminal-narrow", strings.ReplaceAll(narrow.String(), "\x1b", "ESC"))
	if err := (&screen.Page{Out: &old, Clock: clock, ASCII: true}).Tree(tree); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "terminal-ascii", old.String())
	for _, r := range old.String() {
		if r > 127 {
			t.Errorf("%q is no ASCII letter", r)
		}
	}
}

// TestWithoutTheCatalogue: names and assurances are missing, and nothing else.
func TestWithoutTheCatalogue(t *testing.T) {
	clock, facts := clock(t), factsOf(readCase(t, "failover"))
	facts.Catalogue = overview.Catalogue{Unread: []string{v1alpha1.SupportProviderKind, v1alpha1.SupportFunctionKind}}
	var said bytes.Buffer
	if err := (&screen.Page{Out: &said, Clock: clock}).Tree(overview.Of(facts, clock.Today())); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "status-without-the-catalogue", said.String())
}

// failingWriter is a pipe that somebody has closed.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestClosedPipe(t *testing.T) {
	tree := overview.Of(factsOf(readCase(t, "failover")), "2026-11-22")
	if err := (&screen.Page{Out: failingWriter{}, Clock: clock(t)}).Tree(tree); err == nil {
		t.Error("nothing was written, and nobody noticed")
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + "\n"
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
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
		t.Errorf("%s (-want +got); run with -update if this is meant:\n%s", path, diff)
	}
}
