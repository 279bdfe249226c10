// Package testenv runs the operator, as it is shipped and with the rights it is shipped with,
// against a control plane of its own: for tests that need both.
package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/commissioning-support/operator/controllers"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

const (
	operatorNamespace = "commissioning-system"
	operatorAccount   = "commissioning-operator"
)

// Env is a control plane with config/ installed, and the operator on it.
type Env struct {
	// Cluster is the control plane.
	Cluster *cluster.Cluster
	// Client acts as the administrator, and reads live.
	Client client.Client
	// Requests are those that the operator made.
	Requests *Recorder
	// Clock is the operator's.
	Clock Clock

	folder   string
	operator *rest.Config
	stop     func() error
}

// Start brings up the control plane, installs config/ and the catalogue, and starts the operator.
func Start(ctx context.Context, nodes int) (*Env, error) {
	control, err := cluster.Up(ctx, cluster.Options{Ephemeral: true, Nodes: nodes})
	if err != nil {
		return nil, fmt.Errorf("start a control plane: %w", err)
	}
	env := newEnv(control)
	err = env.install(ctx)
	if err == nil {
		err = env.operate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, control.Down(ctx))
	}
	return env, nil
}

// On starts the operator on a control plane on which it is installed; Leave ends it.
func On(ctx context.Context, control *cluster.Cluster) (*Env, error) {
	env := newEnv(control)
	return env, env.operate(ctx)
}

func newEnv(control *cluster.Cluster) *Env {
	return &Env{Cluster: control, Requests: NewRecorder(), stop: func() error { return nil }}
}

// operate makes the clients, and starts the operator.
func (e *Env) operate(ctx context.Context) error {
	scheme, err := controllers.Scheme()
	if err != nil {
		return err
	}
	admin := e.Cluster.Config()
	admin.QPS = -1
	if e.Client, err = client.New(admin, client.Options{Scheme: scheme}); err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	if e.operator, err = e.operatorConfig(ctx); err != nil {
		return err
	}
	return e.StartOperator(ctx)
}

// install applies config/ in the order that the documentation gives.
func (e *Env) install(ctx context.Context) error {
	steps := [][]string{
		{"apply", "--server-side", "-k", Path("config/crd")},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"},
		{"apply", "--server-side", "-k", Path("config/without-manager")},
		{"apply", "--server-side", "-k", Path("config/catalogue")},
	}
	for _, step := range steps {
		if _, err := e.Cluster.Kubectl(ctx, step...); err != nil {
			return fmt.Errorf("install: %w", err)
		}
	}
	return nil
}

// operatorConfig is the operator's own identity, with the rights of config/rbac.
func (e *Env) operatorConfig(ctx context.Context) (*rest.Config, error) {
	folder, err := os.MkdirTemp("", "operator-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the operator's kubeconfig: %w", err)
	}
	e.folder = folder
	path := filepath.Join(folder, "kubeconfig")
	if err := e.Cluster.ServiceAccountKubeconfig(ctx, operatorNamespace, operatorAccount, path); err != nil {
		return nil, err
	}
	operator, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("read the operator's kubeconfig: %w", err)
	}
	operator.QPS = -1
	operator.Wrap(e.Requests.Wrap)
	return operator, nil
}

// StartOperator starts the operator; it has begun to work when this returns.
func (e *Env) StartOperator(ctx context.Context) error {
	mgr, err := e.newManager()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	settings, err := controllers.DefaultOptions()
	if err == nil {
		settings.CallerNamespaces, settings.Clock = []string{"gateway"}, &e.Clock
		err = controllers.Setup(ctx, mgr, settings)
	}
	if err != nil {
		cancel()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	e.stop = func() error {
		cancel()
		return <-ended
	}
	if !mgr.GetCache().WaitForCacheSync(ctx) {
		return fmt.Errorf("the operator's cache was not filled: %w", e.StopOperator())
	}
	return nil
}

func (e *Env) newManager() (ctrl.Manager, error) {
	scheme, err := controllers.Scheme()
	if err != nil {
		return nil, err
	}
	cacheOptions, err := controllers.CacheOptions()
	if err != nil {
		return nil, err
	}
	repeated, timeout := true, 10*time.Second
	recovers := false // a panic ends the test
	mgr, err := ctrl.NewManager(e.operator, ctrl.Options{
		Scheme: scheme, Cache: cacheOptions, Logger: logr.Discard(),
		Client:                  client.Options{FieldOwner: controllers.FieldOwner, FieldValidation: "Strict"},
		Metrics:                 metricsserver.Options{BindAddress: "0"},
		Controller:              config.Controller{SkipNameValidation: &repeated, RecoverPanic: &recovers},
		GracefulShutdownTimeout: &timeout,
	})
	if err != nil {
		return nil, fmt.Errorf("make the operator: %w", err)
	}
	return mgr, nil
}

// StopOperator stops the operator and waits until it has ended.
func (e *Env) StopOperator() error {
	stop := e.stop
	e.stop = func() error { return nil }
	return stop()
}

// Leave ends the operator, and leaves the control plane as it is.
func (e *Env) Leave() error {
	if err := e.StopOperator(); err != nil {
		return err
	}
	if err := os.RemoveAll(e.folder); err != nil {
		return fmt.Errorf("remove the operator's kubeconfig: %w", err)
	}
	return nil
}

// Stop ends everything that Start began.
func (e *Env) Stop(ctx context.Context) error {
	return errors.Join(e.Leave(), e.Cluster.Down(ctx))
}

// Path is where a file of the repository is.
func Path(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", name)
}
