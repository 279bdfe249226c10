package testenv

import (
	"sync/atomic"
	"time"
)

// Clock is a clock that can be set. Its zero value tells the true time.
type Clock struct{ ahead atomic.Int64 }

// Now is the time that the clock tells.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Since is how long ago an instant was, by the clock.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Set makes the clock tell a time, and go on from there.
func (c *Clock) Set(now time.Time) { c.ahead.Store(int64(time.Until(now))) }

// Reset makes the clock tell the true time again.
func (c *Clock) Reset() { c.ahead.Store(0) }
