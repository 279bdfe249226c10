package command

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

func (s session) newRollout() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rollout",
		Short: "See, pause, resume and undo how a change of a function reaches its instances",
		Args:  noArguments,
		RunE:  showHelp,
	}
	cmd.AddCommand(s.newRolloutStatus(), s.newRolloutPause(), s.newRolloutResume(), s.newRolloutUndo())
	return cmd
}

// rolloutStatus are the flags of rollout status.
type rolloutStatus struct {
	cluster cluster.Flags
	view    view
	watch   bool
	timeout time.Duration
}

func (s session) newRolloutStatus() *cobra.Command {
	var f rolloutStatus
	cmd := &cobra.Command{
		Use:   "status FUNCTION",
		Short: "Show how far a change of a function has reached its instances",
		Long: `Show how far a change of a function has reached its instances: the step, who works with the
new revision, what stands in the way, what happens next and when, and which revisions are in use.

With --watch it goes on until the rollout is complete or halted: on a terminal in one place, else
with a line for each change. A paused rollout is waited for. Ctrl-C ends it; the rollout goes on.

Exit codes: 0 shown, with --watch: complete; 1 halted, or it cannot be rolled out, or it takes
longer than --timeout; 2 wrong usage, 3 not readable, 130 ended by Ctrl-C.`,
		Example: `  kubectl commissioning rollout status referral-management

  # Let a script go on when everybody runs the change
  kubectl commissioning rollout status referral-management --watch --timeout 2h`,
		DisableFlagsInUseLine: true,
		Args:                  oneFunction,
		ValidArgsFunction:     s.completeFunctions(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkWatch(cmd, f.watch, f.timeout, f.view); err != nil {
				return err
			}
			return f.run(cmd, s, args[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on until the rollout is complete or halted")
	flags.DurationVar(&f.timeout, "timeout", 0, "`DURATION` after which --watch gives up; 0: never")
	f.view.add(flags)
	f.cluster.Add(flags)
	return cmd
}

func (f rolloutStatus) run(cmd *cobra.Command, s session, name string) error {
	page, from, err := s.open(cmd, f.view, &f.cluster)
	if err != nil {
		return err
	}
	if f.watch {
		return (&watching{session: s, page: page, from: from}).run(cmd.Context(), name, f.timeout)
	}
	function, err := from.Function(cmd.Context(), name)
	if err != nil {
		return err
	}
	facts, err := from.Rollout(cmd.Context(), function)
	if err != nil {
		return err
	}
	return f.show(page, overview.RolloutOf(facts))
}

func (f rolloutStatus) show(page *screen.Page, r overview.Rollout) error {
	err := f.view.show(page, r, func() error { return page.Rollout(r) })
	switch {
	case err != nil:
		return err
	case r.IsStuck():
		return errFound
	}
	return nil
}

// oneFunction is the only argument.
func oneFunction(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return nil
	case 0:
		return usageError{errors.New("the name of a SupportFunction is missing")}
	}
	return usageError{fmt.Errorf("unexpected argument %q", args[1])}
}
