package render

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const (
	containerName        = "function"
	portName             = "http"
	parametersAnnotation = "commissioning.support/parameters"
)

// podTemplate is a pod that satisfies the restricted pod security standard, whatever the image.
func podTemplate(in Instance) *corev1ac.PodTemplateSpecApplyConfiguration {
	return corev1ac.PodTemplateSpec().
		WithLabels(instanceLabels(in.Owner)).WithLabels(map[string]string{nameLabel: in.Function, managedByLabel: managedBy}).
		WithAnnotations(map[string]string{parametersAnnotation: parametersHash(in)}).
		WithSpec(podSpec(in))
}

func podSpec(in Instance) *corev1ac.PodSpecApplyConfiguration {
	spec := corev1ac.PodSpec().
		WithServiceAccountName(in.Owner.Name).WithDeprecatedServiceAccount(in.Owner.Name).
		WithAutomountServiceAccountToken(false).
		WithEnableServiceLinks(false).
		WithRestartPolicy(corev1.RestartPolicyAlways).
		WithDNSPolicy(corev1.DNSClusterFirst).
		WithSchedulerName(corev1.DefaultSchedulerName).
		WithTerminationGracePeriodSeconds(corev1.DefaultTerminationGracePeriodSeconds).
		WithSecurityContext(podSecurity(in.Workload)).
		WithContainers(container(in)).
		WithVolumes(volumes(in)...)
	if in.Hosting != nil {
		spec.WithTopologySpreadConstraints(spread(in, corev1.LabelHostname), spread(in, corev1.LabelTopologyZone))
	}
	for _, secret := range in.Workload.ImagePullSecrets {
		spec.WithImagePullSecrets(corev1ac.LocalObjectReference().WithName(secret.Name))
	}
	return spec
}

// spread keeps the replicas of an instance apart where there is room: one node or zone less does not
// stop a service that many rely on.
func spread(in Instance, topology string) *corev1ac.TopologySpreadConstraintApplyConfiguration {
	return corev1ac.TopologySpreadConstraint().
		WithMaxSkew(1).WithTopologyKey(topology).WithWhenUnsatisfiable(corev1.ScheduleAnyway).
		WithLabelSelector(selectInstance(in.Owner))
}

// podSecurity gives a volume of the function's own to a group that the container belongs to, whatever
// user the image names: a new volume is root's alone.
func podSecurity(w v1alpha1.Workload) *corev1ac.PodSecurityContextApplyConfiguration {
	security := corev1ac.PodSecurityContext().
		WithRunAsNonRoot(true).
		WithSeccompProfile(corev1ac.SeccompProfile().WithType(corev1.SeccompProfileTypeRuntimeDefault))
	if w.Storage.Size != nil {
		security.WithFSGroup(volumeGroup).WithFSGroupChangePolicy(corev1.FSGroupChangeOnRootMismatch)
	}
	return security
}

// volumeGroup owns the volumes of functions: the usual group of images that run without privileges.
const volumeGroup = 65532

func container(in Instance) *corev1ac.ContainerApplyConfiguration {
	w := in.Workload
	c := corev1ac.Container().
		WithName(containerName).
		WithImage(w.Image).
		WithImagePullPolicy(corev1.PullIfNotPresent).
		WithTerminationMessagePath(corev1.TerminationMessagePathDefault).
		WithTerminationMessagePolicy(corev1.TerminationMessageReadFile).
		WithPorts(corev1ac.ContainerPort().WithName(portName).WithContainerPort(w.Port).WithProtocol(corev1.ProtocolTCP)).
		WithEnv(environment(in)...).
		WithReadinessProbe(readiness(w)).
		WithSecurityContext(corev1ac.SecurityContext().
			WithAllowPrivilegeEscalation(false).
			WithReadOnlyRootFilesystem(true).
			WithCapabilities(corev1ac.Capabilities().WithDrop("ALL"))).
		WithVolumeMounts(mounts(in)...)
	if resources := resources(w.Resources); resources != nil {
		c.WithResources(resources)
	}
	return c
}

// readiness asks the path that the catalogue names, or only for a connection.
func readiness(w v1alpha1.Workload) *corev1ac.ProbeApplyConfiguration {
	probe := corev1ac.Probe().WithTimeoutSeconds(1).WithPeriodSeconds(5).WithSuccessThreshold(1).WithFailureThreshold(3)
	if w.Readiness.Path == "" {
		return probe.WithTCPSocket(corev1ac.TCPSocketAction().WithPort(intstr.FromString(portName)))
	}
	return probe.WithHTTPGet(corev1ac.HTTPGetAction().
		WithPath(w.Readiness.Path).WithPort(intstr.FromString(portName)).WithScheme(corev1.URISchemeHTTP))
}

// environment takes values as they are: a dollar sign starts no reference to another variable. Where
// the bindings are is ours to say.
func environment(in Instance) []*corev1ac.EnvVarApplyConfiguration {
	var rendered []*corev1ac.EnvVarApplyConfiguration
	for _, v := range in.Workload.Env {
		if v.Name != bindingsVariable || len(in.Bindings) == 0 {
			rendered = append(rendered, variable(v))
		}
	}
	if len(in.Bindings) > 0 {
		rendered = append(rendered, corev1ac.EnvVar().WithName(bindingsVariable).WithValue(bindingsPath))
	}
	return rendered
}

func variable(v v1alpha1.EnvVar) *corev1ac.EnvVarApplyConfiguration {
	rendered := corev1ac.EnvVar().WithName(v.Name)
	switch {
	case v.Value == nil:
		ref := v.ValueFrom.SecretKeyRef
		rendered.WithValueFrom(corev1ac.EnvVarSource().WithSecretKeyRef(
			corev1ac.SecretKeySelector().WithName(ref.Name).WithKey(ref.Key)))
	case *v.Value != "":
		rendered.WithValue(literal(*v.Value))
	}
	return rendered
}

// literal escapes references to other variables, which Kubernetes would expand.
func literal(value string) string { return strings.ReplaceAll(value, "$", "$$") }

func resources(r v1alpha1.Resources) *corev1ac.ResourceRequirementsApplyConfiguration {
	requests, limits := resourceList(r.Requests), resourceList(r.Limits)
	raiseLimits(requests, limits)
	if len(requests) == 0 && len(limits) == 0 {
		return nil
	}
	rendered := corev1ac.ResourceRequirements()
	if len(requests) > 0 {
		rendered.WithRequests(requests)
	}
	if len(limits) > 0 {
		rendered.WithLimits(limits)
	}
	return rendered
}

// raiseLimits gives a request that is larger than the namespace's default limit a limit of its own:
// with the default one, no pod would be admitted.
func raiseLimits(requests, limits corev1.ResourceList) {
	for name, byDefault := range defaultLimits() {
		request, isRequested := requests[name]
		if _, isLimited := limits[name]; isRequested && !isLimited && request.Cmp(byDefault) > 0 {
			limits[name] = request
		}
	}
}

func resourceList(r v1alpha1.ComputeResources) corev1.ResourceList {
	list := corev1.ResourceList{}
	for name, amount := range map[corev1.ResourceName]*resource.Quantity{
		corev1.ResourceCPU: r.CPU, corev1.ResourceMemory: r.Memory, corev1.ResourceEphemeralStorage: r.EphemeralStorage,
	} {
		if amount != nil {
			list[name] = canonical(*amount)
		}
	}
	return list
}
