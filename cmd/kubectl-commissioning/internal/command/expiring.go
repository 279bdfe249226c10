package command

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// expiring are the flags of expiring.
type expiring struct {
	cluster cluster.Flags
	view    view
	within  string
	all     bool
}

func (s session) newExpiring() *cobra.Command {
	var f expiring
	cmd := &cobra.Command{
		Use:   "expiring [--within PERIOD]",
		Short: "List agreements of which something ends soon",
		Long: `List the agreements whose term, data sharing or supplier's assurance ends within a period,
the first day first. Days are the last on which it holds, that day included. The fallback
suppliers' data sharing and assurances count as well: they are needed when the first one fails.

Exit codes: 0 nothing ends so soon, 1 something does, 2 wrong usage, 3 not readable.`,
		Example: `  kubectl commissioning expiring --within 90d -n tower-hamlets

  # The whole country, for a program
  kubectl commissioning expiring --within 6w --all-namespaces -o json`,
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			days, err := f.days()
			if err != nil {
				return err
			}
			page, from, err := s.open(cmd, f.view, &f.cluster)
			if err != nil {
				return err
			}
			return f.run(cmd, from, page, days)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.within, "within", "30d", "`PERIOD` in days or weeks, such as 30d or 6w")
	flags.BoolVarP(&f.all, "all-namespaces", "A", false, "look at all consortia")
	f.cluster.AddNamespace(flags)
	f.view.add(flags)
	return cmd
}

var period = regexp.MustCompile(`^([0-9]{1,4})([dw])$`)

func (f expiring) days() (int, error) {
	parts := period.FindStringSubmatch(f.within)
	if parts == nil {
		return 0, usageError{fmt.Errorf("--within %q: expected days or weeks, such as 30d or 6w", f.within)}
	}
	days, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0, usageError{fmt.Errorf("--within %q: %w", f.within, err)}
	}
	if parts[2] == "w" {
		days *= 7
	}
	return days, nil
}

func (f expiring) run(cmd *cobra.Command, from *cluster.Cluster, page *screen.Page, days int) error {
	namespace := from.Namespace
	if f.all {
		namespace = ""
	}
	agreements, err := from.Agreements(cmd.Context(), namespace)
	if err != nil {
		return err
	}
	catalogue, err := from.Catalogue(cmd.Context())
	if err != nil {
		return err
	}
	today := page.Clock.Today()
	soon := overview.Soon{Endings: overview.Within(overview.EndingsOf(agreements, catalogue, today), today, days), Unread: catalogue.Unread}
	err = f.view.show(page, soon, func() error { return page.Expiring(soon, days) })
	switch {
	case err != nil:
		return err
	case len(soon.Endings) > 0:
		return errFound
	}
	return nil
}
