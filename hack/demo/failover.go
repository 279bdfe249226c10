package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// failing is the service that the demo makes fail: one that has a second choice behind it everywhere.
// A supplier of the sample has the namespace of its name.
var failing = client.ObjectKey{Namespace: "nel-csu", Name: "data-analytics"}

// story is a failover and the return, as the cluster shows them. Nothing in it is the demo's own word:
// times and counts are read from statuses and ledgers.
type story struct {
	demo   *demo
	reader client.Reader
	ledger *ledger
	// concerned are the agreements whose first choice is the failing service, and next is their second.
	concerned []client.ObjectKey
	next      client.ObjectKey
}

// failover shows how a supplier fails, the next takes over, and the first returns.
func (d *demo) failover(ctx context.Context, e *estate, t *tally) error {
	switch {
	case e.count(v1alpha1.SupportAgreementKind) == 0:
		return nil // the publication knows no suppliers
	case d.place.own:
		d.screen.printf("▸ the story       left out: it makes a supplier's simulated pods fail, and on a cluster of your own no pods are the demo's.\n")
		return nil
	}
	s, err := d.newStory(ctx)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{s.begin, s.fail, s.switchOver, s.heal, s.comeBack} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	step := d.screen.await()
	if _, err = d.wait(ctx, t, step); err != nil { // what sums up others follows
		step.cut()
		return err
	}
	step.clear()
	return nil
}

// newStory watches what the story is about, and finds out who is in it.
func (d *demo) newStory(ctx context.Context) (*story, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(v1alpha1.AddToScheme(scheme), corev1.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("kinds of the story: %w", err)
	}
	watched, err := cache.New(d.place.Config(), cache.Options{Scheme: scheme, ByObject: map[client.Object]cache.ByObject{
		&corev1.ConfigMap{}: {Namespaces: map[string]cache.Config{operatorNamespace: {}}},
	}})
	if err != nil {
		return nil, fmt.Errorf("watching the cluster: %w", err)
	}
	go func() { _ = watched.Start(ctx) }()
	if !watched.WaitForCacheSync(ctx) {
		return nil, fmt.Errorf("watching the cluster: %w", ctx.Err())
	}
	s := &story{demo: d, reader: watched}
	if err := s.cast(ctx); err != nil {
		return nil, err
	}
	s.ledger, err = followLedger(ctx, watched, s.next)
	return s, err
}

// cast finds the agreements that the failure concerns, and who stands second in them.
func (s *story) cast(ctx context.Context) error {
	var all v1alpha1.SupportAgreementList
	if err := s.reader.List(ctx, &all); err != nil {
		return fmt.Errorf("reading the agreements: %w", err)
	}
	for i := range all.Items {
		choices := all.Items[i].Spec.Suppliers
		if len(choices) < 2 || serviceOf(&all.Items[i], choices[0]) != failing {
			continue
		}
		s.next = serviceOf(&all.Items[i], choices[1])
		s.concerned = append(s.concerned, client.ObjectKeyFromObject(&all.Items[i]))
	}
	if len(s.concerned) == 0 {
		return fmt.Errorf("no agreement names %s first and another supplier second", failing)
	}
	return nil
}

// serviceOf is the service that an agreement means by an entry of its list.
func serviceOf(a *v1alpha1.SupportAgreement, choice v1alpha1.Supplier) client.ObjectKey {
	name := string(choice.Service)
	if name == "" {
		name = string(a.Spec.Function)
	}
	return client.ObjectKey{Namespace: string(choice.Provider), Name: name}
}

// agreements are those concerned, as they stand.
func (s *story) agreements(ctx context.Context) ([]v1alpha1.SupportAgreement, error) {
	found := make([]v1alpha1.SupportAgreement, len(s.concerned))
	for i, key := range s.concerned {
		if err := s.reader.Get(ctx, key, &found[i]); err != nil {
			return nil, fmt.Errorf("reading the agreement %s: %w", key, err)
		}
	}
	return found, nil
}

// terms of failover are the same in all of them.
func (s *story) terms(ctx context.Context) (v1alpha1.Failover, error) {
	all, err := s.agreements(ctx)
	if err != nil {
		return v1alpha1.Failover{}, err
	}
	return all[0].Spec.Failover, nil
}

