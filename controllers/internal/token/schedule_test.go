package token_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

// The hand-over of a first key to a second, made when it was due.
const (
	due  = 90*day - 10*minute
	over = 90 * day
	gone = 92 * day
)

func TestSchedule(t *testing.T) {
	one := []time.Duration{0}
	two := []time.Duration{0, due}
	tests := map[string]struct {
		created   []time.Duration
		at        time.Duration
		signing   int
		published []int
		drop      []int
		toMake    bool
		next      time.Duration
	}{
		"the first key signs at once":                          {created: one, at: 0, signing: 0, published: []int{0}, next: 10 * minute},
		"it signs for 90 days":                                 {created: one, at: due - 1, signing: 0, published: []int{0}, next: due},
		"its successor is made ten minutes before":             {created: one, at: due, signing: 0, published: []int{0}, toMake: true},
		"it signs on until there is one":                       {created: one, at: 200 * day, signing: 0, published: []int{0}, toMake: true},
		"a successor is published at once and does not sign":   {created: two, at: due, signing: 0, published: []int{0, 1}, next: over},
		"nor does it the moment before its ten minutes":        {created: two, at: over - 1, signing: 0, published: []int{0, 1}, next: over},
		"it signs after ten minutes":                           {created: two, at: over, signing: 1, published: []int{0, 1}, next: gone},
		"the old key stays published for 48 hours":             {created: two, at: gone - 1, signing: 1, published: []int{0, 1}, next: gone},
		"then it is dropped":                                   {created: two, at: gone, signing: 1, published: []int{1}, drop: []int{0}, next: due + due},
		"the order in the Secret means nothing":                {created: []time.Duration{due, 0}, at: over, signing: 0, published: []int{1, 0}, next: gone},
		"a late successor is published before it signs, too":   {created: []time.Duration{0, 100 * day}, at: 100 * day, signing: 0, published: []int{0, 1}, next: 100*day + 10*minute},
		"after a key was taken away the remaining signs":       {created: []time.Duration{due}, at: due, signing: 0, published: []int{0}, next: over},
		"of several old keys each goes in its turn":            {created: []time.Duration{0, due, due + hour}, at: gone, signing: 2, published: []int{1, 2}, drop: []int{0}, next: gone + hour},
		"a key from the future is published and does not sign": {created: []time.Duration{0, 3000 * day}, at: day, signing: 0, published: []int{0, 1}, next: due},
		"and does not stop rotation":                           {created: []time.Duration{0, 3000 * day}, at: due, signing: 0, published: []int{0, 1}, toMake: true, next: 3000 * day},
		"a lone key of a clock that was fast signs":            {created: []time.Duration{minute}, at: 0, signing: 0, published: []int{0}, next: minute},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var created []time.Time
			for _, after := range tc.created {
				created = append(created, began.Add(after))
			}
			keys := keysOf(t, created...)
			want := token.Schedule{Signing: keys[tc.signing], Make: tc.toMake}
			for _, i := range tc.published {
				want.Published = append(want.Published, keys[i])
			}
			for _, i := range tc.drop {
				want.Drop = append(want.Drop, keys[i].ID)
			}
			if tc.next != 0 {
				want.Next = began.Add(tc.next)
			}
			if diff := cmp.Diff(want, keys.Schedule(began.Add(tc.at))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestScheduleWithoutKeys(t *testing.T) {
	if diff := cmp.Diff(token.Schedule{Make: true}, token.KeySet{}.Schedule(began)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whoever looks again at Next misses nothing.
func TestNothingChangesBeforeNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := someKeys(t)
		now := anInstant(t, "now", -10*day, 200*day)
		schedule := keys.Schedule(now)
		until := schedule.Next
		if until.IsZero() {
			until = now.Add(1000 * day)
		}
		if !until.After(now) {
			t.Fatalf("at %s the next change is at %s", now, until)
		}
		between := now.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(now))-1).Draw(t, "between")))
		if diff := cmp.Diff(schedule, keys.Schedule(between)); diff != "" {
			t.Fatalf("at %s (-now +then):\n%s", between, diff)
		}
	})
}

// Each key is either published or dropped, the one that signs is published, and dropping is final.
func TestEveryKeyHasItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := someKeys(t)
		now := anInstant(t, "now", -10*day, 200*day)
		schedule := keys.Schedule(now)
		places := map[string]int{}
		for _, key := range schedule.Published {
			places[key.ID]++
		}
		if places[schedule.Signing.ID] != 1 {
			t.Fatalf("the signing key is not published")
		}
		for _, id := range schedule.Drop {
			places[id]++
		}
		for _, key := range keys {
			if places[key.ID] != 1 {
				t.Fatalf("the key %s is in %d places", key.ID, places[key.ID])
			}
		}
		kept := schedule.Published.Schedule(now)
		if diff := cmp.Diff(schedule, kept, cmpopts.IgnoreFields(token.Schedule{}, "Drop")); diff != "" || len(kept.Drop) > 0 {
			t.Fatalf("once the keys are dropped, something else follows (-before +after):\n%s\nand to drop: %s", diff, kept.Drop)
		}
	})
}
