package render

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingv1ac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// BindingType is the type of the Secret that an agreement gives its consortium: the Service Binding
// specification's prefix, then what is bound.
const BindingType = corev1.SecretType("servicebinding.io/" + bindingType)

const (
	bindingType = "commissioning"
	servicePort = 80
)

// Opening lets the pods of an agreement's consortium call one hosted service: a policy that lets them
// in, in the supplier's namespace, and one that lets them out, in their own. No owner reference
// reaches another namespace: the first is found by its mark.
func Opening(agreement state.Owner, service types.NamespacedName) []runtime.ApplyConfiguration {
	labels, annotations := marked(agreement)
	name, pods := plan.OpeningName(agreement.Key(), service), selectInstance(hosted(service))
	in := networkingv1ac.NetworkPolicySpec().
		WithPodSelector(pods).
		WithPolicyTypes(networkingv1.PolicyTypeIngress).
		WithIngress(ingress(fromNamespace(agreement.Namespace)))
	out := networkingv1ac.NetworkPolicySpec().
		WithPodSelector(metav1ac.LabelSelector()).
		WithPolicyTypes(networkingv1.PolicyTypeEgress).
		WithEgress(networkingv1ac.NetworkPolicyEgressRule().WithTo(fromNamespace(service.Namespace).WithPodSelector(pods)).WithPorts(instancePort()))
	return []runtime.ApplyConfiguration{
		networkingv1ac.NetworkPolicy(name, service.Namespace).WithLabels(labels).WithAnnotations(annotations).WithSpec(in),
		networkingv1ac.NetworkPolicy(name, agreement.Namespace).WithLabels(labels).WithAnnotations(annotations).
			WithOwnerReferences(ownerReference(agreement)).WithSpec(out),
	}
}

// hosted is a hosted service as the owner of its pods.
func hosted(service types.NamespacedName) state.Owner {
	return state.Owner{Kind: v1alpha1.HostedServiceKind, Namespace: service.Namespace, Name: service.Name}
}

// Alias is the name, that of the agreement, under which a consortium calls whoever supplies it.
func Alias(agreement state.Owner, service types.NamespacedName, clusterDomain string) *corev1ac.ServiceApplyConfiguration {
	labels, annotations := marked(agreement)
	return corev1ac.Service(agreement.Name, agreement.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(agreement)).
		WithSpec(corev1ac.ServiceSpec().
			WithType(corev1.ServiceTypeExternalName).
			WithExternalName(service.Name + "." + service.Namespace + ".svc." + clusterDomain).
			WithSessionAffinity(corev1.ServiceAffinityNone).
			WithPorts(corev1ac.ServicePort().WithName(portName).WithProtocol(corev1.ProtocolTCP).
				WithPort(servicePort).WithTargetPort(intstr.FromInt32(servicePort))))
}

// Binding is the Secret, named after the agreement, by which a consortium's functions find the alias
// and show who they are (https://servicebinding.io).
func Binding(agreement state.Owner, provider, token string) *corev1ac.SecretApplyConfiguration {
	labels, annotations := marked(agreement)
	host := agreement.Name + "." + agreement.Namespace + ".svc"
	return corev1ac.Secret(agreement.Name, agreement.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(agreement)).
		WithType(BindingType).
		WithData(map[string][]byte{
			"type":     []byte(bindingType),
			"provider": []byte(provider),
			"host":     []byte(host),
			"port":     []byte(strconv.Itoa(servicePort)),
			"uri":      []byte("http://" + host),
			"token":    []byte(token),
		})
}
