package overview

import (
	"slices"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Catalogue is what everybody reads: who may supply, and what functions require.
type Catalogue struct {
	Providers []v1alpha1.SupportProvider
	Functions []v1alpha1.SupportFunction
	// Unread are the kinds of it that the reader may not read.
	Unread []string
}

// provider of that name; nil: not known.
func (c Catalogue) provider(name string) *v1alpha1.SupportProvider {
	for i := range c.Providers {
		if c.Providers[i].Name == name {
			return &c.Providers[i]
		}
	}
	return nil
}

// displayName of a supplier, for people; its name where that is all that is known.
func (c Catalogue) displayName(provider string) string {
	if found := c.provider(provider); found != nil {
		return string(found.Spec.DisplayName)
	}
	return provider
}

// required is what a function requires of its suppliers.
func (c Catalogue) required(function v1alpha1.ObjectName) []v1alpha1.AssuranceRequirement {
	for i := range c.Functions {
		if c.Functions[i].Name == string(function) {
			return c.Functions[i].Spec.Requires.Assurances
		}
	}
	return nil
}

// heldUntil is the last day on which a scheme is held from today without a gap, renewals included;
// empty: it is not held today.
func heldUntil(required v1alpha1.AssuranceRequirement, held []v1alpha1.Assurance, today v1alpha1.Date) v1alpha1.Date {
	good := slices.DeleteFunc(slices.Clone(held), func(a v1alpha1.Assurance) bool {
		return a.Scheme != required.Scheme || !slices.Contains(required.Results, a.Result) || a.ValidUntil < today
	})
	slices.SortFunc(good, func(a, b v1alpha1.Assurance) int { return strings.Compare(string(a.ValidFrom), string(b.ValidFrom)) })
	var until v1alpha1.Date
	for _, a := range good {
		if a.ValidFrom <= today || until != "" && a.ValidFrom <= dayAfter(until) {
			until = max(until, a.ValidUntil)
		}
	}
	return until
}
