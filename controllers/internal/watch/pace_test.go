package watch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhoAggregatesIsWokenAtOnceAndThenLessAndLessOften(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	pace, now := NewPace(), noon
	pace.now = func() time.Time { return now }
	request := InNamespace("", "tower-hamlets")[0]
	ms, microseconds := time.Millisecond, time.Microsecond
	events := []struct{ at, want time.Duration }{
		{0, 0},
		{30 * ms, 70 * ms},
		{40 * ms, 60 * ms},               // the same wake, not another
		{100 * ms, 102 * ms},             // it is being woken: what changes now may come too late for it
		{250 * ms, 57040 * microseconds}, // half of the 202 ms for which it has gone on, and a fiftieth
		{900 * ms, 0},                    // that has passed
		{910 * ms, 458 * ms},
		{1900 * ms, 179360 * microseconds},
		{4000 * ms, 0}, // a second and more after it was last woken
		{4030 * ms, 70 * ms},
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

func TestWhoIsWokenOnAndOnIsWokenLessOften(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	pace, now := NewPace(), noon
	pace.now = func() time.Time { return now }
	request := InNamespace("", "tower-hamlets")[0]
	var due []time.Time
	for ; now.Sub(noon) < 10*time.Minute; now = now.Add(time.Millisecond) {
		if at := now.Add(pace.wait(request)); len(due) == 0 || at.After(due[len(due)-1]) {
			due = append(due, at)
		}
	}
	if len(due) < 120 || len(due) > 200 {
		t.Errorf("in ten minutes it is woken %d times, want 120 to 200", len(due))
	}
	for i := range due[1:] {
		least := time.Second
		if due[i].Sub(noon) < 2*time.Second {
			least = 100 * time.Millisecond
		}
		if rest := due[i+1].Sub(due[i]); rest < least || rest > 5*time.Second {
			t.Fatalf("after %s it is left alone for %s, want %s to 5 s", due[i].Sub(noon), rest, least)
		}
	}
	now = due[len(due)-1].Add(5 * time.Second)
	if wait := pace.wait(request); wait != 0 {
		t.Errorf("after a rest it is woken in %s, want at once", wait)
	}
	now = now.Add(time.Millisecond)
	if wait := pace.wait(request); wait >= time.Second {
		t.Errorf("and again in %s, want less than a second", wait)
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
	for request := range pace.spans {
		remembered[request.String()] = true
	}
	return remembered
}
