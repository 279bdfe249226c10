package plan_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// keys are namespaces and names as the API takes them, few enough that some are alike.
func keys(r *rapid.T, label string) types.NamespacedName {
	name := rapid.OneOf(rapid.SampledFrom([]string{"a", "a-a", "analytics"}), rapid.StringMatching(`[a-z]([-a-z0-9]{0,48}[a-z0-9])?`))
	return types.NamespacedName{Namespace: name.Draw(r, label+"'s namespace"), Name: name.Draw(r, label+"'s name")}
}

func TestR03_NoTwoOpeningsHaveOneName(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type opening struct{ agreement, service types.NamespacedName }
		one := opening{keys(r, "agreement"), keys(r, "service")}
		other := opening{keys(r, "other agreement"), keys(r, "other service")}
		first, second := plan.OpeningName(one.agreement, one.service), plan.OpeningName(other.agreement, other.service)
		if (one == other) != (first == second) {
			r.Errorf("%v is called %s, and %v is called %s", one, first, other, second)
		}
		if problems := validation.NameIsDNSSubdomain(first, false); len(problems) != 0 {
			r.Errorf("%s is no name: %v", first, problems)
		}
	})
}

func TestR04_NoTwoServicesShareALedger(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		one, other := keys(r, "service"), keys(r, "other service")
		if (one == other) != (plan.LedgerName(one) == plan.LedgerName(other)) {
			r.Errorf("the ledger of %v is %s, that of %v is %s", one, plan.LedgerName(one), other, plan.LedgerName(other))
		}
		if problems := validation.NameIsDNSSubdomain(plan.LedgerName(one), false); len(problems) != 0 {
			r.Errorf("%s is no name: %v", plan.LedgerName(one), problems)
		}
	})
}
