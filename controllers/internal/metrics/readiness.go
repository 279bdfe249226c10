package metrics

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// newcomersFor is for how long an object counts as new.
const newcomersFor = time.Hour

var (
	objects = prometheus.NewDesc("commissioning_objects",
		"Objects of a kind by the status of their Ready condition.", []string{"kind", "ready"}, nil)
	timeToReady = prometheus.NewDesc("commissioning_time_to_ready_seconds",
		"Of the objects of a kind that were created in the last hour and are Ready: from creation until they became so.", []string{"kind"}, nil)
	quantiles = []float64{0.5, 0.9, 0.99, 1}
)

// readiness tells how many of each kind are Ready, and how long that took of late.
func readiness(clock state.Clock) family {
	return family{
		descriptions: []*prometheus.Desc{objects, timeToReady},
		collect: func(standing Standing, s samples) {
			now := clock.Now()
			tellReadiness(s, now, v1alpha1.ConsortiumKind, standing.Consortia)
			tellReadiness(s, now, v1alpha1.LocalityKind, standing.Localities)
			tellReadiness(s, now, v1alpha1.MemberFunctionKind, standing.MemberFunctions)
			tellReadiness(s, now, v1alpha1.SupportAgreementKind, standing.Agreements)
			tellReadiness(s, now, v1alpha1.SupportProviderKind, standing.Providers)
			tellReadiness(s, now, v1alpha1.HostedServiceKind, standing.Services)
			tellReadiness(s, now, v1alpha1.SupportFunctionKind, standing.Functions)
		},
	}
}

// conditioned is a pointer to one of the kinds that have conditions.
type conditioned[T any] interface {
	*T
	metav1.Object
	GetConditions() []metav1.Condition
}

func tellReadiness[T any, P conditioned[T]](s samples, now time.Time, kind string, all []T) {
	counts := map[metav1.ConditionStatus]int{metav1.ConditionTrue: 0, metav1.ConditionFalse: 0, metav1.ConditionUnknown: 0}
	var took []float64
	for i := range all {
		object := P(&all[i])
		ready := meta.FindStatusCondition(object.GetConditions(), v1alpha1.ReadyCondition)
		if ready == nil {
			counts[metav1.ConditionUnknown]++
			continue
		}
		counts[ready.Status]++
		created := object.GetCreationTimestamp().Time
		if ready.Status == metav1.ConditionTrue && now.Sub(created) < newcomersFor {
			took = append(took, max(0, ready.LastTransitionTime.Sub(created).Seconds()))
		}
	}
	for status, n := range counts {
		s.gauge(objects, float64(n), kind, string(status))
	}
	if summary := summaryOf(took, kind); summary != nil {
		s <- summary
	}
}

// summaryOf is a summary of seconds; nil where there are none.
func summaryOf(took []float64, kind string) prometheus.Metric {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	sum, at := 0.0, map[float64]float64{}
	for _, seconds := range took {
		sum += seconds
	}
	for _, q := range quantiles {
		at[q] = took[min(int(q*float64(len(took))), len(took)-1)]
	}
	summary, err := prometheus.NewConstSummary(timeToReady, uint64(len(took)), sum, at, kind)
	if err != nil {
		return prometheus.NewInvalidMetric(timeToReady, fmt.Errorf("summarise: %w", err))
	}
	return summary
}
