package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// rolloutChange are the flags of commands that change a function.
type rolloutChange struct {
	cluster       cluster.Flags
	view          view
	dryRun, force bool
}

func (c *rolloutChange) add(flags *pflag.FlagSet) {
	flags.BoolVar(&c.dryRun, "dry-run", false, "let the API server check the change, and change nothing")
	flags.BoolVar(&c.force, "force", false, "change it although a GitOps engine owns the entry and may put it back")
	c.cluster.Add(flags)
	c.view.addText(flags)
}

// aboutFunctions stands in the help of each.
const aboutFunctions = `Where Flux or Argo CD owns the entry's workload, nothing is changed, and the standard output holds
what to commit instead (--force changes it all the same; the engine may put it back).

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not readable.`

// shift is one change of a function.
type shift struct {
	rolloutChange
	page *screen.Page
	in   *cluster.Cluster
	warn func(string)
	// fields of the spec that are changed, beside the workload, and how.
	fields []string
	plan   func(context.Context, *v1alpha1.SupportFunction) (amend.FunctionPatch, error)
	// manifest of the change, to be committed.
	manifest func(*v1alpha1.SupportFunction) (string, error)
}

func (c rolloutChange) prepare(cmd *cobra.Command, s session) (*shift, error) {
	page, in, err := s.open(cmd, c.view, &c.cluster)
	if err != nil {
		return nil, err
	}
	return &shift{rolloutChange: c, page: page, in: in, warn: func(text string) { cmd.PrintErrf("Warning: %s\n", text) }}, nil
}

// do changes the function. It returns whether it had to be changed.
func (d *shift) do(ctx context.Context, name string) (bool, error) {
	read, err := d.in.Function(ctx, name)
	if err != nil {
		return false, err
	}
	engine := ""
	_, changed, err := d.in.ChangeFunction(ctx, read, d.dryRun, func(latest *v1alpha1.SupportFunction) (amend.FunctionPatch, error) {
		patch, err := d.plan(ctx, latest)
		if err != nil || patch.Data == nil {
			return patch, err
		}
		engine = amend.Engine(latest, append([]string{"workload"}, d.fields...)...)
		if engine != "" && !d.force {
			return patch, d.refuse(patch.After, engine)
		}
		return patch, nil
	})
	if err == nil && changed && engine != "" {
		d.warn(fmt.Sprintf("%s writes this entry from its repository, and may put it back: commit the same there", engine))
	}
	return changed, err
}

// refuse says what to commit instead.
func (d *shift) refuse(after *v1alpha1.SupportFunction, engine string) error {
	text, err := d.manifest(after)
	if err != nil {
		return err
	}
	if err := d.page.Verbatim(text); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return fmt.Errorf("SupportFunction %s is written by %s, which may undo the change: "+
		"commit what stands on the standard output to its repository, or use --force", after.Name, engine)
}

// isMade is said of a change that stands, or of one that would be accepted.
func (d *shift) isMade(what string) {
	if d.dryRun {
		what += " (dry run: nothing has been changed)"
	}
	d.page.Say(what)
}

