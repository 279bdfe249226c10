package monitoring

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// The programs of Prometheus.
var prometheusBin, promtool string

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	programs, err := binaries.Ensure(context.Background(), binaries.Options{
		Only: []string{binaries.Prometheus, binaries.Promtool}, Out: os.Stderr,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "monitoring:", err)
		os.Exit(1)
	}
	prometheusBin, promtool = programs.Path(binaries.Prometheus), programs.Path(binaries.Promtool)
	os.Exit(m.Run())
}
