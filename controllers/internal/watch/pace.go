package watch

import (
	"maps"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Coalesce is how long whoever aggregates is left alone after having been woken, for further changes.
const Coalesce = time.Second

const (
	// coalesceFirst is how long at the beginning, and then half of how long changes have gone on, until that
	// is Coalesce: what one person applies is followed closely, and is over in a second or two.
	coalesceFirst = 100 * time.Millisecond
	// Where changes go on and on, as when a country is filled, it is left alone for longer: by a fiftieth of
	// how long they have gone on, and for coalesceLongest at most.
	coalesceLongest = 5 * time.Second
	coalesceShare   = 50
)

// Pace wakes whoever aggregates at once where nothing has for Coalesce, and then less and less often: seven
// times in the first second, later once in Coalesce, or a little more where that goes on. One Pace
// serves all that a controller aggregates, another its children.
type Pace struct {
	now   func() time.Time
	mutex sync.Mutex
	spans map[reconcile.Request]span
	swept time.Time
}

// span is a time in which one was woken again and again.
type span struct {
	began time.Time
	woken time.Time // last, or will be
}

// NewPace returns a Pace by which nobody has been woken yet.
func NewPace() *Pace {
	return &Pace{now: time.Now, spans: map[reconcile.Request]span{}}
}

// wake adds each request once, when it is due; without a Pace, all at once.
func (p *Pace) wake(q queue, requests []reconcile.Request) {
	woken := map[reconcile.Request]bool{}
	for _, request := range requests {
		if woken[request] {
			continue
		}
		woken[request] = true
		if wait := p.wait(request); wait > 0 {
			q.AddAfter(request, wait)
		} else {
			q.Add(request)
		}
	}
}

func (p *Pace) wait(request reconcile.Request) time.Duration {
	if p == nil {
		return 0
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	now := p.now()
	p.sweep(now)
	current, known := p.spans[request]
	switch {
	case !known || current.isOver(now):
		current = span{began: now, woken: now}
	case !current.woken.After(now):
		if current.woken = current.woken.Add(current.rest()); current.woken.Before(now) {
			current.woken = now
		}
	}
	p.spans[request] = current
	return current.woken.Sub(now)
}

// rest is how long one is left alone after it was last woken.
func (s span) rest() time.Duration {
	went := s.woken.Sub(s.began)
	return min(max(coalesceFirst, min(went/2, Coalesce))+went/coalesceShare, coalesceLongest)
}

func (s span) isOver(now time.Time) bool { return now.Sub(s.woken) >= max(s.rest(), Coalesce) }

// sweep forgets whom nothing has woken for long.
func (p *Pace) sweep(now time.Time) {
	if now.Sub(p.swept) < time.Minute {
		return
	}
	p.swept = now
	maps.DeleteFunc(p.spans, func(_ reconcile.Request, s span) bool { return s.isOver(now) })
}
