package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/country"
	"github.com/commissioning-support/operator/hack/bench/report"
)

const (
	restFor = time.Minute
	// drained is how long after a country is filled nothing is due any more: openings are kept, and places
	// held, for up to a minute.
	drained = 65 * time.Second
	// afterwards is for how long a restarted operator is watched: it has looked at everything by then.
	afterwards = 20 * time.Second
	// newcomers are how many arrive, one after the other.
	newcomers = 20
	// few are the consortia that a small country has.
	few = 10
)

// rest counts what the operator asks for when nothing happens.
func (s *session) rest(ctx context.Context) error {
	if err := pause(ctx, time.Until(s.filledAt.Add(drained))); err != nil {
		return err
	}
	say("rest: %.0f s", restFor.Seconds())
	began := time.Now()
	if err := pause(ctx, restFor); err != nil {
		return err
	}
	requests, err := s.log.Requests()
	if err != nil {
		return err
	}
	all := audit.Between(requests, began, time.Now(), audit.Request.IsCause)
	counted := slices.DeleteFunc(slices.Clone(all), isRenewal)
	say("rest: %d requests %s; %d tokens renewed", len(counted), audit.Summary(counted), len(all)-len(counted))
	s.record(report.Rest, "", float64(len(counted)), 0)
	return nil
}

// isRenewal says that a token was renewed, which is due by the clock: once a day for each agreement,
// spread by its UID. Secrets are updated for nothing else while nothing happens.
func isRenewal(r audit.Request) bool { return r.Verb == "update" && r.Resource == "secrets" }

// restart counts what the operator writes when it is started again and nothing has changed, and then how
// soon a consortium that is applied during another restart is Ready.
func (s *session) restart(ctx context.Context) error {
	if err := s.stopped(ctx, func(context.Context) error { return nil }); err != nil {
		return err
	}
	if err := pause(ctx, afterwards); err != nil {
		return err
	}
	writes, err := s.writes(s.operator.began, time.Now())
	if err != nil {
		return err
	}
	counted := slices.DeleteFunc(slices.Clone(writes), isRenewal)
	say("restart: elected after %.1f s; %d writes %s; %d tokens renewed", s.operator.elected.Sub(s.operator.began).Seconds(),
		len(counted), audit.Summary(counted), len(writes)-len(counted))
	s.record(report.Restart, "", float64(len(counted)), 0)
	if err := s.endProfile(ctx, s.operator, report.Restart); err != nil {
		return err
	}
	return s.restartReady(ctx)
}

// restartReady applies a consortium while the operator starts.
func (s *session) restartReady(ctx context.Context) error {
	arrived := make(chan error, 1)
	var ready time.Time
	err := s.stopped(ctx, func(ctx context.Context) error {
		go func() {
			var err error
			_, ready, err = s.arrive(ctx)
			arrived <- err
		}()
		return nil
	})
	if err != nil {
		return err
	}
	if err := <-arrived; err != nil {
		return err
	}
	took := max(0, ready.Sub(s.operator.elected))
	say("restart: a newcomer was Ready %.2f s after the election", took.Seconds())
	s.record(report.RestartReady, "", took.Seconds(), 0)
	_, err = s.settled(ctx)
	return err
}

// arrive applies one more consortium with everything, and returns when that was and when all of it was
// Ready.
func (p *plane) arrive(ctx context.Context) (applied, ready time.Time, err error) {
	objects := country.Consortium(p.n)
	p.n++
	applied = time.Now()
	if err := p.create(ctx, objects); err != nil {
		return applied, ready, err
	}
	missing := ""
	err = wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		missing, err = p.firstNotYet(ctx, objects)
		ready = time.Now()
		return missing == "", err
	})
	if err != nil {
		return applied, ready, fmt.Errorf("wait for a new consortium (%s): %w", missing, err)
	}
	return applied, ready, nil
}

// firstNotYet says of the first object that is not as expected what it lacks. The Consortium comes first:
// it is Ready last, so that waiting for it costs one request at a time.
func (p *plane) firstNotYet(ctx context.Context, objects []client.Object) (string, error) {
	for _, object := range objects {
		r, ok := object.(resource)
		if !ok {
			continue
		}
		if err := p.client.Get(ctx, client.ObjectKeyFromObject(r), r); err != nil {
			return "", fmt.Errorf("read a new consortium: %w", err)
		}
		if why := notYet(r); why != "" {
			return why, nil
		}
	}
	return "", nil
}

// arrivals returns the time to Ready, 99th percentile, of newcomers that arrive one after the other.
func (s *session) arrivals(ctx context.Context) (float64, error) {
	var times []float64
	for range newcomers {
		applied, ready, err := s.arrive(ctx)
		if err != nil {
			return 0, err
		}
		times = append(times, ready.Sub(applied).Seconds())
	}
	say("newcomer: %.2f to %.2f s, median %.2f s", report.Percentile(times, 0), report.Percentile(times, 100), report.Percentile(times, 50))
	if _, err := s.settled(ctx); err != nil {
		return 0, err
	}
	return report.Percentile(times, 99), nil
}
