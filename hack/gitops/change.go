package gitops

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/commissioning-support/operator/hack/testenv"
)

// What Develop changes: objects that are new, and objects whose spec is another.
var (
	DevelopCreates = []string{"Namespace/northern-services", "SupportProvider/northern-services", "HostedService/northern-services/contracting"}
	DevelopChanges = []string{"SupportAgreement/tower-hamlets/contracting", "MemberFunction/tower-hamlets/referral-management"}
)

// Develop is a commit as they come: a supplier joins, an agreement names it as its second choice, and a function has
// another parameter.
func (r *Repository) Develop() error {
	joins := os.DirFS(testenv.Path("hack/gitops/testdata/northern-services"))
	if err := os.CopyFS(filepath.Join(r.folder, applied, "suppliers", "northern-services"), joins); err != nil {
		return fmt.Errorf("copy the supplier that joins: %w", err)
	}
	const second = "  - provider: nel-csu\n  - provider: northern-services\n  term:"
	return errors.Join(
		r.Return("commissioning/suppliers/northern-services"),
		r.Edit("commissioning/consortia/tower-hamlets/support-agreements.yaml", "  - provider: nel-csu\n  term:", second),
		r.Edit("commissioning/consortia/tower-hamlets/member-functions.yaml", "reviewWithinWorkingDays: 3", "reviewWithinWorkingDays: 5"),
	)
}
