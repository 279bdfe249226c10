package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// ours is what was measured of the operator in one round.
type ours struct {
	fill time.Duration
	made *snapshot
}

// round measures every subject once, each on a fresh control plane.
func (b *bench) round(ctx context.Context) error {
	measured := ours{}
	if err := b.on(ctx, "operator", b.n, func(ctx context.Context, p *plane) error { return b.measureOurs(ctx, p, &measured) }); err != nil {
		return err
	}
	if !b.wants(report.Fill) {
		return nil
	}
	for _, how := range []string{report.CreateFloor, report.ApplyFloor} {
		if err := b.on(ctx, how, b.n, func(ctx context.Context, p *plane) error { return b.measureFloor(ctx, p, &measured, how) }); err != nil {
			return err
		}
	}
	return nil
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

// measureOurs starts the operator beside a country that is written and waits until it is settled. The
// clock starts when the operator is elected.
func (b *bench) measureOurs(ctx context.Context, p *plane, measured *ours) error {
	o, err := b.startOperator(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = o.stop() }()
	say("operator: elected %.1f s after its start", o.elected.Sub(o.began).Seconds())
	last, err := p.settle(ctx, o, p.allReady)
	if err != nil {
		return err
	}
	measured.fill = last.Sub(o.elected)
	used, err := o.usage()
	if err != nil {
		return err
	}
	if err := b.endProfile(ctx, o, report.Fill); err != nil {
		return err
	}
	if measured.made, err = p.snapshot(ctx); err != nil {
		return err
	}
	return b.recordFill(p, measured, used)
}

// recordFill keeps what fill cost.
func (b *bench) recordFill(p *plane, measured *ours, used usage) error {
	requests, err := p.log.Requests()
	if err != nil {
		return err
	}
	all := audit.Between(requests, time.Time{}, time.Now(), func(r audit.Request) bool { return !r.IsApart() })
	needed := measured.made.needed()
	say("operator: filled in %.1f s, %.1f CPU-s, %.0f MiB; %d requests for %d children and %d resources: %s", measured.fill.Seconds(), used.CPUSeconds, used.PeakMiB,
		len(all), len(measured.made.children)+len(measured.made.namespaces), len(measured.made.resources), audit.Summary(all))
	b.record(report.Requests, report.Needed, float64(len(all)), float64(needed))
	b.record(report.Memory, "", used.PeakMiB, 0)
	b.record(report.CPU, "", used.CPUSeconds/float64(b.n), 0)
	return nil
}

// measureFloor makes the same with a plain client.
func (b *bench) measureFloor(ctx context.Context, p *plane, measured *ours, how string) error {
	took, err := p.floor(ctx, measured.made, how)
	if err != nil {
		return err
	}
	say("%s: %.1f s", how, took.Seconds())
	b.record(report.Fill, how, measured.fill.Seconds(), took.Seconds())
	return nil
}
