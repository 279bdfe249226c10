package main

import (
	"context"
	"fmt"
	"time"

	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// session is one control plane with the operator on it.
type session struct {
	*bench
	*plane
	operator *operator
	filledAt time.Time
}

// step is what is measured for some rows.
type step struct {
	rows []string
	do   func(context.Context) error
}

// start starts the operator, and returns when it is the leader.
func (s *session) start(ctx context.Context) (err error) {
	s.operator, err = s.startOperator(ctx, s.plane)
	return err
}

// settled waits until everything is Ready again and nobody writes.
func (s *session) settled(ctx context.Context) (time.Time, error) {
	return s.settle(ctx, s.operator, s.allReady)
}

// stopped does something while no operator runs.
func (s *session) stopped(ctx context.Context, do func(context.Context) error) error {
	if err := s.operator.stop(); err != nil {
		return err
	}
	if err := do(ctx); err != nil {
		return err
	}
	return s.start(ctx)
}

// writes are the operator's between two moments.
func (s *session) writes(after, upTo time.Time) ([]audit.Request, error) {
	requests, err := s.log.Requests()
	return audit.Between(requests, after, upTo, audit.Request.IsWrite), err
}

// fill starts the operator beside a country that is written, waits until it is settled, and returns how
// long that took from its election.
func (s *session) fill(ctx context.Context) (time.Duration, error) {
	if err := s.start(ctx); err != nil {
		return 0, err
	}
	say("operator: elected %.1f s after its start", s.operator.elected.Sub(s.operator.began).Seconds())
	var err error
	s.filledAt, err = s.settled(ctx)
	return s.filledAt.Sub(s.operator.elected), err
}

// fillAlone measures fill on a control plane of its own, and goes on there.
func (b *bench) fillAlone(ctx context.Context, n int, then func(context.Context, *session, time.Duration) error) error {
	return b.on(ctx, fmt.Sprintf("operator among %d", n), n, func(ctx context.Context, p *plane) error {
		s := &session{bench: b, plane: p}
		took, err := s.fill(ctx)
		if s.operator != nil {
			defer func() { _ = s.operator.stop() }()
		}
		if err != nil {
			return err
		}
		say("operator: filled in %.1f s", took.Seconds())
		b.onCurve(report.Ours, n, took)
		return then(ctx, s, took)
	})
}

// pause lets time pass in which something is counted.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
