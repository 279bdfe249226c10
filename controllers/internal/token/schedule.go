package token

import "time"

const (
	// Period of a token: the same token is given for so long, then the next.
	Period = 24 * time.Hour
	// Life of a token from the start of its period. It is twice the period: whoever still holds the
	// token of yesterday, because a file was not refreshed or the operator was away, is served.
	Life = 2 * Period

	// publishedAhead is how long services know a key before it signs. A mounted file follows within
	// two minutes.
	publishedAhead = 10 * time.Minute
	// keyLife is how long a key signs.
	keyLife = 90 * 24 * time.Hour
)

// Schedule is what holds of a key set at an instant.
type Schedule struct {
	// Signing is the key of the periods that start now. Without keys, there is none.
	Signing Key
	// Published are the keys that services must know, from the oldest to the newest. They are also those
	// to keep: whoever drops the others writes these back.
	Published KeySet
	// Make says that a key must be made now.
	Make bool
	// Drop are the IDs of keys of which no token is alive.
	Drop []string
	// Next is when any of this changes. Zero while nothing will: a key must be made first.
	Next time.Time
}

// Schedule says which key signs now, which are published, and what is to be done to the set.
func (s KeySet) Schedule(now time.Time) Schedule {
	if len(s) == 0 {
		return Schedule{Make: true}
	}
	keys := s.sorted()
	schedule := Schedule{Signing: keys.signer(now)}
	next := earliest{after: now}
	for i, key := range keys {
		if i < len(keys)-1 {
			gone := keys[i+1].signsFrom().Add(Life)
			if !gone.After(now) {
				schedule.Drop = append(schedule.Drop, key.ID)
				continue
			}
			next.consider(gone)
		}
		schedule.Published = append(schedule.Published, key)
		next.consider(key.Created)
		next.consider(key.signsFrom())
	}
	due := keys.successorDue(now)
	schedule.Make = !due.After(now)
	next.consider(due)
	schedule.Next = next.at
	return schedule
}

// signsFrom holds of every key but the first of a set.
func (k Key) signsFrom() time.Time { return k.Created.Add(publishedAhead) }

// signer of the periods that start at an instant, out of a sorted set. The first key has nobody to wait
// for: it signs whatever the second does not.
func (s KeySet) signer(at time.Time) Key {
	signer := s[0]
	for _, key := range s[1:] {
		if !key.signsFrom().After(at) {
			signer = key
		}
	}
	return signer
}

// successorDue is when the next key must be made, so that it can sign when the life of the newest ends.
// A key from the future, which a wrong clock made, is nobody's successor: else there would be no other
// until its day comes.
func (s KeySet) successorDue(now time.Time) time.Time {
	newest := s[0]
	for _, key := range s[1:] {
		if !key.Created.After(now) {
			newest = key
		}
	}
	return newest.Created.Add(keyLife - publishedAhead)
}

// earliest of the instants after one.
type earliest struct{ after, at time.Time }

func (e *earliest) consider(t time.Time) {
	if t.After(e.after) && (e.at.IsZero() || t.Before(e.at)) {
		e.at = t
	}
}
