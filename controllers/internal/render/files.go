package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// What an instance finds in its file system, and where.
const (
	parametersVolume = "parameters"
	parametersPath   = "/etc/commissioning"
	parametersFile   = "parameters.json"
	directoryVolume  = "consortia"
	directoryPath    = "/etc/commissioning/consortia"
	keysVolume       = "keys"
	keysPath         = "/etc/commissioning/keys"
	keySetFile       = "jwks.json"
	identityFile     = "service.json"
	scratchVolume    = "tmp"
	scratchPath      = "/tmp"
	dataVolume       = "data" // of the StatefulSet's claim
	bindingVolume    = "binding-"
	bindingsPath     = "/bindings"
	bindingsVariable = "SERVICE_BINDING_ROOT"
)

func volumes(in Instance) []*corev1ac.VolumeApplyConfiguration {
	rendered := []*corev1ac.VolumeApplyConfiguration{
		volume(parametersVolume).WithConfigMap(configMapVolume(parametersName(in))),
		volume(scratchVolume).WithEmptyDir(corev1ac.EmptyDirVolumeSource()),
	}
	if in.Hosting != nil {
		rendered = append(rendered,
			volume(directoryVolume).WithProjected(directoryVolumeSource(in)),
			volume(keysVolume).WithConfigMap(configMapVolume(keysName(in))))
	}
	for _, agreement := range bindings(in) {
		// Optional: an agreement that gives no access yet keeps no function from working.
		rendered = append(rendered, volume(bindingVolume+agreement).WithSecret(corev1ac.SecretVolumeSource().
			WithSecretName(agreement).WithDefaultMode(corev1.SecretVolumeSourceDefaultMode).WithOptional(true)))
	}
	return rendered
}

func mounts(in Instance) []*corev1ac.VolumeMountApplyConfiguration {
	rendered := []*corev1ac.VolumeMountApplyConfiguration{parametersMount(in), mount(scratchVolume, scratchPath)}
	if in.Workload.Storage.Size != nil {
		rendered = append(rendered, mount(dataVolume, in.Workload.Storage.MountPath))
	}
	if in.Hosting != nil {
		rendered = append(rendered,
			mount(directoryVolume, directoryPath).WithReadOnly(true), mount(keysVolume, keysPath).WithReadOnly(true))
	}
	for _, agreement := range bindings(in) {
		rendered = append(rendered, mount(bindingVolume+agreement, bindingsPath+"/"+agreement).WithReadOnly(true))
	}
	return rendered
}

// parametersMount is of the file alone where others stand beside it: nothing can be mounted inside a
// volume that is read only.
func parametersMount(in Instance) *corev1ac.VolumeMountApplyConfiguration {
	if in.Hosting == nil {
		return mount(parametersVolume, parametersPath).WithReadOnly(true)
	}
	return mount(parametersVolume, parametersPath+"/"+parametersFile).WithSubPath(parametersFile).WithReadOnly(true)
}

// directoryVolumeSource joins all shards, whether they stand yet or not.
func directoryVolumeSource(in Instance) *corev1ac.ProjectedVolumeSourceApplyConfiguration {
	source := corev1ac.ProjectedVolumeSource().WithDefaultMode(corev1.ProjectedVolumeSourceDefaultMode)
	for shard := range plan.DirectoryShards {
		source.WithSources(corev1ac.VolumeProjection().WithConfigMap(corev1ac.ConfigMapProjection().
			WithName(plan.DirectoryName(in.Owner.Name, shard)).WithOptional(true)))
	}
	return source
}

// bindings are in an order of their own: a mere rearrangement rolls no pods.
func bindings(in Instance) []string { return slices.Sorted(slices.Values(in.Bindings)) }

func volume(name string) *corev1ac.VolumeApplyConfiguration { return corev1ac.Volume().WithName(name) }

func configMapVolume(name string) *corev1ac.ConfigMapVolumeSourceApplyConfiguration {
	return corev1ac.ConfigMapVolumeSource().WithName(name).WithDefaultMode(corev1.ConfigMapVolumeSourceDefaultMode)
}

func mount(name, path string) *corev1ac.VolumeMountApplyConfiguration {
	return corev1ac.VolumeMount().WithName(name).WithMountPath(path)
}
