package observe

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/token"
)

// ErrNoKeys says that the installation has just begun: the keys are being made. A key set without keys
// would have every caller refused.
var ErrNoKeys = errors.New("there are no signing keys yet")

// SigningKeys reads the keys that tokens are signed with.
func SigningKeys(ctx context.Context, reader client.Reader, operatorNamespace string) (token.KeySet, error) {
	secret := &corev1.Secret{}
	found, err := Optional(ctx, reader, types.NamespacedName{Namespace: operatorNamespace, Name: plan.SigningKeysName}, secret)
	if err != nil {
		return nil, err
	}
	keys, err := token.ParseKeySet(secret.Data)
	if err == nil && (!found || len(keys) == 0) {
		return nil, ErrNoKeys
	}
	return keys, err
}
