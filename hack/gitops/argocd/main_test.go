// Package argocd_test applies the repository of docs/gitops.md as Argo CD does.
package argocd_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/onsi/gomega"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// settled is time for everything to come about: scheduling, readiness, aggregates.
const settled = 60 * time.Second

var env *testenv.Env

func TestMain(m *testing.M) {
	gomega.SetDefaultEventuallyPollingInterval(100 * time.Millisecond)
	gomega.SetDefaultEventuallyTimeout(settled)
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx := context.Background()
	ctrl.SetLogger(logr.Discard())
	var err error
	if env, err = gitops.Start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := env.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
