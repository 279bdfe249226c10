package plan

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// consortiumQuota is the default quota of a consortium's namespace, by resource name. The first seven are part of the API and
// documented with Consortium.spec.quota.
//
// The rest bounds the number of objects, so that one noisy consortium does not fill everybody's API
// server (R11): each bound is many times what the catalogue's functions need. ReplicaSets and
// EndpointSlices follow from what is bounded, and a refusal there would stop a roll-out half-way: they
// are left out, as are Events. So are our own kinds: until the cluster has first counted a quota, which
// takes a second and on a fresh installation half a minute, it refuses what the quota counts, and
// people could not apply a Consortium and its Localities in one go.
var consortiumQuota = map[string]string{
	"pods":                   "50",
	"requests.cpu":           "8",
	"requests.memory":        "16Gi",
	"limits.memory":          "32Gi",
	"persistentvolumeclaims": "10",
	"services.loadbalancers": "0",
	"services.nodeports":     "0",

	"configmaps":                        "200",
	"secrets":                           "200",
	"services":                          "100",
	"count/deployments.apps":            "100",
	"count/statefulsets.apps":           "100",
	"count/daemonsets.apps":             "10",
	"count/jobs.batch":                  "200",
	"count/cronjobs.batch":              "50",
	"count/ingresses.networking.k8s.io": "50",
}

// providerQuota is the default quota of a supplier's namespace: the first seven as documented with
// SupportProvider.spec.quota. A host runs many times what a consortium does, and each service has some
// twenty ConfigMaps. Network policies are not bounded: there is one for each consortium that is served.
var providerQuota = map[string]string{
	"pods":                   "500",
	"requests.cpu":           "128",
	"requests.memory":        "256Gi",
	"limits.memory":          "512Gi",
	"persistentvolumeclaims": "100",
	"services.loadbalancers": "0",
	"services.nodeports":     "0",

	"configmaps":                        "2000",
	"secrets":                           "500",
	"services":                          "200",
	"count/deployments.apps":            "200",
	"count/statefulsets.apps":           "200",
	"count/daemonsets.apps":             "10",
	"count/jobs.batch":                  "500",
	"count/cronjobs.batch":              "100",
	"count/ingresses.networking.k8s.io": "50",
}

// QuotaOf returns the quota of a tenant's namespace, by resource name: what the spec gives, and the
// default of every name that it does not give (R6, R11). The map and its quantities are the caller's.
func QuotaOf(t state.Tenant) map[string]resource.Quantity {
	defaults := consortiumQuota
	if t.Owner.Kind == v1alpha1.SupportProviderKind {
		defaults = providerQuota
	}
	quota := make(map[string]resource.Quantity, len(defaults)+len(t.Quota))
	for name, amount := range defaults {
		quota[name] = resource.MustParse(amount)
	}
	for name, amount := range t.Quota {
		quota[name] = amount.DeepCopy()
	}
	return quota
}
