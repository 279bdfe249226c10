package command

import (
	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

func (s session) newExplain() *cobra.Command {
	var flags cluster.Flags
	var v view
	cmd := &cobra.Command{
		Use:   "explain AGREEMENT",
		Short: "Say who supplies an agreement, why, and what can be done",
		Long: `Say of an agreement who supplies, why, why each supplier before that one in the list was
passed over, what happens next, and what you can do.

Exit codes: 0 said, 1 error, 2 wrong usage, 3 not readable.`,
		Example:               `  kubectl commissioning explain data-analytics -n tower-hamlets`,
		DisableFlagsInUseLine: true,
		Args:                  oneAgreement,
		ValidArgsFunction:     s.completeAgreements(&flags),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.explain(cmd, flags, v, args[0])
		},
	}
	cmd.Flags().SortFlags = false
	flags.AddNamespace(cmd.Flags())
	v.add(cmd.Flags())
	return cmd
}

func (s session) explain(cmd *cobra.Command, flags cluster.Flags, v view, name string) error {
	page, from, err := s.open(cmd, v, &flags)
	if err != nil {
		return err
	}
	agreement, err := from.Agreement(cmd.Context(), name)
	if err != nil {
		return err
	}
	catalogue, err := from.Catalogue(cmd.Context())
	if err != nil {
		return err
	}
	explanation := overview.Explain(agreement, catalogue)
	return v.show(page, explanation, func() error { return page.Explanation(explanation) })
}
