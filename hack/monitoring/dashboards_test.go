package monitoring

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

// dashboard is what these tests read of Grafana's model.
type dashboard struct {
	UID    string  `json:"uid"`
	Title  string  `json:"title"`
	Panels []panel `json:"panels"`
}

type panel struct {
	ID      int    `json:"id"`
	Title   string `json:"title"`
	Type    string `json:"type"`
	GridPos struct{ X, Y, W, H int }
	Targets []struct {
		Expr   string `json:"expr"`
		Legend string `json:"legendFormat"`
	} `json:"targets"`
}

// chosen are the dashboards' variables in these tests.
var chosen = strings.NewReplacer("$provider", "nel-csu", "$function", "data-analytics")

func readDashboards(t *testing.T) []dashboard {
	t.Helper()
	paths, err := filepath.Glob(testenv.Path("config/prometheus/dashboards/*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	var all []dashboard
	for _, path := range paths {
		content, err := os.ReadFile(path)
		read := dashboard{}
		if err == nil {
			err = json.Unmarshal(content, &read)
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, read)
	}
	return all
}

// TestPanelsDoNotOverlap, and each asks for something.
func TestPanelsDoNotOverlap(t *testing.T) {
	for _, d := range readDashboards(t) {
		taken := map[[2]int]string{}
		for _, p := range d.Panels {
			if len(p.Targets) == 0 {
				t.Errorf("%s: %q asks for nothing", d.Title, p.Title)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
						t.Fatalf("%s: %q lies on %q", d.Title, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}

// silent are the panels that have nothing to show where all goes well.
var silent = map[string]bool{
	"Services that do not serve": true, "Rollouts under way": true, "Step of the rollout": true,
}

// TestDashboards asks a Prometheus that scrapes the operator for everything that the dashboards show, after
// a supplier has failed and its consortia have moved on.
func TestDashboards(t *testing.T) {
	g := gomega.NewWithT(t)
	env, err := testenv.Start(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	p := startPrometheus(t)
	began := time.Now()
	if _, err := env.Cluster.Kubectl(t.Context(), "apply", "--server-side", "-k", testenv.Path("config/samples")); err != nil {
		t.Fatal(err)
	}
	told := func(want float64, expr string) {
		t.Helper()
		g.Eventually(func() (float64, error) { return p.value(expr) }).WithTimeout(time.Minute).Should(gomega.Equal(want), expr)
	}
	told(3, `commissioning_agreements{function="data-analytics",provider="nel-csu",reason="InForce"}`)
	for _, consortium := range []string{"tower-hamlets", "newham", "city-and-hackney"} {
		_, err := env.Cluster.Kubectl(t.Context(), "patch", "supportagreement", "data-analytics", "-n", consortium, "--type=merge",
			"-p", `{"spec":{"failover":{"afterOutage":"10s"}}}`)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := env.Cluster.Fail(t.Context(), cluster.Failure{Namespace: "nel-csu"}); err != nil {
		t.Fatal(err)
	}
	told(0, `commissioning_service_available{provider="nel-csu",service="data-analytics"}`)
	told(3, `commissioning_agreements{function="data-analytics",provider="kent-csu",reason="FallbackInForce"}`)
	told(3, `sum(commissioning_switches_total{function="data-analytics",reason="Failover"})`)
	for _, d := range readDashboards(t) {
		for _, panel := range d.Panels {
			panel.check(t, p, d.Title)
		}
	}
	if err := env.Cluster.Heal(t.Context(), cluster.Failure{Namespace: "nel-csu"}); err != nil {
		t.Fatal(err)
	}
	told(1, `commissioning_service_available{provider="nel-csu",service="data-analytics"}`)
	told(0, `sum(commissioning_agreements{reason="SupplierUnavailable"}) or vector(0)`)
	draw(t, p, began)
}

// check asks for what a panel shows.
func (of panel) check(t *testing.T, p *prometheus, dashboard string) {
	t.Helper()
	for _, target := range of.Targets {
		found, err := p.query(chosen.Replace(target.Expr))
		if err != nil {
			t.Errorf("%s: %s: %v", dashboard, of.Title, err)
		} else if len(found) == 0 && !silent[of.Title] {
			t.Errorf("%s: %s shows nothing: %s", dashboard, of.Title, target.Expr)
		}
	}
}

var update = flag.Bool("update", false, "draw docs/images/overview.svg anew")

// draw draws the overview over time, from what Prometheus answers.
func draw(t *testing.T, p *prometheus, began time.Time) {
	t.Helper()
	made := picture{title: "Commissioning: overview. Three consortia arrive, NHS NEL CSU fails, its next choice takes over", begin: began, end: time.Now()}
	for _, d := range readDashboards(t) {
		for _, panel := range d.Panels {
			if d.UID == "commissioning-overview" && panel.Type == "timeseries" {
				made.panels = append(made.panels, panel.drawn(t, p, began))
			}
		}
	}
	if len(made.panels) < 9 {
		t.Fatalf("only %d panels are drawn", len(made.panels))
	}
	if !*update {
		return
	}
	path := testenv.Path("docs/images/overview.svg")
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(made.svg()), 0o644) //nolint:gosec // it is published
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (of panel) drawn(t *testing.T, p *prometheus, began time.Time) drawn {
	t.Helper()
	d := drawn{title: of.Title}
	for _, target := range of.Targets {
		found, err := p.between(chosen.Replace(target.Expr), began, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range found {
			l := line{name: legend.ReplaceAllStringFunc(target.Legend, func(label string) string { return s.Metric[label[2:len(label)-2]] })}
			for _, value := range s.Values {
				at, err := value.point()
				if err != nil {
					t.Fatal(err)
				}
				l.points = append(l.points, at)
			}
			d.lines = append(d.lines, l)
		}
	}
	return d
}

// legend is how a panel names its lines by their labels.
var legend = regexp.MustCompile(`\{\{[a-z_]+\}\}`)