func (s *story) service(ctx context.Context) (*v1alpha1.HostedService, error) {
	service := &v1alpha1.HostedService{}
	if err := s.reader.Get(ctx, failing, service); err != nil {
		return nil, fmt.Errorf("reading the service %s: %w", failing, err)
	}
	return service, nil
}

// begin waits until the failing service supplies all whose first choice it is: an earlier demo may have
// ended in the middle.
func (s *story) begin(ctx context.Context) error {
	step := s.demo.screen.begin("the story", "")
	if _, err := s.suppliedBy(ctx, step, failing); err != nil {
		step.cut()
		return err
	}
	step.draw(fmt.Sprintf("%s's %s pods fail; the next choice of its %s is %s:",
		failing.Namespace, failing.Name, plural(len(s.concerned), "consortium", "consortia"), s.next.Namespace))
	s.demo.screen.printf("\n")
	return nil
}

// fail makes the pods fail and waits until the operator has seen it.
func (s *story) fail(ctx context.Context) error {
	var function v1alpha1.SupportFunction
	if err := s.reader.Get(ctx, client.ObjectKey{Name: failing.Name}, &function); err != nil {
		return fmt.Errorf("reading the function %s: %w", failing.Name, err)
	}
	step := s.demo.screen.await()
	step.doing("its pods fail")
	s.demo.failing = cluster.Failure{Namespace: failing.Namespace, Image: function.Spec.Workload.Image}
	if err := s.demo.place.Fail(ctx, s.demo.failing); err != nil {
		step.cut()
		return fmt.Errorf("making pods fail: %w", err)
	}
	var service *v1alpha1.HostedService
	err := s.demo.until(ctx, step, func() (progress string, done bool, err error) {
		service, err = s.service(ctx)
		return "its pods fail", err == nil && service.Status.UnavailableSince != nil, err
	})
	if err != nil {
		return err
	}
	terms, err := s.terms(ctx)
	if err != nil {
		return err
	}
	replicas := service.Status.Replicas
	what := fmt.Sprintf("%s not available, %d of %d replicas", failing.Namespace, value(replicas.Available), value(replicas.Desired))
	step.happened(service.Status.UnavailableSince.Time, "%-50s (demo: afterOutage %s instead of 5 minutes)", what, inWords(terms.AfterOutage))
	return nil
}

// switchOver waits until the next supplier has taken over. Its time counts from the instant at which
// the outage is confirmed, as the agreements have it.
func (s *story) switchOver(ctx context.Context) error {
	service, err := s.service(ctx)
	if err != nil {
		return err
	}
	step := s.demo.screen.await()
	all, err := s.suppliedBy(ctx, step, s.next)
	if err != nil {
		return err
	}
	now := time.Now()
	if service.Status.UnavailableSince == nil {
		return fmt.Errorf("%s is said to be available, although its pods fail", failing)
	}
	afterOutage, err := time.ParseDuration(string(all[0].Spec.Failover.AfterOutage))
	if err != nil {
		return fmt.Errorf("reading how long an outage lasts until it is confirmed: %w", err)
	}
	confirmed := service.Status.UnavailableSince.Add(afterOutage)
	taken, err := s.ledger.most(ctx, s.reader)
	if err != nil {
		step.cut()
		return err
	}
	step.happened(confirmed, "confirmed → %s switch to %s: %d of %d in %s, never over capacity (%s)",
		plural(len(all), "consortium", "consortia"), s.next.Namespace, len(all), len(s.concerned), seconds(now.Sub(confirmed)), taken)
	return nil
}

// heal ends the failure and waits until the operator has seen it.
func (s *story) heal(ctx context.Context) error {
	step := s.demo.screen.await()
	step.doing("its pods start again")
	if err := s.demo.heal(ctx); err != nil {
		step.cut()
		return err
	}
	var service *v1alpha1.HostedService
	err := s.demo.until(ctx, step, func() (progress string, done bool, err error) {
		service, err = s.service(ctx)
		return "its pods start again", err == nil && service.Status.AvailableSince != nil, err
	})
	if err != nil {
		return err
	}
	terms, err := s.terms(ctx)
	if err != nil {
		return err
	}
	stabilisation := inWords(terms.Failback.Stabilisation)
	what := fmt.Sprintf("%s is back, watched for %s", failing.Namespace, stabilisation)
	step.happened(service.Status.AvailableSince.Time, "%-50s (demo: stabilisation %s instead of 30 minutes)", what, stabilisation)
	return nil
}

