// Package metrics tells monitoring what stands, from the cache, when it is asked: nothing is counted
// while nobody looks, and what is gone is gone from the metrics too.
package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	registry "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// collectWithin bounds one answer; the cache gives it.
const collectWithin = 10 * time.Second

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

// Collector answers from what it reads when it is asked.
type Collector struct{ read Reading }

// Reading of the catalogue.
type Reading func() ([]v1alpha1.SupportFunction, error)

// NewCollector returns a Collector.
func NewCollector(read Reading) *Collector { return &Collector{read: read} }

// fromCache reads what the manager's cache shows.
func fromCache(ctx context.Context, reader client.Reader) Reading {
	return func() ([]v1alpha1.SupportFunction, error) {
		ctx, cancel := context.WithTimeout(ctx, collectWithin)
		defer cancel()
		functions := &v1alpha1.SupportFunctionList{}
		if err := reader.List(ctx, functions); err != nil {
			return nil, fmt.Errorf("list functions: %w", err)
		}
		return functions.Items, nil
	}
}

// Register adds the metrics while the manager leads: a replica that waits tells nothing.
func Register(mgr manager.Manager) error {
	return mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		collector := NewCollector(fromCache(ctx, mgr.GetClient()))
		if err := registry.Registry.Register(collector); err != nil {
			return fmt.Errorf("metrics of the domain: %w", err)
		}
		<-ctx.Done()
		registry.Registry.Unregister(collector)
		return nil
	}))
}

// Describe lists the metrics.
func (c *Collector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{instances, instancesReady, instancesUpToDate, revision, rolloutState, rolloutStep, rolloutSteps} {
		descriptions <- d
	}
}

// Collect reads the catalogue.
func (c *Collector) Collect(samples chan<- prometheus.Metric) {
	functions, err := c.read()
	if err != nil {
		samples <- prometheus.NewInvalidMetric(instances, err)
		return
	}
	for i := range functions {
		collectFunction(&functions[i], samples)
	}
}

func collectFunction(f *v1alpha1.SupportFunction, samples chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		samples <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, append([]string{f.Name}, labels...)...)
	}
	for d, count := range map[*prometheus.Desc]*int32{
		instances: f.Status.Instances, instancesReady: f.Status.InstancesReady, instancesUpToDate: f.Status.InstancesUpToDate,
	} {
		if count != nil {
			gauge(d, float64(*count))
		}
	}
	if f.Status.Revision > 0 {
		gauge(revision, float64(f.Status.Revision))
	}
	if c := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.RolledOutCondition); c != nil {
		gauge(rolloutState, 1, c.Reason)
	}
	if r := f.Status.Rollout; r.Step > 0 {
		gauge(rolloutStep, float64(r.Step))
		gauge(rolloutSteps, float64(r.Steps))
	}
}