func (s session) newRolloutPause() *cobra.Command {
	var f rolloutChange
	cmd := &cobra.Command{
		Use:   "pause FUNCTION",
		Short: "Let a rollout begin no further step",
		Long: `Let a rollout begin no further step, and no new change of the function either: it sets
spec.rollout.state to Paused. The instances that it has reached go on with what they do.

` + aboutFunctions,
		Example:               `  kubectl commissioning rollout pause referral-management`,
		DisableFlagsInUseLine: true,
		Args:                  oneFunction,
		ValidArgsFunction:     s.completeFunctions(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.turn(cmd, s, args[0], turn{amend.Pause,
				"The rollout of %s is paused: no further step begins, and no new change, until it is resumed. What it has reached goes on.",
				"The rollout of %s is paused already."})
		},
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	return cmd
}

func (s session) newRolloutResume() *cobra.Command {
	var f rolloutChange
	cmd := &cobra.Command{
		Use:   "resume FUNCTION",
		Short: "Let a paused rollout go on",
		Long: `Let a paused rollout go on where it was: it takes spec.rollout.state out of the entry.

` + aboutFunctions,
		Example:               `  kubectl commissioning rollout resume referral-management`,
		DisableFlagsInUseLine: true,
		Args:                  oneFunction,
		ValidArgsFunction:     s.completeFunctions(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.turn(cmd, s, args[0], turn{amend.Resume,
				"The rollout of %s is no longer paused: its steps go on, and so does what waited.",
				"The rollout of %s is not paused."})
		},
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	return cmd
}

// turn is a change of a rollout's state, and what is said of it.
type turn struct {
	plan          func(*v1alpha1.SupportFunction) (amend.FunctionPatch, error)
	done, already string
}

func (c rolloutChange) turn(cmd *cobra.Command, s session, name string, t turn) error {
	d, err := c.prepare(cmd, s)
	if err != nil {
		return err
	}
	d.fields, d.manifest = []string{"rollout"}, amend.RolloutYAML
	d.plan = func(_ context.Context, f *v1alpha1.SupportFunction) (amend.FunctionPatch, error) { return t.plan(f) }
	changed, err := d.do(cmd.Context(), name)
	if err != nil {
		return err
	}
	if !changed {
		d.page.Say(fmt.Sprintf(t.already, name))
		return nil
	}
	d.isMade(fmt.Sprintf(t.done, name))
	return nil
}

// rolloutUndo are the flags of rollout undo.
type rolloutUndo struct {
	rolloutChange
	revision int64
}

func (s session) newRolloutUndo() *cobra.Command {
	var f rolloutUndo
	cmd := &cobra.Command{
		Use:   "undo FUNCTION [--to-revision NUMBER]",
		Short: "Put back what a function said before",
		Long: `Put back the workload, parameters and sizing that a function had at an earlier revision, as a
whole: of the revision that a rollout is under way from, else of the one before. The instances that
the rollout has reached then go back at once, without steps and without waiting for broken pods.
Where the earlier revision is not in use any more, it reaches the instances in steps.

` + aboutFunctions,
		Example: `  kubectl commissioning rollout undo referral-management

  # What there is to go back to
  kubectl get supportfunctionrevisions
  kubectl commissioning rollout undo referral-management --to-revision 3`,
		DisableFlagsInUseLine: true,
		Args:                  oneFunction,
		ValidArgsFunction:     s.completeFunctions(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("to-revision") && f.revision < 1 {
				return usageError{errors.New("--to-revision: expected a number from 1 on")}
			}
			return f.run(cmd, s, args[0])
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().Int64Var(&f.revision, "to-revision", 0, "`NUMBER` of the revision to go back to (default: the one before)")
	f.add(cmd.Flags())
	return cmd
}

func (f rolloutUndo) run(cmd *cobra.Command, s session, name string) error {
	d, err := f.prepare(cmd, s)
	if err != nil {
		return err
	}
	var facts overview.RolloutFacts
	var to v1alpha1.SupportFunctionRevision
	d.fields, d.manifest = []string{"parameters", "sizing"}, amend.UndoYAML
	d.plan = func(ctx context.Context, latest *v1alpha1.SupportFunction) (amend.FunctionPatch, error) {
		if facts, err = d.in.Rollout(ctx, latest); err != nil {
			return amend.FunctionPatch{}, err
		}
		if to, err = amend.UndoTo(latest, facts.Revisions, f.revision); err != nil {
			return amend.FunctionPatch{}, err
		}
		return amend.Undo(latest, to)
	}
	if _, err := d.do(cmd.Context(), name); err != nil {
		return err
	}
	d.isMade(fmt.Sprintf("%s says again what revision %d says (%s).", name, to.Spec.Revision, to.Spec.Workload.Image))
	for _, sentence := range overview.AfterUndo(facts, to.Spec.Revision) {
		d.page.Say(sentence)
	}
	if f.dryRun {
		return nil
	}
	d.page.Say("Follow it: kubectl commissioning rollout status " + name + " --watch")
	return nil
}
