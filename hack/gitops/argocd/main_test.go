// Package argocd_test applies the repository of docs/gitops.md as Argo CD does.
package argocd_test

import (
	"os"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// settled is time for everything to come about: scheduling, readiness, aggregates.
const settled = 60 * time.Second

var env *testenv.Env

func TestMain(m *testing.M) {
	gomega.SetDefaultEventuallyPollingInterval(100 * time.Millisecond)
	gomega.SetDefaultEventuallyTimeout(settled)
	os.Exit(gitops.Run(m, &env))
}
