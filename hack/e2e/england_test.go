// Package e2e_test runs whole stories on a control plane of their own.
package e2e_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/england"
	"github.com/commissioning-support/operator/hack/testenv"
)

// TestEngland loads the whole country, in random order (rule R13), and looks at its figures, at what
// becomes of it when the largest supplier stops and comes back, and when a function of the catalogue
// changes, at its rest, and at a restart.
func TestEngland(t *testing.T) {
	data, ok := england.Folder()
	if !ok {
		t.Skip("the NHS publication is not here: name its folder in COMMISSIONING_ENGLAND_DATA")
	}
	ctrl.SetLogger(logr.Discard())
	env, err := testenv.Start(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	load(t, env, data)
	statusesAreSmall(t, env)
	failover(t, env)
	rollout(t, env)
	atRest(t, env)
	restarted(t, env)
}

// load: agreements come when the services stand. One that came before its first choice would begin with
// the next one, and return in its own time - where records are held, never by itself.
func load(t *testing.T, env *testenv.Env, data string) {
	objects, report, err := england.Published(t.Context(), env, data)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(report, "60,601,784") || !strings.Contains(report, "405 agreements of 135 consortia") {
		t.Errorf("the reports must count the patients and the agreements:\n%s", report)
	}
	count, seed := len(objects), uint64(time.Now().UnixNano())
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	agreements := slices.DeleteFunc(slices.Clone(objects), func(o *unstructured.Unstructured) bool { return !isAgreement(o) })
	began, rounds := time.Now(), 0
	for _, part := range [][]*unstructured.Unstructured{slices.DeleteFunc(objects, isAgreement), agreements} {
		tries, err := england.ApplyUntilAccepted(t.Context(), env.Client, part)
		if err != nil {
			t.Fatal(err)
		}
		rounds += tries
	}
	accepted := time.Since(began)
	gomega.NewWithT(t).Eventually(func() (england.State, error) { return england.Look(t.Context(), env.Client) }).
		WithTimeout(8 * time.Minute).WithPolling(time.Second).Should(gomega.Equal(england.Complete()))
	writes := env.Requests.Since(began, testenv.Request.IsWrite)
	t.Logf("%d objects in random order (seed %d) accepted after %d rounds in %s, all Ready after %s; %d writes of the operator: %s",
		count, seed, rounds, accepted.Round(time.Second), time.Since(began).Round(time.Second), len(writes), testenv.Summary(writes))
}

// statusesAreSmall: none of them holds a list of consortia, nor anything that grows with their number.
func statusesAreSmall(t *testing.T, env *testenv.Env) {
	t.Helper()
	largest := map[string]int{}
	for _, kind := range []string{
		v1alpha1.ConsortiumKind, v1alpha1.HostedServiceKind, v1alpha1.SupportAgreementKind, v1alpha1.SupportFunctionKind, v1alpha1.SupportProviderKind,
	} {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
		if err := env.Client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			status, err := json.Marshal(list.Items[i].Object["status"])
			if err != nil {
				t.Fatal(err)
			}
			largest[kind] = max(largest[kind], len(status))
		}
		if largest[kind] > 8<<10 {
			t.Errorf("a %s's status has %d bytes", kind, largest[kind])
		}
	}
	t.Logf("bytes of the largest status: %v", largest)
}

func isAgreement(o *unstructured.Unstructured) bool {
	return o.GetKind() == v1alpha1.SupportAgreementKind
}

// atRest: rule R10. In the 60 s that begin 30 s after the last write, the operator requests nothing but
// its lease, renewed watches, and the tokens that are due: a renewal for each agreement a day.
func atRest(t *testing.T, env *testenv.Env) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return time.Since(env.Requests.LastWrite()) > 30*time.Second }).
		WithTimeout(4 * time.Minute).WithPolling(time.Second).Should(gomega.BeTrue())
	began := time.Now()
	g.Consistently(func() []testenv.Request {
		return env.Requests.Since(began, func(r testenv.Request) bool { return !r.IsWatch() && r.Resource != "leases" && !isRenewal(r) })
	}).WithTimeout(time.Minute).WithPolling(time.Second).Should(gomega.BeEmpty())
	if renewals := env.Requests.Since(began, isRenewal); len(renewals) > 5 {
		t.Errorf("%d tokens were renewed in a minute: they are not spread over the day", len(renewals))
	}
}

func isRenewal(r testenv.Request) bool { return r.Verb == "update" && r.Resource == "secrets" }

// restarted: with everything present, a new operator writes nothing.
func restarted(t *testing.T, env *testenv.Env) {
	t.Helper()
	if err := env.StopOperator(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := env.StartOperator(t.Context()); err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Consistently(func() []testenv.Request {
		return env.Requests.Since(began, func(r testenv.Request) bool { return r.IsWrite() && !isRenewal(r) })
	}).WithTimeout(30 * time.Second).WithPolling(time.Second).Should(gomega.BeEmpty())
}
