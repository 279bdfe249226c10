package binaries

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestEstimate(t *testing.T) {
	tests := map[string]struct {
		done, total int
		elapsed     time.Duration
		cpus        int
		atLeast     time.Duration
		atMost      time.Duration
	}{
		"everything on two cores takes what was measured": {total: 3700, cpus: 2, atLeast: 6 * time.Minute, atMost: 8 * time.Minute},
		"eight cores are four times as fast":              {total: 3700, cpus: 8, atLeast: 90 * time.Second, atMost: 2 * time.Minute},
		"a slow first second changes little":              {done: 1, total: 3700, elapsed: time.Second, cpus: 2, atLeast: 6 * time.Minute, atMost: 8 * time.Minute},
		"later the measured speed counts":                 {done: 1850, total: 3700, elapsed: 20 * time.Minute, cpus: 2, atLeast: 17 * time.Minute, atMost: 20 * time.Minute},
		"the end":                                         {done: 3700, total: 3700, elapsed: time.Minute, cpus: 2},
		"more than was counted":                           {done: 3800, total: 3700, elapsed: time.Minute, cpus: 2},
		"nothing to do":                                   {cpus: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := estimate(test.done, test.total, test.elapsed, test.cpus)
			if got < test.atLeast || got > test.atMost {
				t.Errorf("%s left, want %s to %s", got, test.atLeast, test.atMost)
			}
		})
	}
}

func TestRoughly(t *testing.T) {
	tests := map[time.Duration]string{
		0:                              "a few seconds",
		9 * time.Second:                "a few seconds",
		44 * time.Second:               "about 40 s",
		99 * time.Second:               "about 100 s",
		100 * time.Second:              "about 2 min",
		7*time.Minute + 29*time.Second: "about 7 min",
		7*time.Minute + 30*time.Second: "about 8 min",
	}
	for d, want := range tests {
		if got := roughly(d); got != want {
			t.Errorf("roughly(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, 3, 2)
	p.begin("etcd")
	p.packageCompiled()
	first := p.line(time.Second)
	// More packages than were counted must not read as "4 of 3".
	for range 3 {
		p.packageCompiled()
	}
	last := p.line(time.Minute)
	p.finished("etcd", 61*time.Second)
	p.stop()
	if !strings.HasPrefix(first, "  etcd: 1 of 3 packages, ") || !strings.HasPrefix(last, "  etcd: linking, about ") {
		t.Errorf("lines %q and %q", first, last)
	}
	if got, want := out.String(), "  etcd built in 1m1s\n"; got != want {
		t.Errorf("without a terminal: %q, want %q", got, want)
	}
}

func TestReadMessages(t *testing.T) {
	output := strings.Join([]string{
		"go: downloading k8s.io/api v0.36.3",
		"internal/cpu",
		"k8s.io/api/core/v1",
		"# k8s.io/api/core/v1",
		"core/v1/types.go:1:1: expected 'package'",
		"",
	}, "\n")
	compiled := 0
	messages := readMessages(strings.NewReader(output), func() { compiled++ })
	if compiled != 2 {
		t.Errorf("%d packages compiled, want 2", compiled)
	}
	if got, want := strings.Join(messages, "\n"), "# k8s.io/api/core/v1\ncore/v1/types.go:1:1: expected 'package'"; got != want {
		t.Errorf("messages %q, want %q", got, want)
	}
}
