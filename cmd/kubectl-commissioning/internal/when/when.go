// Package when writes times as the people who read them say them: in their time zone, and as seen
// from now.
package when

import (
	"fmt"
	"regexp"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Clock is the moment and the place in which a text is read.
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

// Moment writes an instant: today 10:07, or 12 Oct 2026 09:14.
func (c Clock) Moment(t time.Time) string {
	if c.isToday(t) {
		return "today " + c.Time(t)
	}
	return t.In(c.Zone).Format("2 Jan 2006 15:04")
}

// Time writes an instant within a sentence: 10:07, or 12 Oct 2026 09:14.
func (c Clock) Time(t time.Time) string {
	if c.isToday(t) {
		return t.In(c.Zone).Format("15:04")
	}
	return t.In(c.Zone).Format("2 Jan 2006 15:04")
}

// Brief writes an instant for a list: today 10:07, 12 Oct, or 12 Oct 2025.
func (c Clock) Brief(t time.Time) string {
	switch local := t.In(c.Zone); {
	case c.isToday(t):
		return c.Moment(t)
	case local.Year() == c.Now.In(c.Zone).Year():
		return local.Format("2 Jan")
	default:
		return local.Format("2 Jan 2006")
	}
}

func (c Clock) isToday(t time.Time) bool {
	return t.In(c.Zone).Format(time.DateOnly) == c.Now.In(c.Zone).Format(time.DateOnly)
}

// Today is the day that it is.
func (c Clock) Today() v1alpha1.Date {
	return v1alpha1.Date(c.Now.In(c.Zone).Format(time.DateOnly))
}

// Day writes a calendar day: 31 Mar 2027. What is no day is left as it is.
func Day(date v1alpha1.Date) string {
	day, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return string(date)
	}
	return day.Format("2 Jan 2006")
}

// Days is how many days a calendar day is ahead; negative: it is past. False: it is no day.
func (c Clock) Days(date v1alpha1.Date) (int, bool) {
	day, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return 0, false
	}
	today := c.Now.In(c.Zone)
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	return int(day.Sub(midnight) / (24 * time.Hour)), true
}

// Ahead writes how far ahead a day is: in 129 days.
func Ahead(days int) string {
	switch {
	case days == 0:
		return "today"
	case days == 1:
		return "tomorrow"
	case days == -1:
		return "yesterday"
	case days < 0:
		return fmt.Sprintf("%d days ago", -days)
	}
	return fmt.Sprintf("in %d days", days)
}

var (
	instant = regexp.MustCompile(`\b\d{2}:\d{2} UTC on \d{4}-\d{2}-\d{2}\b`)
	// date stands alone: it is no part of a reference such as DSA-2026-11-22.
	date = regexp.MustCompile(`(^|[^-\w])(\d{4}-\d{2}-\d{2})($|[^-\w])`)
)

// Localise writes the instants and days of what the operator says, which are absolute, as they are
// read here.
func (c Clock) Localise(text string) string {
	text = instant.ReplaceAllStringFunc(text, func(found string) string {
		t, err := time.Parse("15:04 UTC on 2006-01-02", found)
		if err != nil {
			return found
		}
		return c.Time(t)
	})
	return date.ReplaceAllStringFunc(text, func(found string) string {
		parts := date.FindStringSubmatch(found)
		return parts[1] + Day(v1alpha1.Date(parts[2])) + parts[3]
	})
}
