package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

var (
	ofSupplier       = []string{"function", "provider"}
	agreementsByWord = prometheus.NewDesc("commissioning_agreements",
		"Agreements by function, supplier in force (empty where there is none) and reason of their Ready condition.",
		[]string{"function", "provider", "reason"}, nil)
	agreementsOnFallback = prometheus.NewDesc("commissioning_agreements_on_fallback",
		"Agreements that somebody else than their first choice supplies.", ofSupplier, nil)
	agreementsWithoutFallback = prometheus.NewDesc("commissioning_agreements_without_fallback",
		"Agreements that nobody could take over if their supplier failed now with all its consortia, by the reason of their FallbackReady condition: None where no other supplier is agreed.",
		[]string{"function", "provider", "reason"}, nil)
	agreementsExpiring = prometheus.NewDesc("commissioning_agreements_expiring",
		"Agreements whose term, data sharing or assurance ends within the days in which they warn.", ofSupplier, nil)
	agreementsNextEnd = prometheus.NewDesc("commissioning_agreements_next_end_timestamp_seconds",
		"When the next of the agreements' terms, data sharing agreements and assurances ends.", ofSupplier, nil)
)

type supply struct{ function, provider string }

// tally is what is counted of the agreements that one supplier supplies with one function.
type tally struct {
	reasons, withoutFallback map[string]int
	onFallback, expiring     int
	next                     time.Time
}

// agreements tells who supplies whom, on whom they can fall back, and what ends.
func agreements(zone *time.Location) family {
	return family{
		descriptions: []*prometheus.Desc{agreementsByWord, agreementsOnFallback, agreementsWithoutFallback, agreementsExpiring, agreementsNextEnd},
		collect: func(standing Standing, s samples) {
			tallies, calendar := map[supply]*tally{}, plan.NewCalendar(zone)
			for i := range standing.Agreements {
				count(tallies, &standing.Agreements[i], calendar)
			}
			for of, t := range tallies {
				t.collect(s, of)
			}
		},
	}
}

func count(tallies map[supply]*tally, agreement *v1alpha1.SupportAgreement, calendar plan.Calendar) {
	ready := meta.FindStatusCondition(agreement.Status.Conditions, v1alpha1.ReadyCondition)
	if ready == nil {
		return
	}
	of := supply{function: string(agreement.Spec.Function), provider: agreement.Status.Supplier.Provider}
	t := tallies[of]
	if t == nil {
		t = &tally{reasons: map[string]int{}, withoutFallback: map[string]int{}}
		tallies[of] = t
	}
	t.reasons[ready.Reason]++
	conditions := agreement.Status.Conditions
	if meta.IsStatusConditionTrue(conditions, v1alpha1.FallbackActiveCondition) {
		t.onFallback++
	}
	if fallback := meta.FindStatusCondition(conditions, v1alpha1.FallbackReadyCondition); of.provider != "" && fallback != nil && fallback.Status != metav1.ConditionTrue {
		t.withoutFallback[fallback.Reason]++
	}
	if meta.IsStatusConditionTrue(conditions, v1alpha1.ExpiringCondition) {
		t.expiring++
	}
	if ends, ok := calendar.Ends(agreement.Status.Expires); ok && (t.next.IsZero() || ends.Before(t.next)) {
		t.next = ends
	}
}

func (t *tally) collect(s samples, of supply) {
	for reason, n := range t.reasons {
		s.gauge(agreementsByWord, float64(n), of.function, of.provider, reason)
	}
	s.gauge(agreementsOnFallback, float64(t.onFallback), of.function, of.provider)
	for reason, n := range t.withoutFallback {
		s.gauge(agreementsWithoutFallback, float64(n), of.function, of.provider, reason)
	}
	s.gauge(agreementsExpiring, float64(t.expiring), of.function, of.provider)
	if !t.next.IsZero() {
		s.gauge(agreementsNextEnd, float64(t.next.Unix()), of.function, of.provider)
	}
}
