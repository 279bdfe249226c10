package controllers_test

import (
	"testing"

	"github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// TestMonitoringIsToldOfTheCatalogue: what is served on /metrics holds a function that stands, and no
// longer one that is gone.
func TestMonitoringIsToldOfTheCatalogue(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	function := makeFunction("measured")
	create(t, function)
	g.Eventually(func() (map[string]float64, error) { return gathered("commissioning_function_revision") }).
		Should(gomega.HaveKeyWithValue("measured", 1.0))
	g.Expect(gathered("commissioning_rollout_state")).To(gomega.HaveKeyWithValue("measured", 1.0))
	g.Eventually(func() (map[string]float64, error) { return gathered("commissioning_switches_total") }).
		Should(gomega.HaveKeyWithValue("measured", 0.0), "a first failover must be a rise")
	remove(t, function)
	g.Eventually(func() (map[string]float64, error) { return gathered("commissioning_function_revision") }).
		ShouldNot(gomega.HaveKey("measured"))
	g.Expect(gathered("commissioning_switches_total")).NotTo(gomega.HaveKey("measured"))
}

// gathered are the values of a metric by function.
func gathered(name string) (map[string]float64, error) {
	families, err := metrics.Registry.Gather()
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if label.GetName() == "function" {
					values[label.GetValue()] = metric.GetGauge().GetValue()
				}
			}
		}
	}
	return values, err
}
