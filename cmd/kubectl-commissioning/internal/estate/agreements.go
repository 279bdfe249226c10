package estate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// Agreement is a consortium's list of suppliers for a function, and its terms.
type Agreement struct {
	Consortium string // the code
	Function   string
	Start, End string   // year-month-day; no end: it runs on
	Choices    []Choice // in order of preference
}

// Choice is one supplier of an agreement.
type Choice struct {
	Provider  string // the supplier's name
	Service   string // empty: named as the function
	Reference string // of the data sharing agreement; empty: there is none
	Expires   string // its last day, year-month-day
}

// supplier of a choice, whatever data is shared with it.
type supplier struct{ provider, service string }

func (c Choice) supplier() supplier { return supplier{c.Provider, c.Service} }

// agreementKey is what an agreement is known by.
type agreementKey struct{ consortium, function string }

func (a Agreement) key() agreementKey { return agreementKey{a.Consortium, a.Function} }

func compareAgreements(x, y Agreement) int {
	return cmp.Or(cmp.Compare(x.Consortium, y.Consortium), cmp.Compare(x.Function, y.Function))
}

// Agreements of a spreadsheet, by consortium and function. The spreadsheet has been checked: rows of
// one agreement have one term and an order of their own each.
func Agreements(sheet publication.Agreements) []Agreement {
	offers := slices.SortedFunc(slices.Values(sheet.Offers), func(x, y publication.Offer) int { return cmp.Compare(x.Order, y.Order) })
	agreements := map[agreementKey]Agreement{}
	for _, o := range offers {
		key := agreementKey{o.Consortium, o.Function}
		a := agreements[key]
		a.Consortium, a.Function, a.Start, a.End = o.Consortium, o.Function, o.Start, o.End
		a.Choices = append(a.Choices, Choice{Provider: o.Provider, Service: o.Service, Reference: o.Reference, Expires: o.Expires})
		agreements[key] = a
	}
	return slices.SortedFunc(maps.Values(agreements), compareAgreements)
}

// AgreementChange is an agreement that both imports hold, before and now.
type AgreementChange struct{ Before, Now Agreement }

// AgreementChanges between two imports. An agreement may have changed in several ways.
type AgreementChanges struct {
	New, Gone  []Agreement
	Reordered  []AgreementChange // the same suppliers, in another order
	Resupplied []AgreementChange // other suppliers
	Redated    []AgreementChange
	Reshared   []AgreementChange // other data sharing with a supplier that stays
}

// CompareAgreements says what has changed.
func CompareAgreements(before, after []Agreement) AgreementChanges {
	var changes AgreementChanges
	was, is := map[agreementKey]Agreement{}, map[agreementKey]bool{}
	for _, a := range before {
		was[a.key()] = a
	}
	for _, now := range after {
		is[now.key()] = true
		earlier, found := was[now.key()]
		if !found {
			changes.New = append(changes.New, now)
			continue
		}
		changes.compare(AgreementChange{Before: earlier, Now: now})
	}
	for _, a := range before {
		if !is[a.key()] {
			changes.Gone = append(changes.Gone, a)
		}
	}
	slices.SortFunc(changes.Gone, compareAgreements)
	return changes
}

func (c *AgreementChanges) compare(change AgreementChange) {
	before, now := suppliersOf(change.Before), suppliersOf(change.Now)
	switch {
	case slices.Equal(before, now):
	case len(before) == len(now) && !slices.ContainsFunc(now, func(s supplier) bool { return !slices.Contains(before, s) }):
		c.Reordered = append(c.Reordered, change)
	default:
		c.Resupplied = append(c.Resupplied, change)
	}
	if change.Before.Start != change.Now.Start || change.Before.End != change.Now.End {
		c.Redated = append(c.Redated, change)
	}
	if len(change.Reshared()) > 0 {
		c.Reshared = append(c.Reshared, change)
	}
}

func suppliersOf(a Agreement) []supplier {
	var all []supplier
	for _, choice := range a.Choices {
		all = append(all, choice.supplier())
	}
	return all
}

// Reshared are the choices that stay and whose data sharing has changed: before and now.
func (c AgreementChange) Reshared() [][2]Choice {
	var pairs [][2]Choice
	for _, now := range c.Now.Choices {
		i := slices.IndexFunc(c.Before.Choices, func(b Choice) bool { return b.supplier() == now.supplier() })
		if i >= 0 && c.Before.Choices[i] != now {
			pairs = append(pairs, [2]Choice{c.Before.Choices[i], now})
		}
	}
	return pairs
}

// Changed counts what has changed.
func (c AgreementChanges) Changed() int {
	return len(c.New) + len(c.Gone) + len(c.Reordered) + len(c.Resupplied) + len(c.Redated) + len(c.Reshared)
}
