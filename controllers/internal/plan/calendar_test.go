package plan_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata" // the rules of the zones below, wherever the tests run

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func zone(t interface{ Fatalf(string, ...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return z
}

func instant(t interface{ Fatalf(string, ...any) }, s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return at
}

func TestR02_ADayIsCountedFromItsFirstInstantToItsLast(t *testing.T) {
	tests := map[string]struct {
		zone, begins, ends string
		day                v1alpha1.Date
	}{
		"in winter London keeps the time of UTC": {
			zone: "Europe/London", day: "2026-01-15", begins: "2026-01-15T00:00:00Z", ends: "2026-01-16T00:00:00Z",
		},
		"in summer it is an hour ahead": {
			zone: "Europe/London", day: "2026-07-01", begins: "2026-06-30T23:00:00Z", ends: "2026-07-01T23:00:00Z",
		},
		"the day on which summer time begins has 23 hours": {
			zone: "Europe/London", day: "2026-03-29", begins: "2026-03-29T00:00:00Z", ends: "2026-03-29T23:00:00Z",
		},
		"the day on which it ends has 25": {
			zone: "Europe/London", day: "2026-10-25", begins: "2026-10-24T23:00:00Z", ends: "2026-10-26T00:00:00Z",
		},
		"a leap day is a day": {
			zone: "Europe/London", day: "2028-02-29", begins: "2028-02-29T00:00:00Z", ends: "2028-03-01T00:00:00Z",
		},
		"a year ends": {
			zone: "Europe/London", day: "2026-12-31", begins: "2026-12-31T00:00:00Z", ends: "2027-01-01T00:00:00Z",
		},
		"the last day that can be written ends": {
			zone: "UTC", day: "9999-12-31", begins: "9999-12-31T00:00:00Z",
		},
		"where the clock leaps over midnight, the day begins at one": {
			zone: "America/Sao_Paulo", day: "2018-11-04", begins: "2018-11-04T03:00:00Z", ends: "2018-11-05T02:00:00Z",
		},
		"and the day before it ends where the clock leaps": {
			zone: "America/Sao_Paulo", day: "2018-11-03", begins: "2018-11-03T03:00:00Z", ends: "2018-11-04T03:00:00Z",
		},
		"where midnight comes twice, the day begins at the first": {
			zone: "America/Havana", day: "2026-11-01", begins: "2026-11-01T04:00:00Z", ends: "2026-11-02T05:00:00Z",
		},
		"the last day of a leap year, beyond the years whose clock changes are listed": {
			zone: "Europe/London", day: "2040-12-31", begins: "2040-12-31T00:00:00Z", ends: "2041-01-01T00:00:00Z",
		},
		"where midnight is left for the day before, the day begins when it comes again": {
			zone: "Asia/Beirut", day: "2026-10-25", begins: "2026-10-24T22:00:00Z", ends: "2026-10-25T22:00:00Z",
		},
		"a day that a country left out has no instant": {
			zone: "Pacific/Apia", day: "2011-12-30", begins: "2011-12-30T10:00:00Z", ends: "2011-12-30T10:00:00Z",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			calendar := plan.NewCalendar(zone(t, tc.zone))
			begins, isDate := calendar.Begins(tc.day)
			if !isDate || !begins.Equal(instant(t, tc.begins)) {
				t.Errorf("Begins() = %s, %t, want %s", begins.UTC(), isDate, tc.begins)
			}
			wantEnds := time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC) // RFC 3339 cannot write it
			if tc.ends != "" {
				wantEnds = instant(t, tc.ends)
			}
			ends, isDate := calendar.Ends(tc.day)
			if !isDate || !ends.Equal(wantEnds) {
				t.Errorf("Ends() = %s, %t, want %s", ends.UTC(), isDate, wantEnds)
			}
		})
	}
}

func TestCalendarOfNoZoneIsThatOfUTC(t *testing.T) {
	begins, _ := plan.Calendar{}.Begins("2026-07-01")
	if want := time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC); !begins.Equal(want) {
		t.Errorf("Begins() = %s, want %s", begins, want)
	}
}

func TestCalendarKnowsWhatIsNoDate(t *testing.T) {
	for _, text := range []v1alpha1.Date{"", "2026-02-30", "2026-00-10", "2026-2-03", "03-02-2026", "2026-02-03T00:00:00Z"} {
		if at, isDate := (plan.Calendar{}).Begins(text); isDate || !at.IsZero() {
			t.Errorf("Begins(%q) = %s, %t", text, at, isDate)
		}
		if at, isDate := (plan.Calendar{}).Ends(text); isDate || !at.IsZero() {
			t.Errorf("Ends(%q) = %s, %t", text, at, isDate)
		}
	}
}

