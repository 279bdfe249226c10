package render_test

import (
	"maps"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/golden"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
)

// shapes are the golden files of this package. The tests of apply write each of them to an API server
// and read it back unchanged.
func shapes() map[string][]runtime.ApplyConfiguration {
	custom := towerHamlets()
	custom.Quota = map[string]resource.Quantity{
		"pods": resource.MustParse("80"), "requests.cpu": resource.MustParse("12500m"), "requests.storage": resource.MustParse("1Ti"),
	}
	all := map[string][]runtime.ApplyConfiguration{
		"memberfunction-everything": render.MemberFunction(everything(), withCallers("gateway", "monitoring")),
		"memberfunction-minimal":    render.MemberFunction(minimal(), settings),
		"memberfunction-storage":    render.MemberFunction(stored(), settings),
		"guardrails":                render.GuardRails(towerHamlets(), plan.QuotaOf(towerHamlets()), "", settings),
		"guardrails-custom-quota":   render.GuardRails(custom, plan.QuotaOf(custom), "", settings),
		"guardrails-retained":       render.GuardRails(towerHamlets(), plan.QuotaOf(towerHamlets()), "08V", settings),
		"guardrails-provider":       render.GuardRails(services(), plan.QuotaOf(services()), "", settings),
		"access":                    render.ConsortiumAccess(towerHamlets(), people()),
		"access-provider":           render.ProviderAccess(services(), hosts()),
		"revision-everything":       {render.Revision(catalogue("referral-management"), revision(everything(), peerReview))},
		"revision-minimal":          {render.Revision(catalogue("peer-review"), revision(minimal(), ""))},
		"revision-storage":          {render.Revision(catalogue("records"), revision(stored(), ""))},
		"namespace-provider":        {render.Namespace(services(), true, "")},
		"namespace-created":         {render.Namespace(towerHamlets(), true, "")},
		"namespace-adopted":         {render.Namespace(towerHamlets(), false, "")},
		"namespace-retained":        {render.Namespace(towerHamlets(), true, "08V")},
	}
	maps.Copy(all, hostedShapes())
	return all
}

func TestEveryShapeIsAsItsGoldenFileSays(t *testing.T) {
	for name, children := range shapes() {
		t.Run(name, func(t *testing.T) {
			golden.Check(t, "testdata/"+name+".yaml", printed(t, children))
		})
	}
}

func TestRenderingTwiceGivesTheSame(t *testing.T) {
	again := shapes()
	for name, children := range shapes() {
		t.Run(name, func(t *testing.T) {
			if printed(t, children) != printed(t, again[name]) {
				t.Error("two renderings of the same differ")
			}
		})
	}
}

func TestNobodyHasAccessWhereNobodyIsNamed(t *testing.T) {
	if wanted := render.ConsortiumAccess(towerHamlets(), v1alpha1.Access{}); len(wanted) != 0 {
		t.Errorf("nobody is named, yet this is rendered:\n%s", printed(t, wanted))
	}
	if wanted := render.ProviderAccess(services(), v1alpha1.ProviderAccess{}); len(wanted) != 0 {
		t.Errorf("nobody is named, yet this is rendered:\n%s", printed(t, wanted))
	}
}

// printed is what a person would apply.
func printed(t *testing.T, children []runtime.ApplyConfiguration) string {
	t.Helper()
	documents := make([]string, len(children))
	for i, child := range children {
		document, err := yaml.Marshal(child)
		if err != nil {
			t.Fatal(err)
		}
		documents[i] = string(document)
	}
	return strings.Join(documents, "---\n")
}
