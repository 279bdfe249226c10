package render_test

import (
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// What the tests of this package render.

var settings = state.Settings{OperatorNamespace: "commissioning-system", DNSNamespace: "kube-system", DNSPort: 53}

// towerHamlets is a consortium, which as the supplier services hosts for others.

func towerHamlets() state.Tenant {
	owner := state.Owner{Kind: v1alpha1.ConsortiumKind, Name: "tower-hamlets", UID: types.UID("6f0c1a52-0000-4000-8000-000000000001")}
	return state.Tenant{Owner: owner, Namespace: "tower-hamlets", Code: "08V"}
}

func services() state.Tenant {
	owner := state.Owner{Kind: v1alpha1.SupportProviderKind, Name: "tower-hamlets-services", UID: types.UID("6f0c1a52-0000-4000-8000-000000000003")}
	return state.Tenant{Owner: owner, Namespace: "tower-hamlets-services", Code: "08V"}
}

func withCallers(namespaces ...string) state.Settings {
	s := settings
	s.CallerNamespaces = namespaces
	return s
}

func memberFunctionOwner(name string) state.Owner {
	return state.Owner{
		Kind: v1alpha1.MemberFunctionKind, Namespace: "tower-hamlets", Name: name,
		UID: types.UID("6f0c1a52-0000-4000-8000-000000000002"),
	}
}

func quantity(amount string) *resource.Quantity { return new(resource.MustParse(amount)) }

// minimal asks for what every function must ask for, and nothing more.
func minimal() render.Instance {
	return render.Instance{
		Owner: memberFunctionOwner("peer-review"), Function: "peer-review", Revision: 1, Replicas: 1, Parameters: []byte(`{}`),
		Workload: v1alpha1.Workload{Image: "ghcr.io/example/peer-review:1.0.0", Port: 8080},
	}
}

// everything asks for all that a workload can ask for, storage apart.
func everything() render.Instance {
	return render.Instance{
		Owner: memberFunctionOwner("referral-management"), Function: "referral-management", Revision: 3, Replicas: 3,
		Parameters: []byte(`{"peerReview":true,"specialties":["cardiology"]}`),
		Workload: v1alpha1.Workload{
			Image:            "ghcr.io/example/referral-management:1.4.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			ImagePullSecrets: []v1alpha1.SecretName{{Name: "registry"}, {Name: "mirror"}},
			Port:             80,
			Resources: v1alpha1.Resources{
				Requests: v1alpha1.ComputeResources{CPU: quantity("0.1"), Memory: quantity("128Mi"), EphemeralStorage: quantity("1024Mi")},
				Limits:   v1alpha1.ComputeResources{CPU: quantity("1500m"), Memory: quantity("0.5Gi"), EphemeralStorage: quantity("2Gi")},
			},
			Readiness: v1alpha1.Readiness{Path: "/readyz?full={{yes}}"},
			Env: []v1alpha1.EnvVar{
				{Name: "LOG_LEVEL", Value: new("info")},
				{Name: "EMPTY", Value: new("")},
				{Name: "TEMPLATE", Value: new("$(LOG_LEVEL) ${HOME} $$ {{ .x }} `id` --- end$")},
				{Name: "DB_PASSWORD", ValueFrom: v1alpha1.EnvVarSource{SecretKeyRef: v1alpha1.SecretKeyRef{Name: "db", Key: "password"}}},
			},
			Egress: []v1alpha1.EgressRule{
				{To: v1alpha1.EgressPeer{CIDR: "10.20.0.0/16"}, Ports: []v1alpha1.EgressPort{{Port: 5432}, {Port: 514, Protocol: v1alpha1.ProtocolUDP}}},
				{To: v1alpha1.EgressPeer{CIDR: "fd00:20::/48"}, Ports: []v1alpha1.EgressPort{{Port: 443, Protocol: v1alpha1.ProtocolTCP}}},
			},
		},
	}
}

// stored has a volume of its own.
func stored() render.Instance {
	in := minimal()
	in.Owner, in.Function = memberFunctionOwner("records"), "records"
	in.Workload.Storage = v1alpha1.Storage{Size: quantity("10Gi"), MountPath: "/var/lib/data"}
	in.Workload.Resources.Requests = v1alpha1.ComputeResources{CPU: quantity("0.0001")} // finer than Kubernetes keeps
	return in
}

// catalogue is a function whose revisions are kept.
func catalogue(name string) state.Owner {
	return state.Owner{Kind: v1alpha1.SupportFunctionKind, Name: name, UID: types.UID("6f0c1a52-0000-4000-8000-000000000006")}
}

// revision is what the instances of these tests run: with parameters, where there are some.
func revision(in render.Instance, schema string) v1alpha1.SupportFunctionRevisionSpec {
	spec := v1alpha1.SupportFunctionRevisionSpec{
		Function: v1alpha1.ObjectName(in.Function), Revision: in.Revision, Workload: in.Workload, Sizing: v1alpha1.Sizing{PatientsPerReplica: 250_000},
	}
	if schema != "" {
		spec.Parameters.Schema.OpenAPIV3Schema = &runtime.RawExtension{Raw: []byte(schema)}
		spec.Sizing.MinReplicas, spec.Sizing.MaxReplicas = 2, 4
	}
	return spec
}

// peerReview is a schema of parameters with all that JSON has.
const peerReview = `{"type":"object","required":["specialties"],"properties":{
	"peerReview":{"type":"boolean","default":true},"days":{"type":"integer","minimum":1,"maximum":28},"share":{"type":"number","maximum":0.5},
	"specialties":{"type":"array","items":{"type":"string","enum":["cardiology",""]},"default":[]},"more":{"type":"object"}}}`

// people are given access: two of them twice.
func people() v1alpha1.Access {
	robot := v1alpha1.Subject{Kind: v1alpha1.SubjectServiceAccount, Name: "flux", Namespace: "flux-system"}
	alice := v1alpha1.Subject{Kind: v1alpha1.SubjectUser, Name: "alice@example.nhs.uk"}
	return v1alpha1.Access{
		Admins:     []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: "tower-hamlets:admins"}, alice},
		Viewers:    []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: "tower-hamlets:viewers"}, alice, robot},
		Developers: []v1alpha1.Subject{robot},
	}
}

// hosts are given access to a supplier's namespace: one of them twice.
func hosts() v1alpha1.ProviderAccess {
	admins := v1alpha1.Subject{Kind: v1alpha1.SubjectGroup, Name: "tower-hamlets-services:admins"}
	return v1alpha1.ProviderAccess{
		Admins:  []v1alpha1.Subject{admins},
		Viewers: []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: "tower-hamlets-services:auditors"}, admins},
	}
}
