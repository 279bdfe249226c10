package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/commissioning-support/operator/hack/bench/report"
)

// options of a run.
type options struct {
	n, rounds int
	rows      []string
	peers     bool
	json      string
	plot      string
	profiles  string
}

func parseOptions(arguments []string) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.n, "n", 1000, "consortia")
	flags.IntVar(&o.rounds, "rounds", 3, "how often everything is measured")
	rows := flags.String("rows", "", "rows to measure, separated by commas, of "+strings.Join(report.RowNames(), ",")+"; empty: all but "+report.MemoryLarge)
	flags.BoolVar(&o.peers, "peers", false, "measure other tools too")
	flags.StringVar(&o.json, "json", "bench.json", "file for the numbers")
	flags.StringVar(&o.plot, "plot", "bench.svg", "file for the plot of growth")
	flags.StringVar(&o.profiles, "profiles", "", "folder for profiles of the operator; empty: none are made")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	o.rows = chosen(*rows, o.peers)
	if o.profiles != "" {
		folder, err := filepath.Abs(o.profiles)
		if err == nil {
			err = os.MkdirAll(folder, 0o755)
		}
		if err != nil {
			return o, fmt.Errorf("make a folder for profiles: %w", err)
		}
		o.profiles = folder
	}
	return o, o.check()
}

// chosen are the rows named, or all but those that take very long.
func chosen(named string, peers bool) []string {
	if named != "" {
		return strings.Split(named, ",")
	}
	return slices.DeleteFunc(report.RowNames(), func(row string) bool {
		return row == report.MemoryLarge || (row == report.Peers && !peers)
	})
}

func (o options) check() error {
	for _, row := range o.rows {
		if !slices.Contains(report.RowNames(), row) {
			return fmt.Errorf("there is no row %q, only %s", row, strings.Join(report.RowNames(), ", "))
		}
	}
	if o.n < 8 || o.rounds < 1 {
		return errors.New("at least 8 consortia and one round are measured")
	}
	return nil
}

// wants says whether one of the rows is to be measured.
func (o options) wants(rows ...string) bool {
	return slices.ContainsFunc(rows, func(row string) bool { return slices.Contains(o.rows, row) })
}

// flags are what the report says about the run.
func (o options) flags(version string) report.Flags {
	return report.Flags{
		N: o.n, Rounds: o.rounds, Rows: o.rows, Peers: o.peers, Cores: runtime.NumCPU(),
		Processor: field("/proc/cpuinfo", "model name"), MemoryGiB: memoryGiB(field("/proc/meminfo", "MemTotal")), Version: version,
	}
}

// field is the first line of a file of the kernel's that begins with a name; empty where there is none.
func field(path, name string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// memoryGiB reads an amount such as "24617636 kB".
func memoryGiB(amount string) float64 {
	kilobytes, _ := strconv.ParseFloat(strings.TrimSuffix(amount, " kB"), 64)
	return kilobytes / (1 << 20)
}
