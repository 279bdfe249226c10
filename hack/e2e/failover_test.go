package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/england"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

// afterOutage and stabilisation of the agreements whose supplier is stopped: the shortest that there are.
const (
	afterOutage   = 10 * time.Second
	stabilisation = 10 * time.Second
)

// failover stops the supplier with the most consortia, and brings it back. At no version is anybody
// admitted beyond capacity (R4), or calls a consortium where it is not let in (R5).
func failover(t *testing.T, env *testenv.Env) {
	g, failure := gomega.NewWithT(t), cluster.Failure{Namespace: england.Largest}
	hit := suppliedBy(t, env, england.Largest)
	if served := slices.DeleteFunc(slices.Clone(hit), isNotAnalytics); len(served) != england.LargestServes {
		t.Fatalf("%s serves data analytics to %d consortia, not to %d", england.Largest, len(served), england.LargestServes)
	}
	hurry(t, env, hit)
	tr, rooms := follow(t, env), roomsOf(t, env)

	began := time.Now()
	if err := env.Cluster.Fail(t.Context(), failure); err != nil {
		t.Fatal(err)
	}
	g.Eventually(func() ([]string, error) { return wrongly(t.Context(), env.Client, hit, isElsewhere) }).
		WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeEmpty())
	writes := logSwitch(t, env, hit, began)
	floor(t, env, writes)
	drained(t, env, hit)

	began = time.Now()
	if err := env.Cluster.Heal(t.Context(), failure); err != nil {
		t.Fatal(err)
	}
	g.Eventually(func() ([]string, error) { return wrongly(t.Context(), env.Client, hit, hasReturned) }).
		WithTimeout(3 * time.Minute).WithPolling(time.Second).Should(gomega.BeEmpty())
	returns := switches(env, hit, began)
	t.Logf("healed: %d have returned, those whose records are held have not; the first %s after the healing began, the last %s",
		len(returns), returns[0].Sub(began).Round(100*time.Millisecond), returns[len(returns)-1].Sub(began).Round(100*time.Millisecond))
	drained(t, env, hit)
	tr.check(t, rooms)
}

func isNotAnalytics(key client.ObjectKey) bool { return key.Name != "data-analytics" }

func isElsewhere(a *v1alpha1.SupportAgreement) bool {
	return a.Status.Supplier.Provider != england.Largest
}

// hasReturned: where records are held, the return is a handover by people.
func hasReturned(a *v1alpha1.SupportAgreement) bool {
	return isElsewhere(a) == (a.Spec.Function == "contracting")
}

// hurry gives agreements the shortest terms of failover that there are.
func hurry(t *testing.T, env *testenv.Env, keys []client.ObjectKey) {
	t.Helper()
	for _, key := range keys {
		agreement := &v1alpha1.SupportAgreement{}
		if err := env.Client.Get(t.Context(), key, agreement); err != nil {
			t.Fatal(err)
		}
		before := agreement.DeepCopy()
		agreement.Spec.Failover = v1alpha1.Failover{
			AfterOutage: v1alpha1.Duration(afterOutage.String()), Failback: v1alpha1.Failback{Stabilisation: v1alpha1.Duration(stabilisation.String())},
		}
		if err := env.Client.Patch(t.Context(), agreement, client.MergeFrom(before)); err != nil {
			t.Fatal(err)
		}
	}
}

func roomsOf(t *testing.T, env *testenv.Env) map[string]v1alpha1.Capacity {
	t.Helper()
	services, rooms := &v1alpha1.HostedServiceList{}, map[string]v1alpha1.Capacity{}
	if err := env.Client.List(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	for _, service := range services.Items {
		rooms["ledger."+service.Namespace+"."+service.Name] = service.Spec.Capacity
	}
	return rooms
}

// logSwitch states how long the switch took, and returns the writes that it needed.
func logSwitch(t *testing.T, env *testenv.Env, hit []client.ObjectKey, began time.Time) []testenv.Request {
	t.Helper()
	confirmed, thirds := confirmedOutage(t, env), 0
	agreements := &v1alpha1.SupportAgreementList{}
	if err := env.Client.List(t.Context(), agreements); err != nil {
		t.Fatal(err)
	}
	for _, a := range agreements.Items {
		if slices.Contains(hit, client.ObjectKeyFromObject(&a)) && len(a.Spec.Suppliers) > 2 && a.Status.Supplier.Provider == string(a.Spec.Suppliers[2].Provider) {
			thirds++
		}
	}
	if least := england.LargestServes - england.FallbackTakes; thirds < least {
		t.Errorf("%d went to their third choice, but the second has no room for %d", thirds, least)
	}
	names := switches(env, hit, began)
	after := func(n int) time.Duration { return names[n].Sub(confirmed).Round(100 * time.Millisecond) }
	last := len(names) - 1
	writes := env.Requests.Since(confirmed, func(r testenv.Request) bool { return r.IsWrite() && r.Code < 300 && !r.At.After(names[last]) })
	t.Logf("%s stopped: all its %d agreements have their next supplier (%d the third choice, where the second is full), in %d switches: the first %s after the outage was confirmed, half of them %s, the last %s; %d writes: %s",
		england.Largest, len(hit), thirds, len(names), after(0), after(last/2), after(last), len(writes), testenv.Summary(writes))
	return writes
}

// confirmedOutage is when the supplier that was stopped had not been available for long enough: to the
// second, and rounded down.
func confirmedOutage(t *testing.T, env *testenv.Env) time.Time {
	t.Helper()
	services := &v1alpha1.HostedServiceList{}
	if err := env.Client.List(t.Context(), services, client.InNamespace(england.Largest)); err != nil {
		t.Fatal(err)
	}
	var first time.Time
	for _, service := range services.Items {
		if since := service.Status.UnavailableSince; since != nil && (first.IsZero() || since.Time.Before(first)) {
			first = since.Time
		}
	}
	return first.Add(afterOutage)
}

// switches are the moments since another at which the operator wrote the name that a consortium calls.
func switches(env *testenv.Env, hit []client.ObjectKey, began time.Time) []time.Time {
	var moments []time.Time
	for _, r := range env.Requests.Since(began, testenv.Request.IsWrite) {
		if r.Resource == "services" && r.Code < 300 && slices.Contains(hit, client.ObjectKey{Namespace: r.Namespace, Name: r.Name}) {
			moments = append(moments, r.At)
		}
	}
	return moments
}

// drained waits until no opening leads to another supplier than the one in force.
func drained(t *testing.T, env *testenv.Env, hit []client.ObjectKey) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() (int, error) {
		s, err := readSupply(t.Context(), env.Client)
		if err != nil {
			return 0, err
		}
		left := 0
		for o := range s.openings {
			namespace, name, _ := strings.Cut(o.agreement, "/")
			key := client.ObjectKey{Namespace: namespace, Name: name}
			if slices.Contains(hit, key) && o.namespace != namespace && !strings.Contains(s.aliases[key], "."+o.namespace+".") {
				left++
			}
		}
		return left, nil
	}).WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeZero())
}
