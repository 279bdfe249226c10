package render

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	autoscalingv2ac "k8s.io/client-go/applyconfigurations/autoscaling/v2"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	networkingv1ac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Hosting is what a hosted service has beside what every instance has.
type Hosting struct {
	KeySet      []byte // JSON: the public keys of the tokens that callers show
	Identity    []byte // JSON: who issues the tokens, and for whom they must be
	Autoscaling *Autoscaling
}

// Autoscaling lets the load decide, from Instance.Replicas to the upper bound.
type Autoscaling struct {
	MaxReplicas      int32
	TargetCPUPercent int32
	Current          int32 // replicas that the workload asks for now; 0: it does not stand yet
}

// HostedService is everything that a hosted service, in.Hosting, consists of but its directory,
// network policy first. It lets in only whom the installation names: each agreement opens it to its
// own consortium.
func HostedService(in Instance, settings state.Settings) []runtime.ApplyConfiguration {
	children := []runtime.ApplyConfiguration{
		hostedNetworkPolicy(in, settings),
		serviceAccount(in),
		configMap(in),
		keys(in),
		service(in),
		workload(in),
	}
	if in.Replicas > 1 {
		children = append(children, podDisruptionBudget(in))
	}
	if in.isAutoscaled() {
		children = append(children, horizontalPodAutoscaler(in))
	}
	return children
}

// isAutoscaled: a volume belongs to one replica, and no load makes more of them.
func (in Instance) isAutoscaled() bool {
	return in.Hosting != nil && in.Hosting.Autoscaling != nil && in.Workload.Storage.Size == nil
}

// fixedReplicas are what a Deployment must ask for; 0 leaves that to the autoscaler. It decides within
// its bounds only, and does nothing for a workload without replicas.
func (in Instance) fixedReplicas() int32 {
	if !in.isAutoscaled() {
		return in.Replicas
	}
	a := in.Hosting.Autoscaling
	if in.Replicas <= a.Current && a.Current <= a.MaxReplicas {
		return 0
	}
	return max(in.Replicas, min(a.Current, a.MaxReplicas))
}

func hostedNetworkPolicy(in Instance, settings state.Settings) *networkingv1ac.NetworkPolicyApplyConfiguration {
	labels, annotations := marked(in.Owner)
	spec := networkingv1ac.NetworkPolicySpec().
		WithPodSelector(selectInstance(in.Owner)).
		WithPolicyTypes(networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress).
		WithEgress(egress(in.Workload.Egress)...)
	if callers := callers(settings); len(callers) > 0 { // a rule without callers lets everybody in
		spec.WithIngress(ingress(callers...))
	}
	return networkingv1ac.NetworkPolicy(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(spec)
}

// keys change while the pods run: they read them anew.
func keys(in Instance) *corev1ac.ConfigMapApplyConfiguration {
	labels, annotations := marked(in.Owner)
	return corev1ac.ConfigMap(keysName(in), in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithData(map[string]string{keySetFile: string(in.Hosting.KeySet), identityFile: string(in.Hosting.Identity)})
}

// keysName cannot meet another instance's: every name of this kind ends so.
func keysName(in Instance) string { return in.Owner.Name + "-keys" }

func horizontalPodAutoscaler(in Instance) *autoscalingv2ac.HorizontalPodAutoscalerApplyConfiguration {
	labels, annotations := marked(in.Owner)
	a := in.Hosting.Autoscaling
	return autoscalingv2ac.HorizontalPodAutoscaler(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(autoscalingv2ac.HorizontalPodAutoscalerSpec().
			WithScaleTargetRef(autoscalingv2ac.CrossVersionObjectReference().
				WithAPIVersion("apps/v1").WithKind("Deployment").WithName(in.Owner.Name)).
			WithMinReplicas(in.Replicas).
			WithMaxReplicas(max(in.Replicas, a.MaxReplicas)).
			WithMetrics(autoscalingv2ac.MetricSpec().WithType(autoscalingv2.ResourceMetricSourceType).
				WithResource(autoscalingv2ac.ResourceMetricSource().WithName(corev1.ResourceCPU).
					WithTarget(autoscalingv2ac.MetricTarget().WithType(autoscalingv2.UtilizationMetricType).
						WithAverageUtilization(a.TargetCPUPercent)))))
}
