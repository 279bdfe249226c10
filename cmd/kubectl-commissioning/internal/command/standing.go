package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// standing are the flags of stand-down and reinstate.
type standing struct {
	change
	supplier, reason string
}

func (s session) newStandDown() *cobra.Command {
	var f standing
	cmd := &cobra.Command{
		Use:   "stand-down AGREEMENT --supplier PROVIDER[/SERVICE] --reason TEXT",
		Short: "Turn away from a supplier whose support is not forthcoming",
		Long: `Turn away from a supplier whose support is not forthcoming, whatever its pods say: the next
one in the list takes over, as after an outage. The supplier keeps its place in the order, and
supplies again once it is reinstated. Access stays until another can take over.

` + aboutGitOps,
		Example: `  kubectl commissioning stand-down data-analytics --supplier nel-csu \
    --reason 'no activity report since August' -n tower-hamlets`,
		DisableFlagsInUseLine: true,
		Args:                  oneAgreement,
		ValidArgsFunction:     s.completeAgreements(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.supplier == "" || strings.TrimSpace(f.reason) == "" {
				return usageError{fmt.Errorf("--supplier and --reason are needed: whom you turn away from, and why")}
			}
			return f.standDown(cmd, s, args[0])
		},
	}
	cmd.Flags().SortFlags = false
	f.addSupplier(cmd, s)
	cmd.Flags().StringVar(&f.reason, "reason", "", "`TEXT` that says why, for people; the supplier does not see it")
	f.add(cmd.Flags())
	return cmd
}

func (s session) newReinstate() *cobra.Command {
	var f standing
	cmd := &cobra.Command{
		Use:   "reinstate AGREEMENT --supplier PROVIDER[/SERVICE]",
		Short: "Turn to a supplier again that was stood down",
		Long: `Turn to a supplier again that was stood down. When and how the agreement returns to it is as
after an outage: spec.failover.failback says.

` + aboutGitOps,
		Example:               `  kubectl commissioning reinstate data-analytics --supplier nel-csu -n tower-hamlets`,
		DisableFlagsInUseLine: true,
		Args:                  oneAgreement,
		ValidArgsFunction:     s.completeAgreements(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.supplier == "" {
				return usageError{fmt.Errorf("--supplier is needed: whom you turn to again")}
			}
			return f.reinstate(cmd, s, args[0])
		},
	}
	cmd.Flags().SortFlags = false
	f.addSupplier(cmd, s)
	f.add(cmd.Flags())
	return cmd
}

func (f *standing) addSupplier(cmd *cobra.Command, s session) {
	cmd.Flags().StringVar(&f.supplier, "supplier", "", "`PROVIDER` in the list, or PROVIDER/SERVICE")
	// It fails for a flag that does not exist, or twice: neither can be.
	_ = cmd.RegisterFlagCompletionFunc("supplier", s.completeSuppliers(&f.cluster))
}

func (f standing) standDown(cmd *cobra.Command, s session, name string) error {
	d, agreement, err := f.prepare(cmd, s, name)
	if err != nil {
		return err
	}
	d.field, d.manifest = "suppliers", amend.SuppliersYAML
	d.plan = func(a *v1alpha1.SupportAgreement) (amend.Patch, error) {
		i, err := amend.Find(a, f.supplier)
		if err != nil {
			return amend.Patch{}, err
		}
		return amend.StandDown(a, i, v1alpha1.Description(f.reason))
	}
	agreement, changed, err := d.do(cmd.Context(), agreement)
	if err != nil {
		return err
	}
	d.isMade(changed, fmt.Sprintf("%s is stood down for %s: %s", f.supplier, name, f.reason),
		fmt.Sprintf("%s is stood down for %s already, for this reason.", f.supplier, name))
	return d.tellSupplier(cmd.Context(), agreement, func(a *v1alpha1.SupportAgreement) bool {
		i, err := amend.Find(a, f.supplier)
		return err != nil || amend.InForce(a) != amend.Name(a, i)
	})
}

func (f standing) reinstate(cmd *cobra.Command, s session, name string) error {
	d, agreement, err := f.prepare(cmd, s, name)
	if err != nil {
		return err
	}
	d.field, d.manifest = "suppliers", amend.SuppliersYAML
	d.plan = func(a *v1alpha1.SupportAgreement) (amend.Patch, error) {
		i, err := amend.Find(a, f.supplier)
		if err != nil {
			return amend.Patch{}, err
		}
		return amend.Reinstate(a, i)
	}
	agreement, changed, err := d.do(cmd.Context(), agreement)
	if err != nil {
		return err
	}
	d.isMade(changed, fmt.Sprintf("%s is in good standing again for %s.", f.supplier, name),
		fmt.Sprintf("%s is in good standing for %s already.", f.supplier, name))
	return d.tellSupplier(cmd.Context(), agreement, func(*v1alpha1.SupportAgreement) bool { return true })
}

// tellSupplier waits, and says who supplies then.
func (d *deed) tellSupplier(ctx context.Context, a *v1alpha1.SupportAgreement, wanted func(*v1alpha1.SupportAgreement) bool) error {
	if d.dryRun || d.wait <= 0 {
		return nil
	}
	a, err := d.await(ctx, a, wanted)
	if err != nil {
		return err
	}
	catalogue, err := d.in.Catalogue(ctx)
	if err != nil {
		return err
	}
	return d.page.Outcome(overview.Explain(a, catalogue))
}
