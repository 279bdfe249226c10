package command

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// status are the flags of status.
type status struct {
	cluster cluster.Flags
	view    view
	all     bool
	watch   bool
	// untilWorking ends the watch when all functions work.
	untilWorking bool
	timeout      time.Duration
}

func (s session) newStatus() *cobra.Command {
	var f status
	cmd := &cobra.Command{
		Use:   "status [CONSORTIUM]",
		Short: "Show who does each function of a consortium, and does it work",
		Long: `Show each function of a consortium: who does it, since when, whether it works, why,
what happens next and what you can do; then the dates ahead, and the last changes of supplier.
It reads only what a viewer of the consortium may read.

Without a consortium: all of them on one screen, and then those that need somebody.

With --watch it goes on and shows each change: on a terminal in one place, else with a line for
each. Ctrl-C ends it, or --timeout, or --until-working as soon as all functions work.

Exit codes: 0 all functions work, 1 some function does not, 2 wrong usage, 3 not readable, 130
ended by Ctrl-C. With --timeout they speak of the end of the watch.`,
		Example: `  kubectl commissioning status tower-hamlets

  # All consortia
  kubectl commissioning status

  # Let a script go on when all functions of a consortium work
  kubectl commissioning status tower-hamlets --watch --until-working --timeout 10m

  # Which functions do not work?
  kubectl commissioning status tower-hamlets -o json | jq -r '.functions[] | select(.state == "NotWorking").name'`,
		DisableFlagsInUseLine: true,
		Args:                  atMostOne,
		ValidArgsFunction:     s.completeConsortia(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			page, from, err := s.open(cmd, f.view, &f.cluster)
			if err != nil {
				return err
			}
			if f.watch {
				return (&watchedStatus{session: s, status: f, page: page}).run(cmd.Context(), from, args)
			}
			if len(args) == 1 {
				return f.consortium(cmd, from, page, args[0])
			}
			return f.country(cmd, from, page)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on, and show each change")
	flags.BoolVar(&f.untilWorking, "until-working", false, "end --watch when all functions work")
	flags.DurationVar(&f.timeout, "timeout", 0, "`DURATION` after which --watch ends; 0: never")
	f.view.add(flags)
	flags.BoolVar(&f.all, "all", false, "without a consortium: show every one that needs somebody")
	f.cluster.Add(flags)
	return cmd
}

func (f status) check(cmd *cobra.Command) error {
	if f.untilWorking && !f.watch {
		return usageError{errors.New("--until-working goes with --watch")}
	}
	return checkWatch(cmd, f.watch, f.timeout, f.view)
}

func (f status) consortium(cmd *cobra.Command, from *cluster.Cluster, page *screen.Page, name string) error {
	facts, err := from.Consortium(cmd.Context(), name)
	if err != nil {
		return err
	}
	tree := overview.Of(facts, page.Clock.Today())
	return outcome(f.view.show(page, tree, func() error { return page.Tree(tree) }), tree.Summary)
}

func (f status) country(cmd *cobra.Command, from *cluster.Cluster, page *screen.Page) error {
	all, err := from.Everything(cmd.Context())
	if err != nil {
		return err
	}
	country := overview.InCountry(all)
	return outcome(f.view.show(page, country, func() error { return page.Country(country, f.all) }), country.Summary.Summary)
}

func outcome(err error, s overview.Summary) error {
	switch {
	case err != nil:
		return err
	case s.Working < s.Functions:
		return errFound
	}
	return nil
}
