package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// errInterrupted says that somebody ended the command before it was done.
var errInterrupted = errors.New("ended before it was done")

// watching follows a rollout.
type watching struct {
	session
	page *screen.Page
	from *cluster.Cluster
	// last is how the rollout was seen last, and err what went wrong with showing it.
	last     overview.Rollout
	function *v1alpha1.SupportFunction
	line     string
	err      error
}

// run follows until there is nothing more to wait for, and then shows all there is to say. In between it
// reads the function alone: instances may be many.
func (w *watching) run(ctx context.Context, name string, timeout time.Duration) error {
	limited, cancel := untilEnded(ctx, timeout)
	defer cancel()
	err := w.from.FollowFunction(limited, name, w.see)
	switch {
	case w.err != nil:
		return fmt.Errorf("write: %w", w.err)
	case errors.Is(err, context.Canceled):
		w.page.Say("Not watched any longer. The rollout goes on.")
		return errInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the rollout of %s takes longer than %s: see kubectl commissioning rollout status %s", name, timeout, name)
	case err != nil:
		return err
	}
	return w.conclude(ctx)
}

// see shows a change, and says whether it is the last.
func (w *watching) see(f *v1alpha1.SupportFunction) bool {
	w.function, w.last = f, overview.Progress(f)
	w.page.Clock.Now = w.now()
	if w.page.Rewrites {
		w.page.Again()
		w.err = w.page.Progress(w.last)
	} else if line := w.page.InOneLine(w.last); line != w.line {
		w.line = line
		w.err = w.page.Log(line)
	}
	return w.err != nil || w.last.Ended()
}

// conclude shows how it ended.
func (w *watching) conclude(ctx context.Context) error {
	facts, err := w.from.Rollout(ctx, w.function)
	if err != nil {
		return err
	}
	if w.page.Rewrites {
		w.page.Again()
	} else {
		w.page.Say("")
	}
	return rolloutStatus{}.show(w.page, overview.RolloutOf(facts))
}
