package overview

import (
	"cmp"
	"slices"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What ends.
const (
	EndsTerm        = "Term"
	EndsDataSharing = "DataSharing"
	EndsAssurance   = "Assurance"
)

// Ending is a day on which something ends that an agreement needs: the last day, that day included.
type Ending struct {
	Date      v1alpha1.Date `json:"date"`
	What      string        `json:"what"`
	Namespace string        `json:"namespace"`
	Agreement string        `json:"agreement"`
	// Reference of the data sharing agreement, or scheme of the assurance.
	Reference string `json:"reference,omitempty"`
	// Provider whose it is, and its name for people.
	Provider    string `json:"provider,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	// InForce says whether it is of the supplier in force, or the term.
	InForce bool `json:"inForce"`
}

// Soon are the endings of a period.
type Soon struct {
	Endings []Ending `json:"endings"`
	Unread  []string `json:"unread,omitempty"`
}

// EndingsOf are the days, today or later, on which terms, data sharing and assurances of agreements
// end: those of every supplier of the list, because the next in it is needed when the first fails.
func EndingsOf(agreements []v1alpha1.SupportAgreement, catalogue Catalogue, today v1alpha1.Date) []Ending {
	all := []Ending{}
	for i := range agreements {
		all = append(all, endings(&agreements[i], catalogue, today)...)
	}
	all = slices.DeleteFunc(all, func(e Ending) bool { return e.Date == "" || e.Date < today })
	slices.SortStableFunc(all, func(a, b Ending) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Agreement, b.Agreement))
	})
	return all
}

func endings(a *v1alpha1.SupportAgreement, catalogue Catalogue, today v1alpha1.Date) []Ending {
	all := []Ending{{Date: a.Spec.Term.End, What: EndsTerm, Namespace: a.Namespace, Agreement: a.Name, InForce: true}}
	for _, s := range a.Spec.Suppliers {
		of := Ending{
			Namespace: a.Namespace, Agreement: a.Name, Provider: string(s.Provider), DisplayName: catalogue.displayName(string(s.Provider)),
			InForce: isInForce(a, s),
		}
		sharing := of
		sharing.What, sharing.Date, sharing.Reference = EndsDataSharing, s.DataSharing.Expires, string(s.DataSharing.Reference)
		all = append(all, sharing)
		provider := catalogue.provider(string(s.Provider))
		if provider == nil {
			continue
		}
		for _, required := range catalogue.required(a.Spec.Function) {
			assured := of
			assured.What, assured.Reference = EndsAssurance, required.Scheme
			assured.Date = heldUntil(required, provider.Spec.Assurances, today)
			all = append(all, assured)
		}
	}
	return all
}

// Within are the endings of so many days from today.
func Within(all []Ending, today v1alpha1.Date, days int) []Ending {
	last := addDays(today, days)
	return slices.DeleteFunc(all, func(e Ending) bool { return e.Date > last })
}

func dayAfter(d v1alpha1.Date) v1alpha1.Date { return addDays(d, 1) }

// addDays: what is no day stays as it is.
func addDays(d v1alpha1.Date, days int) v1alpha1.Date {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return v1alpha1.Date(day.AddDate(0, 0, days).Format(time.DateOnly))
}
