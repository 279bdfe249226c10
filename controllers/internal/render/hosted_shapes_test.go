package render_test

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// What the tests of this package render of hosted services and agreements.

func hostedShapes() map[string][]runtime.ApplyConfiguration {
	return map[string][]runtime.ApplyConfiguration{
		"memberfunction-bound":           render.MemberFunction(bound(), settings),
		"hostedservice-minimal":          render.HostedService(hosted(minimal(), "contracting"), settings),
		"hostedservice-everything":       render.HostedService(hosted(everything(), "data-analytics"), withCallers("gateway", "monitoring")),
		"hostedservice-storage":          render.HostedService(hosted(stored(), "records"), settings),
		"hostedservice-autoscaled":       render.HostedService(autoscaled(hosted(minimal(), "elastic"), 0), settings),
		"hostedservice-autoscaled-since": render.HostedService(autoscaled(hosted(minimal(), "elastic-since"), 5), settings),
		"hostedservice-directory":        render.Directory(hostedServiceOwner("data-analytics"), directory()),
		"hostedservice-ledger": {render.Ledger(hostedServiceOwner("data-analytics"), "commissioning-system",
			map[string]string{"tower-hamlets.analytics": `{"state":"Admitted"}`})},
		"agreement-opening": render.Opening(agreement, agreedService),
		"agreement-alias":   {render.Alias(agreement, agreedService, "cluster.local")},
		"agreement-binding": {render.Binding(agreement, "nel-csu", "header.claims.signature")},
	}
}

func hostedServiceOwner(name string) state.Owner {
	return state.Owner{
		Kind: v1alpha1.HostedServiceKind, Namespace: "nel-csu", Name: name,
		UID: types.UID("6f0c1a52-0000-4000-8000-000000000003"),
	}
}

// hosted makes a hosted service of an instance.
func hosted(in render.Instance, name string) render.Instance {
	in.Owner, in.Function = hostedServiceOwner(name), name
	in.Replicas = max(in.Replicas, 2)
	in.Hosting = &render.Hosting{
		KeySet:   []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-10","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`),
		Identity: []byte(`{"issuer":"https://commissioning.example","audience":"nel-csu/` + name + `"}`),
	}
	return in
}

// autoscaled runs so many replicas now.
func autoscaled(in render.Instance, current int32) render.Instance {
	in.Hosting.Autoscaling = &render.Autoscaling{MaxReplicas: 8, TargetCPUPercent: 70, Current: current}
	return in
}

// agreement of a consortium with a supplier, and the service that it takes.
var (
	agreement = state.Owner{
		Kind: v1alpha1.SupportAgreementKind, Namespace: "tower-hamlets", Name: "analytics",
		UID: types.UID("6f0c1a52-0000-4000-8000-000000000004"),
	}
	agreedService = types.NamespacedName{Namespace: "nel-csu", Name: "data-analytics"}
)

// bound has the Secrets of two agreements, and a variable that would lead elsewhere.
func bound() render.Instance {
	in := minimal()
	in.Owner, in.Function = memberFunctionOwner("risk-review"), "risk-review"
	in.Bindings = []string{"contracting", "analytics"}
	in.Workload.Env = []v1alpha1.EnvVar{{Name: "SERVICE_BINDING_ROOT", Value: new("/elsewhere")}, {Name: "LOG_LEVEL", Value: new("info")}}
	return in
}

// directory of two consortia, one of which refuses earlier tokens.
func directory() plan.Directory {
	return plan.DirectoryOf([]plan.DirectoryEntry{
		{Code: "08V", Name: "NHS Tower Hamlets", Patients: 347870, Agreement: agreement.UID},
		{
			Code: "08M", Name: "NHS Newham", Patients: 402155, Agreement: "6f0c1a52-0000-4000-8000-000000000005",
			TokensNotBefore: &metav1.Time{Time: time.Date(2026, 10, 1, 9, 30, 0, 0, time.UTC)},
		},
	})
}
