// Package premises gives a tenant, a Consortium or a SupportProvider, its namespace with guard rails
// and its people's access to it, and settles what becomes of them when the tenant goes.
package premises

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

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Keeper keeps the premises of the tenants of one kind.
type Keeper struct {
	cached   client.Reader
	live     client.Reader
	applier  *apply.Applier
	settings state.Settings
}

// New returns a Keeper, which reads live before it removes anything.
func New(cached, live client.Reader, applier *apply.Applier, settings state.Settings) *Keeper {
	return &Keeper{cached: cached, live: live, applier: applier, settings: settings}
}

// childKinds are the kinds of a tenant's children, its namespace apart: a closed list.
func childKinds() []client.ObjectList { return append(accessKinds(), guardRailKinds()...) }

func accessKinds() []client.ObjectList {
	return []client.ObjectList{&rbacv1.RoleBindingList{}, &rbacv1.ClusterRoleBindingList{}, &rbacv1.ClusterRoleList{}}
}

func guardRailKinds() []client.ObjectList {
	return []client.ObjectList{&networkingv1.NetworkPolicyList{}, &corev1.ResourceQuotaList{}, &corev1.LimitRangeList{}}
}

// Make makes namespace, guard rails and access, in this order (rule R6), and removes what is no longer
// wanted once all of it stands. Where the verdict is against it, nothing is written.
func (k *Keeper) Make(ctx context.Context, tenant state.Tenant, verdict plan.NamespaceVerdict, access []runtime.ApplyConfiguration) (state.Result, error) {
	if !verdict.IsUsable() {
		return state.Result{}, nil
	}
	steps := [][]runtime.ApplyConfiguration{
		{render.Namespace(tenant, verdict != plan.NamespaceAdopted, "")},
		render.GuardRails(tenant, plan.QuotaOf(tenant), "", k.settings),
		access,
	}
	done, err := k.applier.Apply(ctx, tenant.Owner, steps...)
	if err != nil || done.StepsDone < len(steps) {
		return done, err
	}
	return done, k.applier.Prune(ctx, tenant.Owner, childKinds(), steps...)
}

// KeptBy says what in a namespace keeps a tenant that is being deleted; empty where nothing does.
// removing says that the namespace would be removed with everything in it.
type KeptBy func(ctx context.Context, reader client.Reader, namespace string, removing bool) (string, error)

// Settle takes access back, then settles what becomes of each namespace that is the tenant's by label;
// there is at most one, and none where the tenant never had its own. What is the tenant's is known by
// mark and live read; but while the cache shows something that is waited for, nobody else is asked. It
// returns what is waited for, if anything.
func (k *Keeper) Settle(ctx context.Context, tenant state.Tenant, keptBy KeptBy) (waitingFor string, err error) {
	if err := k.applier.Prune(ctx, tenant.Owner, accessKinds()); err != nil {
		return "", err
	}
	for _, reader := range []client.Reader{k.cached, k.live} {
		waitingFor, err := k.settleBy(ctx, reader, tenant, keptBy)
		if err != nil || waitingFor != "" {
			return waitingFor, err
		}
	}
	return "", nil
}

// settleBy settles what becomes of the tenant's namespaces as a reader shows them. By the cache it only
// says what is waited for.
func (k *Keeper) settleBy(ctx context.Context, reader client.Reader, tenant state.Tenant, keptBy KeptBy) (waitingFor string, err error) {
	namespaces := &corev1.NamespaceList{}
	if err := reader.List(ctx, namespaces, client.MatchingLabels{tenant.Label(): tenant.Owner.Name}); err != nil {
		return "", fmt.Errorf("list namespaces of the tenant: %w", err)
	}
	for i := range namespaces.Items {
		namespace := &namespaces.Items[i]
		created, isTenants := standing(tenant, namespace)
		if !isTenants {
			continue
		}
		removing := created && plan.DeletionPolicyOf(tenant) == v1alpha1.DeletionPolicyDelete
		waitingFor, err := awaited(ctx, reader, namespace, removing, keptBy)
		if err == nil && waitingFor == "" && reader == k.live {
			waitingFor, err = k.settleNamespace(ctx, tenant, namespace.Name, created, removing)
		}
		if err != nil || waitingFor != "" {
			return waitingFor, err
		}
	}
	return "", nil
}

// standing says whether a namespace with the tenant's label was created for it, and whether it is the
// tenant's at all: not another owner's, nor labelled by mistake, and so never worked in.
func standing(tenant state.Tenant, namespace *corev1.Namespace) (created, isTenants bool) {
	marked, isMarked := state.MarkedOwner(namespace)
	created = isMarked && marked == tenant.Owner
	return created, created || (!isMarked && namespace.Name == tenant.Namespace)
}

// awaited is what has to go before a namespace is settled; empty: nothing.
func awaited(ctx context.Context, reader client.Reader, namespace *corev1.Namespace, removing bool, keptBy KeptBy) (string, error) {
	if namespace.DeletionTimestamp != nil {
		return beingDeleted(namespace.Name), nil
	}
	return keptBy(ctx, reader, namespace.Name, removing)
}

func beingDeleted(namespace string) string {
	return fmt.Sprintf("namespace %s is being deleted", namespace)
}

func (k *Keeper) settleNamespace(ctx context.Context, tenant state.Tenant, namespace string, created, removing bool) (string, error) {
	tenant.Namespace = namespace // not what the spec says: what is there
	if !removing {
		return "", k.retain(ctx, tenant, created)
	}
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	object.SetName(namespace)
	return beingDeleted(namespace), k.applier.Delete(ctx, tenant.Owner, object)
}

// retain leaves namespace and guard rails behind, marked so that a later tenant of the same name and
// code takes them again.
func (k *Keeper) retain(ctx context.Context, tenant state.Tenant, created bool) error {
	done, err := k.applier.Apply(ctx, tenant.Owner,
		[]runtime.ApplyConfiguration{render.Namespace(tenant, created, tenant.RetainedAs())},
		render.GuardRails(tenant, plan.QuotaOf(tenant), tenant.RetainedAs(), k.settings))
	if err == nil && len(done.Blocked) > 0 {
		return errors.New("guard rails cannot be kept: " + done.Blocked[0].String() + " is in the way")
	}
	return err
}
