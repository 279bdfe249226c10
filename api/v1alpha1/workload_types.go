package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
)

// Workload is one container that serves HTTP. It runs without privileges, as a user that is not
// root, on a read-only root file system with a writable /tmp.
type Workload struct {
	// image of the container, with a version: a tag other than latest, or a digest.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`self.matches("^[a-zA-Z0-9][^\\s@]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[a-f0-9]{64})?|@sha256:[a-f0-9]{64})$") && !self.endsWith(":latest")`,message="image must name a version: a tag other than latest, or a digest, such as ghcr.io/example/data-analytics:1.4.0"
	Image string `json:"image,omitempty"`

	// imagePullSecrets name Secrets, in the instance's own namespace, that let the image be
	// pulled. Default: none.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	ImagePullSecrets []SecretName `json:"imagePullSecrets,omitempty"`

	// port on which the container serves HTTP. Callers use port 80 of the Service, whatever this is.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`

	// resources of the container. Default: the namespace's defaults.
	// +optional
	Resources Resources `json:"resources,omitempty,omitzero"`

	// readiness tells when a replica can serve. Default: when the port accepts a connection.
	// +optional
	Readiness Readiness `json:"readiness,omitempty,omitzero"`

	// env is the container's environment, each name once. Default: empty.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Env []EnvVar `json:"env,omitempty"`

	// egress opens networks outside the namespace to the function. Default: none.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Egress []EgressRule `json:"egress,omitempty"`

	// storage gives the function a volume of its own. It then runs one replica, which is replaced
	// in place; the volume outlives it. Cannot be added, removed or changed. Default: none.
	// +optional
	Storage Storage `json:"storage,omitempty,omitzero"`
}

// SecretName names a Secret in the instance's own namespace.
type SecretName struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`
}

// ComputeResources are amounts of processor, memory and temporary disk.
//
// +kubebuilder:validation:MinProperties=1
type ComputeResources struct {
	// cpu in cores, such as 100m for a tenth of one.
	// +optional
	// +kubebuilder:validation:XValidation:rule=`string(self).matches("^[0-9]{1,30}([.][0-9]{1,9})?([KMGTPE]i|[numkMGTPE])?$")`,message="cpu must be an amount of zero or more, such as 500m"
	CPU *resource.Quantity `json:"cpu,omitempty"`

	// memory in bytes, such as 128Mi.
	// +optional
	// +kubebuilder:validation:XValidation:rule=`string(self).matches("^[0-9]{1,30}([.][0-9]{1,9})?([KMGTPE]i|[numkMGTPE])?$")`,message="memory must be an amount of zero or more, such as 128Mi"
	Memory *resource.Quantity `json:"memory,omitempty"`

	// ephemeralStorage in bytes, such as 1Gi: what the container writes to /tmp and its logs.
	// +optional
	// +kubebuilder:validation:XValidation:rule=`string(self).matches("^[0-9]{1,30}([.][0-9]{1,9})?([KMGTPE]i|[numkMGTPE])?$")`,message="ephemeralStorage must be an amount of zero or more, such as 1Gi"
	EphemeralStorage *resource.Quantity `json:"ephemeralStorage,omitempty"`
}

// Resources of a container.
//
// +kubebuilder:validation:MinProperties=1
type Resources struct {
	// requests are set aside for each replica. Default: the namespace's defaults.
	// +optional
	Requests ComputeResources `json:"requests,omitempty,omitzero"`

	// limits bound each replica. Default: the namespace's defaults.
	// +optional
	Limits ComputeResources `json:"limits,omitempty,omitzero"`
}

// Readiness tells when a replica can serve.
type Readiness struct {
	// path that answers 200 to 399 over HTTP when the replica can serve, such as /readyz.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`self.matches("^/[^\\s]*$")`,message="must be a path on the function's own port, such as /readyz"
	Path string `json:"path,omitempty"`
}

// EnvVar is one variable of a container's environment.
//
// +kubebuilder:validation:XValidation:rule="has(self.value) != has(self.valueFrom)",message="give either value or valueFrom"
type EnvVar struct {
	// name of the variable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="must be the name of a variable: letters, digits and underscores, not a digit first, such as LOG_LEVEL"
	Name string `json:"name,omitempty"`

	// value of the variable, taken as it is. Either value or valueFrom is given.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`!self.matches("(\\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\\b|[^0-9])")`,message="must not hold a ten-digit number: it may be an NHS number, and nothing about a patient belongs here"
	Value *string `json:"value,omitempty"`

	// valueFrom takes the value from a Secret.
	// +optional
	ValueFrom EnvVarSource `json:"valueFrom,omitempty,omitzero"`
}

// EnvVarSource is where a variable's value comes from.
type EnvVarSource struct {
	// secretKeyRef names a key of a Secret in the instance's own namespace.
	// +required
	SecretKeyRef SecretKeyRef `json:"secretKeyRef,omitzero"`
}

// SecretKeyRef names a key of a Secret in the instance's own namespace.
type SecretKeyRef struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`

	// key in the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}

