package plan_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func quotaTexts(t state.Tenant) map[string]string {
	texts := map[string]string{}
	for name, amount := range plan.QuotaOf(t) {
		texts[name] = amount.String()
	}
	return texts
}

func TestR11_EveryConsortiumHasAQuota(t *testing.T) {
	defaults := map[string]string{
		"pods": "50", "requests.cpu": "8", "requests.memory": "16Gi", "limits.memory": "32Gi",
		"persistentvolumeclaims": "10", "services.loadbalancers": "0", "services.nodeports": "0",
		"configmaps": "200", "secrets": "200", "services": "100",
		"count/deployments.apps": "100", "count/statefulsets.apps": "100", "count/daemonsets.apps": "10",
		"count/jobs.batch": "200", "count/cronjobs.batch": "50", "count/ingresses.networking.k8s.io": "50",
	}
	changed := func(changes map[string]string) map[string]string {
		want := maps.Clone(defaults)
		maps.Copy(want, changes)
		return want
	}
	tests := map[string]struct {
		given map[string]resource.Quantity
		want  map[string]string
	}{
		"nothing given leaves the defaults": {want: defaults},
		"what is given replaces the default of that name alone": {
			given: map[string]resource.Quantity{"pods": resource.MustParse("80"), "services.nodeports": resource.MustParse("2")},
			want:  changed(map[string]string{"pods": "80", "services.nodeports": "2"}),
		},
		"a name without a default is added": {
			given: map[string]resource.Quantity{"requests.storage": resource.MustParse("1Ti")},
			want:  changed(map[string]string{"requests.storage": "1Ti"}),
		},
		"zero is an amount": {
			given: map[string]resource.Quantity{"pods": resource.MustParse("0")},
			want:  changed(map[string]string{"pods": "0"}),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := &v1alpha1.Consortium{Spec: v1alpha1.ConsortiumSpec{Quota: tc.given}}
			if diff := cmp.Diff(tc.want, quotaTexts(plan.ConsortiumTenant(c))); diff != "" {
				t.Errorf("the quota differs (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("whoever changes the result changes nobody's defaults", func(t *testing.T) {
		c := &v1alpha1.Consortium{}
		quota := plan.QuotaOf(plan.ConsortiumTenant(c))
		pods := quota["pods"]
		pods.Add(resource.MustParse("1"))
		quota["pods"] = pods
		if diff := cmp.Diff(defaults, quotaTexts(plan.ConsortiumTenant(c))); diff != "" {
			t.Errorf("the quota differs (-want +got):\n%s", diff)
		}
	})
}

func TestR11_EverySupplierHasAQuota(t *testing.T) {
	p := &v1alpha1.SupportProvider{Spec: v1alpha1.SupportProviderSpec{Quota: map[string]resource.Quantity{"pods": resource.MustParse("900")}}}
	want := map[string]string{
		"pods": "900", "requests.cpu": "128", "requests.memory": "256Gi", "limits.memory": "512Gi",
		"persistentvolumeclaims": "100", "services.loadbalancers": "0", "services.nodeports": "0",
		"configmaps": "2k", "secrets": "500", "services": "200",
		"count/deployments.apps": "200", "count/statefulsets.apps": "200", "count/daemonsets.apps": "10",
		"count/jobs.batch": "500", "count/cronjobs.batch": "100", "count/ingresses.networking.k8s.io": "50",
	}
	if diff := cmp.Diff(want, quotaTexts(plan.ProviderTenant(p))); diff != "" {
		t.Errorf("the quota differs (-want +got):\n%s", diff)
	}
}
