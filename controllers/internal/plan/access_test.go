package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// A token is for all who could take over tomorrow, and never outlives what entitles the one who supplies.
func TestR02_ATokenEndsWithWhatEntitlesToIt(t *testing.T) {
	const nel, kent, essex = "nel-csu/data-analytics", "kent-csu/data-analytics", "essex-csu/data-analytics"
	shared := func(until v1alpha1.Date) func(*state.Supplier) {
		return func(s *state.Supplier) { s.Named.DataSharing.Expires = until }
	}
	assured := func(until v1alpha1.Date) func(*state.Supplier) {
		return func(s *state.Supplier) { s.Provider.Spec.Assurances[0].ValidUntil = until }
	}
	refuseNew := func(seen *state.SupportAgreement) {
		seen.Function.Spec.OnAssuranceLapse = v1alpha1.AssuranceLapseRefuseNew
	}
	endless := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.End = "" }
	ends := func(seen *state.SupportAgreement) { seen.Object.Spec.Term.End = "2026-12-31" }
	undemanding := func(seen *state.SupportAgreement) {
		seen.Function.Spec.Requires = v1alpha1.Requirements{DataSharing: v1alpha1.DataSharingNotRequired}
	}
	revoked := func(seen *state.SupportAgreement) {
		seen.Object.Spec.TokensNotBefore = &metav1.Time{Time: noon.Add(-time.Hour)}
	}
	all := []string{nel, kent, essex}
	tests := map[string]struct {
		edits    []edit
		audience []string
		notAfter string
	}{
		"the data sharing agreement ends first":               {nil, all, "2027-04-01T00:00:00Z"},
		"the assurance ends first":                            {[]edit{at(0, assured("2027-01-31"))}, all, "2027-02-01T00:00:00Z"},
		"the term ends first":                                 {[]edit{ends}, all, "2027-01-01T00:00:00Z"},
		"a lapse ends nothing":                                {[]edit{refuseNew, at(0, assured("2027-01-31"))}, all, "2027-04-01T00:00:00Z"},
		"nothing ends":                                        {[]edit{endless, undemanding}, all, ""},
		"without an end it is the data sharing agreement":     {[]edit{endless}, all, "2027-04-01T00:00:00Z"},
		"another's end bounds nothing":                        {[]edit{at(1, shared("2026-12-31"))}, all, "2027-04-01T00:00:00Z"},
		"one who ends while the token lives":                  {[]edit{at(1, shared("2026-11-23"))}, []string{nel, essex}, "2027-04-01T00:00:00Z"},
		"one who ends when the token does":                    {[]edit{at(1, shared("2026-11-24"))}, []string{nel, kent, essex}, "2027-04-01T00:00:00Z"},
		"the one who supplies ends while the token lives":     {[]edit{at(0, shared("2026-11-22"))}, all, "2026-11-23T00:00:00Z"},
		"those who do not consent, or are not turned to":      {[]edit{at(1, refuses), at(2, isStoodDown)}, []string{nel}, "2027-04-01T00:00:00Z"},
		"the one who supplies, though it moves all on":        {[]edit{at(0, isDraining), at(1, isDraining)}, []string{nel, essex}, "2027-04-01T00:00:00Z"},
		"one without assurance, and one without data sharing": {[]edit{at(1, assured("2026-11-21")), at(2, shared("2026-11-21"))}, []string{nel}, "2027-04-01T00:00:00Z"},
		"one who takes on nobody new":                         {[]edit{at(1, isClosed)}, []string{nel, essex}, "2027-04-01T00:00:00Z"},
		"one who is out":                                      {[]edit{at(1, isOut(time.Hour))}, all, "2027-04-01T00:00:00Z"},
		"one whose assurance lapses while those in stay in":   {[]edit{refuseNew, at(1, assured("2026-11-22"))}, all, "2027-04-01T00:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			seen := agreed(tc.edits...)
			want := plan.TokenTerms{Audience: tc.audience, NotAfter: never(t, tc.notAfter)}
			if diff := cmp.Diff(want, plan.TokenTermsFor(seen, judge(seen), 0, 48*time.Hour, noon)); diff != "" {
				t.Errorf("the terms (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("from when the former were revoked", func(t *testing.T) {
		seen := agreed(revoked)
		if got := plan.TokenTermsFor(seen, judge(seen), 0, 48*time.Hour, noon).NotBefore; !got.Equal(noon.Add(-time.Hour)) {
			t.Errorf("from %s", got)
		}
	})
}
