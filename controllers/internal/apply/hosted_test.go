package apply

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// elastic is a Deployment that leaves its replicas to an autoscaler.
func elastic(owner state.Owner) string {
	return strings.Replace(deployment(owner, "elastic"), "  replicas: 1\n", "", 1)
}

func TestAnAutoscalersReplicasAreLeftAlone(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-elastic")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, deployment(owner, "elastic"))
	object := &appsv1.Deployment{ObjectMeta: in(owner.Namespace, "elastic")}
	change(t, b, object, func(d *appsv1.Deployment) { d.Spec.Replicas = new(int32(5)) })
	replicas := func() int32 { return *read(t, b, object).Spec.Replicas }

	b.apply(t, owner, elastic(owner))
	if got := replicas(); got != 5 {
		t.Errorf("when the load begins to decide, the replicas are %d, want 5 as before", got)
	}
	b.apply(t, owner, strings.Replace(elastic(owner), "example/image:1", "example/image:2", 1))
	if got := replicas(); got != 5 || object.Spec.Template.Spec.Containers[0].Image != "example/image:2" {
		t.Errorf("after another image, the replicas are %d, want 5 as before; the image is %s", got, object.Spec.Template.Spec.Containers[0].Image)
	}
	b.apply(t, owner, deployment(owner, "elastic"))
	if got := replicas(); got != 1 {
		t.Errorf("when the load no longer decides, the replicas are %d, want 1 as rendered", got)
	}
}

func TestAnAutoscalerIsHeldToWhatIsRendered(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-autoscaler")
	b.namespace(t, owner.Namespace)
	autoscaler := document(owner, "autoscaling/v2", "HorizontalPodAutoscaler", "elastic", `
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: elastic}
  minReplicas: 2
  maxReplicas: 8
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]`)
	b.apply(t, owner, autoscaler)
	object := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: in(owner.Namespace, "elastic")}
	change(t, b, object, func(h *autoscalingv2.HorizontalPodAutoscaler) {
		disabled := autoscalingv2.DisabledPolicySelect
		h.Spec.MaxReplicas = 80
		h.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: &autoscalingv2.HPAScalingRules{SelectPolicy: &disabled}}
	})
	b.apply(t, owner, autoscaler)
	if spec := read(t, b, object).Spec; spec.MaxReplicas != 8 || spec.Behavior != nil {
		t.Errorf("the autoscaler goes up to %d, and behaves as %v", spec.MaxReplicas, spec.Behavior)
	}
}

func binding(owner state.Owner, token string) string {
	return document(owner, "v1", "Secret", "analytics", `
type: servicebinding.io/commissioning
data: {token: `+base64.StdEncoding.EncodeToString([]byte(token))+`}`)
}

func TestASecretIsRestored(t *testing.T) {
	tests := map[string]struct {
		namespace string
		harm      func(*corev1.Secret)
	}{
		"another token":  {"apply-secret-token", func(s *corev1.Secret) { s.Data["token"] = []byte("forged") }},
		"no token":       {"apply-secret-none", func(s *corev1.Secret) { s.Data = nil }},
		"one more entry": {"apply-secret-more", func(s *corev1.Secret) { s.Data["proxy"] = []byte("elsewhere") }},
	}
	b := newBench(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			owner := ownerIn(tc.namespace)
			b.namespace(t, owner.Namespace)
			b.apply(t, owner, binding(owner, "ours"))
			object := &corev1.Secret{ObjectMeta: in(owner.Namespace, "analytics")}
			change(t, b, object, tc.harm)
			b.apply(t, owner, binding(owner, "ours"))
			if data := read(t, b, object).Data; len(data) != 1 || string(data["token"]) != "ours" {
				t.Errorf("the secret holds %q", data)
			}
		})
	}
}

func TestWhatIsLoggedOfASecretIsItsName(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-secret-log")
	b.namespace(t, owner.Namespace)
	var log strings.Builder
	ctx := logr.NewContext(t.Context(), funcr.New(func(_, line string) { log.WriteString(line + "\n") }, funcr.Options{Verbosity: 5}))
	for _, token := range []string{"first-token", "second-token"} {
		if _, err := b.Apply(ctx, owner, step(t, binding(owner, token))); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(ctx, owner, decoded(t, step(t, binding(owner, ""))[0])); err != nil {
		t.Fatal(err)
	}
	if err := b.Record(ctx, step(t, binding(owner, "third-token"))[0], ""); err != nil {
		t.Fatal(err)
	}
	lines := log.String()
	for action, times := range map[string]int{"Created": 2, "Updated": 1, "Deleted": 1} {
		want := `"audit" "action"="` + action + `" "kind"="Secret" "child"="apply-secret-log/analytics"`
		if got := strings.Count(lines, want); got != times {
			t.Errorf("%d lines say %s, want %d:\n%s", got, want, times, lines)
		}
	}
	for _, token := range []string{"first-token", "second-token", "third-token"} {
		if strings.Contains(lines, token) || strings.Contains(lines, base64.StdEncoding.EncodeToString([]byte(token))) {
			t.Errorf("a token is logged:\n%s", lines)
		}
	}
}

func TestAnAliasIsRestored(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-alias")
	b.namespace(t, owner.Namespace)
	alias := document(owner, "v1", "Service", "analytics", `
spec:
  type: ExternalName
  externalName: data-analytics.nel-csu.svc.cluster.local
  sessionAffinity: None
  ports: [{name: http, port: 80, protocol: TCP, targetPort: 80}]`)
	b.apply(t, owner, alias)
	tests := map[string]func(*corev1.Service){
		"another name": func(s *corev1.Service) { s.Spec.ExternalName = "example.com" },
		"pods of the consortium's own": func(s *corev1.Service) {
			s.Spec.Type, s.Spec.ExternalName, s.Spec.Selector = corev1.ServiceTypeClusterIP, "", map[string]string{"a": "b"}
		},
		"an address": func(s *corev1.Service) { s.Spec.ExternalIPs = []string{"192.0.2.1"} },
	}
	for name, harm := range tests {
		t.Run(name, func(t *testing.T) {
			object := &corev1.Service{ObjectMeta: in(owner.Namespace, "analytics")}
			change(t, b, object, harm)
			b.apply(t, owner, alias)
			spec := read(t, b, object).Spec
			if spec.ExternalName != "data-analytics.nel-csu.svc.cluster.local" || len(spec.Selector)+len(spec.ExternalIPs) != 0 || spec.ClusterIP != "" {
				t.Errorf("the alias is %+v", spec)
			}
		})
	}
}
