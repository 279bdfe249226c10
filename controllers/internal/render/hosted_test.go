package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/render"
)

// hostedTemplate is the pod template of a hosted service that runs a Deployment.
func hostedTemplate(t *testing.T, in render.Instance) corev1.PodTemplateSpec {
	t.Helper()
	return only[appsv1.Deployment](t, render.HostedService(in, settings), "Deployment").Spec.Template
}

func TestR03_AHostedServiceAloneLetsNoConsortiumIn(t *testing.T) {
	for name, callers := range map[string][]string{"nobody is named": nil, "the gateway is named": {"gateway"}} {
		t.Run(name, func(t *testing.T) {
			policy := only[networkingv1.NetworkPolicy](t, render.HostedService(hosted(everything(), "data-analytics"), withCallers(callers...)), "NetworkPolicy")
			var got []string
			for _, rule := range policy.Spec.Ingress {
				for _, peer := range rule.From {
					got = append(got, peer.NamespaceSelector.MatchLabels[corev1.LabelMetadataName])
				}
			}
			if diff := cmp.Diff(callers, got); diff != "" {
				t.Errorf("others are let in (-want +got):\n%s", diff)
			}
			if want := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}; !cmp.Equal(want, policy.Spec.PolicyTypes) {
				t.Errorf("the policy is of %v, want %v: else the rest is open", policy.Spec.PolicyTypes, want)
			}
			for _, rule := range policy.Spec.Egress {
				if len(rule.To) != 1 || rule.To[0].IPBlock == nil {
					t.Errorf("more is opened than the networks of the catalogue: %v", rule.To)
				}
			}
		})
	}
}

func TestR03_AnOpeningIsToThePodsOfItsServiceAlone(t *testing.T) {
	pods := hostedTemplate(t, hosted(everything(), agreedService.Name)).Labels
	others := hostedTemplate(t, hosted(everything(), "contracting")).Labels
	for _, child := range objects(t, render.Opening(agreement, agreedService)) {
		policy := &networkingv1.NetworkPolicy{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(child.Object, policy); err != nil {
			t.Fatal(err)
		}
		selector, opened := &policy.Spec.PodSelector, agreedService.Namespace
		if policy.Namespace == agreement.Namespace {
			peer := policy.Spec.Egress[0].To[0]
			selector, opened = peer.PodSelector, peer.NamespaceSelector.MatchLabels[corev1.LabelMetadataName]
		}
		if opened != agreedService.Namespace || selector.MatchLabels[v1alpha1.OwnerLabel] != pods[v1alpha1.OwnerLabel] {
			t.Errorf("the policy in %s opens %v in %s", policy.Namespace, selector.MatchLabels, opened)
		}
		if selector.MatchLabels[v1alpha1.OwnerLabel] == others[v1alpha1.OwnerLabel] {
			t.Errorf("the policy in %s opens another service as well", policy.Namespace)
		}
	}
}

func TestAHostedServiceStaysInItsSuppliersNamespace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := hosted(instances(r), rapid.StringMatching(`[a-z]([-a-z0-9]{0,48}[a-z0-9])?`).Draw(r, "service"))
		children := append(render.HostedService(in, settings), render.Directory(in.Owner, directory())...)
		for _, child := range objects(t, children) {
			if child.GetNamespace() != "nel-csu" || !strings.HasPrefix(child.GetName(), in.Owner.Name) {
				r.Errorf("%s %s/%s is not the service's own", child.GetKind(), child.GetNamespace(), child.GetName())
			}
		}
	})
}

