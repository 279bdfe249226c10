package cluster

import (
	"context"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/localcluster/internal/dirlock"
)

// Up starts a cluster and returns when its nodes are ready. When it is running already, that one is
// returned; what a crashed one left is removed first. When anything fails or ctx ends, everything
// that was started is stopped again.
func Up(ctx context.Context, o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if c, err := alreadyRunning(o); c != nil || err != nil {
		return c, err
	}
	set, err := binaries.Ensure(ctx, binaries.Options{Dir: o.Binaries, Cache: o.Cache, Only: o.binaries(), Out: o.Out})
	if err != nil {
		return nil, err
	}
	lock, err := dirlock.Acquire(ctx, o.folder(), func() {
		_, _ = fmt.Fprintln(o.Out, "Another process is starting or stopping this cluster; waiting for it.")
	})
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	// The process that held the lock may have started it.
	if c, err := alreadyRunning(o); c != nil || err != nil {
		return c, err
	}
	return startNew(ctx, o, set)
}

// alreadyRunning returns nil when the cluster does not run.
func alreadyRunning(o Options) (*Cluster, error) {
	r, err := readRecord(o.folder())
	if err != nil || r == nil || !r.healthy() {
		return nil, err
	}
	_, _ = fmt.Fprintf(o.Out, "The cluster %q is already running.\n", o.Name)
	return attach(o, r)
}

// startNew starts over with other ports when another program took one of the chosen ones.
func startNew(ctx context.Context, o Options, set *binaries.Set) (*Cluster, error) {
	if _, err := os.Stat(filepath.Join(o.folder(), recordFile)); err == nil {
		_, _ = fmt.Fprintf(o.Out, "Removing what is left of the cluster %q: it was not stopped properly or lost a component.\n", o.Name)
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		if err := wipe(ctx, o.folder()); err != nil {
			return nil, err
		}
		c, err := startOnce(ctx, o, set)
		if err == nil {
			return c, nil
		}
		// The log of a component is part of the error; it goes away with the folder.
		if c != nil {
			if cleared := c.abandon(ctx); cleared != nil {
				return nil, errors.Join(err, cleared)
			}
		}
		if ctx.Err() != nil || attempt == attempts || !strings.Contains(err.Error(), "address already in use") {
			return nil, err
		}
		_, _ = fmt.Fprintln(o.Out, "Another program took the chosen port; trying others.")
	}
}

func (c *Cluster) abandon(ctx context.Context) error {
	err := wipe(ctx, c.folder)
	if c.watchdog != nil {
		c.watchdog.dismiss()
	}
	return err
}

// startOnce returns the cluster together with an error when parts of it may be running.
func startOnce(ctx context.Context, o Options, set *binaries.Set) (*Cluster, error) {
	p, err := choosePorts()
	if err != nil {
		return nil, err
	}
	folder := o.folder()
	r := &record{
		Name:              o.Name,
		KubernetesVersion: set.Version(apiServer),
		KubectlPath:       set.Path(binaries.Kubectl),
		Created:           time.Now(),
		Nodes:             o.Nodes,
		ReadyWithin:       o.ReadyAfter + o.ReadyJitter,
		Components:        componentRecords(o, p, set),
	}
	c := newCluster(o, r)
	if err := os.MkdirAll(filepath.Join(folder, "pki"), 0o700); err != nil {
		return c, fmt.Errorf("creating the folder of the cluster: %w", err)
	}
	if err := r.write(folder); err != nil {
		return c, err
	}
	if o.Ephemeral {
		if c.watchdog, err = startWatchdog(folder); err != nil {
			return c, err
		}
	}
	if err := writeFiles(folder, o.Name, p); err != nil {
		return c, err
	}
	if err := writeAuditPolicy(o); err != nil {
		return c, err
	}
	if err := c.loadConfig(); err != nil {
		return c, err
	}
	return c, c.bringUp(ctx, o)
}

// writeFiles makes everything that the components read.
func writeFiles(folder, name string, p ports) error {
	pki := filepath.Join(folder, "pki")
	etcdCA, err := newAuthority(pki, "etcd-ca")
	if err != nil {
		return err
	}
	ca, err := newAuthority(pki, "ca")
	if err != nil {
		return err
	}
	for file, a := range map[string]*authority{"etcd": etcdCA, "etcd-client": etcdCA, "apiserver": ca} {
		if _, err := a.issue(file, pkix.Name{CommonName: file}); err != nil {
			return err
		}
	}
	if err := writeServiceAccountKeys(pki); err != nil {
		return err
	}
	if err := writePrivate(filepath.Join(folder, kwokConfigFile), nil); err != nil {
		return err
	}
	return writeKubeconfigs(folder, name, loopback(p.apiServer), ca)
}

// bringUp starts the components and waits until the cluster can be used.
func (c *Cluster) bringUp(ctx context.Context, o Options) error {
	begun := time.Now()
	for _, component := range []string{etcd, apiServer} {
		if err := c.launch(component); err != nil {
			return err
		}
	}
	if err := c.waitForAPIServer(ctx); err != nil {
		return err
	}
	c.sayReached(begun, "the API server answers")
	if err := c.launch(controllerManager); err != nil {
		return err
	}
	if !o.Bare {
		if err := c.bringUpNodes(ctx, o); err != nil {
			return err
		}
		c.sayReached(begun, fmt.Sprintf("%d simulated nodes are ready", o.Nodes))
	}
	if err := c.waitForServiceAccount(ctx); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.record.Ready = true
	return c.record.write(c.folder)
}

// bringUpNodes starts what plays the nodes and puts pods on them.
func (c *Cluster) bringUpNodes(ctx context.Context, o Options) error {
	if err := c.launch(scheduler); err != nil {
		return err
	}
	if err := c.simulate(ctx, o); err != nil {
		return err
	}
	if err := c.launch(kwok); err != nil {
		return err
	}
	return c.waitForNodes(ctx)
}

func (c *Cluster) sayReached(begun time.Time, what string) {
	_, _ = fmt.Fprintf(c.out, "  %4.1f s  %s\n", time.Since(begun).Seconds(), what)
}

// launch starts a component and writes down at once that it runs.
func (c *Cluster) launch(component string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.record.component(component).start(c.logPath(component), c.folder, c.ephemeral); err != nil {
		return err
	}
	return c.record.write(c.folder)
}
