package plan

import (
	"encoding/json"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// ConsortiaServed counts the consortia that have a place in any of a supplier's ledgers and may use it:
// each once, however many of its agreements do. A ledger holds an agreement under its namespace and name,
// joined by a dot, and a namespace has no dots.
func ConsortiaServed(ledgers []map[string]string) int32 {
	served := map[string]bool{}
	for _, ledger := range ledgers {
		for agreement, entry := range ledger {
			namespace, _, _ := strings.Cut(agreement, ".")
			var place struct{ State state.PlaceState }
			if json.Unmarshal([]byte(entry), &place) == nil && (state.Place{State: place.State}).IsUsable() {
				served[namespace] = true
			}
		}
	}
	return int32(len(served)) //nolint:gosec // bounded by the consortia of the country
}

// AssuredUntil returns the last day on which every scheme that a supplier has passed still holds: of
// each scheme the latest renewal counts, and the scheme that ends first decides. Empty where it has
// passed none.
func AssuredUntil(assurances []v1alpha1.Assurance) v1alpha1.Date {
	latest := map[string]v1alpha1.Date{}
	for _, a := range assurances {
		latest[a.Scheme] = max(latest[a.Scheme], a.ValidUntil)
	}
	var first v1alpha1.Date
	for _, until := range latest {
		if first == "" || until < first {
			first = until
		}
	}
	return first
}
