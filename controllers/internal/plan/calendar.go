package plan

import (
	"regexp"
	"sort"
	"strconv"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// lastYear is the last that a Date can write.
const lastYear = 9999

var periodPattern = regexp.MustCompile(`^P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})D)?$`)

// Calendar turns days into instants, in the installation's time zone. Its zero value is that of UTC. It
// serves one goroutine.
type Calendar struct {
	zone *time.Location
	// turns are the instants found so far: agreements by the hundred share their days. Nil: none are kept.
	turns map[turn]time.Time
}

type turn struct {
	day   v1alpha1.Date
	after int
}

// NewCalendar returns the calendar of a time zone.
func NewCalendar(zone *time.Location) Calendar {
	return Calendar{zone: zone, turns: map[turn]time.Time{}}
}

// Begins returns the first instant of the day. False: d is no date.
func (c Calendar) Begins(d v1alpha1.Date) (time.Time, bool) { return c.instant(d, 0) }

// Ends returns the first instant after the day, which is the first of the next one: both ends of
// whatever runs from day to day are included (R2). False: d is no date.
func (c Calendar) Ends(d v1alpha1.Date) (time.Time, bool) { return c.instant(d, 1) }

// instant returns the instant at which the calendar turns to the day so many days after d, or past it.
func (c Calendar) instant(d v1alpha1.Date, daysAfter int) (time.Time, bool) {
	asked := turn{d, daysAfter}
	if found, known := c.turns[asked]; known {
		return found, true
	}
	found, ok := c.search(d, daysAfter)
	if ok && c.turns != nil {
		c.turns[asked] = found
	}
	return found, ok
}

// search finds an instant. That is not always midnight, which some clock changes leap over; nor is there always an instant of
// the day itself, where a country crossed the date line.
//
// It is searched for: time.Date promises nothing about such a midnight, and Time.ZoneBounds is wrong on
// the last day of leap years after 2037.
func (c Calendar) search(d v1alpha1.Date, daysAfter int) (time.Time, bool) {
	day, ok := dayOf(d)
	if !ok {
		return time.Time{}, false
	}
	zone := c.zone
	if zone == nil {
		zone = time.UTC
	}
	day = day.AddDate(0, 0, daysAfter)
	// No clock is further from UTC than this, and none changes within a second.
	const furthest = 24 * time.Hour
	earliest := day.Add(-furthest).In(zone)
	seconds := sort.Search(int(2*furthest/time.Second), func(n int) bool {
		at := earliest.Add(time.Duration(n) * time.Second)
		_, offset := at.Zone()
		return !at.Add(time.Duration(offset) * time.Second).Before(day)
	})
	return earliest.Add(time.Duration(seconds) * time.Second), true
}

// dayOf returns the day as midnight in UTC, where all days have 24 hours and can be reckoned with.
func dayOf(d v1alpha1.Date) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, string(d))
	return day, err == nil
}

// EndOfPeriod returns the last day of what begins on start and lasts so long: the day before the one
// on which the next period would begin. Months are those of the calendar. Where the month has no such
// day, the next period begins on the last it has: P1M from 31 January ends on 27 February, the day
// before the 28th. Days are counted after years and months. The end is 9999-12-31 at the latest.
//
// False: start is no date, or p is no period of a day or more.
func EndOfPeriod(start v1alpha1.Date, p v1alpha1.Period) (v1alpha1.Date, bool) {
	day, ok := dayOf(start)
	parts := periodPattern.FindStringSubmatch(string(p))
	if !ok || parts == nil {
		return "", false
	}
	var n [3]int // years, months, days
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i+1]) // empty: none of these
	}
	if n == [3]int{} {
		return "", false
	}
	month := time.Date(day.Year()+n[0], day.Month()+time.Month(n[1]), 1, 0, 0, 0, 0, time.UTC)
	lastOfMonth := month.AddDate(0, 1, -1).Day()
	last := month.AddDate(0, 0, min(day.Day(), lastOfMonth)-1+n[2]-1)
	if last.Year() > lastYear {
		last = time.Date(lastYear, time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	return v1alpha1.Date(last.Format(time.DateOnly)), true
}
