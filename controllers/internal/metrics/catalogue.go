package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

var (
	instances = prometheus.NewDesc("commissioning_function_instances",
		"Instances of a function of the catalogue.", []string{"function"}, nil)
	instancesReady = prometheus.NewDesc("commissioning_function_instances_ready",
		"Instances of a function that work.", []string{"function"}, nil)
	instancesUpToDate = prometheus.NewDesc("commissioning_function_instances_up_to_date",
		"Instances of a function that run the revision that the catalogue makes now.", []string{"function"}, nil)
	revision = prometheus.NewDesc("commissioning_function_revision",
		"Number of the revision that a catalogue entry makes now.", []string{"function"}, nil)
	rolloutState = prometheus.NewDesc("commissioning_rollout_state",
		"1 for the state of a function's rollout: the reason of its RolledOut condition.", []string{"function", "state"}, nil)
	rolloutStep = prometheus.NewDesc("commissioning_rollout_step",
		"Step that a rollout has reached; absent when it is complete.", []string{"function"}, nil)
	rolloutSteps = prometheus.NewDesc("commissioning_rollout_steps",
		"Steps of a rollout; absent when it is complete.", []string{"function"}, nil)
)

// catalogue tells of the functions and their rollouts.
var catalogue = family{
	descriptions: []*prometheus.Desc{instances, instancesReady, instancesUpToDate, revision, rolloutState, rolloutStep, rolloutSteps},
	collect: func(standing Standing, s samples) {
		for i := range standing.Functions {
			collectFunction(&standing.Functions[i], s)
			if standing.Functions[i].DeletionTimestamp.IsZero() {
				track(standing.Functions[i].Name)
			}
		}
	},
}

func collectFunction(f *v1alpha1.SupportFunction, s samples) {
	for d, count := range map[*prometheus.Desc]*int32{
		instances: f.Status.Instances, instancesReady: f.Status.InstancesReady, instancesUpToDate: f.Status.InstancesUpToDate,
	} {
		if count != nil {
			s.gauge(d, float64(*count), f.Name)
		}
	}
	if f.Status.Revision > 0 {
		s.gauge(revision, float64(f.Status.Revision), f.Name)
	}
	if c := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.RolledOutCondition); c != nil {
		s.gauge(rolloutState, 1, f.Name, c.Reason)
	}
	if r := f.Status.Rollout; r.Step > 0 {
		s.gauge(rolloutStep, float64(r.Step), f.Name)
		s.gauge(rolloutSteps, float64(r.Steps), f.Name)
	}
}
