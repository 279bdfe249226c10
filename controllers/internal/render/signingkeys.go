package render

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// SigningKeys is the Secret with the keys that sign tokens. It belongs to the installation: no object of
// our API owns it.
func SigningKeys(key types.NamespacedName, data map[string][]byte) *corev1ac.SecretApplyConfiguration {
	labels, annotations := marked(state.Owner{Kind: installationKind, Namespace: key.Namespace, Name: key.Name, UID: installationKind})
	return corev1ac.Secret(key.Name, key.Namespace).
		WithLabels(labels).WithAnnotations(annotations).
		WithType(corev1.SecretTypeOpaque).WithData(data)
}

// installationKind stands in the owner mark of what is the installation's.
const installationKind = "Installation"
