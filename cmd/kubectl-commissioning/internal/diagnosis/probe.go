package diagnosis

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// ProbeImage is what the pods of a probe run by default: the image with which Kubernetes 1.36 tests networks
// (test/utils/image/manifest.go). It serves ports, and says what becomes of a connection.
const ProbeImage = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"

// Answer of a probe.
type Answer string

// Answers of a probe.
const (
	Enforced  Answer = "Enforced"
	Ignored   Answer = "Ignored"
	Undecided Answer = "Undecided"
)

// Probe is what was found out about the network, and how.
type Probe struct {
	Answer Answer
	Detail string
	// Left is what could not be cleaned up.
	Left string
}

func (f Facts) network() Check {
	const part = "Network"
	if f.Probe == nil {
		return Check{part, Noticed, "Whether it enforces NetworkPolicies has not been tried: without that, consortia are not closed to one another.", "try it: kubectl commissioning doctor --probe-network"}
	}
	check := Check{part, NotChecked, "It cannot be told whether it enforces NetworkPolicies: " + f.Probe.Detail, ""}
	switch f.Probe.Answer {
	case Enforced:
		check = Check{part, Sound, "It enforces NetworkPolicies: " + f.Probe.Detail, ""}
	case Ignored:
		check = Check{part, Broken, "It ignores NetworkPolicies: " + f.Probe.Detail + " Consortia are not closed to one another.", "use a network plugin that enforces them, such as Cilium or Calico"}
	case Undecided:
	}
	if f.Probe.Left != "" {
		check.Message += " " + f.Probe.Left
	}
	return check
}

// Ports of the pod that is called. The policy lets callers in on one of them only: had it named callers by
// their labels, the network would first have to learn who they are, and a probe could be too early.
const (
	allowedPort = 8080
	deniedPort  = 8081
	serverName  = "called"
	callerName  = "caller"
	allowedName = "allowed"
	deniedName  = "denied"
	// probeSeconds after which a pod is ended, whatever became of whoever made it.
	probeSeconds = 300
)

var probeLabels = map[string]string{"app.kubernetes.io/managed-by": "kubectl-commissioning"}

// ProbeNamespace is the namespace of a probe; the API server gives it a name.
func ProbeNamespace() *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "commissioning-probe-",
		Labels:       map[string]string{"app.kubernetes.io/managed-by": "kubectl-commissioning", podSecurityLabel: podSecurityLevel},
	}}
}

// ProbePolicy lets callers in on one port, and on no other.
func ProbePolicy(namespace string) *networkingv1.NetworkPolicy {
	protocol, port := corev1.ProtocolTCP, intstr.FromInt32(allowedPort)
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "one-port", Namespace: namespace, Labels: probeLabels},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{Ports: []networkingv1.NetworkPolicyPort{{Protocol: &protocol, Port: &port}}}},
		},
	}
}

// ProbeServer is the pod that is called. It asks itself, within the pod, whether it listens: that is subject
// to no policy.
func ProbeServer(namespace, image string, nodes []string) *corev1.Pod {
	listen := func(name string, port int) corev1.Container {
		c := probeContainer(name, image, "netexec", "--http-port="+strconv.Itoa(port), "--udp-port=-1")
		c.ReadinessProbe = &corev1.Probe{PeriodSeconds: 1, TimeoutSeconds: 2, ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{
			Command: []string{"/agnhost", "connect", "--timeout=1s", "localhost:" + strconv.Itoa(port)},
		}}}
		return c
	}
	return probePod(namespace, serverName, nodes, listen(allowedName, allowedPort), listen(deniedName, deniedPort))
}

// ProbeCaller is the pod that calls both ports of an address, and ends.
func ProbeCaller(namespace, image, address string, nodes []string) *corev1.Pod {
	call := func(name string, port int) corev1.Container {
		return probeContainer(name, image, "connect", "--timeout=5s", net.JoinHostPort(address, strconv.Itoa(port)))
	}
	return probePod(namespace, callerName, nodes, call(allowedName, allowedPort), call(deniedName, deniedPort))
}

