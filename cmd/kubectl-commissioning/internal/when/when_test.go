package when_test

import (
	"testing"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// summer is half past midnight in London, and still yesterday in UTC.
func summer(t *testing.T) when.Clock {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return when.Clock{Now: time.Date(2026, time.June, 30, 23, 30, 0, 0, time.UTC), Zone: zone}
}

func TestLocalise(t *testing.T) {
	clock := summer(t)
	for name, tc := range map[string]struct{ said, want string }{
		"an instant of today": {"not available since 23:02 UTC on 2026-06-30.", "not available since 00:02."},
		"an instant of another day, in winter": {
			"since 09:15 UTC on 2025-12-31, because", "since 31 Dec 2025 09:15, because",
		},
		"yesterday here, the same day in UTC": {"since 22:59 UTC on 2026-06-30", "since 30 Jun 2026 23:59"},
		"a day":                               {"In term until 2027-09-30, that day included.", "In term until 30 Sep 2027, that day included."},
		"a day alone":                         {"2027-09-30", "30 Sep 2027"},
		"two days":                            {"from 2027-01-02 until 2027-09-30.", "from 2 Jan 2027 until 30 Sep 2027."},
		"a reference that looks like one":     {"DSA-2026-11-22 and 2026-11-22-A end", "DSA-2026-11-22 and 2026-11-22-A end"},
		"no day of any month":                 {"until 2027-13-45.", "until 2027-13-45."},
		"no instant of any day":               {"since 25:61 UTC on 2026-06-30", "since 25:61 UTC on 30 Jun 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := clock.Localise(tc.said); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestInstants(t *testing.T) {
	clock := summer(t)
	for name, tc := range map[string]struct {
		at            time.Time
		moment, brief string
	}{
		"today":        {time.Date(2026, time.June, 30, 23, 2, 0, 0, time.UTC), "today 00:02", "today 00:02"},
		"this year":    {time.Date(2026, time.January, 2, 9, 4, 0, 0, time.UTC), "2 Jan 2026 09:04", "2 Jan"},
		"another year": {time.Date(2025, time.October, 12, 9, 4, 0, 0, time.UTC), "12 Oct 2025 10:04", "12 Oct 2025"},
	} {
		t.Run(name, func(t *testing.T) {
			if moment, brief := clock.Moment(tc.at), clock.Brief(tc.at); moment != tc.moment || brief != tc.brief {
				t.Errorf("got %q and %q, want %q and %q", moment, brief, tc.moment, tc.brief)
			}
		})
	}
}

func TestDaysAhead(t *testing.T) {
	clock := summer(t)
	for day, want := range map[v1alpha1.Date]string{
		"2026-06-29": "2 days ago", "2026-06-30": "yesterday", "2026-07-01": "today", "2026-07-02": "tomorrow",
		"2026-10-26": "in 117 days", "2028-03-01": "in 609 days", // across the clocks going back, and a leap day
	} {
		days, isDay := clock.Days(day)
		if got := when.Ahead(days); got != want || !isDay {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
	if _, isDay := clock.Days("soon"); isDay {
		t.Error("soon is taken for a day")
	}
	if today := clock.Today(); today != "2026-07-01" {
		t.Errorf("today is %s", today)
	}
}
