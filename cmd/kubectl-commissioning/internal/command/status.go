package command

import (
	"fmt"

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

Exit codes: 0 all functions work, 1 some function does not, 2 wrong usage, 3 not readable.`,
		Example: `  kubectl commissioning status tower-hamlets

  # All consortia
  kubectl commissioning status

  # Which functions do not work?
  kubectl commissioning status tower-hamlets -o json | jq -r '.functions[] | select(.state == "NotWorking").name'`,
		DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("unexpected argument %q", args[1])}
			}
			return nil
		},
		ValidArgsFunction: s.completeConsortia(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			page, err := s.page(cmd, f.view)
			if err != nil {
				return err
			}
			from, err := s.connect(cmd, &f.cluster)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return f.consortium(cmd, from, page, args[0])
			}
			return f.country(cmd, from, page)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.view.add(flags)
	flags.BoolVar(&f.all, "all", false, "without a consortium: show every one that needs somebody")
	f.cluster.Add(flags)
	return cmd
}

func (f status) consortium(cmd *cobra.Command, from *cluster.Cluster, page *screen.Page, name string) error {
	facts, err := from.Consortium(cmd.Context(), name)
	if err != nil {
		return err
	}
	tree := overview.Of(facts, page.Clock.Today())
	if f.view.output == "json" {
		err = writeJSON(page.Out, tree)
	} else {
		err = page.Tree(tree)
	}
	return outcome(err, tree.Summary)
}

func (f status) country(cmd *cobra.Command, from *cluster.Cluster, page *screen.Page) error {
	all, err := from.Everything(cmd.Context())
	if err != nil {
		return err
	}
	country := overview.InCountry(all)
	if f.view.output == "json" {
		err = writeJSON(page.Out, country)
	} else {
		err = page.Country(country, f.all)
	}
	return outcome(err, country.Summary.Summary)
}

func outcome(err error, s overview.Summary) error {
	switch {
	case err != nil:
		return fmt.Errorf("write: %w", err)
	case s.Working < s.Functions:
		return errFound
	}
	return nil
}
