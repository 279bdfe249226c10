package controllers_test

import (
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

func fail(t *testing.T, namespace string) {
	t.Helper()
	if err := env.Cluster.Fail(t.Context(), cluster.Failure{Namespace: namespace}); err != nil {
		t.Fatal(err)
	}
}

func heal(t *testing.T, namespace string) {
	t.Helper()
	if err := env.Cluster.Heal(t.Context(), cluster.Failure{Namespace: namespace}); err != nil {
		t.Fatal(err)
	}
}

// content is what a person would restore of an object: everything but what the cluster keeps.
func content(t *testing.T, object client.Object) string {
	t.Helper()
	if !exists(t, object) {
		return "(gone)"
	}
	kept := object.DeepCopyObject().(client.Object)
	kept.SetResourceVersion("")
	kept.SetUID("")
	kept.SetGeneration(0)
	kept.SetCreationTimestamp(metav1.Time{})
	kept.SetManagedFields(nil)
	switch kept := kept.(type) {
	case *appsv1.Deployment:
		kept.Status = appsv1.DeploymentStatus{}
		delete(kept.Annotations, "deployment.kubernetes.io/revision")
	case *corev1.ResourceQuota:
		kept.Status = corev1.ResourceQuotaStatus{}
	case *corev1.Service: // a new Service has a new address
		kept.Spec.ClusterIP, kept.Spec.ClusterIPs = "", nil
	}
	printed, err := yaml.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	return string(printed)
}

// widen adds to an object what its owner did not ask for.
func widen(object client.Object) {
	switch object := object.(type) {
	case *networkingv1.NetworkPolicy:
		object.Spec.Ingress = append(object.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{})
	case *corev1.ResourceQuota:
		object.Spec.Hard["pods"] = resource.MustParse("5000")
		object.Spec.Hard["count/foreign.example"] = resource.MustParse("1")
	case *corev1.LimitRange:
		object.Spec.Limits[0].Default[corev1.ResourceMemory] = resource.MustParse("64Gi")
	case *rbacv1.RoleBinding:
		object.Subjects = append(object.Subjects, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: "User", Name: "eve"})
	case *rbacv1.ClusterRoleBinding:
		object.Subjects = append(object.Subjects, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: "User", Name: "eve"})
	case *rbacv1.ClusterRole:
		object.Rules = append(object.Rules, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}})
	case *corev1.ConfigMap:
		object.Data["extra.json"] = "{}"
	case *corev1.Secret:
		object.Data["token"] = []byte("another")
	case *corev1.ServiceAccount:
		object.AutomountServiceAccountToken = new(true)
	case *corev1.Service:
		object.Spec.Ports = append(object.Spec.Ports, corev1.ServicePort{Name: "debug", Port: 6060})
	case *appsv1.Deployment:
		pod := &object.Spec.Template.Spec
		pod.HostNetwork = true
		pod.Containers = append(pod.Containers, corev1.Container{Name: "guest", Image: "guest:1"})
	}
}

func TestEveryChildIsRestored(t *testing.T) {
	established(t, "drift", 60, withAdmins)
	f := makeMemberFunction("drift", "referral-management")
	create(t, f)
	ready(t, f)
	managed := append(children("drift", "referral-management"), guardRails("drift")...)
	managed = append(managed, adminsBinding("drift"),
		&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:consortium:drift"}},
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:consortium:drift"}})
	for _, child := range managed {
		for name, harm := range harmsTo(t, child) {
			t.Run(fmt.Sprintf("%T %s %s", child, child.GetName(), name), func(t *testing.T) {
				want := content(t, child)
				harmed, before := child.DeepCopyObject().(client.Object), child.GetResourceVersion()
				harm(t, harmed)
				if harmed.GetResourceVersion() == before {
					t.Fatal("the harm did nothing: this case cannot fail")
				}
				gomega.NewWithT(t).Eventually(func() string { return content(t, child) }).WithTimeout(soon).Should(gomega.Equal(want))
			})
		}
	}
}

// harmsTo are what somebody may do to a child.
func harmsTo(t *testing.T, child client.Object) map[string]func(*testing.T, client.Object) {
	t.Helper()
	harms := map[string]func(*testing.T, client.Object){
		"deleted":       func(t *testing.T, o client.Object) { remove(t, o); o.SetResourceVersion("") },
		"widened":       func(t *testing.T, o client.Object) { change(t, o, widen) },
		"label removed": func(t *testing.T, o client.Object) { change(t, o, func(o client.Object) { o.SetLabels(nil) }) },
	}
	if exists(t, child); len(child.GetOwnerReferences()) > 0 {
		harms["owner removed"] = func(t *testing.T, o client.Object) {
			change(t, o, func(o client.Object) { o.SetOwnerReferences(nil) })
		}
	}
	return harms
}

func TestWhatOthersAddElsewhereStays(t *testing.T) {
	established(t, "additions", 61)
	f := makeMemberFunction("additions", "referral-management")
	create(t, f)
	ready(t, f)
	service := &corev1.Service{ObjectMeta: childMeta("additions", "referral-management")}
	change(t, service, func(s *corev1.Service) { s.Annotations["example.com/team"] = "a" })
	deployment := deploymentOf("additions", "referral-management")
	change(t, deployment, func(d *appsv1.Deployment) { d.Spec.Template.Spec.HostPID = true })
	gomega.NewWithT(t).Eventually(func() bool {
		exists(t, deployment)
		return deployment.Spec.Template.Spec.HostPID
	}).WithTimeout(soon).Should(gomega.BeFalse())
	if exists(t, service); service.Annotations["example.com/team"] != "a" {
		t.Error("a foreign annotation must stay")
	}
}

func TestPodSecurityLabelsOfANamespaceAreRestored(t *testing.T) {
	established(t, "psa", 62)
	namespace := namespaceNamed("psa")
	change(t, namespace, func(n *corev1.Namespace) { n.Labels["pod-security.kubernetes.io/enforce"] = "privileged" })
	gomega.NewWithT(t).Eventually(func() string {
		exists(t, namespace)
		return namespace.Labels["pod-security.kubernetes.io/enforce"]
	}).WithTimeout(soon).Should(gomega.Equal("restricted"))
	if namespace.Labels[v1alpha1.ConsortiumLabel] != "psa" {
		t.Error("the namespace must stay the consortium's")
	}
}
