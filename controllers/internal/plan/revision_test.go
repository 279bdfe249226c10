package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestRevisionFor(t *testing.T) {
	function := func(change func(*v1alpha1.SupportFunctionSpec)) *v1alpha1.SupportFunction {
		f := &v1alpha1.SupportFunction{Spec: v1alpha1.SupportFunctionSpec{
			Delivery: v1alpha1.DeliveryMemberOnly,
			Workload: v1alpha1.Workload{Image: "ghcr.io/example/referral-management:1.0.0", Port: 8080},
			Sizing:   v1alpha1.Sizing{PatientsPerReplica: 250_000, MaxReplicas: 4},
		}}
		change(&f.Spec)
		return f
	}
	plain := plan.Revision{
		Delivery: v1alpha1.DeliveryMemberOnly,
		Workload: v1alpha1.Workload{Image: "ghcr.io/example/referral-management:1.0.0", Port: 8080},
		Sizing:   v1alpha1.Sizing{PatientsPerReplica: 250_000, MaxReplicas: 4},
	}
	withSchema := plain
	withSchema.Schema = []byte(`{"type":"object"}`)

	tests := map[string]struct {
		function *v1alpha1.SupportFunction
		want     plan.Revision
	}{
		"an instance runs what the catalogue says": {
			function: function(func(*v1alpha1.SupportFunctionSpec) {}), want: plain,
		},
		"the schema of the parameters is part of it": {
			function: function(func(s *v1alpha1.SupportFunctionSpec) {
				s.Parameters.Schema.OpenAPIV3Schema = &runtime.RawExtension{Raw: []byte(`{"type":"object"}`)}
			}),
			want: withSchema,
		},
		"what is for people or for suppliers is not part of it": {
			function: function(func(s *v1alpha1.SupportFunctionSpec) {
				s.Title, s.Description, s.Tenancy = "Referral management", "Decisions", v1alpha1.TenancyShared
			}),
			want: plain,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := plan.RevisionFor(tc.function, types.NamespacedName{Namespace: "tower-hamlets", Name: "referral-management"})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the revision differs (-want +got):\n%s", diff)
			}
		})
	}
}
