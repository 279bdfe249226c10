package plan_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestASupplierIsNamedByProviderAndService(t *testing.T) {
	if got := plan.SupplierName("nel-csu", "data-analytics"); got != "nel-csu/data-analytics" {
		t.Error(got)
	}
	agreement := &v1alpha1.SupportAgreement{Spec: v1alpha1.SupportAgreementSpec{Function: "data-analytics"}}
	for service, want := range map[v1alpha1.ObjectName]string{"": "data-analytics", "analytics-gold": "analytics-gold"} {
		if got := plan.ServiceOf(agreement, v1alpha1.Supplier{Provider: "kent-csu", Service: service}); got != want {
			t.Errorf("the service of %q is %s, want %s", service, got, want)
		}
	}
}

// Terms that do not overlap are a succession; those that do, a duplicate.
func TestTermsOverlapWhereTheyHaveADayInCommon(t *testing.T) {
	tests := map[string]struct {
		a, b v1alpha1.Term
		want bool
	}{
		"one after the other":            {v1alpha1.Term{Start: "2026-04-01", End: "2027-03-31"}, v1alpha1.Term{Start: "2027-04-01", End: "2028-03-31"}, false},
		"the last day is the first":      {v1alpha1.Term{Start: "2026-04-01", End: "2027-03-31"}, v1alpha1.Term{Start: "2027-03-31", End: "2028-03-31"}, true},
		"one within the other":           {v1alpha1.Term{Start: "2026-04-01", End: "2027-03-31"}, v1alpha1.Term{Start: "2026-05-01", End: "2026-05-01"}, true},
		"one without an end, before":     {v1alpha1.Term{Start: "2026-04-01"}, v1alpha1.Term{Start: "2099-04-01", End: "2099-04-02"}, true},
		"one without an end, afterwards": {v1alpha1.Term{Start: "2026-04-01"}, v1alpha1.Term{Start: "2025-04-01", End: "2026-03-31"}, false},
		"both without an end":            {v1alpha1.Term{Start: "2026-04-01"}, v1alpha1.Term{Start: "2030-04-01"}, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if plan.Overlap(tc.a, tc.b) != tc.want || plan.Overlap(tc.b, tc.a) != tc.want {
				t.Errorf("they overlap: %t and %t, want %t", plan.Overlap(tc.a, tc.b), plan.Overlap(tc.b, tc.a), tc.want)
			}
		})
	}
}

func TestTheOlderAgreementIsThatWhichTheServerMadeFirst(t *testing.T) {
	made := func(name string, after time.Duration) *v1alpha1.SupportAgreement {
		return &v1alpha1.SupportAgreement{ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: metav1.Time{Time: noon.Add(after)}}}
	}
	tests := map[string]struct {
		a, b *v1alpha1.SupportAgreement
		want bool
	}{
		"made first":                  {made("b", 0), made("a", time.Second), true},
		"made later":                  {made("a", time.Second), made("b", 0), false},
		"made at once, first by name": {made("a", 0), made("b", 0), true},
		"made at once, last by name":  {made("b", 0), made("a", 0), false},
		"itself":                      {made("a", 0), made("a", 0), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.IsOlder(tc.a, tc.b); got != tc.want {
				t.Errorf("it is older: %t, want %t", got, tc.want)
			}
		})
	}
}
