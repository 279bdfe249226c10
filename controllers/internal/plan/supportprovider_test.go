package plan_test

import (
	"testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestConsortiaServed(t *testing.T) {
	type ledger = map[string]string
	tests := map[string]struct {
		ledgers []ledger
		want    int32
	}{
		"no ledger":       {},
		"nobody in it":    {ledgers: []ledger{{}}},
		"who has a place": {ledgers: []ledger{{"newham.data-analytics": `{"uid":"1","state":"Admitted"}`}}, want: 1},
		"who may move on": {ledgers: []ledger{{"newham.data-analytics": `{"state":"Moving"}`}}, want: 1},
		"who only waits, stands by, holds a place or leaves": {ledgers: []ledger{{
			"a.x": `{"state":"Waiting"}`, "b.x": `{"state":"Standby"}`, "c.x": `{"state":"Held"}`, "d.x": `{"state":"Leaving"}`,
		}}},
		"two agreements of one consortium with one service count once": {
			ledgers: []ledger{{"newham.first": `{"state":"Admitted"}`, "newham.second": `{"state":"Admitted"}`}}, want: 1,
		},
		"and with two services": {
			ledgers: []ledger{{"newham.first": `{"state":"Admitted"}`}, {"newham.second": `{"state":"Moving"}`, "tower-hamlets.first": `{"state":"Admitted"}`}}, want: 2,
		},
		"a place counts though another agreement waits": {
			ledgers: []ledger{{"newham.first": `{"state":"Waiting"}`}, {"newham.second": `{"state":"Admitted"}`}}, want: 1,
		},
		"what cannot be read": {ledgers: []ledger{{"newham.first": `Admitted`}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.ConsortiaServed(tc.ledgers); got != tc.want {
				t.Errorf("%d consortia are served, want %d", got, tc.want)
			}
		})
	}
}

func TestAssuredUntil(t *testing.T) {
	passed := func(scheme string, until v1alpha1.Date) v1alpha1.Assurance {
		return v1alpha1.Assurance{Scheme: scheme, Result: "StandardsMet", ValidUntil: until}
	}
	tests := map[string]struct {
		assurances []v1alpha1.Assurance
		want       v1alpha1.Date
	}{
		"none passed": {},
		"one scheme":  {[]v1alpha1.Assurance{passed("DSPT", "2027-06-30")}, "2027-06-30"},
		"a renewed scheme holds until its renewal ends": {
			[]v1alpha1.Assurance{passed("DSPT", "2027-06-30"), passed("DSPT", "2028-06-30"), passed("DSPT", "2026-06-30")}, "2028-06-30",
		},
		"of two schemes the one that ends first": {
			[]v1alpha1.Assurance{passed("DSPT", "2027-06-30"), passed("CyberEssentials", "2026-12-31"), passed("DSPT", "2028-06-30")}, "2026-12-31",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.AssuredUntil(tc.assurances); got != tc.want {
				t.Errorf("assured until %q, want %q", got, tc.want)
			}
		})
	}
}
