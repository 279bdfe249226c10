package observe

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// Catalogue reads the function that an instance runs, and the revision of it that the instance is assigned;
// each nil where there is none.
func Catalogue(ctx context.Context, reader client.Reader, name v1alpha1.ObjectName, instance metav1.Object, pinned int64) (*v1alpha1.SupportFunction, *v1alpha1.SupportFunctionRevision, error) {
	function := &v1alpha1.SupportFunction{}
	found, err := Optional(ctx, reader, types.NamespacedName{Name: string(name)}, function)
	if err != nil || !found {
		return nil, nil, err
	}
	revision := &v1alpha1.SupportFunctionRevision{}
	key := types.NamespacedName{Name: plan.RevisionName(function.Name, plan.AssignedTo(function, instance, pinned))}
	if found, err = Optional(ctx, reader, key, revision); err != nil || !found {
		return function, nil, err
	}
	return function, revision, nil
}
