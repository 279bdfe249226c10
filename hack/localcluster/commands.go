package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

const usage = `A real Kubernetes control plane on 127.0.0.1, with simulated nodes. It needs only Go.

  go run ./hack/localcluster up        start it (the first time, its binaries are built)
  go run ./hack/localcluster status    what runs, and where; exit code 1 when it does not
  go run ./hack/localcluster fail      make simulated pods crash, also those to come
  go run ./hack/localcluster heal      make them ready again
  go run ./hack/localcluster down      stop it and remove everything it left
  go run ./hack/localcluster build     only build the binaries

COMMAND -h explains the flags of a command. Examples:

  go run ./hack/localcluster up --nodes 20
  export KUBECONFIG=$PWD/.localcluster/default/kubeconfig
  go run ./hack/localcluster fail --namespace shop
  go run ./hack/localcluster fail --image registry.example/shop/cart
  go run ./hack/localcluster heal                      everything
  go run ./hack/localcluster up --name second          another one beside it
  go run ./hack/localcluster down --all
  go run ./hack/localcluster up --kubeconfig ~/.kube/config    only check a cluster of your own

Binaries in $KUBEBUILDER_ASSETS or --binaries DIR are used where they are suitable.
`

var (
	// errUsage is returned after the flag package has explained what is wrong.
	errUsage = errors.New("wrong usage")
	// errQuiet is for an exit code without a message.
	errQuiet = errors.New("not running")
)

var commands = map[string]func(context.Context, io.Writer, []string) error{
	"build": build, "up": up, "status": status, "fail": fail, "heal": heal, "down": down,
}

// flags are those that most commands share.
type flags struct {
	*flag.FlagSet
	options     cluster.Options
	kubeconfig  string
	useExisting bool
}

func newFlags(out io.Writer, command, does string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(command, flag.ContinueOnError), options: cluster.Options{Out: out}}
	f.Usage = func() {
		_, _ = fmt.Fprintf(f.Output(), "localcluster %s: %s\n\n", command, does)
		f.PrintDefaults()
	}
	return f
}

func (f *flags) clusterFlags() {
	f.StringVar(&f.options.Name, "name", cluster.DefaultName, "`name` of the cluster, to have several beside each other")
	f.StringVar(&f.options.StateDir, "state-dir", "", "`folder` for the state of clusters (default .localcluster of the repository)")
	f.StringVar(&f.kubeconfig, "kubeconfig", "", "`path` of a kubeconfig: use your own cluster instead of a local one")
	f.BoolVar(&f.useExisting, "use-existing", false, "use your own cluster, the one of $KUBECONFIG")
}

func (f *flags) binaryFlags() {
	f.StringVar(&f.options.Binaries, "binaries", "", "`folder` of binaries to use where they are suitable (default $KUBEBUILDER_ASSETS)")
}

func (f *flags) parse(args []string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%q is not understood: %s takes only flags, see %s -h", f.Arg(0), f.Name(), f.Name())
	}
	if f.useExisting && f.kubeconfig == "" {
		if f.kubeconfig = os.Getenv("KUBECONFIG"); f.kubeconfig == "" {
			return errors.New("--use-existing needs KUBECONFIG to name the kubeconfig of your cluster")
		}
	}
	return nil
}

// open returns the running cluster, or the user's own.
func (f *flags) open(ctx context.Context) (*cluster.Cluster, error) {
	if f.kubeconfig != "" {
		return cluster.External(ctx, f.kubeconfig, f.options)
	}
	c, err := cluster.Open(f.options)
	if errors.Is(err, cluster.ErrNotRunning) {
		return nil, fmt.Errorf("%w; start it with: go run ./hack/localcluster up", err)
	}
	return c, err
}

func build(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "build", "build the binaries that are missing.")
	f.binaryFlags()
	if err := f.parse(args); err != nil {
		return err
	}
	set, err := binaries.Ensure(ctx, binaries.Options{Dir: f.options.Binaries, Out: out})
	if err != nil {
		return err
	}
	for _, name := range binaries.Names {
		_, _ = fmt.Fprintf(out, "%-24s %-9s %s\n", name, set.Version(name), set.Path(name))
	}
	return nil
}

func up(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "up", "start a cluster, or find that it runs already.")
	f.clusterFlags()
	f.binaryFlags()
	f.IntVar(&f.options.Nodes, "nodes", 5, "`number` of simulated nodes, each with room for 1000 pods")
	f.DurationVar(&f.options.ReadyAfter, "ready-after", 300*time.Millisecond, "`time` that a pod takes at least to become ready")
	f.DurationVar(&f.options.ReadyJitter, "ready-jitter", 700*time.Millisecond, "`time` that it may take longer, at random")
	if err := f.parse(args); err != nil {
		return err
	}
	f.options.ReadyAfter = noneIsNegative(f.options.ReadyAfter)
	f.options.ReadyJitter = noneIsNegative(f.options.ReadyJitter)
	if f.kubeconfig != "" {
		return upExternal(ctx, f)
	}
	started := time.Now()
	c, err := cluster.Up(ctx, f.options)
	if err != nil {
		return err
	}
	s, err := c.Status(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\nCluster %s: Kubernetes %s at %s, %d nodes, ready after %.1f s.\n\n", s.Name,
		s.Version, c.Config().Host, s.Nodes, time.Since(started).Seconds())
	_, _ = fmt.Fprintf(out, "  export KUBECONFIG=%s\n", c.Kubeconfig())
	_, _ = fmt.Fprintf(out, "  export PATH=%s:$PATH   # kubectl\n\n", filepath.Dir(c.KubectlPath()))
	_, _ = fmt.Fprintf(out, "Stop it with: go run ./hack/localcluster down%s\n", f.sameCluster())
	return nil
}

