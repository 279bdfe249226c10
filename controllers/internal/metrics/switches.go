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

// reasons are all that a change of supplier may have.
var reasons = []v1alpha1.SwitchReason{
	v1alpha1.SwitchAccepted, v1alpha1.SwitchFailover, v1alpha1.SwitchFailBack, v1alpha1.SwitchStoodDown,
	v1alpha1.SwitchReordered, v1alpha1.SwitchDrained, v1alpha1.SwitchConsentWithdrawn, v1alpha1.SwitchDataSharingLapsed, v1alpha1.SwitchAssuranceLapsed, v1alpha1.SwitchTermEnded, v1alpha1.SwitchSupplierGone, v1alpha1.SwitchWithdrawn,
}

// track begins to count for a function, at zero: what appears with a value has not risen, for who asks by how
// much it rose.
func track(function string) {
	for _, reason := range reasons {
		switches.WithLabelValues(function, string(reason))
	}
}

// Switched counts a change of supplier that was written.
func Switched(function string, reason v1alpha1.SwitchReason) {
	switches.WithLabelValues(function, string(reason)).Inc()
}

// Forget is for when a function has left the catalogue.
func Forget(function string) { switches.DeletePartialMatch(prometheus.Labels{"function": function}) }
