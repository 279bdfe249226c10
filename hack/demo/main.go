// Demo shows the operator at work: a control plane of its own on this machine, the operator with
// the rights that it ships with, and a sample. `make demo` runs it.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// version is set by the linker.
var version = "dev"

// options are what the user asked for.
type options struct {
	mapFile, patientsFile string
	kubeconfig            string
	stateDir, binDir      string
	deadline              time.Duration
	down, exit, yes       bool
}

// errUsage is returned after what is wrong has been said.
var errUsage = errors.New("wrong usage")

func main() {
	// The clients' own warnings are for developers of clients.
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// Whoever stops reading what is printed still gets everything cleaned up.
	signal.Ignore(syscall.SIGPIPE)
	// A second Ctrl-C ends at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	os.Exit(code)
}

// run returns 0 for success, 1 for a failure, 2 for wrong usage and 130 after Ctrl-C.
func run(ctx context.Context, args []string, in *os.File, out io.Writer) int {
	o, err := parse(args)
	if err == nil {
		d := &demo{options: o, screen: newScreen(out), in: in}
		err = d.run(ctx)
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.Is(err, context.Canceled):
		return 130
	}
	if errors.Is(err, errRefused) {
		_, _ = fmt.Fprintf(out, "Stopped: %s.\n", err)
		return 1
	}
	_, _ = fmt.Fprintf(out, "\nThe demo did not succeed: %s\n", err)
	return 1
}

func parse(args []string) (options, error) {
	o := options{exit: os.Getenv("DEMO_EXIT") == "1"}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&o.mapFile, "map", "", "`FILE` gp-reg-pat-prac-map.csv of the NHS publication; with --patients, the country instead of the sample")
	flags.StringVar(&o.patientsFile, "patients", "", "`FILE` gp-reg-pat-prac-all.csv of the NHS publication")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "`FILE`: use a cluster of your own, after asking")
	flags.BoolVar(&o.yes, "yes", false, "do not ask")
	flags.BoolVar(&o.down, "down", false, "stop the demo and remove what it left")
	flags.BoolVar(&o.exit, "exit", o.exit, "stop and remove everything when the show is over (also DEMO_EXIT=1)")
	flags.DurationVar(&o.deadline, "deadline", 0, "`time` for everything to become ready (default 3m, 15m for the country)")
	flags.StringVar(&o.stateDir, "state-dir", "", "`folder` for the state of the demo (default .localcluster of the repository)")
	flags.StringVar(&o.binDir, "bin-dir", "", "`folder` for the built binaries (default bin of the repository)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errUsage
	}
	return o, o.complete(flags)
}

// complete checks the flags, makes every path absolute and changes into the repository.
func (o *options) complete(flags *flag.FlagSet) error {
	if err := o.check(flags); err != nil {
		_, _ = fmt.Fprintln(flags.Output(), err)
		return errUsage
	}
	root, err := binaries.Root()
	if err != nil {
		return err
	}
	o.stateDir = cmp.Or(o.stateDir, filepath.Join(root, ".localcluster"))
	o.binDir = cmp.Or(o.binDir, filepath.Join(root, "bin"))
	for _, path := range []*string{&o.mapFile, &o.patientsFile, &o.kubeconfig, &o.stateDir, &o.binDir} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return fmt.Errorf("finding %s: %w", *path, err)
		}
	}
	if err := os.Chdir(root); err != nil {
		return fmt.Errorf("changing into the repository: %w", err)
	}
	return nil
}

// check finds mistakes in the flags before anything begins.
func (o *options) check(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not understood: the demo takes only flags, see -h", flags.Arg(0))
	}
	if (o.mapFile == "") != (o.patientsFile == "") {
		return errors.New("the country needs both files of the publication: make demo MAP=gp-reg-pat-prac-map.csv PATIENTS=gp-reg-pat-prac-all.csv")
	}
	for _, file := range []string{o.mapFile, o.patientsFile, o.kubeconfig} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("a file that was named cannot be read: %w", err)
		}
	}
	return nil
}

func (o *options) country() bool { return o.mapFile != "" }

func (o *options) limit() time.Duration {
	switch {
	case o.deadline > 0:
		return o.deadline
	case o.country():
		return 15 * time.Minute
	default:
		return 3 * time.Minute
	}
}
