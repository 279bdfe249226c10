package plan

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// defaultQuota of a consortium's namespace, by resource name. The first seven are part of the API and
// documented with Consortium.spec.quota.
//
// The rest bounds the number of objects, so that one noisy consortium does not fill everybody's API
// server (R11): each bound is many times what the catalogue's functions need. ReplicaSets and
// EndpointSlices follow from what is bounded, and a refusal there would stop a roll-out half-way: they
// are left out, as are Events. So are our own kinds: until the cluster has first counted a quota, which
// takes a second and on a fresh installation half a minute, it refuses what the quota counts, and
// people could not apply a Consortium and its Localities in one go.
var defaultQuota = map[string]string{
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

// QuotaOf returns the quota of a consortium's namespace, by resource name: what the spec gives, and the
// default of every name that it does not give (R6, R11). The map and its quantities are the caller's.
func QuotaOf(c *v1alpha1.Consortium) map[string]resource.Quantity {
	quota := make(map[string]resource.Quantity, len(defaultQuota)+len(c.Spec.Quota))
	for name, amount := range defaultQuota {
		quota[name] = resource.MustParse(amount)
	}
	for name, amount := range c.Spec.Quota {
		quota[name] = amount.DeepCopy()
	}
	return quota
}
