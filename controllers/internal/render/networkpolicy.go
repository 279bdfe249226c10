package render

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingv1ac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// networkPolicy keeps a member function's traffic at home (rule R1): callers from its own namespace
// and from those that the installation names; calls to its own namespace, and to the networks that
// the catalogue opens. Names are resolved by the guard rail's leave.
func networkPolicy(in Instance, settings state.Settings) *networkingv1ac.NetworkPolicyApplyConfiguration {
	labels, annotations := marked(in.Owner)
	home := networkingv1ac.NetworkPolicyPeer().WithPodSelector(metav1ac.LabelSelector())
	spec := networkingv1ac.NetworkPolicySpec().
		WithPodSelector(selectInstance(in.Owner)).
		WithPolicyTypes(networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress).
		WithIngress(ingress(append([]*networkingv1ac.NetworkPolicyPeerApplyConfiguration{home}, callers(settings)...)...)).
		WithEgress(networkingv1ac.NetworkPolicyEgressRule().WithTo(home)).
		WithEgress(egress(in.Workload.Egress)...)
	return networkingv1ac.NetworkPolicy(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(spec)
}

// callers are the namespaces that the installation lets call every function.
func callers(settings state.Settings) []*networkingv1ac.NetworkPolicyPeerApplyConfiguration {
	rendered := make([]*networkingv1ac.NetworkPolicyPeerApplyConfiguration, len(settings.CallerNamespaces))
	for i, namespace := range settings.CallerNamespaces {
		rendered[i] = fromNamespace(namespace)
	}
	return rendered
}

func ingress(from ...*networkingv1ac.NetworkPolicyPeerApplyConfiguration) *networkingv1ac.NetworkPolicyIngressRuleApplyConfiguration {
	return networkingv1ac.NetworkPolicyIngressRule().WithFrom(from...).WithPorts(instancePort())
}

// instancePort is the port on which an instance serves, whatever its number.
func instancePort() *networkingv1ac.NetworkPolicyPortApplyConfiguration {
	return networkingv1ac.NetworkPolicyPort().WithProtocol(corev1.ProtocolTCP).WithPort(intstr.FromString(portName))
}

func egress(rules []v1alpha1.EgressRule) []*networkingv1ac.NetworkPolicyEgressRuleApplyConfiguration {
	rendered := make([]*networkingv1ac.NetworkPolicyEgressRuleApplyConfiguration, len(rules))
	for i, rule := range rules {
		rendered[i] = networkingv1ac.NetworkPolicyEgressRule().WithTo(
			networkingv1ac.NetworkPolicyPeer().WithIPBlock(networkingv1ac.IPBlock().WithCIDR(rule.To.CIDR)))
		for _, opened := range rule.Ports {
			protocol := corev1.ProtocolTCP
			if opened.Protocol != "" {
				protocol = corev1.Protocol(opened.Protocol)
			}
			rendered[i].WithPorts(port(protocol, opened.Port))
		}
	}
	return rendered
}
