// Package controllers puts the operator together: every index and every controller, in one list.
package controllers

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // the image has no files of its own

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/consortium"
	"github.com/commissioning-support/operator/controllers/hostedservice"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/metrics"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/locality"
	"github.com/commissioning-support/operator/controllers/memberfunction"
	"github.com/commissioning-support/operator/controllers/signingkeys"
	"github.com/commissioning-support/operator/controllers/supportagreement"
	"github.com/commissioning-support/operator/controllers/supportfunction"
	"github.com/commissioning-support/operator/controllers/supportprovider"
)

// FieldOwner is the name under which the operator writes.
const FieldOwner = "commissioning-support-operator"

// reconciliationTimeout bounds one reconcile, so that a request that hangs costs one worker a minute.
const reconciliationTimeout = time.Minute

// Options are what the installation decides.
type Options = state.Settings

// DefaultOptions are what an installation that decides nothing gets.
func DefaultOptions() (Options, error) {
	zone, err := time.LoadLocation(DefaultTimeZone)
	if err != nil {
		return Options{}, fmt.Errorf("time zone: %w", err)
	}
	return Options{
		OperatorNamespace: "commissioning-system",
		DNSNamespace:      "kube-system",
		DNSPort:           53,
		ClusterDomain:     "cluster.local",
		Issuer:            "commissioning.support",
		Zone:              zone,
		Clock:             clock.RealClock{},
	}, nil
}

// DefaultTimeZone is the one in which days begin and end.
const DefaultTimeZone = "Europe/London"

// Scheme holds every kind that the operator reads or writes.
func Scheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("kinds of Kubernetes: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("kinds of the operator: %w", err)
	}
	return scheme, nil
}

// Setup adds the indexes and the controllers to a manager.
func Setup(ctx context.Context, mgr manager.Manager, settings Options) error {
	if err := index.Register(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	applier := apply.New(mgr.GetClient(), mgr.GetAPIReader())
	options := controller.Options{ReconciliationTimeout: reconciliationTimeout}
	controllers := []struct {
		name     string
		register func() error
	}{
		{"consortium", func() error { return consortium.Register(mgr, applier, settings, options) }},
		{"locality", func() error { return locality.Register(mgr, options) }},
		{"supportprovider", func() error { return supportprovider.Register(mgr, applier, settings, options) }},
		{"supportfunction", func() error { return supportfunction.Register(mgr, applier, settings, options) }},
		{"memberfunction", func() error { return memberfunction.Register(mgr, applier, settings, options) }},
		{"hostedservice", func() error { return hostedservice.Register(mgr, applier, settings, options) }},
		{"supportagreement", func() error { return supportagreement.Register(mgr, applier, settings, options) }},
		{"signingkeys", func() error { return signingkeys.Register(mgr, applier, settings, options) }},
	}
	for _, c := range controllers {
		if err := c.register(); err != nil {
			return fmt.Errorf("controller %s: %w", c.name, err)
		}
	}
	return metrics.Register(mgr, settings)
}
