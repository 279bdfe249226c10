package crdtest_test

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// servicesNamespace is the consortium's namespace in which Services are tried.
const servicesNamespace = "redbridge"

func service(name string, spec corev1.ServiceSpec) *corev1.Service {
	if spec.Type != corev1.ServiceTypeExternalName {
		spec.Ports = []corev1.ServicePort{{Port: 80}}
	}
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec}
}

func newService(namespace string, spec corev1.ServiceSpec) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		_, err := as.CoreV1().Services(namespace).Create(ctx, service("new", spec), metav1.CreateOptions{DryRun: dryRunAll})
		return err
	}
}

func patchService(name, patch string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		_, err := as.CoreV1().Services(servicesNamespace).Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{DryRun: dryRunAll})
		return err
	}
}

// R1, R6: a consortium's developers open nothing to the outside, and lead nothing out of the namespace.
func TestR06_ServicesStayInside(t *testing.T) {
	const elsewhere = "somebody-elses"
	consortiumNamespace(t, servicesNamespace)
	plainNamespace(t, elsewhere)
	everything := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, Verbs: []string{"*"}}
	allow(t, "dan", everything)
	allow(t, operatorAccount, everything)
	standing := func(who kubernetes.Interface, name string, spec corev1.ServiceSpec) {
		t.Helper()
		if _, err := who.CoreV1().Services(servicesNamespace).Create(t.Context(), service(name, spec), metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	standing(clients, "plain", corev1.ServiceSpec{})
	standing(as(operatorAccount), "open", corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, ExternalIPs: []string{"192.0.2.1"}})
	standing(as(operatorAccount), "alias", corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "data-analytics.nel-csu.svc"})

	nodePort := corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort}
	external := corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "kubernetes.default.svc"}
	addresses := []string{"externalIPs are not allowed"}
	tryAttempts(t, "Service in a consortium's namespace", map[string]attempt{
		"inside the cluster":                {who: "dan", do: newService(servicesNamespace, corev1.ServiceSpec{})},
		"without an address":                {who: "dan", do: newService(servicesNamespace, corev1.ServiceSpec{ClusterIP: "None"})},
		"of type NodePort":                  {"dan", newService(servicesNamespace, nodePort), []string{"a Service of type NodePort is not allowed"}},
		"of type LoadBalancer":              {"dan", newService(servicesNamespace, corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}), []string{"a Service of type LoadBalancer is not allowed"}},
		"of type ExternalName":              {"dan", newService(servicesNamespace, external), []string{"a Service of type ExternalName is not allowed"}},
		"with an external address":          {"dan", newService(servicesNamespace, corev1.ServiceSpec{ExternalIPs: []string{"192.0.2.1"}}), addresses},
		"of type ExternalName, by operator": {who: operatorAccount, do: newService(servicesNamespace, external)},
		"changed to NodePort":               {"dan", patchService("plain", `{"spec": {"type": "NodePort"}}`), []string{"a Service of type NodePort is not allowed"}},
		"given an external address":         {"dan", patchService("plain", `{"spec": {"externalIPs": ["192.0.2.1"]}}`), addresses},
		"given a label":                     {who: "dan", do: patchService("plain", `{"metadata": {"labels": {"a": "b"}}}`)},
		"open already, given a label":       {who: "dan", do: patchService("open", `{"metadata": {"labels": {"a": "b"}}}`)},
		"open already, given more":          {"dan", patchService("open", `{"spec": {"externalIPs": ["192.0.2.1", "192.0.2.2"]}}`), addresses},
		"open already, closed":              {who: "dan", do: patchService("open", `{"spec": {"type": "ClusterIP", "externalIPs": null}}`)},
		"elsewhere, of type NodePort":       {who: "dan", do: newService(elsewhere, nodePort)},
		"an alias, given a label":           {who: "dan", do: patchService("alias", `{"metadata": {"labels": {"a": "b"}}}`)},
		"an alias, led elsewhere":           {"dan", patchService("alias", `{"spec": {"externalName": "example.org"}}`), []string{"the Service alias leads to data-analytics.nel-csu.svc, out of the namespace: only the operator leads it elsewhere"}},
		"an alias, by the operator":         {who: operatorAccount, do: patchService("alias", `{"spec": {"externalName": "analytics-gold.kent-csu.svc"}}`)},
	})
}

func volumeClaim(name string, labels map[string]string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
}

func deleteClaim(namespace, name string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		return as.CoreV1().PersistentVolumeClaims(namespace).Delete(ctx, name, metav1.DeleteOptions{DryRun: dryRunAll})
	}
}

func patchClaim(namespace, name, patch string) func(context.Context, kubernetes.Interface) error {
	return func(ctx context.Context, as kubernetes.Interface) error {
		_, err := as.CoreV1().PersistentVolumeClaims(namespace).Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{DryRun: dryRunAll})
		return err
	}
}

// R8: a developer deletes her own volumes, never a function's.
func TestR08_AFunctionsVolumeIsNotDeleted(t *testing.T) {
	t.Parallel() // with the others that wait for a namespace to go
	const namespace = "waltham-forest"
	consortiumNamespace(t, namespace)
	allow(t, "dora", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"persistentvolumeclaims"}, Verbs: []string{"*"}})
	claims := clients.CoreV1().PersistentVolumeClaims(namespace)
	for _, claim := range []*corev1.PersistentVolumeClaim{
		volumeClaim("own", nil),
		volumeClaim("functions", map[string]string{v1alpha1.OwnerLabel: "a-function"}),
	} {
		if _, err := claims.Create(t.Context(), claim, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	kept := []string{"the volume claim functions holds the data of a function and is kept"}
	tryAttempts(t, "PersistentVolumeClaim in a consortium's namespace", map[string]attempt{
		"her own, deleted":            {who: "dora", do: deleteClaim(namespace, "own")},
		"a function's, deleted":       {"dora", deleteClaim(namespace, "functions"), kept},
		"a function's, not marked":    {"dora", patchClaim(namespace, "functions", `{"metadata": {"labels": null}}`), kept},
		"a function's, marked anew":   {"dora", patchClaim(namespace, "functions", `{"metadata": {"labels": {"commissioning.support/owner": "dora"}}}`), kept},
		"a function's, another label": {who: "dora", do: patchClaim(namespace, "functions", `{"metadata": {"labels": {"a": "b"}}}`)},
	})
	if err := deleteClaim(namespace, "functions")(t.Context(), clients); err != nil {
		t.Errorf("a cluster administrator cannot delete it: %v", err)
	}

	checkTakenAlong(t, namespace, "functions", "dora")
}

// checkTakenAlong deletes the namespace: now the claim goes too, by whosever hand.
func checkTakenAlong(t *testing.T, namespace, name, who string) {
	t.Helper()
	hold := func(finalizers string) {
		patch := []byte(`{"metadata": {"finalizers": ` + finalizers + `}}`)
		if _, err := clients.CoreV1().PersistentVolumeClaims(namespace).Patch(t.Context(), name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	hold(`["example.org/hold"]`)
	deleteForGood(t, namespace)
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		claim, err := clients.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, name, metav1.GetOptions{})
		return err == nil && claim.DeletionTimestamp != nil, err
	})
	if err != nil {
		t.Errorf("the namespace is deleted and the claim is not: %v", err)
	}
	if err := deleteClaim(namespace, name)(t.Context(), as(who)); err != nil {
		t.Errorf("the namespace is deleted and the claim is kept: %v", err)
	}
	hold("null")
}
