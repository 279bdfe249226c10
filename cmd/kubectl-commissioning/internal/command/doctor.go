package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// doctor are the flags of doctor.
type doctor struct {
	cluster cluster.Flags
	view    view
	probe   bool
	image   string
	timeout time.Duration
}

// errNotChecked says that nothing broken was found, and that not all could be looked at.
var errNotChecked = errors.New("not all could be checked")

func (s session) newDoctor() *cobra.Command {
	var f doctor
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say whether the operator is installed soundly, and what to do if not",
		Long: `Say whether the operator is installed soundly: the API server's version, the kinds and their
fields, admission policies, the operator's rights, its pods and their version, its leader, its
requests' priority, the catalogue and pod security. Each check is a line: ✓ sound, ! works, and
should be known, ✗ broken, ? could not be checked, with what to do. It changes nothing, and takes
a cluster administrator to see all.

With --probe-network it also finds out whether the network enforces NetworkPolicies: it makes a
namespace with two pods, of which one calls the other on a port that a policy allows and on one
that it denies, and deletes the namespace. The image has to be agnhost, of Kubernetes' own tests.

Exit codes: 0 sound, 1 something is broken, 2 wrong usage, 3 not readable, or not all of it, 130
ended by Ctrl-C.`,
		Example: `  kubectl commissioning doctor

  # Does the network keep consortia apart? With an image from a registry of yours
  kubectl commissioning doctor --probe-network --probe-image registry.example/agnhost:2.63.0`,
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			page, from, err := s.open(cmd, f.view, &f.cluster)
			if err != nil {
				return err
			}
			return f.run(cmd.Context(), s, from, page)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.probe, "probe-network", false, "find out whether the network enforces NetworkPolicies")
	flags.StringVar(&f.image, "probe-image", diagnosis.ProbeImage, "`IMAGE` of the pods of the probe")
	flags.DurationVar(&f.timeout, "probe-timeout", time.Minute, "`DURATION` after which the probe gives up")
	flags.StringVarP(&f.cluster.Namespace, "namespace", "n", diagnosis.OperatorNamespace, "`NAMESPACE` of the operator")
	f.view.add(flags)
	f.cluster.Add(flags)
	return cmd
}

func (f doctor) check(cmd *cobra.Command) error {
	for _, name := range []string{"probe-image", "probe-timeout"} {
		if cmd.Flags().Changed(name) && !f.probe {
			return usageError{fmt.Errorf("--%s goes with --probe-network", name)}
		}
	}
	if f.timeout <= 0 {
		return usageError{fmt.Errorf("--probe-timeout %s: expected a duration such as 1m", f.timeout)}
	}
	return nil
}

func (f doctor) run(ctx context.Context, s session, from *cluster.Cluster, page *screen.Page) error {
	ctx, cancel := untilEnded(ctx, 0)
	defer cancel()
	facts, err := from.Installation(ctx)
	if err == nil && f.probe {
		probe := from.ProbeNetwork(ctx, f.image, f.timeout)
		facts.Probe, err = &probe, ctx.Err()
	}
	switch {
	case errors.Is(err, context.Canceled):
		return f.interrupted(facts, page)
	case err != nil:
		return err
	}
	facts.Plugin, facts.Now = s.version, s.now()
	found := diagnosis.Of(facts)
	if err := f.view.show(page, found, func() error { return page.Diagnosis(found) }); err != nil {
		return err
	}
	return ofVerdict(found.Verdict)
}

// interrupted says what could not be tidied up.
func (doctor) interrupted(facts diagnosis.Facts, page *screen.Page) error {
	if facts.Probe != nil && facts.Probe.Left != "" {
		page.Say(facts.Probe.Left)
	}
	return errInterrupted
}

func ofVerdict(v diagnosis.Verdict) error {
	switch v {
	case diagnosis.Broken:
		return errFound
	case diagnosis.NotChecked:
		return errNotChecked
	case diagnosis.Sound, diagnosis.Noticed:
	}
	return nil
}
