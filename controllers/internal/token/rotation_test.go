package token_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

// installation does with the pure functions what the operator does with them.
type installation struct {
	keys token.KeySet
	made uint64
	// held is every token that was given out, with its end.
	held map[string]time.Time
	// since is when each key was first published.
	since map[string]time.Time
}

// awake is one look at the clock: keys first, then the tokens of all agreements. It returns what is
// published from then on, and the next instant at which anything is due.
func (in *installation) awake(t *rapid.T, uids []string, now time.Time) (jwks []byte, next time.Time) {
	schedule := in.keys.Schedule(now)
	if schedule.Make {
		in.made++
		in.keys = schedule.Published
		in.keys = append(in.keys, keyOf(t, in.made, now))
		schedule = in.keys.Schedule(now)
		if schedule.Make {
			t.Fatalf("at %s a key was made, and another is asked for", now)
		}
	}
	in.keys = schedule.Published
	for _, key := range in.keys {
		if _, known := in.since[key.ID]; !known {
			in.since[key.ID] = now
		}
	}
	next = schedule.Next
	for _, uid := range uids {
		issued := issue(t, in.keys, claimsOf(uid), now)
		in.held[issued.Compact] = issued.Expires
		if issued.Renew.Before(next) {
			next = issued.Renew
		}
	}
	return token.JWKS(in.keys), next
}

// check verifies every token that is still good with what is published now, and that the services had
// ten minutes to hear of its key.
func (in *installation) check(t *rapid.T, jwks []byte, now time.Time) {
	for compact, expires := range in.held {
		if !expires.After(now) {
			delete(in.held, compact)
			continue
		}
		said, kid := read(t, compact, jwks)
		if known := said.IssuedAt.Time().Sub(in.since[kid]); known < 10*minute && !in.since[kid].Equal(began) {
			t.Fatalf("at %s: the key %s was known for %s when a period began with it", now, kid, known)
		}
	}
}

// Over months, with an operator that is away now and then, keys come and go, and no token that was given
// out is refused before its end.
func TestEveryTokenVerifiesUntilItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := installation{held: map[string]time.Time{}, since: map[string]time.Time{}}
		var uids []string
		for _, number := range rapid.SliceOfNDistinct(rapid.Uint64(), 1, 2, rapid.ID).Draw(t, "uids") {
			uids = append(uids, uidOf(number))
		}
		now := began
		for now.Before(began.Add(220 * day)) {
			jwks, next := in.awake(t, uids, now)
			in.check(t, jwks, now)
			// Just before anything is due, with what was published last.
			in.check(t, jwks, next.Add(-1))
			away := rapid.SampledFrom([]time.Duration{0, 0, 0, minute, hour, 30 * hour, 12 * day}).Draw(t, "away")
			now = next.Add(away)
		}
		if in.made < 3 || len(in.keys) > 2 {
			t.Fatalf("after 220 days %d keys were made, and %d are there", in.made, len(in.keys))
		}
	})
}

// After a rotation, agreements take up the new key one after the other.
func TestANewKeyIsTakenUpOverADay(t *testing.T) {
	const agreements = 1000
	keys := keysOf(t, began, began.Add(due))
	signed := map[string]int{}
	count := func(after time.Duration) int {
		clear(signed)
		for number := range uint64(agreements) {
			now := began.Add(over + after)
			_, kid := read(t, issue(t, keys, claimsOf(uidOf(number)), now).Compact, token.JWKS(keys))
			signed[kid]++
		}
		return signed[keys[1].ID]
	}
	if got := count(-1); got != 0 {
		t.Errorf("before it signs, %d tokens are signed by the new key", got)
	}
	if got := count(minute); got > 10 {
		t.Errorf("within a minute %d of %d tokens are signed anew", got, agreements)
	}
	if got := count(12 * hour); got < 420 || got > 580 {
		t.Errorf("after half a day %d of %d tokens are signed by the new key", got, agreements)
	}
	if got := count(24 * hour); got != agreements {
		t.Errorf("after a day %d of %d tokens are signed by the new key", got, agreements)
	}
}
