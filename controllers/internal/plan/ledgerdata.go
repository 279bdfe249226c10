package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// PlaceKey is under which an agreement stands in a ledger: neither part holds a dot.
func PlaceKey(agreement types.NamespacedName) string {
	return agreement.Namespace + "." + agreement.Name
}

// AgreementOf is the agreement that stands in a ledger under a key.
func AgreementOf(key string) (types.NamespacedName, bool) {
	namespace, name, found := strings.Cut(key, ".")
	return types.NamespacedName{Namespace: namespace, Name: name}, found && namespace != "" && name != ""
}

// PlaceIn reads the place of one agreement in a ledger's data: none where it does not stand there, and
// false where what stands there cannot be read.
func PlaceIn(data map[string]string, agreement types.NamespacedName) (state.Place, bool) {
	place := state.Place{}
	content, found := data[PlaceKey(agreement)]
	if !found {
		return place, true
	}
	if json.Unmarshal([]byte(content), &place) != nil {
		return state.Place{}, false
	}
	return place, true
}

// ReadLedger reads a ledger from its data. An entry that cannot be read is an error: a ledger that
// forgets somebody would admit others in their place.
func ReadLedger(data map[string]string) (Ledger, error) {
	ledger := make(Ledger, len(data))
	for key, content := range data {
		agreement, ok := AgreementOf(key)
		place := state.Place{}
		if err := json.Unmarshal([]byte(content), &place); err != nil || !ok {
			return nil, fmt.Errorf("the ledger's entry %q cannot be read", key)
		}
		ledger[agreement] = place
	}
	return ledger, nil
}

// Data is the ledger as it is stored.
func (l Ledger) Data() map[string]string {
	data := make(map[string]string, len(l))
	for agreement, place := range l {
		content, _ := json.Marshal(place) // texts, numbers and times: it cannot fail
		data[PlaceKey(agreement)] = string(content)
	}
	return data
}
