package status

import (
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// availability is what a service's workload shows.
type availability struct {
	is                 v1alpha1.Availability
	desired, available int32
	needed             int32  // of those desired
	failure            string // why pods cannot be made
}

// newAvailability is the one computation of what "available" means (R5): at least half of the replicas
// that the sizing asks for are available at the current generation. Where the sizing cannot be asked
// because something else is wrong, what runs is measured by itself. Everything else is unknown. before is
// how many replicas were needed while the service was last seen available; 0: it was not.
func newAvailability(before int32, w *state.Workload, planned plan.HostedService, done state.Result) availability {
	switch {
	case planned.Obstacle.IsPassing(), w != nil && !w.Observed, w == nil && done.Lagging:
		return availability{is: v1alpha1.ServiceUnknown}
	case w == nil:
		return availability{is: v1alpha1.ServiceNotAvailable}
	}
	a := availability{is: v1alpha1.ServiceNotAvailable, desired: planned.Replicas, available: w.Available, failure: w.Failure}
	if planned.Obstacle != plan.NoObstacle {
		a.desired = w.Desired
	}
	if a.needed = plan.NeededWhileGrowing(a.desired, a.available, before); a.available >= a.needed {
		a.is = v1alpha1.ServiceAvailable
	}
	return a
}

// neededBefore is how many replicas the service needed when it was last seen available; 0: it was not.
func neededBefore(s v1alpha1.HostedServiceStatus) int32 {
	if s.AvailableSince == nil {
		return 0
	}
	return value(s.ReplicasNeeded)
}

func markServiceAvailable(m marker, h *v1alpha1.HostedService, a availability, now time.Time) {
	condition := v1alpha1.AvailableCondition
	keepClocks(&h.Status, a.is, now)
	if a.is == v1alpha1.ServiceUnknown {
		m.kept(condition, v1alpha1.ReasonNotObserved, "The cluster has not looked at the workload yet.")
		return
	}
	h.Status.Replicas.Available, h.Status.ReplicasNeeded = &a.available, &a.needed
	counts := fmt.Sprintf("%d of %s available.", a.available, counted(a.desired, "replica"))
	switch {
	case a.desired == 0:
		m.isFalse(condition, v1alpha1.ReasonNotAvailable, "No replica is running.")
	case a.is == v1alpha1.ServiceAvailable:
		m.isTrue(condition, v1alpha1.ReasonAvailable, counts)
	case a.failure != "":
		m.isFalse(condition, v1alpha1.ReasonReplicaFailure, fmt.Sprintf("%s Pods cannot be made: %s", counts, podName.ReplaceAllString(a.failure, "")))
	default:
		m.isFalse(condition, v1alpha1.ReasonNotAvailable, counts)
	}
}

// keepClocks sets since when a service is available, or is not. What is unknown starts no clock and
// stops none; only Available ends an outage.
func keepClocks(s *v1alpha1.HostedServiceStatus, is v1alpha1.Availability, now time.Time) {
	at := stamp(now)
	switch is {
	case v1alpha1.ServiceAvailable:
		s.UnavailableSince = nil
		if s.AvailableSince == nil {
			s.AvailableSince = at
		}
	case v1alpha1.ServiceNotAvailable:
		s.AvailableSince = nil
		if s.UnavailableSince == nil {
			s.UnavailableSince = at
		}
	case v1alpha1.ServiceUnknown:
	}
	if s.Available != is {
		s.Available = is
		change := v1alpha1.AvailabilityChange{Time: at, Available: is}
		s.Transitions = newestFirst(change, s.Transitions, plan.MaxTransitions)
	}
}

// newestFirst puts one before the others, and keeps so many.
func newestFirst[T any](newest T, others []T, most int) []T {
	all := append([]T{newest}, others...)
	return all[:min(len(all), most)]
}