// noneIsNegative keeps a zero that the user typed from meaning "the default".
func noneIsNegative(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// sameCluster repeats the flags that name a cluster.
func (f *flags) sameCluster() string {
	var given []string
	f.Visit(func(used *flag.Flag) {
		if used.Name == "name" || used.Name == "state-dir" {
			given = append(given, fmt.Sprintf(" --%s %s", used.Name, used.Value))
		}
	})
	return strings.Join(given, "")
}

func upExternal(ctx context.Context, f *flags) error {
	c, err := cluster.External(ctx, f.kubeconfig, f.options)
	if err != nil {
		return err
	}
	s, err := c.Status(ctx)
	if err != nil {
		return err
	}
	s.Write(f.options.Out)
	_, _ = fmt.Fprintln(f.options.Out, "\nThis is a cluster of your own; nothing was started.")
	return nil
}

func status(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "status", "show what runs, and where. The exit code is 1 when the cluster does not run.")
	f.clusterFlags()
	if err := f.parse(args); err != nil {
		return err
	}
	s, err := f.status(ctx)
	if err != nil {
		return err
	}
	s.Write(f.options.Out)
	if others, err := cluster.List(f.options); err == nil && f.kubeconfig == "" {
		others = slices.DeleteFunc(others, func(name string) bool { return name == s.Name })
		if len(others) > 0 {
			_, _ = fmt.Fprintf(out, "other clusters: %s (status --name NAME)\n", strings.Join(others, ", "))
		}
	}
	if !s.Running {
		return errQuiet
	}
	return nil
}

func (f *flags) status(ctx context.Context) (cluster.Status, error) {
	if f.kubeconfig == "" {
		return cluster.GetStatus(ctx, f.options)
	}
	c, err := cluster.External(ctx, f.kubeconfig, f.options)
	if err != nil {
		return cluster.Status{}, err
	}
	return c.Status(ctx)
}

func (f *flags) failureFlags(failure *cluster.Failure) {
	f.StringVar(&failure.Namespace, "namespace", "", "the pods of this `namespace`")
	f.StringVar(&failure.Image, "image", "", "the pods with a container of this `image`; without a tag, of all its tags")
}

func fail(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "fail", "make pods crash, those that run and those to come, until heal. Both flags together mean both conditions.")
	f.clusterFlags()
	var failure cluster.Failure
	f.failureFlags(&failure)
	if err := f.parse(args); err != nil {
		return err
	}
	c, err := f.open(ctx)
	if err != nil {
		return err
	}
	if err := c.Fail(ctx, failure); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Make them ready again with: go run ./hack/localcluster heal%s\n", f.sameCluster())
	return nil
}

func heal(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "heal", "make pods ready again that fail has made crash. Without flags, all of them.")
	f.clusterFlags()
	var failure cluster.Failure
	f.failureFlags(&failure)
	if err := f.parse(args); err != nil {
		return err
	}
	c, err := f.open(ctx)
	if err != nil {
		return err
	}
	return c.Heal(ctx, failure)
}

func down(ctx context.Context, out io.Writer, args []string) error {
	f := newFlags(out, "down", "stop the cluster and remove everything it left, also after a crash.")
	f.clusterFlags()
	all := f.Bool("all", false, "stop all clusters of the state folder")
	if err := f.parse(args); err != nil {
		return err
	}
	if f.kubeconfig != "" {
		_, _ = fmt.Fprintln(out, "This is a cluster of your own; it is left alone.")
		return nil
	}
	names := []string{f.options.Name}
	if *all {
		var err error
		if names, err = cluster.List(f.options); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := downOne(ctx, f.options, name); err != nil {
			return err
		}
	}
	return nil
}

func downOne(ctx context.Context, o cluster.Options, name string) error {
	o.Name = name
	started := time.Now()
	found, err := cluster.Down(ctx, o)
	if err != nil {
		return err
	}
	if !found {
		_, _ = fmt.Fprintf(o.Out, "There is no cluster %q; nothing to stop.\n", name)
		return nil
	}
	_, _ = fmt.Fprintf(o.Out, "Cluster %s is stopped and removed, in %.1f s.\n", name, time.Since(started).Seconds())
	return nil
}
