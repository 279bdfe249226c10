package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/country"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// template changes the image of the function that every consortium performs itself.
func (s *session) template(ctx context.Context) error {
	before, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	function := &v1alpha1.SupportFunction{}
	if err := s.plane.client.Get(ctx, client.ObjectKey{Name: country.Referrals}, function); err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	if err := s.beginProfile(ctx, s.operator, report.Template); err != nil {
		return err
	}
	old := function.Status.Revision
	began := time.Now()
	function.Spec.Workload.Image = country.Image(country.Referrals, "1.1.0")
	if err := s.plane.client.Update(ctx, function); err != nil {
		return fmt.Errorf("change the catalogue: %w", err)
	}
	last, err := s.settle(ctx, s.operator, func(ctx context.Context) (string, error) { return s.changed(ctx, old) })
	if err != nil {
		return err
	}
	return s.againstFloor(ctx, report.Template, before, began, last, nil)
}

// changed says what is not yet of a newer revision than one.
func (s *session) changed(ctx context.Context, old int64) (string, error) {
	if missing, err := s.allReady(ctx); missing != "" || err != nil {
		return missing, err
	}
	instances := &v1alpha1.MemberFunctionList{}
	if err := s.plane.client.List(ctx, instances); err != nil {
		return "", fmt.Errorf("list member functions: %w", err)
	}
	for _, instance := range instances.Items {
		if instance.Status.Revision <= old {
			return fmt.Sprintf("%s/%s is of revision %d", instance.Namespace, instance.Name, instance.Status.Revision), nil
		}
	}
	return "", nil
}

// againstFloor holds what the operator did between two moments against a plain client that does the same,
// and starts the operator again.
func (s *session) againstFloor(ctx context.Context, row string, before *snapshot, began, ended time.Time, then func(context.Context, *snapshot) error) error {
	if err := s.endProfile(ctx, s.operator, row); err != nil {
		return err
	}
	after, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	writes, err := s.writes(began, ended)
	if err != nil {
		return err
	}
	took := ended.Sub(began)
	say("%s: %.2f s, %d writes: %s", row, took.Seconds(), len(writes), audit.Summary(writes))
	err = s.stopped(ctx, func(ctx context.Context) error {
		floor, size, err := s.floorOf(ctx, before, after, writes)
		if err != nil {
			return err
		}
		say("%s: %s %.2f s, %d writes", row, report.ApplyFloor, floor.Seconds(), size)
		s.record(row, report.ApplyFloor, took.Seconds(), floor.Seconds())
		if then == nil {
			return nil
		}
		return then(ctx, after)
	})
	if err != nil {
		return err
	}
	_, err = s.settled(ctx)
	return err
}

// failover takes away the service that half of the consortia prefer, and puts everything back afterwards.
func (s *session) failover(ctx context.Context) error {
	before, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	moving, err := s.servedByLarge(ctx)
	if err != nil {
		return err
	}
	if err := s.beginProfile(ctx, s.operator, report.Failover); err != nil {
		return err
	}
	watching, end := context.WithCancel(ctx)
	defer end()
	switches, err := s.watchSwitches(watching)
	if err != nil {
		return err
	}
	say("failover: %s is out, %d agreements move", country.Large, moving)
	s.feeder.setOut(country.Large, country.Analytics)
	_, err = s.settle(ctx, s.operator, func(context.Context) (string, error) {
		if moved := switches.count(); moved < moving {
			return fmt.Sprintf("%d of %d agreements have moved", moved, moving), nil
		}
		return "", nil
	})
	if err != nil {
		return err
	}
	confirmed, err := s.confirmed(ctx)
	if err != nil {
		return err
	}
	return s.againstFloor(ctx, report.Failover, before, confirmed, switches.last(), func(ctx context.Context, after *snapshot) error {
		s.feeder.setOut("", "")
		return s.undo(ctx, before, after)
	})
}

// servedByLarge counts the agreements that will move: nearly half of all. Some turned to their second
// choice when the country was filled, before the first was available, and stay there for a while.
func (s *session) servedByLarge(ctx context.Context) (int, error) {
	agreements := &v1alpha1.SupportAgreementList{}
	if err := s.plane.client.List(ctx, agreements); err != nil {
		return 0, fmt.Errorf("list agreements: %w", err)
	}
	served := 0
	for _, a := range agreements.Items {
		if a.Spec.Function == country.Analytics && a.Status.Supplier.Provider == country.Large {
			served++
		}
	}
	return served, nil
}

// confirmed is when the outage had lasted as long as the agreements say.
func (s *session) confirmed(ctx context.Context) (time.Time, error) {
	service := &v1alpha1.HostedService{}
	if err := s.plane.client.Get(ctx, client.ObjectKey{Namespace: country.Large, Name: country.Analytics}, service); err != nil {
		return time.Time{}, fmt.Errorf("read the service that is out: %w", err)
	}
	if service.Status.UnavailableSince == nil {
		return time.Time{}, errors.New("the service that is out does not say since when")
	}
	after, err := time.ParseDuration(country.AfterOutage)
	return service.Status.UnavailableSince.Add(after), err
}
