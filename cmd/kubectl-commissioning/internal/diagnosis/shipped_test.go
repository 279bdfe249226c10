package diagnosis

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// shipped are the objects of a kind in a folder of config/.
func shipped[T any](t *testing.T, folder, kind string) []T {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../../../config", folder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq("\n"+string(data), "\n---\n") {
			var is metav1.TypeMeta
			if err := yaml.Unmarshal([]byte(document), &is); err != nil {
				t.Fatal(err)
			}
			if is.Kind != kind {
				continue
			}
			var object T
			if err := yaml.Unmarshal([]byte(document), &object); err != nil {
				t.Fatal(err)
			}
			all = append(all, object)
		}
	}
	if len(all) == 0 {
		t.Fatalf("config/%s holds no %s", folder, kind)
	}
	return all
}

var now = time.Date(2026, time.November, 22, 10, 50, 0, 0, time.UTC)

// sound is what is shipped, as it stands when it works.
func sound(t *testing.T) Facts {
	t.Helper()
	f := Facts{Namespace: OperatorNamespace, Plugin: "v0.1.3", Now: now}
	f.Server.Is = "v1.36.3"
	f.Kinds.Is = shipped[apiextensionsv1.CustomResourceDefinition](t, "crd", "CustomResourceDefinition")
	for i := range f.Kinds.Is {
		f.Kinds.Is[i].Status.Conditions = []apiextensionsv1.CustomResourceDefinitionCondition{{Type: apiextensionsv1.Established, Status: apiextensionsv1.ConditionTrue}}
	}
	f.Policies.Is = shipped[admissionregistrationv1.ValidatingAdmissionPolicy](t, "policies", "ValidatingAdmissionPolicy")
	f.Bindings.Is = shipped[admissionregistrationv1.ValidatingAdmissionPolicyBinding](t, "policies", "ValidatingAdmissionPolicyBinding")
	f.FlowSchemas.Is = shipped[flowcontrolv1.FlowSchema](t, "priority", "FlowSchema")
	f.Deployment.Is = &shipped[appsv1.Deployment](t, "manager", "Deployment")[0]
	f.Deployment.Is.Status.AvailableReplicas = 2
	f.Lease.Is = &coordinationv1.Lease{Spec: coordinationv1.LeaseSpec{
		HolderIdentity: new("commissioning-operator-5d9c_4f2a"), LeaseDurationSeconds: new(int32(15)), RenewTime: &metav1.MicroTime{Time: now.Add(-2 * time.Second)},
	}}
	f.Functions.Is = shipped[v1alpha1.SupportFunction](t, "catalogue", "SupportFunction")
	for i := range f.Functions.Is {
		entry := &f.Functions.Is[i]
		entry.Annotations = nil
		entry.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: metav1.ConditionTrue}}
	}
	restricted := func(name string, labels map[string]string) corev1.Namespace {
		labels[podSecurityLabel] = podSecurityLevel
		return corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
	}
	f.Namespaces.Is = append(shipped[corev1.Namespace](t, "namespace", "Namespace"),
		restricted("newham", map[string]string{v1alpha1.ConsortiumLabel: "newham"}), restricted("nel-csu", map[string]string{v1alpha1.ProviderLabel: "nel-csu"}),
		corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "somebody-elses"}})
	f.Probe = &Probe{Answer: Enforced, Detail: "a connection that a policy denies was not made (TIMEOUT), one that it allows was."}
	return f
}

// TestWhatIsShippedIsSound: the plugin knows the kinds, the policies and the FlowSchemas of this repository.
func TestWhatIsShippedIsSound(t *testing.T) {
	if found := Of(sound(t)); found.Verdict != Sound {
		t.Errorf("%+v", found)
	}
	var policies []string
	for _, policy := range shipped[admissionregistrationv1.ValidatingAdmissionPolicy](t, "policies", "ValidatingAdmissionPolicy") {
		policies = append(policies, strings.TrimSuffix(policy.Name, "."+v1alpha1.GroupVersion.Group))
	}
	slices.Sort(policies)
	if diff := cmp.Diff(policies, Policies); diff != "" {
		t.Errorf("the policies are not those that are shipped (-shipped +known):\n%s", diff)
	}
	if len(kinds) != len(shipped[apiextensionsv1.CustomResourceDefinition](t, "crd", "CustomResourceDefinition")) {
		t.Error("not all kinds are looked at")
	}
}

// TestRightsAreThoseOfTheRoles: what is asked for is what config/rbac gives, no more and no less.
func TestRightsAreThoseOfTheRoles(t *testing.T) {
	var given []string
	for _, role := range shipped[rbacv1.ClusterRole](t, "rbac", "ClusterRole") {
		if role.Name == OperatorName {
			given = append(given, rightsOf(role.Rules)...)
		}
	}
	var asked []string
	for _, right := range Rights() {
		if !right.InNamespace {
			asked = append(asked, strings.Join([]string{right.Group, strings.TrimSuffix(right.Resource+"/"+right.Subresource, "/"), right.Verb, right.Name}, " "))
		}
	}
	slices.Sort(given)
	slices.Sort(asked)
	if diff := cmp.Diff(given, asked); diff != "" {
		t.Errorf("(-given +asked for):\n%s", diff)
	}
}

// rightsOf rules, but to get and to list, which go with watch.
func rightsOf(rules []rbacv1.PolicyRule) []string {
	var all []string
	for _, rule := range rules {
		names := rule.ResourceNames
		if len(names) == 0 {
			names = []string{""}
		}
		for _, resource := range rule.Resources {
			for _, verb := range rule.Verbs {
				for _, name := range names {
					if verb != "get" && verb != "list" {
						all = append(all, strings.Join([]string{rule.APIGroups[0], resource, verb, name}, " "))
					}
				}
			}
		}
	}
	return all
}
