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
// for this very namespace: neither the label nor the Consortium alone is believed. One that is labelled
// for a supplier as well is nobody's.
func Home(ctx context.Context, reader client.Reader, namespace string) (state.Home, error) {
	home, consortium := state.Home{Namespace: namespace}, &v1alpha1.Consortium{}
	object, found, err := labelledTenant(ctx, reader, namespace, v1alpha1.ConsortiumLabel, consortium)
	home.Terminating = object.DeletionTimestamp != nil
	if err == nil && found && isHomeOf(plan.ConsortiumTenant(consortium), object) {
		home.Consortium = consortium
	}
	return home, err
}

// ProviderHome reads whose a namespace is, for what only a supplier has in its own: by the same rule.
func ProviderHome(ctx context.Context, reader client.Reader, namespace string) (state.ProviderHome, error) {
	home, provider := state.ProviderHome{Namespace: namespace}, &v1alpha1.SupportProvider{}
	object, found, err := labelledTenant(ctx, reader, namespace, v1alpha1.ProviderLabel, provider)
	home.Terminating = object.DeletionTimestamp != nil
	if err == nil && found && isHomeOf(plan.ProviderTenant(provider), object) {
		home.Provider = provider
	}
	return home, err
}

// labelledTenant reads a namespace and the tenant that its label names; false where either is missing.
func labelledTenant(ctx context.Context, reader client.Reader, name, label string, tenant client.Object) (*corev1.Namespace, bool, error) {
	namespace := &corev1.Namespace{}
	found, err := Optional(ctx, reader, types.NamespacedName{Name: name}, namespace)
	if err != nil || !found || namespace.Labels[label] == "" {
		return namespace, false, err
	}
	found, err = Optional(ctx, reader, types.NamespacedName{Name: namespace.Labels[label]}, tenant)
	return namespace, found, err
}

func isHomeOf(tenant state.Tenant, namespace *corev1.Namespace) bool {
	_, isAnothers := tenant.LabelledForAnother(namespace)
	return !isAnothers && tenant.Namespace == namespace.Name
}
