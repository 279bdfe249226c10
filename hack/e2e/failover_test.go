package e2e_test

import (
	"slices"
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
	t.Logf("healed: all have returned, but for those whose records are held, %s after the supplier was available for %s",
		lastSwitch(env, hit, began).Sub(began.Add(stabilisation)).Round(100*time.Millisecond), stabilisation)
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
	services, agreements := &v1alpha1.HostedServiceList{}, &v1alpha1.SupportAgreementList{}
	for _, list := range []client.ObjectList{services, agreements} {
		if err := env.Client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	var confirmed time.Time
	for _, service := range services.Items {
		if since := service.Status.UnavailableSince; since != nil && (confirmed.IsZero() || since.Time.Before(confirmed)) {
			confirmed = since.Time
		}
	}
	confirmed = confirmed.Add(afterOutage)
	thirds := 0
	for _, a := range agreements.Items {
		if slices.Contains(hit, client.ObjectKeyFromObject(&a)) && len(a.Spec.Suppliers) > 2 && a.Status.Supplier.Provider == string(a.Spec.Suppliers[2].Provider) {
			thirds++
		}
	}
	if least := england.LargestServes - england.FallbackTakes; thirds < least {
		t.Errorf("%d went to their third choice, but the second has no room for %d", thirds, least)
	}
	last := lastSwitch(env, hit, began)
	writes := env.Requests.Since(confirmed, func(r testenv.Request) bool { return r.IsWrite() && r.Code < 300 && !r.At.After(last) })
	t.Logf("%s stopped: all its %d agreements have their next supplier (%d the third choice) %s after the outage was confirmed; %d writes: %s",
		england.Largest, len(hit), thirds, last.Sub(confirmed).Round(100*time.Millisecond), len(writes), testenv.Summary(writes))
	return writes
}

// lastSwitch is when the operator last wrote the name that one of the consortia calls.
func lastSwitch(env *testenv.Env, hit []client.ObjectKey, began time.Time) time.Time {
	written := env.Requests.Since(began, func(r testenv.Request) bool {
		return r.IsWrite() && r.Resource == "services" && r.Code < 300 && slices.Contains(hit, client.ObjectKey{Namespace: r.Namespace, Name: r.Name})
	})
	if len(written) == 0 {
		return began
	}
	return written[len(written)-1].At
}

// drained waits until no opening leads to a former supplier any more.
func drained(t *testing.T, env *testenv.Env, hit []client.ObjectKey) {
	gomega.NewWithT(t).Eventually(func() (int, error) {
		s, err := readSupply(t.Context(), env.Client)
		if err != nil {
			return 0, err
		}
		left := 0
		for _, key := range hit {
			if s.openings[opening{key.String(), england.Largest}] {
				left++
			}
		}
		return left, nil
	}).WithTimeout(2 * time.Minute).WithPolling(time.Second).Should(gomega.BeZero())
}
