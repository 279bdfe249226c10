// Package e2e_test runs whole stories on a control plane of their own.
package e2e_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/onsi/gomega"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/hack/england"
	"github.com/commissioning-support/operator/hack/testenv"
)

// TestEngland loads the whole country, in random order (rule R13), and looks at its figures, at its rest, and at a restart.
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
	atRest(t, env)
	restarted(t, env)
}

func load(t *testing.T, env *testenv.Env, data string) {
	folder := t.TempDir()
	report, err := england.Import(t.Context(), data, folder)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(report, "60,601,784") {
		t.Errorf("the report must count the patients:\n%s", report)
	}
	objects, err := env.Kustomize(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	began := time.Now()
	rounds, err := england.ApplyUntilAccepted(t.Context(), env.Client, objects)
	if err != nil {
		t.Fatal(err)
	}
	accepted := time.Since(began)
	gomega.NewWithT(t).Eventually(func() (england.State, error) { return england.Look(t.Context(), env.Client) }).
		WithTimeout(5 * time.Minute).WithPolling(time.Second).Should(gomega.Equal(england.Complete()))
	writes := env.Requests.Since(began, testenv.Request.IsWrite)
	t.Logf("%d objects in random order (seed %d) accepted after %d rounds in %s, all Ready after %s; %d writes of the operator: %s",
		len(objects), seed, rounds, accepted.Round(time.Second), time.Since(began).Round(time.Second), len(writes), testenv.Summary(writes))
}

// atRest: rule R10. In the 60 s that begin 30 s after the last write, the operator requests nothing
// but its lease and renewed watches.
func atRest(t *testing.T, env *testenv.Env) {
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return time.Since(env.Requests.LastWrite()) > 30*time.Second }).
		WithTimeout(3 * time.Minute).WithPolling(time.Second).Should(gomega.BeTrue())
	began := time.Now()
	g.Consistently(func() []testenv.Request {
		return env.Requests.Since(began, func(r testenv.Request) bool { return !r.IsWatch() && r.Resource != "leases" })
	}).WithTimeout(time.Minute).WithPolling(time.Second).Should(gomega.BeEmpty())
}

// restarted: with everything present, a new operator writes nothing.
func restarted(t *testing.T, env *testenv.Env) {
	if err := env.StopOperator(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := env.StartOperator(t.Context()); err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Consistently(func() []testenv.Request { return env.Requests.Since(began, testenv.Request.IsWrite) }).
		WithTimeout(30 * time.Second).WithPolling(time.Second).Should(gomega.BeEmpty())
}
