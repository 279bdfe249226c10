package render

import (
	"crypto/sha256"
	"encoding/hex"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	policyv1ac "k8s.io/client-go/applyconfigurations/policy/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Instance is one running function: for whom, what, and how much of it.
type Instance struct {
	Owner      state.Owner // its namespace and name are the instance's
	Function   string
	Revision   int64 // of the function
	Workload   v1alpha1.Workload
	Parameters []byte // JSON, validated
	Replicas   int32
	Bindings   []string // agreements whose Secrets the pods find
	Hosting    *Hosting // nil for a member-only function
}

// MemberFunction is everything that a member-only function consists of, network policy first:
// rule R1 holds before the first pod runs.
func MemberFunction(in Instance, settings state.Settings) []runtime.ApplyConfiguration {
	children := []runtime.ApplyConfiguration{
		networkPolicy(in, settings),
		serviceAccount(in),
		configMap(in),
		service(in),
		workload(in),
	}
	if in.Replicas > 1 {
		children = append(children, podDisruptionBudget(in))
	}
	return children
}

// serviceAccount has no rights, and no token.
func serviceAccount(in Instance) *corev1ac.ServiceAccountApplyConfiguration {
	labels, annotations := marked(in.Owner)
	return corev1ac.ServiceAccount(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithAutomountServiceAccountToken(false)
}

func configMap(in Instance) *corev1ac.ConfigMapApplyConfiguration {
	labels, annotations := marked(in.Owner)
	return corev1ac.ConfigMap(parametersName(in), in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithData(map[string]string{parametersFile: string(in.Parameters)})
}

// parametersName cannot meet another instance's: every name of this kind ends so.
func parametersName(in Instance) string { return in.Owner.Name + "-parameters" }

// parametersHash changes when the parameters do: a change rolls the pods.
func parametersHash(in Instance) string {
	sum := sha256.Sum256(in.Parameters)
	return hex.EncodeToString(sum[:8])
}

// service gives callers port 80, whatever the container's port is.
func service(in Instance) *corev1ac.ServiceApplyConfiguration {
	labels, annotations := marked(in.Owner)
	return corev1ac.Service(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(corev1ac.ServiceSpec().
			WithType("ClusterIP").
			WithSelector(instanceLabels(in.Owner)).
			WithPorts(corev1ac.ServicePort().WithName(portName).WithProtocol("TCP").WithPort(80).WithTargetPort(intstr.FromString(portName))))
}

// podDisruptionBudget lets one replica go at a time. Only for more than one: it would stop a node
// from being drained.
func podDisruptionBudget(in Instance) *policyv1ac.PodDisruptionBudgetApplyConfiguration {
	labels, annotations := marked(in.Owner)
	return policyv1ac.PodDisruptionBudget(in.Owner.Name, in.Owner.Namespace).
		WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(in.Owner)).
		WithSpec(policyv1ac.PodDisruptionBudgetSpec().
			WithMaxUnavailable(intstr.FromInt32(1)).WithSelector(selectInstance(in.Owner)))
}
