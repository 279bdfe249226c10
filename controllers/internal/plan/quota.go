package plan

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// defaultQuota of a consortium's namespace, by resource name. The first seven are part of the API and
// documented with Consortium.spec.quota.
//
// The rest bounds the number of objects, so that one noisy consortium does not fill everybody's API
// server (R11). England's largest consortium has 43 localities and the catalogue a handful of
// functions, each with one ConfigMap and one Service: all bounds are at least four times what that
// needs. ReplicaSets and EndpointSlices follow from what is bounded, and a refusal there would stop a
// roll-out half-way: they are left out, as are Events.
var defaultQuota = map[string]string{
	"pods":                   "50",
	"requests.cpu":           "8",
	"requests.memory":        "16Gi",
	"limits.memory":          "32Gi",
	"persistentvolumeclaims": "10",
	"services.loadbalancers": "0",
	"services.nodeports":     "0",

	"count/localities.commissioning.support":      "200",
	"count/memberfunctions.commissioning.support": "50",
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
