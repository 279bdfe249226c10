package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// watchedStatus follows an overview.
type watchedStatus struct {
	session
	status
	page *screen.Page
	// seen is how many functions worked last, lines what was said last of each, and err what went wrong
	// with saying it.
	seen  overview.Summary
	lines map[string]string
	err   error
}

// run follows a consortium, or all of them, until somebody ends it, or the flags do.
func (w *watchedStatus) run(ctx context.Context, from *cluster.Cluster, args []string) error {
	limited, cancel := untilEnded(ctx, w.timeout)
	defer cancel()
	var err error
	if len(args) == 1 {
		err = from.FollowConsortium(limited, args[0], w.consortium)
	} else {
		err = from.FollowEverything(limited, w.country)
	}
	switch {
	case w.err != nil:
		return fmt.Errorf("write: %w", w.err)
	case errors.Is(err, context.Canceled):
		w.page.Say("Not watched any longer.")
		return errInterrupted
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return err
	case err != nil && w.lines == nil:
		return fmt.Errorf("nothing could be read within %s: raise --timeout", w.timeout)
	}
	return outcome(nil, w.seen)
}

func (w *watchedStatus) consortium(facts overview.Facts) bool {
	w.page.Clock.Now = w.now()
	tree := overview.Of(facts, w.page.Clock.Today())
	return w.see(tree.Summary, w.page.TreeLines(tree), "gone", func() error { return w.page.Tree(tree) })
}

func (w *watchedStatus) country(all overview.Everything) bool {
	w.page.Clock.Now = w.now()
	country := overview.InCountry(all)
	return w.see(country.Summary.Summary, w.page.CountryLines(country), "needs nobody any longer", func() error { return w.page.Country(country, w.all) })
}

// see shows what there is now, and says whether that is enough. gone is said of what is not there any more.
func (w *watchedStatus) see(s overview.Summary, lines []screen.Line, gone string, text func() error) bool {
	w.seen = s
	if w.page.Rewrites {
		w.page.Again()
		w.err = text()
		w.page.Watched()
		w.lines = map[string]string{}
	} else {
		w.log(lines, gone)
	}
	return w.err != nil || w.untilWorking && s.Functions > 0 && s.Working == s.Functions
}

// log writes what has changed.
func (w *watchedStatus) log(lines []screen.Line, gone string) {
	now := map[string]string{}
	for _, line := range lines {
		now[line.Of] = line.Text
		if w.lines[line.Of] != line.Text {
			w.err = w.page.Log(line.Text)
		}
	}
	for _, of := range slices.Sorted(maps.Keys(w.lines)) {
		if _, isThere := now[of]; !isThere {
			w.err = w.page.Log(of + ": " + gone)
		}
	}
	w.lines = now
}
