package cluster

import (
	"context"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
)

// renewal is longer than a leader takes to renew its lease.
const renewal = 3 * time.Second

// Installation reads what a diagnosis is made of: each part as far as the reader may read it. The operator
// runs in the namespace that was chosen. An API server that does not answer at all is an error.
func (c *Cluster) Installation(ctx context.Context) (diagnosis.Facts, error) {
	f := diagnosis.Facts{Namespace: c.Namespace}
	f.Server = c.serverVersion()
	if err := f.Server.Err; err != nil && !apierrors.IsForbidden(err) {
		return f, &NotReadable{What: "The API server", Err: err}
	}
	var kinds apiextensionsv1.CustomResourceDefinitionList
	f.Kinds.Err = c.client.List(ctx, &kinds)
	f.Kinds.Is = kinds.Items
	var policies admissionregistrationv1.ValidatingAdmissionPolicyList
	f.Policies.Err = c.client.List(ctx, &policies)
	f.Policies.Is = policies.Items
	var bindings admissionregistrationv1.ValidatingAdmissionPolicyBindingList
	f.Bindings.Err = c.client.List(ctx, &bindings)
	f.Bindings.Is = bindings.Items
	f.Denied = c.denied(ctx)
	f.Deployment = optional(ctx, c, diagnosis.OperatorName, &appsv1.Deployment{})
	f.Lease, f.IsRenewed = c.lease(ctx)
	var schemas flowcontrolv1.FlowSchemaList
	f.FlowSchemas.Err = c.client.List(ctx, &schemas)
	f.FlowSchemas.Is = schemas.Items
	f.Functions.Is, f.Functions.Err = c.Functions(ctx)
	var namespaces corev1.NamespaceList
	f.Namespaces.Err = c.client.List(ctx, &namespaces)
	f.Namespaces.Is = namespaces.Items
	return f, ctx.Err()
}

func (c *Cluster) serverVersion() diagnosis.Part[string] {
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.config)
	if err != nil {
		return diagnosis.Part[string]{Err: err}
	}
	info, err := discoverer.ServerVersion()
	if err != nil {
		return diagnosis.Part[string]{Err: err}
	}
	return diagnosis.Part[string]{Is: info.GitVersion}
}

// denied are the rights that the operator needs and does not have. Asking for another takes a right of its own.
func (c *Cluster) denied(ctx context.Context) diagnosis.Part[[]diagnosis.Right] {
	var part diagnosis.Part[[]diagnosis.Right]
	for _, right := range diagnosis.Rights() {
		namespace := ""
		if right.InNamespace {
			namespace = c.Namespace
		}
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User:   "system:serviceaccount:" + c.Namespace + ":" + diagnosis.OperatorName,
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + c.Namespace, "system:authenticated"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Namespace: namespace, Group: right.Group, Resource: right.Resource, Subresource: right.Subresource, Verb: right.Verb, Name: right.Name,
			},
		}}
		if part.Err = c.client.Create(ctx, review); part.Err != nil {
			return part
		}
		if !review.Status.Allowed {
			part.Is = append(part.Is, right)
		}
	}
	return part
}

// optional reads an object of the operator's namespace that may be absent.
func optional[T client.Object](ctx context.Context, c *Cluster, name string, object T) diagnosis.Part[T] {
	var part diagnosis.Part[T]
	err := c.client.Get(ctx, client.ObjectKey{Namespace: c.Namespace, Name: name}, object)
	switch {
	case apierrors.IsNotFound(err):
	case err != nil:
		part.Err = err
	default:
		part.Is = object
	}
	return part
}

// lease of the leader, and whether it was seen being renewed. One that seems to have run out may be the work of
// two clocks that differ: then it is looked at twice.
func (c *Cluster) lease(ctx context.Context) (diagnosis.Part[*coordinationv1.Lease], bool) {
	first := optional(ctx, c, diagnosis.LeaseName, &coordinationv1.Lease{})
	if first.Is == nil || !diagnosis.IsStale(first.Is, time.Now()) {
		return first, false
	}
	if err := pause(ctx, renewal); err != nil {
		return first, false
	}
	again := optional(ctx, c, diagnosis.LeaseName, &coordinationv1.Lease{})
	return again, again.Is != nil && again.Is.Spec.RenewTime != nil && !again.Is.Spec.RenewTime.Equal(first.Is.Spec.RenewTime)
}
