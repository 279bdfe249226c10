package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// ledger follows who has a place at a service, in every version that the API server shows.
type ledger struct {
	service client.ObjectKey

	mu sync.Mutex
	// highest is the largest load that any version showed.
	highest load
	problem error
}

// load is how much of a service is taken.
type load struct{ consortia, patients int64 }

// followLedger notes the load of a service from now on, until ctx ends.
func followLedger(ctx context.Context, watched cache.Cache, service client.ObjectKey) (*ledger, error) {
	l := &ledger{service: service}
	informer, err := watched.GetInformer(ctx, &corev1.ConfigMap{})
	if err == nil {
		_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			AddFunc:    func(o any) { l.saw(o.(*corev1.ConfigMap)) },
			UpdateFunc: func(_, o any) { l.saw(o.(*corev1.ConfigMap)) },
		})
	}
	if err != nil {
		return nil, fmt.Errorf("watching the ledger of %s: %w", service, err)
	}
	return l, nil
}

// name of the ConfigMap that is the service's ledger.
func (l *ledger) name() string { return "ledger." + l.service.Namespace + "." + l.service.Name }

func (l *ledger) saw(version *corev1.ConfigMap) {
	if version.Name != l.name() {
		return
	}
	taken, err := loadOf(version)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.problem = err
	}
	l.highest.consortia = max(l.highest.consortia, taken.consortia)
	l.highest.patients = max(l.highest.patients, taken.patients)
}

// loadOf counts the places that are taken in one version of a ledger: all but those that wait or stand by.
func loadOf(version *corev1.ConfigMap) (load, error) {
	var taken load
	for key, entry := range version.Data {
		var place struct {
			State    string `json:"state"`
			Patients int64  `json:"patients"`
		}
		if err := json.Unmarshal([]byte(entry), &place); err != nil {
			return load{}, fmt.Errorf("reading the entry %s of ConfigMap %s: %w", key, version.Name, err)
		}
		if place.State != "Waiting" && place.State != "Standby" {
			taken.consortia++
			taken.patients += place.Patients
		}
	}
	return taken, nil
}

// now is how much of the service is taken at this moment.
func (l *ledger) now(ctx context.Context, reader client.Reader) (load, error) {
	var version corev1.ConfigMap
	if err := reader.Get(ctx, client.ObjectKey{Namespace: operatorNamespace, Name: l.name()}, &version); err != nil {
		return load{}, fmt.Errorf("reading the ledger of %s: %w", l.service, err)
	}
	return loadOf(&version)
}

// most is the highest load that was seen, for a person. More than the capacity is an error.
func (l *ledger) most(ctx context.Context, reader client.Reader) (string, error) {
	var service v1alpha1.HostedService
	if err := reader.Get(ctx, l.service, &service); err != nil {
		return "", fmt.Errorf("reading the service %s: %w", l.service, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.problem != nil {
		return "", l.problem
	}
	return l.highest.within(service.Spec.Capacity)
}

// within holds a load against a capacity.
func (l load) within(capacity v1alpha1.Capacity) (string, error) {
	switch {
	case capacity.Consortia == nil:
		return plural(int(l.consortia), "place", "places") + " taken, no limit set", nil
	case l.consortia > int64(*capacity.Consortia):
		return "", fmt.Errorf("%d places were taken, of %d", l.consortia, *capacity.Consortia)
	case capacity.Patients != nil && l.patients > *capacity.Patients:
		return "", fmt.Errorf("%s registered patients were taken on, of %s", thousands(l.patients), thousands(*capacity.Patients))
	}
	return fmt.Sprintf("at most %d of %d places", l.consortia, *capacity.Consortia), nil
}
