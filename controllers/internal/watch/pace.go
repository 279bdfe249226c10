package watch

import (
	"maps"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Coalesce is how long whoever aggregates is left alone after having been woken, for further changes.
const Coalesce = time.Second

// Pace wakes whoever aggregates at most once in Coalesce: at once where nothing has for so long, and else
// when that has passed. One Pace serves all that a controller aggregates, another its children.
type Pace struct {
	now   func() time.Time
	mutex sync.Mutex
	woken map[reconcile.Request]time.Time // or will be
	swept time.Time
}

// NewPace returns a Pace by which nobody has been woken yet.
func NewPace() *Pace {
	return &Pace{now: time.Now, woken: map[reconcile.Request]time.Time{}}
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
	due, known := p.woken[request]
	if !known || now.Sub(due) >= Coalesce {
		due = now
	} else if !due.After(now) {
		due = due.Add(Coalesce)
	}
	p.woken[request] = due
	return due.Sub(now)
}

// sweep forgets whom nothing has woken for long.
func (p *Pace) sweep(now time.Time) {
	if now.Sub(p.swept) < time.Minute {
		return
	}
	p.swept = now
	maps.DeleteFunc(p.woken, func(_ reconcile.Request, due time.Time) bool { return now.Sub(due) >= Coalesce })
}
