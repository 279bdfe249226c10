package consortium

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// childKinds are the kinds of a Consortium's children, its namespace apart: a closed list.
func childKinds() []client.ObjectList { return append(accessKinds(), guardRailKinds()...) }

func accessKinds() []client.ObjectList {
	return []client.ObjectList{&rbacv1.RoleBindingList{}, &rbacv1.ClusterRoleBindingList{}, &rbacv1.ClusterRoleList{}}
}

func guardRailKinds() []client.ObjectList {
	return []client.ObjectList{&networkingv1.NetworkPolicyList{}, &corev1.ResourceQuotaList{}, &corev1.LimitRangeList{}}
}

// finalize takes access back, then settles what becomes of the namespace, then lets the Consortium
// go. What is the consortium's is known by mark and live read.
func (c *Controller) finalize(ctx context.Context, consortium *v1alpha1.Consortium) (reconcile.Result, error) {
	if !controllerutil.ContainsFinalizer(consortium, v1alpha1.Finalizer) {
		return reconcile.Result{}, nil
	}
	owner := state.OwnerOf(v1alpha1.ConsortiumKind, consortium)
	if err := c.applier.Prune(ctx, owner, accessKinds()); err != nil {
		return reconcile.Result{}, err
	}
	waitingFor, err := c.settleNamespaces(ctx, consortium, owner)
	if err != nil {
		return reconcile.Result{}, err
	}
	if waitingFor != "" {
		before := consortium.DeepCopy()
		status.ConsortiumDeleting(consortium, waitingFor)
		conflict, err := c.status.Write(ctx, before, consortium)
		return watch.Next(state.Result{}, conflict, err)
	}
	conflict, err := c.status.RemoveFinalizer(ctx, consortium)
	return watch.Next(state.Result{}, conflict, err)
}

// settleNamespaces deals with each namespace that is the consortium's by label; there is at most
// one, and none where the Consortium never had its own. It returns what is waited for, if anything.
func (c *Controller) settleNamespaces(ctx context.Context, consortium *v1alpha1.Consortium, owner state.Owner) (string, error) {
	namespaces := &corev1.NamespaceList{}
	if err := c.live.List(ctx, namespaces, client.MatchingLabels{v1alpha1.ConsortiumLabel: consortium.Name}); err != nil {
		return "", fmt.Errorf("list namespaces of the consortium: %w", err)
	}
	for i := range namespaces.Items {
		namespace := &namespaces.Items[i]
		marked, isMarked := state.MarkedOwner(namespace)
		created := isMarked && marked == owner
		if !created && (isMarked || namespace.Name != plan.NamespaceOf(consortium)) {
			continue // another owner's, or labelled by mistake: never worked in
		}
		waitingFor, err := c.settleNamespace(ctx, consortium, owner, namespace, created)
		if err != nil || waitingFor != "" {
			return waitingFor, err
		}
	}
	return "", nil
}

func (c *Controller) settleNamespace(ctx context.Context, consortium *v1alpha1.Consortium, owner state.Owner, namespace *corev1.Namespace, created bool) (string, error) {
	if namespace.DeletionTimestamp != nil {
		return fmt.Sprintf("namespace %s is being deleted", namespace.Name), nil
	}
	if created && plan.DeletionPolicyOf(consortium) == v1alpha1.DeletionPolicyDelete {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
		object.SetName(namespace.Name)
		return fmt.Sprintf("namespace %s is being deleted", namespace.Name), c.applier.Delete(ctx, owner, object)
	}
	functions := &v1alpha1.MemberFunctionList{}
	if err := c.live.List(ctx, functions, client.InNamespace(namespace.Name)); err != nil {
		return "", fmt.Errorf("list member functions: %w", err)
	}
	if len(functions.Items) > 0 {
		return fmt.Sprintf("its namespace is kept, and in it are still %s: delete them", plan.FirstThree(status.UserNames(functions.Items))), nil
	}
	return "", c.retain(ctx, consortium, owner, namespace.Name, created)
}

// retain leaves namespace and guard rails behind, marked so that a later Consortium of the same name
// and code takes them again.
func (c *Controller) retain(ctx context.Context, consortium *v1alpha1.Consortium, owner state.Owner, namespace string, created bool) error {
	code := string(consortium.Spec.OrganisationCode)
	done, err := c.applier.Apply(ctx, owner,
		[]runtime.ApplyConfiguration{render.Namespace(owner, namespace, created, code)},
		render.GuardRails(owner, namespace, plan.QuotaOf(consortium), code, c.settings))
	if err == nil && len(done.Blocked) > 0 {
		return errors.New("guard rails cannot be kept: " + done.Blocked[0].String() + " is in the way")
	}
	return err
}
