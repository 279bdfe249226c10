package premises

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// WatchChildren wakes a tenant of the kind when something that was made for it changes.
func WatchChildren(build *builder.Builder, kind string) {
	children := watch.NewPace()
	for _, child := range []client.Object{&networkingv1.NetworkPolicy{}, &corev1.LimitRange{}, &rbacv1.RoleBinding{}, &rbacv1.ClusterRole{}, &rbacv1.ClusterRoleBinding{}} {
		build.Watches(child, watch.Child(children, kind))
	}
	// A quota's status moves with every pod: only its spec and metadata matter here.
	build.Watches(&corev1.ResourceQuota{}, watch.Owner(kind), builder.WithPredicates(watch.Changed(quotaContent)))
}

// quotaContent is everything of a quota but what is used and its versions, in a form that compares.
func quotaContent(q *corev1.ResourceQuota) string {
	content, err := json.Marshal(struct {
		Spec                corev1.ResourceQuotaSpec
		Labels, Annotations map[string]string
		Deleting            bool
		Counted             corev1.ResourceList
	}{q.Spec, q.Labels, q.Annotations, q.DeletionTimestamp != nil, q.Status.Hard})
	if err != nil {
		return q.ResourceVersion // passes every change
	}
	return string(content)
}
