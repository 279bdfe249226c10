// Package index names the fields by which the cache finds objects, and says how each is extracted.
package index

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
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
	// Function finds the MemberFunctions, HostedServices and SupportAgreements of a SupportFunction.
	Function = "spec.function"
	// Code finds the Consortia, or the SupportProviders, with an organisation code.
	Code = "spec.organisationCode"
	// Successor finds the Consortia that a Consortium succeeds.
	Successor = "spec.succeededBy"
	// Namespace finds the Consortia, or the SupportProviders, that ask for a namespace.
	Namespace = "namespace"
	// Supplier finds the SupportAgreements that name a supplier, as provider/service.
	Supplier = "spec.suppliers"
	// Provider finds the SupportAgreements that name a SupportProvider.
	Provider = "spec.suppliers.provider"
	// UID finds an object by its UID.
	UID = "metadata.uid"
)

// OwnerKey is the value of the Owner index for an owner.
func OwnerKey(owner state.Owner) string {
	return plan.OwnerHash(owner.Kind, owner.Namespace, owner.Name)
}

// Children are the kinds that the operator makes: a closed list.
func Children() []client.Object {
	return []client.Object{
		&appsv1.Deployment{}, &appsv1.StatefulSet{}, &autoscalingv2.HorizontalPodAutoscaler{},
		&corev1.ConfigMap{}, &corev1.LimitRange{}, &corev1.ResourceQuota{}, &corev1.Secret{}, &corev1.Service{}, &corev1.ServiceAccount{},
		&networkingv1.NetworkPolicy{}, &policyv1.PodDisruptionBudget{},
		&rbacv1.ClusterRole{}, &rbacv1.ClusterRoleBinding{}, &rbacv1.RoleBinding{},
		&v1alpha1.SupportFunctionRevision{},
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
		{&v1alpha1.SupportProvider{}, Code, byProviderCode},
		{&v1alpha1.SupportProvider{}, Namespace, byProviderNamespace},
		{&v1alpha1.HostedService{}, Function, byHostedFunction},
		{&v1alpha1.SupportAgreement{}, Function, byAgreedFunction},
		{&v1alpha1.SupportAgreement{}, Supplier, bySupplier},
		{&v1alpha1.SupportAgreement{}, Provider, byProvider},
		{&v1alpha1.SupportAgreement{}, UID, byUID},
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

// byProviderCode finds no supplier without a code: those have none in common.
func byProviderCode(object client.Object) []string {
	if code := object.(*v1alpha1.SupportProvider).Spec.OrganisationCode; code != "" {
		return []string{string(code)}
	}
	return nil
}

func byProviderNamespace(object client.Object) []string {
	return []string{plan.ProviderNamespaceOf(object.(*v1alpha1.SupportProvider))}
}

func byHostedFunction(object client.Object) []string {
	return []string{string(object.(*v1alpha1.HostedService).Spec.Function)}
}

func byAgreedFunction(object client.Object) []string {
	return []string{string(object.(*v1alpha1.SupportAgreement).Spec.Function)}
}

func bySupplier(object client.Object) []string {
	agreement := object.(*v1alpha1.SupportAgreement)
	names := make([]string, len(agreement.Spec.Suppliers))
	for i, supplier := range agreement.Spec.Suppliers {
		names[i] = plan.SupplierName(string(supplier.Provider), plan.ServiceOf(agreement, supplier))
	}
	return names
}

func byProvider(object client.Object) []string {
	suppliers := object.(*v1alpha1.SupportAgreement).Spec.Suppliers
	names := make([]string, len(suppliers))
	for i, supplier := range suppliers {
		names[i] = string(supplier.Provider)
	}
	return names
}

func byUID(object client.Object) []string { return []string{string(object.GetUID())} }
