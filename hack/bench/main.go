// Bench measures the operator at the scale of a country against a plain, saturating client that makes
// the same objects, each on a control plane of its own:
//
//	make bench N=1000 ROUNDS=3
//
// docs/performance.md explains the rows. Times differ between machines, and on one machine between
// hours; the ratios are what to look at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/hack/bench/report"
)

func main() {
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	o, err := parseOptions(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, o)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var began = time.Now()

// say tells whoever waits what happens.
func say(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, arguments...))
}

// bench is a run.
type bench struct {
	options
	operator string // the binary
	kro      kroBuild
	version  string // of Kubernetes
	samples  []report.Sample
	curve    []report.Measurement
	peakMiB  float64 // of the operator's memory, in the last round
}

func run(ctx context.Context, o options) (err error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &bench{options: o}
	say("compiling the operator")
	if b.operator, err = buildOperator(ctx, folder, o.profiles != ""); err != nil {
		return err
	}
	if b.wants(report.Peers) {
		say("compiling kro")
		if b.kro, err = buildKro(ctx, folder); err != nil {
			return err
		}
	}
	for round := range o.rounds {
		say("round %d of %d, %d consortia", round+1, o.rounds, o.n)
		if err := b.round(ctx); err != nil {
			return err
		}
	}
	if b.wants(report.MemoryLarge) {
		if err := b.large(ctx); err != nil {
			return err
		}
	}
	return b.publish()
}

// publish prints the table and writes the files.
func (b *bench) publish() error {
	r := report.Report{Flags: b.flags(b.version), Rows: report.RowsOf(b.samples), Curve: report.CurveOf(b.curve)}
	fmt.Print(r.Table())
	content, err := r.JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.json, content, 0o644); err != nil {
		return fmt.Errorf("write the numbers: %w", err)
	}
	if err := os.WriteFile(b.plot, []byte(r.Plot()), 0o644); err != nil {
		return fmt.Errorf("write the plot: %w", err)
	}
	return nil
}

// record keeps a measurement of the operator. Base is what it is held against, 0 where that is nothing.
func (b *bench) record(row, against string, value, base float64) {
	b.samples = append(b.samples, report.Sample{Row: row, Against: against, Value: value, Base: base})
}

// onCurve keeps how long a subject took to fill so many consortia.
func (b *bench) onCurve(subject string, n int, took time.Duration) {
	b.curve = append(b.curve, report.Measurement{Subject: subject, N: n, Seconds: took.Seconds()})
}
