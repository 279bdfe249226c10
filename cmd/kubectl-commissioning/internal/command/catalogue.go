package command

import (
	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

func (s session) newCatalogue() *cobra.Command {
	var flags cluster.Flags
	var v view
	cmd := &cobra.Command{
		Use:   "catalogue [FUNCTION]",
		Short: "Show what functions there are, who delivers them, and how to use one",
		Long: `Show what functions there are: member-only or hosted, how many instances work, and which
suppliers host it with room for how many more.

With a function: what it is and requires, its parameters in plain words, and an example to copy.
Services are shown as far as you may read them.

Exit codes: 0 shown, 1 error, 2 wrong usage, 3 not readable.`,
		Example: `  kubectl commissioning catalogue

  # What does this one take?
  kubectl commissioning catalogue data-analytics

  # The example alone, to a file
  kubectl commissioning catalogue data-analytics -o json | jq -r .terms.example >data-analytics.yaml`,
		DisableFlagsInUseLine: true,
		Args:                  atMostOne,
		ValidArgsFunction:     s.completeFunctions(&flags),
		RunE: func(cmd *cobra.Command, args []string) error {
			page, from, err := s.open(cmd, v, &flags)
			if err != nil {
				return err
			}
			return showCatalogue(cmd, from, v, page, args)
		},
	}
	cmd.Flags().SortFlags = false
	flags.AddNamespace(cmd.Flags())
	v.add(cmd.Flags())
	return cmd
}

func showCatalogue(cmd *cobra.Command, from *cluster.Cluster, v view, page *screen.Page, args []string) error {
	if len(args) == 0 {
		supply, err := from.Entries(cmd.Context())
		if err != nil {
			return err
		}
		all := overview.FunctionsOf(supply)
		return v.show(page, all, func() error { return page.Functions(all) })
	}
	function, err := from.Function(cmd.Context(), args[0])
	if err != nil {
		return err
	}
	supply, err := from.Entries(cmd.Context())
	if err != nil {
		return err
	}
	entry := overview.EntryOf(function, supply, page.Clock.Today())
	return v.show(page, entry, func() error { return page.Entry(entry) })
}