// Protocol of a port.
//
// +kubebuilder:validation:Enum=TCP;UDP
type Protocol string

const (
	// ProtocolTCP is TCP.
	ProtocolTCP Protocol = "TCP"
	// ProtocolUDP is UDP.
	ProtocolUDP Protocol = "UDP"
)

// EgressRule opens a network to a function.
type EgressRule struct {
	// to is the network.
	// +required
	To EgressPeer `json:"to,omitzero"`

	// ports that are opened.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Ports []EgressPort `json:"ports,omitempty"`
}

// EgressPeer is a network.
type EgressPeer struct {
	// cidr of the network, such as 10.20.0.0/16. Neither everything (/0) nor a link-local network.
	// +required
	// +kubebuilder:validation:MinLength=4
	// +kubebuilder:validation:MaxLength=43
	// +kubebuilder:validation:XValidation:rule="isCIDR(self) && cidr(self).masked() == cidr(self)",message="must be a network in CIDR form, without host bits, such as 10.20.0.0/16"
	// +kubebuilder:validation:XValidation:rule="!isCIDR(self) || cidr(self).prefixLength() > 0",message="/0 would open everything: name the networks that the function needs"
	// +kubebuilder:validation:XValidation:rule="!isCIDR(self) || !(cidr(self).ip().isLinkLocalUnicast() || cidr(self).containsCIDR(cidr(self).ip().family() == 4 ? '169.254.0.0/16' : 'fe80::/10'))",message="link-local addresses are the node's own and cannot be opened, neither alone nor as part of a larger network"
	CIDR string `json:"cidr,omitempty"`
}

// EgressPort is a port of a network.
type EgressPort struct {
	// port that is opened.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`

	// protocol of the port. Default: TCP.
	// +optional
	Protocol Protocol `json:"protocol,omitempty"`
}

// Storage is a volume of a function's own.
type Storage struct {
	// size of the volume, such as 10Gi.
	// +required
	// +kubebuilder:validation:XValidation:rule=`string(self).matches("^[0-9]{1,30}([.][0-9]{1,9})?([KMGTPE]i|[numkMGTPE])?$") && string(self).matches("[1-9]")`,message="size must be an amount of more than zero, such as 10Gi"
	Size *resource.Quantity `json:"size,omitempty"`

	// mountPath of the volume in the container.
	// +required
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^(/[A-Za-z0-9._-]+)+$') && !self.contains('..')",message="must be an absolute path, such as /var/lib/data"
	// +kubebuilder:validation:XValidation:rule="!(self in ['/etc', '/tmp']) && !['/etc/commissioning/', '/bindings/', '/proc/', '/sys/', '/dev/', '/run/secrets/', '/var/run/secrets/'].exists(taken, (self + '/').startsWith(taken))",message="the path is taken: choose another, such as /var/lib/data"
	MountPath string `json:"mountPath,omitempty"`
}

// Parameters that an instance of a function may be given.
type Parameters struct {
	// schema of the parameters.
	// +required
	Schema ParametersSchema `json:"schema,omitzero"`
}

// ParametersSchema is the schema of a function's parameters.
type ParametersSchema struct {
	// openAPIV3Schema is a structural schema as in a CustomResourceDefinition, of type object: at
	// most 32 KiB, 8 levels deep, without $ref and x-kubernetes-validations. Its defaults are part
	// of what an instance runs.
	// +required
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	OpenAPIV3Schema *runtime.RawExtension `json:"openAPIV3Schema,omitempty"`
}

// Sizing of an instance: one replica for so many registered patients, within bounds.
//
// +kubebuilder:validation:XValidation:rule="!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",message="minReplicas must not be more than maxReplicas"
type Sizing struct {
	// patientsPerReplica is how many registered patients one replica serves.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000000
	PatientsPerReplica int32 `json:"patientsPerReplica,omitempty"`

	// minReplicas that run whatever the population. Default: 1 for MemberOnly, 2 for Hosted.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MinReplicas int32 `json:"minReplicas,omitempty"`

	// maxReplicas that run whatever the population. Default: 10 for MemberOnly, 40 for Hosted.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MaxReplicas int32 `json:"maxReplicas,omitempty"`
}
