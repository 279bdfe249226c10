package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// switches counts since the operator started.
var switches = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "commissioning_switches_total",
	Help: "Changes of an agreement's supplier, by function and reason.",
}, []string{"function", "reason"})

// Switched counts a change of supplier that was written.
func Switched(function string, reason v1alpha1.SwitchReason) {
	switches.WithLabelValues(function, string(reason)).Inc()
}

// Forget is for when a function has left the catalogue.
func Forget(function string) { switches.DeletePartialMatch(prometheus.Labels{"function": function}) }