// anyZone draws zones with clock changes of every kind: at night, at midnight, over midnight, by half
// an hour, by a day, and none.
func anyZone(t *rapid.T) *time.Location {
	return zone(t, rapid.SampledFrom([]string{
		"Europe/London", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Africa/Cairo",
		"Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Pacific/Kwajalein", "America/Juneau", "UTC",
	}).Draw(t, "zone"))
}

// anyDay draws days at least as old as the clocks of the zones.
func anyDay(t *rapid.T, label string) time.Time {
	return time.Date(1840, time.January, rapid.IntRange(1, 365*300).Draw(t, label), 0, 0, 0, 0, time.UTC)
}

// recentDay draws days since no calendar has turned back.
func recentDay(t *rapid.T) time.Time {
	return time.Date(2011, time.December, rapid.IntRange(1, 365*150).Draw(t, "recent"), 0, 0, 0, 0, time.UTC)
}

func dateOf(day time.Time) v1alpha1.Date { return v1alpha1.Date(day.Format(time.DateOnly)) }

func TestCalendarProperties(t *testing.T) {
	tests := map[string]func(*rapid.T){
		"the calendar turns to the day, or past it": func(t *rapid.T) {
			z, day := anyZone(t), anyDay(t, "day")
			begins, isDate := plan.NewCalendar(z).Begins(dateOf(day))
			if !isDate {
				t.Fatalf("%s is no date", dateOf(day))
			}
			before, shown := dateOf(begins.Add(-1).In(z)), dateOf(begins.In(z))
			if shown < dateOf(day) || before >= dateOf(day) {
				t.Fatalf("at %s the calendar turns from %s to %s", begins, before, shown)
			}
		},
		"no instant before it is one of the day, and none after it one of the day before": func(t *rapid.T) {
			z, day := anyZone(t), recentDay(t)
			begins, _ := plan.NewCalendar(z).Begins(dateOf(day))
			at := begins.Add(time.Duration(rapid.Int64Range(-int64(72*time.Hour), int64(72*time.Hour)).Draw(t, "at")))
			if shown := dateOf(at.In(z)); at.Before(begins) != (shown < dateOf(day)) {
				t.Fatalf("%s begins at %s; at %s the calendar shows %s", dateOf(day), begins, at, shown)
			}
		},
		"a day ends where the next one begins": func(t *rapid.T) {
			z, day := anyZone(t), anyDay(t, "day")
			ends, _ := plan.NewCalendar(z).Ends(dateOf(day))
			begins, _ := plan.NewCalendar(z).Begins(dateOf(day.AddDate(0, 0, 1)))
			if !ends.Equal(begins) {
				t.Fatalf("%s ends at %s, the next day begins at %s", dateOf(day), ends, begins)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}

func TestADurationOrItsDefault(t *testing.T) {
	tests := map[string]struct {
		given v1alpha1.Duration
		want  time.Duration
	}{
		"one that is left out is the default":      {want: 5 * time.Minute},
		"one that is given wins":                   {given: "30s", want: 30 * time.Second},
		"parts are added":                          {given: "1h30m", want: 90 * time.Minute},
		"none is not left out":                     {given: "0s", want: 0},
		"one that cannot be read is the default":   {given: "P1D", want: 5 * time.Minute},
		"the longest that the schema lets through": {given: "99999h99999h99999h", want: 3 * 99999 * time.Hour},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.given.Or(5 * time.Minute); got != tc.want {
				t.Errorf("%q is %s, want %s", tc.given, got, tc.want)
			}
		})
	}
}

func TestEndOfPeriod(t *testing.T) {
	tests := map[string]struct {
		start  v1alpha1.Date
		period v1alpha1.Period
		want   v1alpha1.Date // empty: none
	}{
		"two years by months":                            {start: "2026-04-01", period: "P24M", want: "2028-03-31"},
		"two years by years":                             {start: "2026-04-01", period: "P2Y", want: "2028-03-31"},
		"a year and a half":                              {start: "2026-04-01", period: "P1Y6M", want: "2027-09-30"},
		"a single day ends on the day itself":            {start: "2026-04-01", period: "P1D", want: "2026-04-01"},
		"thirty days":                                    {start: "2026-04-01", period: "P30D", want: "2026-04-30"},
		"a month from the middle of one":                 {start: "2026-01-15", period: "P1M", want: "2026-02-14"},
		"a month over the end of the year":               {start: "2026-12-10", period: "P1M", want: "2027-01-09"},
		"a month from a day that the next does not have": {start: "2026-01-31", period: "P1M", want: "2026-02-27"},
		"the same in a leap year":                        {start: "2028-01-31", period: "P1M", want: "2028-02-28"},
		"a year from a leap day":                         {start: "2028-02-29", period: "P1Y", want: "2029-02-27"},
		"four years from a leap day":                     {start: "2028-02-29", period: "P4Y", want: "2032-02-28"},
		"months are clipped before days are counted":     {start: "2026-01-31", period: "P1M1D", want: "2026-02-28"},
		"the longest that can be written":                {start: "9999-12-31", period: "P999Y9999M99999D", want: "9999-12-31"},
		"up to the last day that can be written":         {start: "9999-12-01", period: "P31D", want: "9999-12-31"},
		"no day is no period":                            {start: "2026-04-01", period: "P0Y0M0D"},
		"nothing is no period":                           {start: "2026-04-01", period: "P"},
		"hours are no period":                            {start: "2026-04-01", period: "PT24H"},
		"days come last":                                 {start: "2026-04-01", period: "P1D1M"},
		"a start that is no date":                        {start: "2026-02-30", period: "P1M"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := plan.EndOfPeriod(tc.start, tc.period)
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("EndOfPeriod(%s, %s) = %q, %t, want %q", tc.start, tc.period, got, ok, tc.want)
			}
		})
	}
}

