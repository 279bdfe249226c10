package command

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// change are the flags of commands that change an agreement.
type change struct {
	cluster       cluster.Flags
	view          view
	wait          time.Duration
	dryRun, force bool
}

func (c *change) add(flags *pflag.FlagSet) {
	flags.DurationVar(&c.wait, "wait", 30*time.Second, "`DURATION` to wait for what comes of it; 0: do not wait")
	flags.BoolVar(&c.dryRun, "dry-run", false, "let the API server check the change, and change nothing")
	flags.BoolVar(&c.force, "force", false, "change it although a GitOps engine owns it and would undo the change")
	c.cluster.AddNamespace(flags)
	c.view.addText(flags)
}

// aboutGitOps stands in the help of each.
const aboutGitOps = `Where Flux or Argo CD owns the field, it would undo the change: then nothing is changed, and the
standard output holds what to commit instead (--force changes it all the same).

Exit codes: 0 done, also when it takes longer than --wait, 1 refused or failed, 2 wrong usage,
3 not readable.`

// deed is one change of an agreement.
type deed struct {
	change
	page *screen.Page
	in   *cluster.Cluster
	// field of the spec that is changed, and how.
	field string
	plan  func(*v1alpha1.SupportAgreement) (amend.Patch, error)
	// manifest of the change, to be committed.
	manifest func(*v1alpha1.SupportAgreement) (string, error)
}

// prepare connects, and reads the agreement.
func (c change) prepare(cmd *cobra.Command, s session, name string) (*deed, *v1alpha1.SupportAgreement, error) {
	page, in, err := s.open(cmd, c.view, &c.cluster)
	if err != nil {
		return nil, nil, err
	}
	agreement, err := in.Agreement(cmd.Context(), name)
	return &deed{change: c, page: page, in: in}, agreement, err
}

// do changes the agreement. It returns it as it is then, and whether it had to be changed.
func (d *deed) do(ctx context.Context, a *v1alpha1.SupportAgreement) (*v1alpha1.SupportAgreement, bool, error) {
	return d.in.Change(ctx, a, d.dryRun, func(latest *v1alpha1.SupportAgreement) (amend.Patch, error) {
		patch, err := d.plan(latest)
		if err != nil || patch.Data == nil || d.force {
			return patch, err
		}
		if engine := amend.Engine(latest, d.field); engine != "" {
			return patch, d.refuse(patch.After, engine)
		}
		return patch, nil
	})
}

// refuse says what to commit instead.
func (d *deed) refuse(after *v1alpha1.SupportAgreement, engine string) error {
	text, err := d.manifest(after)
	if err != nil {
		return err
	}
	if err := d.page.Verbatim(text); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return fmt.Errorf("spec.%s of SupportAgreement %s/%s is written by %s, which would undo the change: "+
		"commit what stands on the standard output to its repository, or use --force", d.field, after.Namespace, after.Name, engine)
}

// await waits until the operator has acted on the change. It says when that takes too long, or when
// the wait is given up.
func (d *deed) await(ctx context.Context, a *v1alpha1.SupportAgreement, wanted func(*v1alpha1.SupportAgreement) bool) (*v1alpha1.SupportAgreement, error) {
	if d.wait <= 0 {
		return a, nil
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	generation := a.Generation
	latest, err := d.in.Await(ctx, a, d.wait, func(a *v1alpha1.SupportAgreement) bool {
		return hasSeen(a, generation) && wanted(a)
	})
	switch {
	case errors.Is(err, context.Canceled):
		d.page.Say("Not waited for any longer. The change stands, and the operator goes on with it.")
	case errors.Is(err, context.DeadlineExceeded):
		d.page.Say(fmt.Sprintf("It takes longer than %s. The change stands, and the operator goes on with it.", d.wait))
	case err != nil:
		return latest, fmt.Errorf("the change is made; waiting for what comes of it: %w", err)
	}
	return latest, nil
}

func hasSeen(a *v1alpha1.SupportAgreement, generation int64) bool {
	return a.Status.ObservedGeneration != nil && *a.Status.ObservedGeneration >= generation
}

// isMade is said of a change that stands, or of one that would be accepted.
func (d *deed) isMade(changed bool, what, already string) {
	switch {
	case !changed:
		d.page.Say(already)
	case d.dryRun:
		d.page.Say(what + " (dry run: nothing has been changed)")
	default:
		d.page.Say(what)
	}
}

// isBound says that what gives access stands, the Secret with the token among it.
func isBound(a *v1alpha1.SupportAgreement) bool {
	return meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.BoundCondition)
}
