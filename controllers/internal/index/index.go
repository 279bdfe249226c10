// Package index names the fields by which the cache finds objects, and says how each is extracted.
package index

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Keys of the indexes.
const (
	// Owner finds the children of an owner, by the hash in their owner label.
	Owner = "owner"
	// Practice finds the Localities that claim a practice.
	Practice = "spec.practices.organisationCode"
	// Function finds the MemberFunctions that use a SupportFunction.
	Function = "spec.function"
	// Code finds the Consortia with an organisation code.
	Code = "spec.organisationCode"
	// Successor finds the Consortia that a Consortium succeeds.
	Successor = "spec.succeededBy"
	// Namespace finds the Consortia that ask for a namespace.
	Namespace = "namespace"
)

// OwnerKey is the value of the Owner index for an owner.
func OwnerKey(owner state.Owner) string {
	return plan.OwnerHash(owner.Kind, owner.Namespace, owner.Name)
}

// Children are the kinds that the operator makes: a closed list.
func Children() []client.Object {
	return []client.Object{
		&appsv1.Deployment{}, &appsv1.StatefulSet{},
		&corev1.ConfigMap{}, &corev1.LimitRange{}, &corev1.ResourceQuota{}, &corev1.Service{}, &corev1.ServiceAccount{},
		&networkingv1.NetworkPolicy{}, &policyv1.PodDisruptionBudget{},
		&rbacv1.ClusterRole{}, &rbacv1.ClusterRoleBinding{}, &rbacv1.RoleBinding{},
	}
}

// Register adds every index to the cache.
func Register(ctx context.Context, indexer client.FieldIndexer) error {
	for _, child := range Children() {
		if err := indexer.IndexField(ctx, child, Owner, byOwner); err != nil {
			return fmt.Errorf("index %T: %w", child, err)
		}
	}
	fields := []struct {
		object  client.Object
		field   string
		extract client.IndexerFunc
	}{
		{&v1alpha1.Locality{}, Practice, byPractice},
		{&v1alpha1.MemberFunction{}, Function, byFunction},
		{&v1alpha1.Consortium{}, Code, byCode},
		{&v1alpha1.Consortium{}, Namespace, byNamespace},
		{&v1alpha1.Consortium{}, Successor, bySuccessor},
	}
	for _, f := range fields {
		if err := indexer.IndexField(ctx, f.object, f.field, f.extract); err != nil {
			return fmt.Errorf("index %s of %T: %w", f.field, f.object, err)
		}
	}
	return nil
}

func byOwner(object client.Object) []string {
	return []string{object.GetLabels()[v1alpha1.OwnerLabel]}
}

func byPractice(object client.Object) []string {
	practices := object.(*v1alpha1.Locality).Spec.Practices
	codes := make([]string, len(practices))
	for i := range practices {
		codes[i] = string(practices[i].OrganisationCode)
	}
	return codes
}

func byFunction(object client.Object) []string {
	return []string{string(object.(*v1alpha1.MemberFunction).Spec.Function)}
}

func byCode(object client.Object) []string {
	return []string{string(object.(*v1alpha1.Consortium).Spec.OrganisationCode)}
}

func bySuccessor(object client.Object) []string {
	return []string{string(object.(*v1alpha1.Consortium).Spec.SucceededBy)}
}

func byNamespace(object client.Object) []string {
	return []string{plan.NamespaceOf(object.(*v1alpha1.Consortium))}
}