func anyPeriod(t *rapid.T, years, months, days int) v1alpha1.Period {
	period := "P"
	for _, part := range []struct {
		most int
		unit string
	}{{years, "Y"}, {months, "M"}, {days, "D"}} {
		if n := rapid.IntRange(-1, part.most).Draw(t, part.unit); n >= 0 { // below none: left out
			period += strconv.Itoa(n) + part.unit
		}
	}
	return v1alpha1.Period(period)
}

func TestEndOfPeriodProperties(t *testing.T) {
	tests := map[string]func(*rapid.T){
		"a term has a day, and ends on a date, not before it begins": func(t *rapid.T) {
			start, period := dateOf(anyDay(t, "start")), anyPeriod(t, 999, 9999, 99999)
			last, ok := plan.EndOfPeriod(start, period)
			if !ok {
				return // a period of no day, which the table has
			}
			if _, isDate := (plan.Calendar{}).Ends(last); !isDate || last < start {
				t.Fatalf("%s from %s ends on %q", period, start, last)
			}
		},
		"who begins later does not end earlier": func(t *rapid.T) {
			a, b := dateOf(anyDay(t, "a")), dateOf(anyDay(t, "b"))
			period := anyPeriod(t, 20, 200, 2000)
			early, _ := plan.EndOfPeriod(min(a, b), period)
			late, _ := plan.EndOfPeriod(max(a, b), period)
			if early > late {
				t.Fatalf("%s from %s ends on %s, from %s on %s", period, min(a, b), early, max(a, b), late)
			}
		},
		"where every month has the day, the next period begins on that day": func(t *rapid.T) {
			start := anyDay(t, "start")
			start = start.AddDate(0, 0, min(start.Day(), 28)-start.Day())
			years, months, days := rapid.IntRange(0, 20).Draw(t, "Y"), rapid.IntRange(0, 200).Draw(t, "M"), rapid.IntRange(1, 2000).Draw(t, "D")
			period := v1alpha1.Period(fmt.Sprintf("P%dY%dM%dD", years, months, days))
			want := dateOf(start.AddDate(years, months, days-1))
			if last, ok := plan.EndOfPeriod(dateOf(start), period); !ok || last != want {
				t.Fatalf("%s from %s ends on %s, %t, want %s", period, dateOf(start), last, ok, want)
			}
		},
		"a month never reaches further than the month after": func(t *rapid.T) {
			start := anyDay(t, "start")
			last, _ := plan.EndOfPeriod(dateOf(start), "P1M")
			tooFar := dateOf(time.Date(start.Year(), start.Month()+2, 1, 0, 0, 0, 0, time.UTC))
			if last >= tooFar {
				t.Fatalf("P1M from %s ends on %s", dateOf(start), last)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}
