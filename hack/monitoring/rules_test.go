package monitoring

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/hack/testenv"
)

// rules are the PrometheusRule's, as Prometheus reads them.
type rules struct {
	Spec struct {
		Groups []struct {
			Name  string `json:"name"`
			Rules []rule `json:"rules"`
		} `json:"groups"`
	} `json:"spec"`
}

type rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func readRules(t *testing.T) rules {
	t.Helper()
	content, err := os.ReadFile(testenv.Path("config/prometheus/rules.yaml"))
	read := rules{}
	if err == nil {
		err = yaml.UnmarshalStrict(content, &struct {
			APIVersion, Kind string
			Metadata         map[string]string
			*rules
		}{rules: &read})
	}
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// TestAlerts: each is silent when it must be, and speaks when it must.
func TestAlerts(t *testing.T) {
	folder := t.TempDir()
	written, err := yaml.Marshal(map[string]any{"groups": readRules(t).Spec.Groups})
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "rules.yaml"), written, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile(filepath.Join("testdata", "alerts.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "alerts.yaml"), tests, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"}, {"test", "rules", "alerts.yaml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	for _, group := range readRules(t).Spec.Groups {
		for _, r := range group.Rules {
			if strings.Count(string(tests), "name: "+r.Alert+"\n") == 0 {
				t.Errorf("no test tries %s", r.Alert)
			}
		}
	}
}

// TestAlertsAreExplained where they say that they are.
func TestAlertsAreExplained(t *testing.T) {
	for _, group := range readRules(t).Spec.Groups {
		for _, r := range group.Rules {
			page, section, _ := strings.Cut(r.Annotations["runbook"], "#")
			text, err := os.ReadFile(testenv.Path(page))
			if err != nil {
				t.Errorf("%s: %v", r.Alert, err)
				continue
			}
			if !regexp.MustCompile(`(?mi)^#+ ` + section + `$`).Match(text) {
				t.Errorf("%s: %s has no section %q", r.Alert, page, section)
			}
			if !strings.Contains(string(text), "`"+r.Alert+"`") {
				t.Errorf("%s does not say what to do about %s", page, r.Alert)
			}
		}
	}
}
