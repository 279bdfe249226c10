package command

import (
	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

func (s session) newProviders() *cobra.Command {
	var flags cluster.Flags
	var v view
	cmd := &cobra.Command{
		Use:   "providers [PROVIDER]",
		Short: "Show who supplies: whom they serve, with how much room, and who depends on them",
		Long: `Show who supplies, a line each: services, the consortia that they serve, each once, with their
patients, until when the assurances hold, and for how many more there is room. Then by function
which share of the country depends on each, and who has no fallback.

With a provider: what it hosts and whom it serves, as far as you may read it. Who reads no
more than the catalogue sees counts only.

Exit codes: 0 shown, 1 error, 2 wrong usage, 3 not readable.`,
		Example: `  kubectl commissioning providers

  kubectl commissioning providers nel-csu

  # On whom does more than a third of the country depend?
  kubectl commissioning providers -o json |
    jq -r '.providers[] | .name as $p | .concentration[]? | select(.patientsPercent > 33) | "\($p) \(.function)"'`,
		DisableFlagsInUseLine: true,
		Args:                  atMostOne,
		ValidArgsFunction:     s.completeProviders(&flags),
		RunE: func(cmd *cobra.Command, args []string) error {
			page, from, err := s.open(cmd, v, &flags)
			if err != nil {
				return err
			}
			return showProviders(cmd, from, v, page, args)
		},
	}
	cmd.Flags().SortFlags = false
	flags.AddNamespace(cmd.Flags())
	v.add(cmd.Flags())
	return cmd
}

func showProviders(cmd *cobra.Command, from *cluster.Cluster, v view, page *screen.Page, args []string) error {
	if len(args) == 0 {
		supply, err := from.Supply(cmd.Context())
		if err != nil {
			return err
		}
		all := overview.ProvidersOf(supply)
		return v.show(page, all, func() error { return page.Providers(all) })
	}
	provider, err := from.Provider(cmd.Context(), args[0])
	if err != nil {
		return err
	}
	supply, err := from.Supply(cmd.Context())
	if err != nil {
		return err
	}
	one := overview.ProviderOf(provider, supply)
	return v.show(page, one, func() error { return page.Provider(one) })
}
