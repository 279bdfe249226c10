package observe

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Workload reads how far an instance's workload is, a Deployment or a StatefulSet of the instance's name
// that was made for it; nil where there is none.
func Workload(ctx context.Context, reader client.Reader, instance client.Object) (*state.Workload, error) {
	key := client.ObjectKeyFromObject(instance)
	deployment := &appsv1.Deployment{}
	found, err := Optional(ctx, reader, key, deployment)
	if err != nil {
		return nil, err
	}
	if owner, ok := state.MarkedOwner(deployment); found && ok && owner.UID == instance.GetUID() {
		return state.DeploymentState(deployment), nil
	}
	statefulSet := &appsv1.StatefulSet{}
	if found, err = Optional(ctx, reader, key, statefulSet); err != nil {
		return nil, err
	}
	if owner, ok := state.MarkedOwner(statefulSet); found && ok && owner.UID == instance.GetUID() {
		return state.StatefulSetState(statefulSet), nil
	}
	return nil, nil
}