// comeBack waits until all have returned.
func (s *story) comeBack(ctx context.Context) error {
	step := s.demo.screen.await()
	all, err := s.suppliedBy(ctx, step, failing)
	if err != nil {
		return err
	}
	last := slices.MaxFunc(all, func(a, b v1alpha1.SupportAgreement) int {
		return a.Status.Supplier.Since.Compare(b.Status.Supplier.Since.Time)
	})
	kept, err := s.ledger.now(ctx, s.reader)
	if err != nil {
		step.cut()
		return err
	}
	step.happened(last.Status.Supplier.Since.Time, "%d of %d returned; %s keeps %s for a minute, while the last calls end",
		len(all), len(s.concerned), s.next.Namespace, plural(int(kept.consortia), "place", "places"))
	return nil
}

// suppliedBy waits until all that are concerned are supplied by one service, and work.
func (s *story) suppliedBy(ctx context.Context, step *step, by client.ObjectKey) (all []v1alpha1.SupportAgreement, err error) {
	err = s.demo.until(ctx, step, func() (progress string, done bool, err error) {
		if all, err = s.agreements(ctx); err != nil {
			return "", false, err
		}
		arrived, coming := 0, ""
		for i := range all {
			status := all[i].Status.Supplier
			if status.Provider == by.Namespace && status.Service == by.Name && lacks(&all[i], v1alpha1.ReadyCondition) == "" {
				arrived++
			} else {
				coming = comingNext(&all[i], time.Now())
			}
		}
		return fmt.Sprintf("%d of %d are supplied by %s%s", arrived, len(all), by.Namespace, coming), arrived == len(all), nil
	})
	return all, err
}

// comingNext is what the agreement's status says will happen, counted down.
func comingNext(a *v1alpha1.SupportAgreement, now time.Time) string {
	next := a.Status.Next
	words := map[v1alpha1.NextAction]string{v1alpha1.NextFailOver: "takes over", v1alpha1.NextFailBack: "is returned to"}[next.Action]
	switch {
	case words == "":
		return ""
	case next.NotBefore == nil || !now.Before(next.NotBefore.Time):
		return fmt.Sprintf("; %s %s", next.To, words)
	}
	return fmt.Sprintf("; %s %s in %.0f s", next.To, words, math.Ceil(next.NotBefore.Sub(now).Seconds()))
}

// inWords is a time of the API as a person reads it.
func inWords(d v1alpha1.Duration) string {
	parsed, err := time.ParseDuration(string(d))
	if err != nil || parsed%time.Minute == 0 {
		return string(d)
	}
	return fmt.Sprintf("%.0f s", parsed.Seconds())
}

// heal ends the failure that the demo began, if there is one, also for somebody who pressed Ctrl-C.
func (d *demo) heal(ctx context.Context) error {
	if d.failing == (cluster.Failure{}) {
		return nil
	}
	if err := d.place.Heal(context.WithoutCancel(ctx), d.failing); err != nil {
		return fmt.Errorf("making the pods %s run again: %w", d.failing, err)
	}
	d.failing = cluster.Failure{}
	return nil
}

// mend heals what the demo leaves in the middle of the story, and says so.
func (d *demo) mend(ctx context.Context) (string, error) {
	if d.failing == (cluster.Failure{}) {
		return "", nil
	}
	if err := d.heal(ctx); err != nil {
		return "", err
	}
	return "The pods that it made fail run again. ", nil
}

// healFormer ends what somebody, or a demo that was killed, made fail: else nothing becomes Ready.
func (d *demo) healFormer(ctx context.Context, step *step) error {
	former, err := d.place.Failures(ctx)
	if err != nil || len(former) == 0 {
		return err
	}
	step.doing("ending the failure of the pods " + former[0].String())
	if err := d.place.Heal(ctx, cluster.Failure{}); err != nil {
		return fmt.Errorf("ending an earlier failure of pods: %w", err)
	}
	return nil
}
