package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// ours is what was measured of the operator in one round, to be held against what is measured next.
type ours struct {
	fill     time.Duration
	made     *snapshot
	newcomer float64
	deletion deletion
}

// round measures every subject once, each on a fresh control plane.
func (b *bench) round(ctx context.Context) error {
	measured := &ours{}
	err := b.fillAlone(ctx, b.n, func(ctx context.Context, s *session, took time.Duration) error {
		measured.fill = took
		return s.measure(ctx, measured)
	})
	if err != nil {
		return err
	}
	for _, floor := range []struct {
		how  string
		rows []string
	}{{report.CreateFloor, []string{report.Fill}}, {report.ApplyFloor, []string{report.Fill, report.Delete}}} {
		if !b.wants(floor.rows...) {
			continue
		}
		if err := b.on(ctx, floor.how, b.n, func(ctx context.Context, p *plane) error { return b.measureFloor(ctx, p, measured, floor.how) }); err != nil {
			return err
		}
	}
	if b.wants(report.Peers) {
		if err := b.peers(ctx, measured); err != nil {
			return err
		}
	}
	return b.smaller(ctx, measured)
}

// smaller measures the operator among fewer consortia.
func (b *bench) smaller(ctx context.Context, measured *ours) error {
	if b.wants(report.Growth) {
		err := b.fillAlone(ctx, b.n/4, func(_ context.Context, _ *session, took time.Duration) error {
			b.record(report.Growth, report.Quarter, measured.fill.Seconds(), took.Seconds())
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !b.wants(report.Newcomer) {
		return nil
	}
	return b.fillAlone(ctx, few, func(ctx context.Context, s *session, _ time.Duration) error {
		took, err := s.arrivals(ctx)
		b.record(report.Newcomer, report.AmongTen, measured.newcomer, took)
		return err
	})
}

// large measures the memory that four times as many consortia take.
func (b *bench) large(ctx context.Context) error {
	return b.fillAlone(ctx, 4*b.n, func(_ context.Context, s *session, _ time.Duration) error {
		used, err := s.operator.usage()
		b.record(report.MemoryLarge, report.FourTimes, used.PeakMiB, 4*b.peakMiB)
		return err
	})
}

// on does something on a control plane of its own, with so many consortia written on it.
func (b *bench) on(ctx context.Context, subject string, n int, do func(context.Context, *plane) error) (err error) {
	say("%s: starting a control plane", subject)
	p, err := newPlane(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	b.version = p.version
	say("%s: writing %d consortia", subject, n)
	if err := p.populate(ctx, n); err != nil {
		return fmt.Errorf("write %d consortia: %w", n, err)
	}
	return do(ctx, p)
}

// measure does everything that is measured of the operator among all consortia, once they are filled.
func (s *session) measure(ctx context.Context, measured *ours) error {
	if err := s.filled(ctx, measured); err != nil {
		return err
	}
	for _, step := range []step{
		{[]string{report.Newcomer}, func(ctx context.Context) (err error) {
			measured.newcomer, err = s.arrivals(ctx)
			return err
		}},
		{[]string{report.Rest}, s.rest},
		{[]string{report.Template}, s.template},
		{[]string{report.Failover}, s.failover},
		{[]string{report.Restart, report.RestartReady}, s.restart},
		{[]string{report.Delete}, func(ctx context.Context) (err error) {
			measured.deletion, err = s.deletion(ctx)
			return err
		}},
	} {
		if !s.wants(step.rows...) {
			continue
		}
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.rows[0], err)
		}
	}
	return nil
}

// filled keeps what fill cost, and what it made.
func (s *session) filled(ctx context.Context, measured *ours) error {
	used, err := s.operator.usage()
	if err != nil {
		return err
	}
	s.peakMiB = used.PeakMiB
	if err := s.endProfile(ctx, s.operator, report.Fill); err != nil {
		return err
	}
	if measured.made, err = s.snapshot(ctx); err != nil {
		return err
	}
	requests, err := s.log.Requests()
	if err != nil {
		return err
	}
	all := audit.Between(requests, time.Time{}, time.Now(), func(r audit.Request) bool { return !r.IsApart() })
	say("operator: %.1f CPU-s, %.0f MiB; %d requests for %d children and %d resources: %s", used.CPUSeconds, used.PeakMiB,
		len(all), len(measured.made.children)+len(measured.made.namespaces), len(measured.made.resources), audit.Summary(all))
	if s.wants(report.Requests) {
		s.record(report.Requests, report.Needed, float64(len(all)), float64(measured.made.needed()))
	}
	if s.wants(report.Memory) {
		s.record(report.Memory, "", used.PeakMiB, 0)
	}
	if s.wants(report.CPU) {
		s.record(report.CPU, "", used.CPUSeconds/float64(s.bench.n), 0)
	}
	return nil
}

// measureFloor makes the same with a plain client, and deletes the same if that was measured.
func (b *bench) measureFloor(ctx context.Context, p *plane, measured *ours, how string) error {
	took, err := p.floor(ctx, measured.made, how)
	if err != nil {
		return err
	}
	say("%s: %.1f s", how, took.Seconds())
	if b.wants(report.Fill) {
		b.record(report.Fill, how, measured.fill.Seconds(), took.Seconds())
		b.onCurve(how, b.n, took)
	}
	if how != report.ApplyFloor || !b.wants(report.Delete) {
		return nil
	}
	if took, err = p.deleteAgain(ctx, measured); err != nil {
		return fmt.Errorf("%s: %w", report.PlainDelete, err)
	}
	say("%s: %.1f s", report.PlainDelete, took.Seconds())
	b.record(report.Delete, report.PlainDelete, measured.deletion.took.Seconds(), took.Seconds())
	return nil
}
