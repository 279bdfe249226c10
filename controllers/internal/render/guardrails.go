package render

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingv1ac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Names of the guard rails. Those of network policies have dots, which no MemberFunction's name has:
// the policy of a function never meets them.
const (
	defaultDenyName = "default-deny.commissioning.support"
	allowDNSName    = "allow-dns.commissioning.support"
	limitsName      = "commissioning-guard-rail"
	// QuotaName is the name of the quota in a tenant's namespace.
	QuotaName = "commissioning-guard-rail"
)

// GuardRails are what must stand in a namespace before anything else: no traffic but the
// resolution of names, and bounds on what may be used. retained is what a tenant that leaves them
// behind is known by, else empty.
func GuardRails(tenant state.Tenant, quota map[string]resource.Quantity, retained string, settings state.Settings) []runtime.ApplyConfiguration {
	labels, annotations := marked(tenant.Owner)
	namespace := tenant.Namespace
	annotations[v1alpha1.RetainedAnnotation] = retained
	return []runtime.ApplyConfiguration{
		defaultDeny(namespace).WithLabels(labels).WithAnnotations(annotations),
		allowDNS(namespace, settings).WithLabels(labels).WithAnnotations(annotations),
		resourceQuota(namespace, quota).WithLabels(labels).WithAnnotations(annotations),
		limitRange(namespace).WithLabels(labels).WithAnnotations(annotations),
	}
}

func defaultDeny(namespace string) *networkingv1ac.NetworkPolicyApplyConfiguration {
	return networkingv1ac.NetworkPolicy(defaultDenyName, namespace).WithSpec(networkingv1ac.NetworkPolicySpec().
		WithPodSelector(metav1ac.LabelSelector()).
		WithPolicyTypes(networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress))
}

func allowDNS(namespace string, settings state.Settings) *networkingv1ac.NetworkPolicyApplyConfiguration {
	return networkingv1ac.NetworkPolicy(allowDNSName, namespace).WithSpec(networkingv1ac.NetworkPolicySpec().
		WithPodSelector(metav1ac.LabelSelector()).
		WithPolicyTypes(networkingv1.PolicyTypeEgress).
		WithEgress(networkingv1ac.NetworkPolicyEgressRule().
			WithTo(fromNamespace(settings.DNSNamespace)).
			WithPorts(port(corev1.ProtocolUDP, settings.DNSPort), port(corev1.ProtocolTCP, settings.DNSPort))))
}

// fromNamespace selects all pods of one namespace, by the label that nobody can set.
func fromNamespace(name string) *networkingv1ac.NetworkPolicyPeerApplyConfiguration {
	return networkingv1ac.NetworkPolicyPeer().WithNamespaceSelector(
		metav1ac.LabelSelector().WithMatchLabels(map[string]string{corev1.LabelMetadataName: name}))
}

func port(protocol corev1.Protocol, number int32) *networkingv1ac.NetworkPolicyPortApplyConfiguration {
	return networkingv1ac.NetworkPolicyPort().WithProtocol(protocol).WithPort(intstr.FromInt32(number))
}

func resourceQuota(namespace string, quota map[string]resource.Quantity) *corev1ac.ResourceQuotaApplyConfiguration {
	hard := corev1.ResourceList{}
	for name, amount := range quota {
		hard[corev1.ResourceName(name)] = canonical(amount)
	}
	return corev1ac.ResourceQuota(QuotaName, namespace).WithSpec(corev1ac.ResourceQuotaSpec().WithHard(hard))
}

// limitRange gives containers that ask for nothing a request and a limit.
func limitRange(namespace string) *corev1ac.LimitRangeApplyConfiguration {
	return corev1ac.LimitRange(limitsName, namespace).WithSpec(corev1ac.LimitRangeSpec().WithLimits(
		corev1ac.LimitRangeItem().WithType(corev1.LimitTypeContainer).
			WithDefault(defaultLimits()).
			WithDefaultRequest(corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("64Mi")})))
}

// defaultLimits are those of a container that asks for none.
func defaultLimits() corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m"), corev1.ResourceMemory: resource.MustParse("512Mi")}
}
