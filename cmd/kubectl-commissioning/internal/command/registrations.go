package command

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/report"
)

// registrations are the flags of import gp-registrations.
type registrations struct {
	mapFile, patientsFile, providersFile, dir, deletionPolicy string
	regions, functions, admins, viewers                       []string
	acceptRemovals, verbose                                   bool
}

func newImportRegistrations() *cobra.Command {
	var r registrations
	cmd := &cobra.Command{
		Use:   "gp-registrations --map FILE --patients FILE [--providers FILE] [--region NAME]… [--out DIR]",
		Short: "Import consortia, localities and registered patients from the monthly NHS publication",
		Long: `Import consortia, localities and registered patients from the monthly publication
"Patients Registered at a GP Practice" (NHS England Digital), read as it is published.

Writes namespaces, consortia and localities, one folder a consortium, for kubectl apply -k,
Flux and Argo CD. Names are given once and kept by organisation code, whatever titles say
later: keep the folder in Git and import the next month into it. What the publication no
longer holds is kept and listed until --accept-removals. Fields, labels and resources that
you add to these files are kept; files that the import did not write are never touched.
Nothing is written if anything in the files cannot be understood.

With the list of commissioning support units (Organisation Data Service), a CSV file with the
columns code and name, and perhaps ods_role, close_date and sector, also writes a namespace and
a SupportProvider for each support unit that is open. Without that list, suppliers stay as they are.

Exit codes: 0 done, 1 error, 2 wrong usage, 3 done and removals wait for --accept-removals.`,
		Example: `  # See what would come of it
  kubectl commissioning import gp-registrations --map gp-reg-pat-prac-map.csv \
    --patients gp-reg-pat-prac-all.csv --region London

  # The country into a Git repository, with triage of referrals and access for each consortium
  kubectl commissioning import gp-registrations --map gp-reg-pat-prac-map.csv \
    --patients gp-reg-pat-prac-all.csv --out clusters/england \
    --member-functions referral-management --admins-group 'nhs-{lowercode}-admins'
  kubectl apply --server-side -k clusters/england

  # With the support units as suppliers
  kubectl commissioning import gp-registrations --map gp-reg-pat-prac-map.csv \
    --patients gp-reg-pat-prac-all.csv --out clusters/england \
    --providers commissioning-support-units.csv

  # Next month, after reading what is gone
  kubectl commissioning import gp-registrations --map gp-reg-pat-prac-map.csv \
    --patients gp-reg-pat-prac-all.csv --out clusters/england --accept-removals`,
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.check(); err != nil {
				return usageError{err}
			}
			return r.run(cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&r.mapFile, "map", "", "`FILE` gp-reg-pat-prac-map.csv of the publication: practices, networks, commissioners")
	flags.StringVar(&r.patientsFile, "patients", "", "`FILE` gp-reg-pat-prac-all.csv of the publication: registered patients")
	flags.StringVar(&r.providersFile, "providers", "", "`FILE` with the list of commissioning support units, which become suppliers")
	flags.StringArrayVar(&r.regions, "region", nil, "import the region `NAME` alone, such as London; may be repeated; others stay as they are")
	flags.StringVar(&r.dir, "out", "", "write into the folder `DIR`; without it YAML goes to the standard output, the report to the standard error")
	flags.StringSliceVar(&r.functions, "member-functions", nil, "`NAMES` of member-only functions that each consortium runs, such as referral-management")
	flags.StringArrayVar(&r.admins, "admins-group", nil, "`GROUP` that administers each consortium, with {code}, {lowercode} or {name} in it; may be repeated")
	flags.StringArrayVar(&r.viewers, "viewers-group", nil, "`GROUP` that may read in each consortium, likewise")
	flags.StringVar(&r.deletionPolicy, "deletion-policy", "", "`POLICY` Retain or Delete: what becomes of a namespace whose Consortium is deleted (the operator's default is Retain)")
	flags.BoolVar(&r.acceptRemovals, "accept-removals", false, "remove from the folder what the publication no longer holds")
	flags.BoolVar(&r.verbose, "verbose", false, "show all items of every list in the report")
	return cmd
}

var (
	objectName  = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$`)
	placeholder = regexp.MustCompile(`\{[^}]*\}`)
)

// check finds mistakes in the flags before anything is read.
func (r registrations) check() error {
	switch {
	case r.mapFile == "" || r.patientsFile == "":
		return fmt.Errorf("--map and --patients are needed: the two CSV files of the publication")
	case r.acceptRemovals && r.dir == "":
		return fmt.Errorf("--accept-removals needs --out: without it nothing can be gone")
	case !slices.Contains([]string{"", string(v1alpha1.DeletionPolicyRetain), string(v1alpha1.DeletionPolicyDelete)}, r.deletionPolicy):
		return fmt.Errorf("--deletion-policy %q: expected Retain or Delete", r.deletionPolicy)
	}
	for _, function := range r.functions {
		if !objectName.MatchString(function) {
			return fmt.Errorf("--member-functions %q: expected names of functions, such as referral-management", function)
		}
	}
	for _, group := range slices.Concat(r.admins, r.viewers) {
		if err := checkGroup(group); err != nil {
			return err
		}
	}
	return nil
}

// checkGroup refuses what the API would refuse later, once a consortium.
func checkGroup(group string) error {
	for _, found := range placeholder.FindAllString(group, -1) {
		if !slices.Contains([]string{"{code}", "{lowercode}", "{name}"}, found) {
			return fmt.Errorf("group %q: %s is unknown; there are {code}, {lowercode} and {name}", group, found)
		}
	}
	if group == "" || len(group) > 150 || strings.HasPrefix(group, "system:") {
		return fmt.Errorf("group %q: expected a name of at most 150 characters; those that begin with system: are the cluster's own", group)
	}
	return nil
}

// run reads, plans, writes and reports.
func (r registrations) run(stdout, stderr io.Writer) error {
	said, err := r.plan()
	if err != nil {
		return err
	}
	if r.dir == "" {
		return stream(said, stdout, stderr)
	}
	written, err := gitops.Writer{Dir: r.dir, Rename: os.Rename}.Commit(said.Plan)
	if err != nil {
		return err
	}
	said.Written = &written
	if err := said.Write(stdout); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if said.Plan.Gone.Len() > 0 && !r.acceptRemovals {
		return errWaiting
	}
	return nil
}

// plan reads everything and says what would come of it.
func (r registrations) plan() (report.Report, error) {
	all, findings, err := r.read()
	if err != nil {
		return report.Report{}, err
	}
	units, err := r.readUnits()
	if err != nil {
		return report.Report{}, err
	}
	if err := checkRegions(r.regions, all.Regions()); err != nil {
		return report.Report{}, err
	}
	part := all.Within(r.regions)
	var earlier gitops.Earlier
	if r.dir != "" {
		if earlier, err = gitops.Read(r.dir); err != nil {
			return report.Report{}, err
		}
	}
	plan := gitops.NewPlan(all, part, earlier, gitops.Options{MemberFunctions: r.functions, AdminsGroups: r.admins,
		ViewersGroups: r.viewers, DeletionPolicy: v1alpha1.DeletionPolicy(r.deletionPolicy)})
	if units != nil {
		plan.AddSuppliers(estate.Suppliers(*units))
	}
	if r.acceptRemovals {
		plan.LetGo()
	}
	return report.Report{All: all, Imported: part, Findings: findings, Units: units, Plan: plan, Dir: r.dir, Removed: r.acceptRemovals, Verbose: r.verbose}, nil
}

// read reads both files and puts them together.
func (r registrations) read() (estate.Estate, estate.Findings, error) {
	mapData, err := os.ReadFile(r.mapFile)
	if err != nil {
		return estate.Estate{}, estate.Findings{}, fmt.Errorf("--map: %w", err)
	}
	listData, err := os.ReadFile(r.patientsFile)
	if err != nil {
		return estate.Estate{}, estate.Findings{}, fmt.Errorf("--patients: %w", err)
	}
	m, err := publication.ReadMap(r.mapFile, mapData)
	if err != nil {
		return estate.Estate{}, estate.Findings{}, fmt.Errorf("--map cannot be understood; nothing was written:\n%w", err)
	}
	l, err := publication.ReadLists(r.patientsFile, listData)
	if err != nil {
		return estate.Estate{}, estate.Findings{}, fmt.Errorf("--patients cannot be understood; nothing was written:\n%w", err)
	}
	return estate.Build(m, l)
}

// readUnits reads the list of support units, if there is one.
func (r registrations) readUnits() (*publication.SupportUnits, error) {
	if r.providersFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(r.providersFile)
	if err != nil {
		return nil, fmt.Errorf("--providers: %w", err)
	}
	units, err := publication.ReadSupportUnits(r.providersFile, data)
	if err != nil {
		return nil, fmt.Errorf("--providers cannot be understood; nothing was written:\n%w", err)
	}
	return &units, nil
}

// checkRegions finds regions that the publication does not know.
func checkRegions(asked, known []string) error {
	for _, region := range asked {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, region) }) {
			return usageError{fmt.Errorf("--region %q: the publication knows %s", region, strings.Join(known, ", "))}
		}
	}
	return nil
}

// stream writes the YAML for a pipe, and the report beside it.
func stream(said report.Report, stdout, stderr io.Writer) error {
	data, err := said.Plan.Stream()
	if err != nil {
		return fmt.Errorf("write the YAML: %w", err)
	}
	if _, err := stdout.Write(data); err != nil {
		return fmt.Errorf("write the YAML: %w", err)
	}
	if err := said.Write(stderr); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
