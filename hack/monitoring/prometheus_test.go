package monitoring

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// prometheus is a server that scrapes this process, in which the operator runs, every second.
type prometheus struct{ address string }

const configuration = `
global: {scrape_interval: 1s}
scrape_configs:
- job_name: commissioning-operator
  static_configs:
  - targets: ['%s']
`

func startPrometheus(t *testing.T) *prometheus {
	t.Helper()
	operator := httptest.NewServer(promhttp.HandlerFor(metrics.Registry, promhttp.HandlerOpts{}))
	t.Cleanup(operator.Close)
	folder := t.TempDir()
	path := filepath.Join(folder, "prometheus.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, configuration, operator.Listener.Addr()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &prometheus{address: freeAddress(t)}
	cmd := exec.Command(prometheusBin, "--config.file", path, "--storage.tsdb.path", filepath.Join(folder, "data"), //nolint:noctx // ended below
		"--web.listen-address", p.address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it says that it was ended
	})
	gomega.NewWithT(t).Eventually(func() (float64, error) { return p.value("up") }).WithTimeout(30*time.Second).
		Should(gomega.Equal(1.0), "it does not scrape")
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// answer is what Prometheus answers to a query.
type answer struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Data   struct {
		Result []series `json:"result"`
	} `json:"data"`
}

// series is one line of an answer: a value now, or values over time.
type series struct {
	Metric map[string]string `json:"metric"`
	Value  sample            `json:"value"`
	Values []sample          `json:"values"`
}

// sample is a time, in seconds, and a value as text.
type sample [2]any

func (s sample) point() (point, error) {
	seconds, _ := s[0].(float64)
	text, _ := s[1].(string)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return point{}, fmt.Errorf("read %q: %w", text, err)
	}
	return point{at: time.UnixMilli(int64(seconds * 1000)), value: value}, nil
}

func (p *prometheus) query(expr string) ([]series, error) {
	return p.ask("query", url.Values{"query": {expr}})
}

// between are the values of a query from one instant to another, one a second.
func (p *prometheus) between(expr string, begin, end time.Time) ([]series, error) {
	at := func(t time.Time) []string { return []string{strconv.FormatInt(t.Unix(), 10)} }
	return p.ask("query_range", url.Values{"query": {expr}, "start": at(begin), "end": at(end), "step": {"1"}})
}

func (p *prometheus) ask(what string, values url.Values) ([]series, error) {
	response, err := http.Get("http://" + p.address + "/api/v1/" + what + "?" + values.Encode()) //nolint:noctx // on loopback
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	said := answer{}
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if said.Status != "success" {
		return nil, fmt.Errorf("%s: %s", values.Get("query"), said.Error)
	}
	return said.Data.Result, nil
}

// value is that of a query with one answer.
func (p *prometheus) value(expr string) (float64, error) {
	found, err := p.query(expr)
	if err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("%s has %d answers", expr, len(found))
	}
	read, err := found[0].Value.point()
	return read.value, err
}
