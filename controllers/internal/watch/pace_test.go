package watch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhoAggregatesIsWokenAtOnceAndThenOnceASecond(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	pace, now := NewPace(), noon
	pace.now = func() time.Time { return now }
	request := InNamespace("", "tower-hamlets")[0]
	ms := time.Millisecond
	events := []struct{ at, want time.Duration }{
		{0, 0},
		{300 * ms, 700 * ms},
		{300 * ms, 700 * ms},   // the same wake, not another
		{1000 * ms, 1000 * ms}, // it is being woken: what changes now may come too late for it
		{1900 * ms, 100 * ms},
		{2999 * ms, 1 * ms},
		{4000 * ms, 0}, // a second after it was last woken
	}
	for _, e := range events {
		now = noon.Add(e.at)
		if got := pace.wait(request); got != e.want {
			t.Errorf("after %s it is woken in %s, want %s", e.at, got, e.want)
		}
	}
	if got := pace.wait(InNamespace("", "newham")[0]); got != 0 {
		t.Errorf("another is woken in %s, want at once", got)
	}
}

func TestAPaceForgetsWhomNothingWakes(t *testing.T) {
	pace, now := NewPace(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	pace.now = func() time.Time { return now }
	gone, here := InNamespace("", "tower-hamlets")[0], InNamespace("", "newham")[0]
	pace.wait(gone)
	now = now.Add(time.Minute)
	pace.wait(here)
	if diff := cmp.Diff(map[string]bool{here.String(): true}, names(pace)); diff != "" {
		t.Errorf("others are remembered (-want +got):\n%s", diff)
	}
}

func names(pace *Pace) map[string]bool {
	remembered := map[string]bool{}
	for request := range pace.woken {
		remembered[request.String()] = true
	}
	return remembered
}
