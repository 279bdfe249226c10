package command

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/report"
)

// agreements are the flags of import agreements.
type agreements struct {
	file, dir               string
	acceptRemovals, verbose bool
}

func newImportAgreements() *cobra.Command {
	var a agreements
	cmd := &cobra.Command{
		Use:   "agreements --file FILE --out DIR",
		Short: "Import who serves whom from a spreadsheet",
		Long: `Import who serves whom from a spreadsheet, saved as CSV: a row for each supplier of each
consortium and function. The columns, in any order:

  consortium_code  organisation code of a consortium in DIR, such as 08V
  function         what it takes, such as data-analytics
  order            1 for the first choice, then 2, to 5 at most
  provider_code    organisation code of a supplier in DIR, such as 0DJ, or the name of its
                   SupportProvider: charities and companies may have no code
  service          the supplier's HostedService; blank: named as the function
  start, end       first and last day of the term, year-month-day, the same in all rows of an
                   agreement; no end: it runs on
  dsa_reference    the data sharing agreement with that supplier, and
  dsa_expires      its last day; both blank: none

Writes a SupportAgreement for each consortium and function into the consortium's folder, for
kubectl apply -k, Flux and Argo CD. Consortia and suppliers come from import gp-registrations
with --providers, into the same folder; a SupportProvider that you wrote there counts as well.
What the spreadsheet no longer holds is kept and listed until --accept-removals. Fields and
labels that you add are kept. Nothing is written if any row is wrong: the first twenty problems are
listed, and the others counted.

Exit codes: 0 done, 1 error, 2 wrong usage, 3 done and removals wait for --accept-removals.`,
		Example: `  kubectl commissioning import agreements --file agreements.csv --out clusters/england

  # After reading what is gone
  kubectl commissioning import agreements --file agreements.csv --out clusters/england --accept-removals`,
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.file == "" || a.dir == "" {
				return usageError{fmt.Errorf("--file and --out are needed: the spreadsheet as CSV, and the folder that import gp-registrations wrote")}
			}
			return a.run(cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&a.file, "file", "", "`FILE` of agreements, a spreadsheet saved as CSV")
	flags.StringVar(&a.dir, "out", "", "folder `DIR` with the consortia and suppliers; agreements are written into it")
	flags.BoolVar(&a.acceptRemovals, "accept-removals", false, "remove from the folder what the spreadsheet no longer holds")
	flags.BoolVar(&a.verbose, "verbose", false, "show all items of every list in the report")
	return cmd
}

// run reads, checks, plans, writes and reports.
func (a agreements) run(stdout io.Writer) error {
	earlier, err := gitops.Read(a.dir)
	if err != nil {
		return err
	}
	if len(earlier.Folders) == 0 {
		return fmt.Errorf("--out: %s holds no consortia: run import gp-registrations with --out %s first", a.dir, a.dir)
	}
	sheet, parties, err := a.read(earlier)
	if err != nil {
		return err
	}
	list := estate.Agreements(sheet)
	plan := gitops.NewAgreementPlan(list, earlier)
	if a.acceptRemovals {
		plan.LetGo()
	}
	written, err := gitops.Writer{Dir: a.dir, Rename: os.Rename}.Commit(plan)
	if err != nil {
		return err
	}
	said := report.Agreements{Sheet: sheet, List: list, Names: parties.Consortia, Plan: plan, Written: written, Dir: a.dir, Removed: a.acceptRemovals, Verbose: a.verbose}
	if err := said.Write(stdout); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if len(plan.Gone) > 0 && !a.acceptRemovals {
		return errWaiting
	}
	return nil
}

// read reads the spreadsheet and checks it against what the folder holds.
func (a agreements) read(earlier gitops.Earlier) (publication.Agreements, publication.Parties, error) {
	parties, err := gitops.Parties(a.dir, earlier)
	if err != nil {
		return publication.Agreements{}, publication.Parties{}, err
	}
	if len(parties.Providers) == 0 {
		return publication.Agreements{}, publication.Parties{}, fmt.Errorf("--out: %s holds no suppliers: run import gp-registrations with --providers and --out %s first, or write a SupportProvider there", a.dir, a.dir)
	}
	data, err := os.ReadFile(a.file)
	if err != nil {
		return publication.Agreements{}, publication.Parties{}, fmt.Errorf("--file: %w", err)
	}
	sheet, err := publication.ReadAgreements(a.file, data, parties)
	if err != nil {
		return publication.Agreements{}, publication.Parties{}, fmt.Errorf("--file cannot be understood; nothing was written:\n%w", err)
	}
	return sheet, parties, nil
}
