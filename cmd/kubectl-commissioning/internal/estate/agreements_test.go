package estate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// agreement of 99A with suppliers in order.
func agreement(function string, providers ...string) Agreement {
	a := Agreement{Consortium: "99A", Function: function, Start: "2026-04-01"}
	for _, provider := range providers {
		a.Choices = append(a.Choices, Choice{Provider: provider})
	}
	return a
}

func TestAgreementsPutsSuppliersInOrder(t *testing.T) {
	sheet := publication.Agreements{Offers: []publication.Offer{
		{Consortium: "99B", Function: "contracting", Order: 2, Provider: "beech", Service: "gold", Start: "2026-04-01", End: "2027-03-31"},
		{Consortium: "99A", Function: "data-analytics", Order: 1, Provider: "ash", Start: "2026-04-01", Reference: "DSA-1", Expires: "2027-03-31"},
		{Consortium: "99B", Function: "contracting", Order: 1, Provider: "ash", Start: "2026-04-01", End: "2027-03-31"},
		{Consortium: "99A", Function: "contracting", Order: 1, Provider: "ash", Start: "2026-04-01"},
	}}
	shared := agreement("data-analytics", "ash")
	shared.Choices[0].Reference, shared.Choices[0].Expires = "DSA-1", "2027-03-31"
	want := []Agreement{agreement("contracting", "ash"), shared,
		{Consortium: "99B", Function: "contracting", Start: "2026-04-01", End: "2027-03-31", Choices: []Choice{{Provider: "ash"}, {Provider: "beech", Service: "gold"}}}}
	if diff := cmp.Diff(want, Agreements(sheet)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCompareAgreements(t *testing.T) {
	before := agreement("contracting", "ash", "beech")
	ended, shared, gold := agreement("contracting", "ash", "beech"), agreement("contracting", "ash", "beech"), agreement("contracting", "ash", "beech")
	ended.End = "2027-03-31"
	shared.Choices[1].Reference = "DSA-1"
	gold.Choices[0].Service = "gold"
	swapped := agreement("contracting", "beech", "ash")
	swapped.Start, swapped.Choices[0].Expires = "2026-05-01", "2027-03-31"
	other := agreement("data-analytics", "ash")
	change := func(now Agreement) []AgreementChange { return []AgreementChange{{Before: before, Now: now}} }
	tests := map[string]struct {
		after []Agreement
		want  AgreementChanges
	}{
		"nothing":         {[]Agreement{before}, AgreementChanges{}},
		"another":         {[]Agreement{before, other}, AgreementChanges{New: []Agreement{other}}},
		"none":            {nil, AgreementChanges{Gone: []Agreement{before}}},
		"a term":          {[]Agreement{ended}, AgreementChanges{Redated: change(ended)}},
		"data sharing":    {[]Agreement{shared}, AgreementChanges{Reshared: change(shared)}},
		"another service": {[]Agreement{gold}, AgreementChanges{Resupplied: change(gold)}},
		"fewer suppliers": {[]Agreement{agreement("contracting", "ash")}, AgreementChanges{Resupplied: change(agreement("contracting", "ash"))}},
		"the order, the start and data sharing": {[]Agreement{swapped},
			AgreementChanges{Reordered: change(swapped), Redated: change(swapped), Reshared: change(swapped)}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := CompareAgreements([]Agreement{before}, tc.after)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (got.Changed() == 0) != (name == "nothing") {
				t.Errorf("%d changed", got.Changed())
			}
		})
	}
}
