package status_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// control is the one control plane of this package, with our kinds installed, started by the first
// test that needs it.
var control = sync.OnceValues(func() (*cluster.Cluster, error) {
	ctx := context.Background()
	c, err := cluster.Up(ctx, cluster.Options{Ephemeral: true, Nodes: 1})
	if err != nil {
		return nil, err
	}
	for _, step := range [][]string{
		{"apply", "--server-side", "-k", "../../../config/crd"},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"},
	} {
		if _, err := c.Kubectl(ctx, step...); err != nil {
			return c, err
		}
	}
	return c, nil
})

// isStarted says that a test has asked for the control plane.
var isStarted bool

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if isStarted {
		if c, _ := control(); c != nil {
			if err := c.Down(context.Background()); err != nil {
				fmt.Fprintln(os.Stderr, "stop the control plane:", err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// liveClient reads and writes live.
func liveClient(t *testing.T) client.WithWatch {
	t.Helper()
	isStarted = true
	c, err := control()
	if err != nil {
		t.Fatalf("start a control plane: %v", err)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	live, err := client.NewWithWatch(c.Config(), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return live
}
