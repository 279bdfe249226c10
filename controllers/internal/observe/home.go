// Package observe holds the reads that more than one kind makes. All go to the cache.
package observe

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Optional reads an object; false where there is none of the name.
func Optional(ctx context.Context, reader client.Reader, key types.NamespacedName, object client.Object) (bool, error) {
	err := reader.Get(ctx, key, object)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %T %s: %w", object, key, err)
	}
	return true, nil
}

// Home reads whose a namespace is. It is a consortium's when its label names a Consortium that asks
// for this very namespace: neither the label nor the Consortium alone is believed.
func Home(ctx context.Context, reader client.Reader, namespace string) (state.Home, error) {
	home := state.Home{Namespace: namespace}
	object := &corev1.Namespace{}
	found, err := Optional(ctx, reader, types.NamespacedName{Name: namespace}, object)
	if err != nil || !found {
		return home, err
	}
	home.Terminating = object.DeletionTimestamp != nil
	name := object.Labels[v1alpha1.ConsortiumLabel]
	if name == "" {
		return home, nil
	}
	consortium := &v1alpha1.Consortium{}
	found, err = Optional(ctx, reader, types.NamespacedName{Name: name}, consortium)
	if err != nil || !found || plan.NamespaceOf(consortium) != namespace {
		return home, err
	}
	home.Consortium = consortium
	return home, nil
}
