package screen_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// readSupply reads the catalogue, what suppliers host and whom they serve.
func readSupply(t *testing.T) overview.Supply {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "supply.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all overview.Everything
	var s overview.Supply
	for document := range strings.SplitSeq(string(data), "\n---\n") {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
			t.Fatal(err)
		}
		if kind.Kind == v1alpha1.HostedServiceKind {
			s.Services = append(s.Services, object[v1alpha1.HostedService](t, []byte(document)))
		} else {
			add(t, &all, []byte(document))
		}
	}
	s.Catalogue, s.Agreements, s.Consortia = all.Catalogue, all.Agreements, all.Consortia
	return s
}

// seenByAViewer is what a viewer of one consortium may read of it.
func seenByAViewer(s overview.Supply) overview.Supply {
	s.Services, s.Consortia = nil, nil
	s.Agreements = s.Agreements[1:2]
	s.Unread = []string{v1alpha1.HostedServiceKind, v1alpha1.SupportAgreementKind, v1alpha1.ConsortiumKind}
	return s
}

// TestCatalogue shows what functions there are, and how to use each.
func TestCatalogue(t *testing.T) {
	var said bytes.Buffer
	page := &screen.Page{Out: &said, Clock: clock(t)}
	supply := readSupply(t)
	show := func(heading string, write func() error) {
		fmt.Fprintf(&said, "##### %s\n", heading)
		if err := write(); err != nil {
			t.Fatal(err)
		}
		said.WriteString("\n")
	}
	show("All of it", func() error { return page.Functions(overview.FunctionsOf(supply)) })
	for i := range supply.Catalogue.Functions {
		f := &supply.Catalogue.Functions[i]
		show(f.Name, func() error { return page.Entry(overview.EntryOf(f, supply, page.Clock.Today())) })
	}
	viewer := seenByAViewer(supply)
	viewer.Unread = []string{v1alpha1.HostedServiceKind}
	show("All of it, as a viewer sees it", func() error { return page.Functions(overview.FunctionsOf(viewer)) })
	analytics := &supply.Catalogue.Functions[1]
	analytics.Spec.Parameters.Schema.OpenAPIV3Schema.Raw = []byte("{")
	show("One whose schema cannot be read, as a viewer sees it", func() error { return page.Entry(overview.EntryOf(analytics, viewer, page.Clock.Today())) })
	show("There is none", func() error { return page.Functions(overview.FunctionsOf(overview.Supply{})) })
	compareGolden(t, "catalogue", said.String())
}

// TestProviders shows who supplies, and who depends on whom.
func TestProviders(t *testing.T) {
	var said bytes.Buffer
	page := &screen.Page{Out: &said, Clock: clock(t)}
	supply := readSupply(t)
	for heading, s := range map[string]overview.Supply{"": supply, ", as a viewer of Newham sees them": seenByAViewer(supply)} {
		said.Reset()
		fmt.Fprintf(&said, "##### All%s\n", heading)
		if err := page.Providers(overview.ProvidersOf(s)); err != nil {
			t.Fatal(err)
		}
		for i := range s.Catalogue.Providers {
			p := &s.Catalogue.Providers[i]
			fmt.Fprintf(&said, "\n##### %s%s\n", p.Name, heading)
			if err := page.Provider(overview.ProviderOf(p, s)); err != nil {
				t.Fatal(err)
			}
		}
		compareGolden(t, map[bool]string{true: "providers", false: "providers-viewer"}[heading == ""], said.String())
	}
	said.Reset()
	if err := page.Providers(overview.ProvidersOf(overview.Supply{})); err != nil || said.String() != "There is no supplier yet.\n" {
		t.Errorf("%v: %s", err, said.String())
	}
}

// TestSupplyForPrograms: the same as a program reads it.
func TestSupplyForPrograms(t *testing.T) {
	supply := readSupply(t)
	compareGolden(t, "catalogue.json", asJSON(t, overview.FunctionsOf(supply)))
	compareGolden(t, "catalogue-one.json", asJSON(t, overview.EntryOf(&supply.Catalogue.Functions[1], supply, "2026-11-22")))
	compareGolden(t, "providers.json", asJSON(t, overview.ProvidersOf(supply)))
}

// TestColourTakesNoRoom: columns stand below one another on a terminal as in a file.
func TestColourTakesNoRoom(t *testing.T) {
	var plain, coloured bytes.Buffer
	all := overview.ProvidersOf(readSupply(t))
	for out, isTerminal := range map[*bytes.Buffer]bool{&plain: false, &coloured: true} {
		if err := (&screen.Page{Out: out, Clock: clock(t), Colour: isTerminal}).Providers(all); err != nil {
			t.Fatal(err)
		}
	}
	seen := coloured.String()
	for _, code := range []string{"\x1b[32m", "\x1b[33m", "\x1b[1;31m", "\x1b[0m"} {
		seen = strings.ReplaceAll(seen, code, "")
	}
	if seen == coloured.String() || seen != plain.String() {
		t.Errorf("in colour:\n%s\nwithout:\n%s", seen, plain.String())
	}
}

// TestStatusInALog shows what --watch writes where nothing can be rewritten.
func TestStatusInALog(t *testing.T) {
	clock := clock(t)
	page := &screen.Page{Out: &bytes.Buffer{}, Clock: clock}
	var said strings.Builder
	for _, line := range page.TreeLines(overview.Of(factsOf(readCase(t, "failover")), clock.Today())) {
		fmt.Fprintf(&said, "%q: %s\n", line.Of, line.Text)
	}
	said.WriteString("\n")
	for _, line := range page.CountryLines(overview.InCountry(readCase(t, "country"))) {
		fmt.Fprintf(&said, "%q: %s\n", line.Of, line.Text)
	}
	compareGolden(t, "status-log", said.String())
}
