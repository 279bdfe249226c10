// Package metrics tells monitoring what stands, from the cache, when it is asked: nothing is counted
// while nobody looks, and what is gone is gone from the metrics too.
package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	registry "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// collectWithin bounds one answer; the cache gives it.
const collectWithin = 10 * time.Second

// family is some metrics that are told together.
type family struct {
	descriptions []*prometheus.Desc
	collect      func(Standing, samples)
}

// samples is where metrics go.
type samples chan<- prometheus.Metric

func (s samples) gauge(d *prometheus.Desc, value float64, labels ...string) {
	s <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// Standing is what monitoring is told of.
type Standing struct {
	Functions       []v1alpha1.SupportFunction
	Providers       []v1alpha1.SupportProvider
	Services        []v1alpha1.HostedService
	Agreements      []v1alpha1.SupportAgreement
	Consortia       []v1alpha1.Consortium
	Localities      []v1alpha1.Locality
	MemberFunctions []v1alpha1.MemberFunction
}

// Reading is how what stands is read.
type Reading func() (Standing, error)

// Collector answers from what it reads when it is asked.
type Collector struct {
	read     Reading
	families []family
}

// NewCollector returns a Collector. Where the settings ask for it, it tells of each consortium.
func NewCollector(read Reading, settings state.Settings) *Collector {
	families := []family{build(settings.Version), catalogue, services, agreements(settings.Zone), readiness(settings.Clock), country}
	if settings.PerConsortiumMetrics {
		families = append(families, consortia)
	}
	return &Collector{read: read, families: families}
}

// Register adds the metrics while the manager leads: a replica that waits tells nothing.
func Register(mgr manager.Manager, settings state.Settings) error {
	return mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		collectors := []prometheus.Collector{NewCollector(fromCache(ctx, mgr.GetClient()), settings), switches}
		for _, collector := range collectors {
			if err := registry.Registry.Register(collector); err != nil {
				return fmt.Errorf("metrics of the domain: %w", err)
			}
		}
		<-ctx.Done()
		for _, collector := range collectors {
			registry.Registry.Unregister(collector)
		}
		return nil
	}))
}

// fromCache reads what the manager's cache shows.
func fromCache(ctx context.Context, reader client.Reader) Reading {
	return func() (Standing, error) {
		ctx, cancel := context.WithTimeout(ctx, collectWithin)
		defer cancel()
		functions, providers, services := &v1alpha1.SupportFunctionList{}, &v1alpha1.SupportProviderList{}, &v1alpha1.HostedServiceList{}
		agreements, consortia := &v1alpha1.SupportAgreementList{}, &v1alpha1.ConsortiumList{}
		localities, members := &v1alpha1.LocalityList{}, &v1alpha1.MemberFunctionList{}
		for _, list := range []client.ObjectList{functions, providers, services, agreements, consortia, localities, members} {
			if err := reader.List(ctx, list); err != nil {
				return Standing{}, fmt.Errorf("list %T: %w", list, err)
			}
		}
		return Standing{
			Functions: functions.Items, Providers: providers.Items, Services: services.Items, Agreements: agreements.Items,
			Consortia: consortia.Items, Localities: localities.Items, MemberFunctions: members.Items,
		}, nil
	}
}

// Describe lists the metrics.
func (c *Collector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, f := range c.families {
		for _, d := range f.descriptions {
			descriptions <- d
		}
	}
}

// Collect reads what stands, and tells of it.
func (c *Collector) Collect(metrics chan<- prometheus.Metric) {
	standing, err := c.read()
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(c.families[0].descriptions[0], err)
		return
	}
	for _, f := range c.families {
		f.collect(standing, metrics)
	}
}
