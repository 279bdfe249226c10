package testenv

import (
	"errors"
	"net/http"
	"sync"
)

// death ends the operator, as far as the cluster can see, right after a write was acknowledged: no
// request leaves a process that has ended. It is the same as kill -9 at that point, and costs less.
type death struct {
	mutex sync.Mutex // held for the whole of a write while a death is due
	due   bool
	left  int // writes until then
	dead  bool
}

var errDead = errors.New("the operator has died")

// DieAfter lets so many more writes succeed, and then no request at all, until Revive.
func (r *Recorder) DieAfter(writes int) {
	r.death.mutex.Lock()
	defer r.death.mutex.Unlock()
	r.death.due, r.death.left, r.death.dead = true, writes, writes == 0
}

// HasDied says whether the death that was due has come.
func (r *Recorder) HasDied() bool {
	r.death.mutex.Lock()
	defer r.death.mutex.Unlock()
	return r.death.dead
}

// Revive ends what DieAfter began. Whoever starts another operator comes first: the one that died knows
// nothing of its death.
func (r *Recorder) Revive() {
	r.death.mutex.Lock()
	defer r.death.mutex.Unlock()
	r.death.due, r.death.left, r.death.dead = false, 0, false
}

// begin lets a request pass, or not. What it returns is called with the answer. While a death is due,
// writes pass one at a time: else one more could slip through.
func (d *death) begin(made Request) (func(Request), error) {
	d.mutex.Lock()
	if d.dead {
		d.mutex.Unlock()
		return nil, errDead
	}
	if !d.due || !made.IsWrite() {
		d.mutex.Unlock()
		return func(Request) {}, nil
	}
	return func(answered Request) {
		if answered.Code < http.StatusMultipleChoices && answered.Code > 0 {
			d.left--
			d.dead = d.left == 0
		}
		d.mutex.Unlock()
	}, nil
}
