package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
)

func (s session) newRevoke() *cobra.Command {
	var f change
	cmd := &cobra.Command{
		Use:   "revoke AGREEMENT",
		Short: "Refuse the tokens of an agreement that were given out so far",
		Long: `Refuse the tokens of an agreement that were given out so far, because one may have got into
wrong hands. Services refuse them within two minutes; the agreement is given a new token in its
Secret, which your functions read within about a minute. Calls in between are answered 401.

` + aboutGitOps,
		Example:               `  kubectl commissioning revoke data-analytics -n tower-hamlets`,
		DisableFlagsInUseLine: true,
		Args:                  oneAgreement,
		ValidArgsFunction:     s.completeAgreements(&f.cluster),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.revoke(cmd, s, args[0])
		},
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	return cmd
}

func (c change) revoke(cmd *cobra.Command, s session, name string) error {
	d, agreement, err := c.prepare(cmd, s, name)
	if err != nil {
		return err
	}
	d.field, d.manifest = "tokensNotBefore", amend.TokensYAML
	if err := d.revokeAt(cmd, agreement, metav1.NewTime(s.now().UTC())); err != nil {
		return err
	}
	agreement, changed, err := d.do(cmd.Context(), agreement)
	if err != nil {
		return err
	}
	from := agreement.Spec.TokensNotBefore.Time
	d.isMade(changed, fmt.Sprintf("Tokens of %s from before %s are revoked: services refuse them within two minutes.", name, d.page.Second(from)),
		fmt.Sprintf("Tokens of %s from before %s are revoked already.", name, d.page.Second(from)))
	if d.dryRun || d.wait <= 0 {
		return nil
	}
	agreement, err = d.await(cmd.Context(), agreement, func(a *v1alpha1.SupportAgreement) bool { return a.Status.Binding.Name == "" || isBound(a) })
	if err != nil {
		return err
	}
	return d.page.Tokens(agreement.Status, hasSeen(agreement, agreement.Generation) && isBound(agreement))
}

// revokeAt plans the revocation by the clock of the API server, which it asks with a dry run: one of
// this machine that is fast would lock everybody out, and a slow one would let old tokens in.
func (d *deed) revokeAt(cmd *cobra.Command, a *v1alpha1.SupportAgreement, at metav1.Time) error {
	by := func(at metav1.Time) func(*v1alpha1.SupportAgreement) (amend.Patch, error) {
		return func(a *v1alpha1.SupportAgreement) (amend.Patch, error) { return amend.Revoke(a, at) }
	}
	if stands := a.Spec.TokensNotBefore; stands != nil && !stands.Before(&at) {
		at = metav1.NewTime(stands.Add(time.Second)) // something must change, or the API server says nothing
	}
	tried, _, err := d.in.Change(cmd.Context(), a, true, by(at))
	if err != nil {
		return err
	}
	if told, isTold := amend.ManagedSince(tried, cluster.FieldOwner); isTold {
		at = told
	}
	d.plan = by(at)
	return nil
}
