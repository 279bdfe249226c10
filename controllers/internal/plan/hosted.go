package plan

import (
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// OpeningName is the name of the network policies that open a hosted service to the consortium of an
// agreement, one in either namespace. None of the four parts holds a dot, so that no two openings
// meet, nor an opening the policy of an instance or a guard rail.
func OpeningName(agreement, service types.NamespacedName) string {
	return strings.Join([]string{agreement.Name, agreement.Namespace, service.Name, service.Namespace}, ".")
}

// LedgerName is the name of the ConfigMap, in the operator's namespace, that holds who has a place at
// a hosted service.
func LedgerName(service types.NamespacedName) string {
	return strings.Join([]string{"ledger", service.Namespace, service.Name}, ".")
}

// SigningKeysName is the name of the Secret, in the operator's namespace, that holds the keys which
// sign tokens.
const SigningKeysName = "commissioning-signing-keys"
