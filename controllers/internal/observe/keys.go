package observe

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/token"
)

// SigningKeys reads the keys that tokens are signed with. There are none until they have been made.
func SigningKeys(ctx context.Context, reader client.Reader, operatorNamespace string) (token.KeySet, error) {
	secret := &corev1.Secret{}
	found, err := Optional(ctx, reader, types.NamespacedName{Namespace: operatorNamespace, Name: plan.SigningKeysName}, secret)
	if err != nil || !found {
		return nil, err
	}
	return token.ParseKeySet(secret.Data)
}
