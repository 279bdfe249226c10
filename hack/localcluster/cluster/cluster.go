package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/commissioning-support/operator/hack/localcluster/internal/dirlock"
)

// ErrNotRunning is returned by Open when there is no such cluster.
var ErrNotRunning = errors.New("the local cluster is not running")

// Cluster is a running control plane, or a cluster of the user's own (see External).
type Cluster struct {
	out        io.Writer
	folder     string // empty for a cluster of the user's own
	kubeconfig string
	kubectl    string
	config     *rest.Config
	ephemeral  bool
	watchdog   *watchdog

	mu     sync.Mutex // guards record
	record *record
}

// Open returns the cluster that Up started, in this process or another one. When none is running,
// the error is ErrNotRunning.
func Open(o Options) (*Cluster, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	r, err := readRecord(o.folder())
	if err != nil {
		return nil, err
	}
	if r == nil || !r.healthy() {
		return nil, fmt.Errorf("cluster %q: %w", o.Name, ErrNotRunning)
	}
	return attach(o, r)
}

// attach makes the Cluster of a record whose API server answers.
func attach(o Options, r *record) (*Cluster, error) {
	c := newCluster(o, r)
	return c, c.loadConfig()
}

func newCluster(o Options, r *record) *Cluster {
	folder := o.folder()
	return &Cluster{
		out:        o.Out,
		folder:     folder,
		kubeconfig: filepath.Join(folder, kubeconfigFile),
		kubectl:    r.KubectlPath,
		ephemeral:  o.Ephemeral,
		record:     r,
	}
}

func (c *Cluster) loadConfig() error {
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	// The client's own limits are meant for shared clusters.
	config.QPS, config.Burst = 500, 1000
	c.config = config
	return nil
}

// healthy tells whether the cluster was started completely and everything of it still runs.
func (r *record) healthy() bool {
	return r.Ready && !slices.ContainsFunc(r.Components, func(c componentRecord) bool { return !c.running() })
}

// Name of the cluster.
func (c *Cluster) Name() string {
	if c.external() {
		return "your own"
	}
	return c.record.Name
}

// Config returns the client configuration of the administrator. The caller may change it.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Kubeconfig is the path of the administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.kubeconfig }

// Folder is where the cluster keeps its state and the logs of its components; empty for a cluster
// of the user's own.
func (c *Cluster) Folder() string { return c.folder }

// Down stops the cluster and removes everything it left. A cluster of the user's own stays.
func (c *Cluster) Down(ctx context.Context) error {
	if c.external() {
		return nil
	}
	err := remove(ctx, c.folder, c.out)
	if c.watchdog != nil {
		c.watchdog.dismiss()
		c.watchdog = nil
	}
	return err
}

// Down stops the cluster of that name, also one that is only half there, and removes everything it
// left. It returns false when there was nothing.
func Down(ctx context.Context, o Options) (bool, error) {
	o, err := o.withDefaults()
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(o.folder()); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return true, remove(ctx, o.folder(), o.Out)
}

// List returns the names of the clusters in the state folder, running or not.
func List(o Options) ([]string, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(o.StateDir, "*", recordFile))
	if err != nil {
		return nil, fmt.Errorf("looking for clusters in %s: %w", o.StateDir, err)
	}
	for i, file := range files {
		files[i] = filepath.Base(filepath.Dir(file))
	}
	return files, nil
}

// remove stops what the record of a folder names and deletes the folder, while nobody else works
// in it.
func remove(ctx context.Context, folder string, out io.Writer) error {
	lock, err := dirlock.Acquire(ctx, folder, func() {
		_, _ = fmt.Fprintln(out, "Another process is starting or stopping this cluster; waiting for it.")
	})
	if err != nil {
		return err
	}
	defer lock.Release()
	return wipe(ctx, folder)
}

// wipe does the work of remove for a caller who holds the lock.
func wipe(ctx context.Context, folder string) error {
	r, err := readRecord(folder)
	if err != nil {
		return err
	}
	if r == nil {
		// Without a record nothing was started. A folder with other content is not one of ours, and
		// then this fails.
		if err := os.Remove(folder); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s holds no cluster, but files; use another name or remove it: %w", folder, err)
		}
		return nil
	}
	if err := r.killAll(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("removing the state of the cluster: %w", err)
	}
	return nil
}

// killAll ends all components at the same time, those that use others first.
func (r *record) killAll(ctx context.Context) error {
	errs := make([]error, len(r.Components))
	var ends sync.WaitGroup
	for i := range slices.Backward(r.Components) {
		ends.Go(func() { errs[i] = r.Components[i].kill(ctx) })
	}
	ends.Wait()
	return errors.Join(errs...)
}

// Stop ends one component with SIGKILL, as a crash would, and waits until it is gone. The names are
// in Components.
func (c *Cluster) Stop(ctx context.Context, component string) error {
	return c.change(ctx, component, func(r *componentRecord) error {
		if err := r.kill(ctx); err != nil {
			return err
		}
		r.Pid, r.Identity = 0, ""
		return nil
	})
}

// Start starts a stopped component again, with the same data and on the same port, and waits until
// the API server answers if that depends on it.
func (c *Cluster) Start(ctx context.Context, component string) error {
	err := c.change(ctx, component, func(r *componentRecord) error {
		if r.running() {
			return nil
		}
		return r.start(c.logPath(component), c.folder, c.ephemeral)
	})
	if err != nil || (component != etcd && component != apiServer) || !c.running(apiServer) || !c.running(etcd) {
		return err
	}
	return c.waitForAPIServer(ctx)
}

// change works on the record of a component and writes it.
func (c *Cluster) change(ctx context.Context, component string, work func(*componentRecord) error) error {
	if c.external() {
		return errExternal
	}
	lock, err := dirlock.Acquire(ctx, c.folder, nil)
	if err != nil {
		return err
	}
	defer lock.Release()
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.record.component(component)
	if r == nil {
		return fmt.Errorf("there is no component %q, only %v", component, Components)
	}
	if err := work(r); err != nil {
		return err
	}
	return c.record.write(c.folder)
}

func (c *Cluster) running(component string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record.component(component).running()
}

func (c *Cluster) logPath(component string) string { return filepath.Join(c.folder, component+".log") }
