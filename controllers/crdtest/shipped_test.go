package crdtest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
)

// build renders a kustomization into its objects, in its order.
func build(t *testing.T, folder string) []*unstructured.Unstructured {
	t.Helper()
	text, err := control.Kubectl(t.Context(), "kustomize", folder)
	if err != nil {
		t.Fatal(err)
	}
	var built []*unstructured.Unstructured
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		built = append(built, parse(document))
	}
	return built
}

// find returns the object of a kind and name.
func find(t *testing.T, among []*unstructured.Unstructured, kind, name string, into any) {
	t.Helper()
	for _, object := range among {
		if object.GetKind() == kind && object.GetName() == name {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
}

// A policy before the kind of its parameters would refuse what it guards, for half a minute.
func TestKindsComeBeforePolicies(t *testing.T) {
	for _, folder := range []string{"default", "without-manager"} {
		lastKind, firstPolicy := -1, -1
		for i, object := range build(t, configFolder+"/"+folder) {
			switch {
			case object.GetKind() == "CustomResourceDefinition":
				lastKind = i
			case object.GetKind() == "ValidatingAdmissionPolicy" && firstPolicy < 0:
				firstPolicy = i
			}
		}
		if lastKind < 0 || firstPolicy < lastKind {
			t.Errorf("config/%s: the last kind is object %d, the first policy object %d", folder, lastKind, firstPolicy)
		}
	}
}

// Everything shipped is accepted, with strict validation; the manager's pods by their own namespace.
func TestEverythingShippedIsAccepted(t *testing.T) {
	for _, folder := range []string{"default", "catalogue"} {
		if err := kubectl(t.Context(), "apply", "--server-side", "--dry-run=server", "-k", configFolder+"/"+folder); err != nil {
			t.Error(err)
		}
	}
	var manager appsv1.Deployment
	find(t, build(t, configFolder+"/manager"), "Deployment", "commissioning-operator", &manager)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "manager", Labels: manager.Spec.Template.Labels}, Spec: manager.Spec.Template.Spec}
	if _, err := clients.CoreV1().Pods("commissioning-system").Create(t.Context(), pod, metav1.CreateOptions{DryRun: dryRunAll}); err != nil {
		t.Errorf("the manager's pods are refused: %v", err)
	}
	pod.Spec.Containers[0].SecurityContext = nil
	if _, err := clients.CoreV1().Pods("commissioning-system").Create(t.Context(), pod, metav1.CreateOptions{DryRun: dryRunAll}); err == nil {
		t.Error("the operator's namespace accepts pods that are not restricted")
	}
}

func TestLocalitiesByConsortium(t *testing.T) {
	overlay := t.TempDir()
	base, err := filepath.Abs(configFolder)
	if err != nil {
		t.Fatal(err)
	}
	if base, err = filepath.Rel(overlay, base); err != nil {
		t.Fatal(err)
	}
	kustomization := "resources: [" + base + "/rbac]\ncomponents: [" + base + "/components/localities-by-consortium]\n"
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{overlay: "read, write", configFolder + "/rbac": "read"} {
		var admin rbacv1.ClusterRole
		find(t, build(t, folder), "ClusterRole", "commissioning-consortium-admin", &admin)
		if got := inWords(verbsOn(admin, "localities")); got != want {
			t.Errorf("with %s admins may %s localities, want %s", folder, got, want)
		}
	}
}

func verbsOn(role rbacv1.ClusterRole, resource string) []string {
	var may []string
	for _, rule := range role.Rules {
		if holds(rule.Resources, resource) {
			may = append(may, rule.Verbs...)
		}
	}
	return may
}

// policies are those that are installed.
func policies(t *testing.T) []admissionregistrationv1.ValidatingAdmissionPolicy {
	t.Helper()
	list, err := clients.AdmissionregistrationV1().ValidatingAdmissionPolicies().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) == 0 {
		t.Fatal("no policy is installed")
	}
	return list.Items
}

// A misspelt resource in a policy guards nothing, and nobody notices.
func TestPoliciesNameWhatExists(t *testing.T) {
	known := map[string]bool{}
	for _, resource := range everyResource(t) {
		known[resource.Group+"/"+resource.Resource] = true
	}
	for _, policy := range policies(t) {
		for _, rule := range policy.Spec.MatchConstraints.ResourceRules {
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					if !known[group+"/"+resource] {
						t.Errorf("%s: the API server knows no %q in group %q", policy.Name, resource, group)
					}
				}
			}
		}
	}
}

// What every policy promises: see config/policies/kustomization.yaml.
func TestPoliciesKeepTheirRules(t *testing.T) {
	for _, policy := range policies(t) {
		if policy.Spec.FailurePolicy == nil || *policy.Spec.FailurePolicy != admissionregistrationv1.Fail {
			t.Errorf("%s does not fail closed", policy.Name)
		}
		for _, rule := range policy.Spec.MatchConstraints.ResourceRules {
			if policy.Spec.ParamKind != nil && (len(rule.Operations) != 1 || rule.Operations[0] != admissionregistrationv1.Create) {
				t.Errorf("%s compares with other objects on %v: an old object could never be deleted", policy.Name, rule.Operations)
			}
		}
		binding, err := clients.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Get(t.Context(), policy.Name, metav1.GetOptions{})
		if err != nil {
			t.Errorf("%s is not bound: %v", policy.Name, err)
			continue
		}
		if actions := binding.Spec.ValidationActions; len(actions) != 1 || actions[0] != admissionregistrationv1.Deny {
			t.Errorf("%s does not deny but %v", policy.Name, actions)
		}
	}
}

// The cluster checks the types of every expression, and warns in the policy's status.
func TestPoliciesHaveNoWarnings(t *testing.T) {
	for _, policy := range policies(t) {
		t.Run(policy.Name, func(t *testing.T) {
			err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
				checked, err := clients.AdmissionregistrationV1().ValidatingAdmissionPolicies().Get(ctx, policy.Name, metav1.GetOptions{})
				if err != nil || checked.Status.ObservedGeneration != checked.Generation || checked.Status.TypeChecking == nil {
					return false, err
				}
				for _, warning := range checked.Status.TypeChecking.ExpressionWarnings {
					t.Errorf("%s: %s", warning.FieldRef, warning.Warning)
				}
				return true, nil
			})
			if err != nil {
				t.Errorf("its types have not been checked: %v", err)
			}
		})
	}
}