func TestEveryPodOfAHostedServiceSatisfiesTheRestrictedStandard(t *testing.T) {
	checks, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	in := hosted(everything(), "data-analytics")
	in.Bindings = []string{"analytics"}
	pod := hostedTemplate(t, in)
	for _, version := range []api.Version{api.MajorMinorVersion(1, 33), api.LatestVersion()} {
		for _, result := range checks.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: version}, &pod.ObjectMeta, &pod.Spec) {
			if !result.Allowed {
				t.Errorf("%s: %s: %s", version, result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
	}
}

// Nothing can be mounted inside a volume that is read only, nor twice in one place.
func TestNothingIsMountedInsideAnotherVolume(t *testing.T) {
	in := hosted(everything(), "data-analytics")
	in.Bindings = []string{"analytics", "contracting"}
	mounts := hostedTemplate(t, in).Spec.Containers[0].VolumeMounts
	for i, mount := range mounts {
		for j, other := range mounts {
			if i != j && strings.HasPrefix(other.MountPath+"/", mount.MountPath+"/") {
				t.Errorf("%s is mounted inside %s", other.MountPath, mount.MountPath)
			}
		}
	}
}

func TestNewKeysRollNoPods(t *testing.T) {
	in := hosted(everything(), "data-analytics")
	before := hostedTemplate(t, in)
	in.Hosting.KeySet, in.Hosting.Identity = []byte(`{"keys":[]}`), []byte(`{}`)
	if diff := cmp.Diff(before, hostedTemplate(t, in)); diff != "" {
		t.Errorf("the pods change with the keys (-before +after):\n%s", diff)
	}
}

func TestReplicasAreTheAutoscalersWithinItsBounds(t *testing.T) {
	tests := map[string]struct {
		current int32
		want    *int32 // nil: the autoscaler's
	}{
		"the workload does not stand yet":           {0, new(int32(2))},
		"fewer than the population needs":           {1, new(int32(2))},
		"as many as the population needs":           {2, nil},
		"more, under load":                          {5, nil},
		"as many as there may be":                   {8, nil},
		"more than there may be, as after a change": {9, new(int32(8))},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			in := autoscaled(hosted(minimal(), "elastic"), tc.current)
			got := only[appsv1.Deployment](t, render.HostedService(in, settings), "Deployment").Spec.Replicas
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the replicas that are asked for differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAutoscalerIsForDeploymentsThatAskForIt(t *testing.T) {
	tests := map[string]struct {
		in   render.Instance
		want bool
	}{
		"by population":               {hosted(minimal(), "contracting"), false},
		"by load":                     {autoscaled(hosted(minimal(), "contracting"), 2), true},
		"by load, with a volume each": {autoscaled(hosted(stored(), "records"), 1), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := false
			for _, child := range objects(t, render.HostedService(tc.in, settings)) {
				got = got || child.GetKind() == "HorizontalPodAutoscaler"
			}
			if got != tc.want {
				t.Errorf("there is an autoscaler: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestRenderingAHostedServiceNeitherChangesNorKeepsItsInputs(t *testing.T) {
	in := autoscaled(hosted(everything(), "data-analytics"), 4)
	children := render.HostedService(in, settings)
	want := printed(t, children)
	if diff := cmp.Diff(autoscaled(hosted(everything(), "data-analytics"), 4), in); diff != "" {
		t.Errorf("rendering changed its input (-before +after):\n%s", diff)
	}
	spoil(&in)
	in.Hosting.KeySet[0], in.Hosting.Identity[0], in.Hosting.Autoscaling.MaxReplicas = 'X', 'X', 77
	if diff := cmp.Diff(want, printed(t, children)); diff != "" {
		t.Errorf("a change of the input reached what was rendered (-before +after):\n%s", diff)
	}
}

func TestRenderingADirectoryKeepsNothingOfIt(t *testing.T) {
	given := directory()
	children := render.Directory(hostedServiceOwner("data-analytics"), given)
	want := printed(t, children)
	for _, files := range given {
		clear(files)
	}
	if diff := cmp.Diff(want, printed(t, children)); diff != "" {
		t.Errorf("a change of the input reached what was rendered (-before +after):\n%s", diff)
	}
}

// rootOfBindings are the values of SERVICE_BINDING_ROOT that a pod has.
func rootOfBindings(pod corev1.PodTemplateSpec) []string {
	var values []string
	for _, variable := range pod.Spec.Containers[0].Env {
		if variable.Name == "SERVICE_BINDING_ROOT" {
			values = append(values, variable.Value)
		}
	}
	return values
}

func TestTheRootOfBindingsIsOursWhereThereAreAny(t *testing.T) {
	in := bound()
	if diff := cmp.Diff([]string{"/bindings"}, rootOfBindings(template(t, in))); diff != "" {
		t.Errorf("with bindings, the root differs (-want +got):\n%s", diff)
	}
	in.Bindings = nil
	if diff := cmp.Diff([]string{"/elsewhere"}, rootOfBindings(template(t, in))); diff != "" {
		t.Errorf("without bindings, the catalogue's variable differs (-want +got):\n%s", diff)
	}
}

func TestARearrangementOfBindingsRollsNoPods(t *testing.T) {
	in, other := bound(), bound()
	in.Bindings, other.Bindings = []string{"a", "b", "c"}, []string{"c", "a", "b"}
	if diff := cmp.Diff(template(t, in), template(t, other)); diff != "" {
		t.Errorf("the pods differ (-before +after):\n%s", diff)
	}
	if want := []string{"c", "a", "b"}; !cmp.Equal(want, other.Bindings) {
		t.Errorf("rendering changed its input to %v", other.Bindings)
	}
}

func TestReplicasOfAHostedServiceAreSpread(t *testing.T) {
	pod := hostedTemplate(t, hosted(minimal(), "contracting"))
	got := map[string]string{}
	for _, spread := range pod.Spec.TopologySpreadConstraints {
		selector, err := metav1.LabelSelectorAsSelector(spread.LabelSelector)
		if err != nil || selector.Empty() {
			t.Errorf("the pods that are spread cannot be told: %v", err)
		}
		got[spread.TopologyKey] = fmt.Sprint(spread.MaxSkew, " ", spread.WhenUnsatisfiable)
	}
	want := map[string]string{"kubernetes.io/hostname": "1 ScheduleAnyway", "topology.kubernetes.io/zone": "1 ScheduleAnyway"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("they are spread otherwise (-want +got):\n%s", diff)
	}
}
