package render_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestR01_NothingOfAMemberFunctionLeavesItsNamespace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := instances(r)
		for _, child := range objects(t, render.MemberFunction(in, settings)) {
			if child.GetNamespace() != in.Owner.Namespace {
				r.Errorf("%s %s is in namespace %q, want %q", child.GetKind(), child.GetName(), child.GetNamespace(), in.Owner.Namespace)
			}
			if !strings.HasPrefix(child.GetName(), in.Owner.Name) {
				r.Errorf("%s %s does not carry the function's name", child.GetKind(), child.GetName())
			}
		}
	})
}

func TestR01_OnlyHomeAndTheInstallationsNamespacesMayCall(t *testing.T) {
	home := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{}}
	named := func(namespace string) networkingv1.NetworkPolicyPeer {
		return networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{
			MatchLabels: map[string]string{corev1.LabelMetadataName: namespace},
		}}
	}
	tests := map[string]struct {
		callers []string
		want    []networkingv1.NetworkPolicyPeer
	}{
		"the installation names nobody": {want: []networkingv1.NetworkPolicyPeer{home}},
		"the installation names the gateway and the monitoring": {
			callers: []string{"gateway", "monitoring"},
			want:    []networkingv1.NetworkPolicyPeer{home, named("gateway"), named("monitoring")},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			policy := only[networkingv1.NetworkPolicy](t, render.MemberFunction(everything(), withCallers(tc.callers...)), "NetworkPolicy")
			if len(policy.Spec.Ingress) != 1 {
				t.Fatalf("%d rules let callers in, want 1", len(policy.Spec.Ingress))
			}
			if diff := cmp.Diff(tc.want, policy.Spec.Ingress[0].From); diff != "" {
				t.Errorf("other callers than these may call (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR01_ThePolicyComesBeforeWhatItGuards(t *testing.T) {
	if first := objects(t, render.MemberFunction(minimal(), settings))[0]; first.GetKind() != "NetworkPolicy" {
		t.Errorf("the first child is a %s, want the NetworkPolicy", first.GetKind())
	}
}

// An empty namespaceSelector means every namespace; an empty peer or a rule without peers, everybody.
func TestR01_NoPolicyOpensToEverybody(t *testing.T) {
	for name, children := range shapes() {
		t.Run(name, func(t *testing.T) {
			for _, child := range objects(t, children) {
				each("", child.Object, func(path string, value any) {
					selector, _ := value.(map[string]any)
					if strings.HasSuffix(path, ".namespaceSelector") && len(selector) == 0 {
						t.Errorf("%s %s%s is empty: it selects every namespace", child.GetKind(), child.GetName(), path)
					}
					isRule := strings.HasSuffix(path, ".ingress[]") || strings.HasSuffix(path, ".egress[]")
					if isRule && selector["from"] == nil && selector["to"] == nil {
						t.Errorf("%s %s%s names no peer: it opens to everybody", child.GetKind(), child.GetName(), path)
					}
				})
			}
		})
	}
}

func TestR06_GuardRailsAndRightsComeWithTheirOwnersMark(t *testing.T) {
	for name, children := range shapes() {
		if name == "namespace-adopted" {
			continue // shared: its labels alone are seen to
		}
		t.Run(name, func(t *testing.T) {
			for _, child := range objects(t, children) {
				if child.GetLabels()[v1alpha1.OwnerLabel] == "" || child.GetAnnotations()[v1alpha1.OwnerAnnotation] == "" {
					t.Errorf("%s %s does not say whose it is", child.GetKind(), child.GetName())
				}
			}
		})
	}
}

// The garbage collector follows an owner within a namespace, and only there.
func TestR08_ANamespaceAndItsGuardRailsAreNotRemovedWithTheirConsortium(t *testing.T) {
	for name, children := range shapes() {
		for _, child := range objects(t, children) {
			owner, _ := state.MarkedOwner(child)
			isNeighbour := owner.Namespace != "" && owner.Namespace == child.GetNamespace()
			if hasOwner := len(child.GetOwnerReferences()) == 1; hasOwner != isNeighbour {
				t.Errorf("%s: %s %s has an owner reference: %v, want %v", name, child.GetKind(), child.GetName(), hasOwner, isNeighbour)
			}
		}
	}
}

func TestTheServiceAccountHasNoToken(t *testing.T) {
	account := only[corev1.ServiceAccount](t, render.MemberFunction(everything(), settings), "ServiceAccount")
	if account.AutomountServiceAccountToken == nil || *account.AutomountServiceAccountToken {
		t.Error("the service account mounts its token")
	}
	spec := template(t, everything()).Spec
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		t.Error("the pod mounts a token")
	}
	for _, volume := range spec.Volumes {
		if volume.Projected != nil || volume.Secret != nil {
			t.Errorf("volume %s may hold a token", volume.Name)
		}
	}
}

func TestNoRoleOfTheClusterIsMoreThanOnesOwn(t *testing.T) {
	type role = struct {
		Rules []map[string][]string `json:"rules"`
	}
	tests := map[string]struct {
		access         []runtime.ApplyConfiguration
		resource, name string
	}{
		"a consortium's people": {render.ConsortiumAccess(towerHamlets(), people()), "consortia", "tower-hamlets"},
		"a supplier's people":   {render.ProviderAccess(services(), hosts()), "supportproviders", "tower-hamlets-services"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := []map[string][]string{{
				"apiGroups": {"commissioning.support"}, "resources": {tc.resource},
				"resourceNames": {tc.name}, "verbs": {"get", "list", "watch"},
			}}
			if diff := cmp.Diff(want, only[role](t, tc.access, "ClusterRole").Rules); diff != "" {
				t.Errorf("the rights differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADisruptionBudgetIsForMoreThanOneReplica(t *testing.T) {
	for replicas, want := range map[int32]bool{1: false, 2: true, 40: true} {
		in := minimal()
		in.Replicas = replicas
		got := false
		for _, child := range objects(t, render.MemberFunction(in, settings)) {
			got = got || child.GetKind() == "PodDisruptionBudget"
		}
		if got != want {
			t.Errorf("%d replicas have a disruption budget: %v, want %v", replicas, got, want)
		}
	}
}

// The API server rounds amounts up to a thousandth: a finer one would differ for ever.
func TestNoAmountIsFinerThanAThousandth(t *testing.T) {
	finer := regexp.MustCompile(`^[0-9.]+[nu]$`)
	children := render.MemberFunction(stored(), settings)
	in := everything()
	in.Workload.Storage = v1alpha1.Storage{Size: quantity("0.5Gi"), MountPath: "/data"}
	children = append(children, render.MemberFunction(in, settings)...)
	quota := plan.QuotaOf(towerHamlets())
	quota["requests.cpu"] = *quantity("0.00001")
	children = append(children, render.GuardRails(towerHamlets(), quota, "", settings)...)
	for _, child := range objects(t, children) {
		each("", child.Object, func(path string, value any) {
			if amount, isText := value.(string); isText && finer.MatchString(amount) {
				t.Errorf("%s %s%s is %s", child.GetKind(), child.GetName(), path, amount)
			}
		})
	}
}
