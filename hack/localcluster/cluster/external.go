package cluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"k8s.io/client-go/kubernetes"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

var errExternal = errors.New("this is a cluster of your own: localcluster can neither make its pods fail nor stop its components")

// External returns a cluster of the user's own behind the same type. Down leaves it alone, and
// Fail, Heal, Stop and Start say that they cannot.
func External(ctx context.Context, kubeconfig string, o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("finding the kubeconfig %s: %w", kubeconfig, err)
	}
	c := &Cluster{out: o.Out, kubeconfig: path}
	if err := c.loadConfig(); err != nil {
		return nil, err
	}
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", path, err)
	}
	version, err := clients.Discovery().ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("the cluster of %s does not answer: %w", path, err)
	}
	c.record = &record{KubernetesVersion: version.GitVersion}
	if c.kubectl, err = exec.LookPath(binaries.Kubectl); err == nil {
		return c, nil
	}
	set, err := binaries.Ensure(ctx, binaries.Options{
		Dir: o.Binaries, Cache: o.Cache, Only: []string{binaries.Kubectl}, Out: o.Out,
	})
	if err != nil {
		return nil, err
	}
	c.kubectl = set.Path(binaries.Kubectl)
	return c, nil
}

func (c *Cluster) external() bool { return c.folder == "" }