func probeContainer(name, image string, args ...string) corev1.Container {
	return corev1.Container{
		Name: name, Image: image, Command: []string{"/agnhost"}, Args: args,
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
}

// probePod runs on one of the nodes that are named; where none are, on any.
func probePod(namespace, name string, nodes []string, containers ...corev1.Container) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: probeLabels},
		Spec: corev1.PodSpec{
			Containers: containers, RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: new(false), EnableServiceLinks: new(false),
			ActiveDeadlineSeconds: new(int64(probeSeconds)), TerminationGracePeriodSeconds: new(int64(1)),
			NodeSelector: map[string]string{corev1.LabelOSStable: "linux"},
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: new(true), RunAsUser: new(int64(65532)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
		},
	}
	if len(nodes) > 0 {
		on := corev1.NodeSelectorRequirement{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: nodes}
		pod.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{on}}},
		}}}
	}
	return pod
}

// RealNodes are those on which pods really run, by their host names, where others are simulated. none says
// that all are.
func RealNodes(nodes []corev1.Node) (named []string, none bool) {
	for i := range nodes {
		if !isSimulated(&nodes[i]) {
			named = append(named, nodes[i].Labels[corev1.LabelHostname])
		}
	}
	if len(named) == len(nodes) {
		return nil, false // pods go where the scheduler likes
	}
	return named, len(named) == 0
}

// isSimulated says whether KWOK plays the node.
func isSimulated(node *corev1.Node) bool {
	_, isMarked := node.Annotations["kwok.x-k8s.io/node"]
	return isMarked || strings.HasPrefix(node.Status.NodeInfo.KubeletVersion, "kwok")
}

// Serves says whether a pod can be called.
func Serves(pod *corev1.Pod) bool {
	isReady := slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
	return isReady && pod.Status.PodIP != ""
}

// HasEnded says whether a pod has nothing more to say.
func HasEnded(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// Judge says what the caller's end means.
func Judge(caller *corev1.Pod) Probe {
	allowed, denied := end(caller, allowedName), end(caller, deniedName)
	switch {
	case allowed == nil || denied == nil:
		return Probe{Answer: Undecided, Detail: "the pod that calls has ended without an answer: " + Lacks(caller)}
	case allowed.ExitCode != 0:
		return Probe{Answer: Undecided, Detail: fmt.Sprintf("a connection that a policy allows has failed as well (%s).", inOneLine(allowed))}
	case denied.ExitCode == 0:
		return Probe{Answer: Ignored, Detail: "a connection that a policy denies was made."}
	case denied.ExitCode == 1:
		return Probe{Answer: Enforced, Detail: fmt.Sprintf("a connection that a policy denies was not made (%s), one that it allows was.", inOneLine(denied))}
	}
	return Probe{Answer: Undecided, Detail: fmt.Sprintf("the call that a policy denies has ended with %d (%s).", denied.ExitCode, inOneLine(denied))}
}

func end(pod *corev1.Pod, container string) *corev1.ContainerStateTerminated {
	for _, status := range pod.Status.ContainerStatuses {
		if status.Name == container {
			return status.State.Terminated
		}
	}
	return nil
}

func inOneLine(end *corev1.ContainerStateTerminated) string {
	said := strings.Join(strings.Fields(end.Message), " ")
	if said == "" {
		said = end.Reason
	}
	return said
}

// Lacks says why a pod does not run, as far as its status tells.
func Lacks(pod *corev1.Pod) string {
	for _, status := range pod.Status.ContainerStatuses {
		if waiting := status.State.Waiting; waiting != nil && waiting.Reason != "ContainerCreating" {
			return fmt.Sprintf("%s: %s", waiting.Reason, waiting.Message)
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Status != corev1.ConditionTrue && c.Message != "" {
			return fmt.Sprintf("%s: %s", c.Reason, c.Message)
		}
	}
	if pod.Status.Message != "" {
		return pod.Status.Message
	}
	return "its status does not say why"
}
