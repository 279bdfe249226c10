package crdtest_test

import (
	"context"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const operatorAccount = "system:serviceaccount:commissioning-system:commissioning-operator"

// as makes a client that acts as a person in the groups that the identity provider gives her.
func as(user string, groups ...string) kubernetes.Interface {
	client, _ := clientsFor(rest.ImpersonationConfig{UserName: user, Groups: append(groups, "system:authenticated")})
	return client
}

// consortiumNamespace makes a namespace that is given to a consortium of the same name, with its
// people as the operator gives them access.
func consortiumNamespace(t *testing.T, name string) {
	t.Helper()
	givenNamespace(t, name, v1alpha1.ConsortiumLabel, "commissioning-consortium-", "admin", "viewer", "developer")
}

// supplierNamespace does the same for a supplier.
func supplierNamespace(t *testing.T, name string) {
	t.Helper()
	givenNamespace(t, name, v1alpha1.ProviderLabel, "commissioning-provider-", "admin", "viewer")
}

func givenNamespace(t *testing.T, name, label, prefix string, roles ...string) {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{label: name}}}
	_, err := clients.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	for _, role := range roles {
		_, err := clients.RbacV1().RoleBindings(name).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: role},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: prefix + role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: name + ":" + role + "s"}},
		}, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			t.Fatal(err)
		}
		awaitRight(t, authorizationv1.SubjectAccessReviewSpec{User: "anybody", Groups: []string{name + ":" + role + "s"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: name, Verb: "list", Resource: "pods"}})
	}
}

// allow gives a user rights in the whole cluster, for as long as the test runs.
func allow(t *testing.T, user string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	roles, bindings := clients.RbacV1().ClusterRoles(), clients.RbacV1().ClusterRoleBindings()
	role, err := roles.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}, Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = bindings.Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		attributes := &authorizationv1.ResourceAttributes{Group: rule.APIGroups[0], Resource: rule.Resources[0], Verb: rule.Verbs[0]}
		if len(rule.ResourceNames) > 0 {
			attributes.Name = rule.ResourceNames[0]
		}
		awaitRight(t, authorizationv1.SubjectAccessReviewSpec{User: user, ResourceAttributes: attributes})
	}
}

// awaitRight waits until the API server has read the role and the binding that give a right.
func awaitRight(t *testing.T, right authorizationv1.SubjectAccessReviewSpec) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		return isAllowed(ctx, right)
	})
	if err != nil {
		t.Fatalf("%s is not given to %s %v: %v", right.ResourceAttributes.Verb, right.User, right.Groups, err)
	}
}

func isAllowed(ctx context.Context, right authorizationv1.SubjectAccessReviewSpec) (bool, error) {
	review, err := clients.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{Spec: right}, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	return review.Status.Allowed, nil
}

// mayAdopt is the right to give namespaces to the consortia, or the suppliers, named; to all of them,
// when none is named.
func mayAdopt(resource string, names ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{
		APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{resource},
		Verbs: []string{v1alpha1.AdoptVerb}, ResourceNames: names,
	}
}

// mayEditNamespaces is all that Kubernetes itself asks of who labels, changes and deletes namespaces.
var mayEditNamespaces = rbacv1.PolicyRule{
	APIGroups: []string{""}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"},
	Verbs: []string{"get", "list", "watch", "create", "update", "patch", "delete"},
}
