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
	callers := []*networkingv1ac.NetworkPolicyPeerApplyConfiguration{home}
	for _, namespace := range settings.CallerNamespaces {
		callers = append(callers, fromNamespace(namespace))
	}
	spec := networkingv1ac.NetworkPolicySpec().
		WithPodSelector(selectInstance(in.Owner)).
		WithPolicyTypes(networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress).
		WithIngress(networkingv1ac.NetworkPolicyIngressRule().WithFrom(callers...).
			WithPorts(networkingv1ac.NetworkPolicyPort().WithProtocol(corev1.ProtocolTCP).WithPort(intstr.FromString(portName)))).
		WithEgress(networkingv1ac.NetworkPolicyEgressRule().WithTo(home)).
		WithEgress(egress(in.Workload.Egress)...)
	return networkingv1ac.NetworkPolicy(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(spec)
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
