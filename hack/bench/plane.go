package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers"
	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/country"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
	"github.com/commissioning-support/operator/hack/testenv"
)

// As config/rbac and cmd/manager have them.
const (
	operatorNamespace = "commissioning-system"
	operatorAccount   = "commissioning-operator"
	leaseName         = "commissioning-support-operator"
)

// plane is a control plane for one subject in one round, with the kinds, the rights and the policies
// installed: the same flags and the same feeder for every subject.
type plane struct {
	*cluster.Cluster
	// client acts as the administrator, without a limit of its own; in protobuf where a kind has it.
	client  client.Client
	log     *audit.Log
	feeder  *feeder
	version string // of Kubernetes
	n       int    // consortia so far
}

// newPlane starts a control plane, and installs config/ and the catalogue.
func newPlane(ctx context.Context) (*plane, error) {
	control, err := cluster.Up(ctx, cluster.Options{
		Ephemeral: true, Bare: true, Audited: []string{"system:serviceaccount:" + operatorNamespace + ":" + operatorAccount},
	})
	if err != nil {
		return nil, fmt.Errorf("start a control plane: %w", err)
	}
	p := &plane{Cluster: control, log: audit.NewLog(control.AuditLog())}
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(err, control.Down(ctx))
	}
	return p, nil
}

func (p *plane) prepare(ctx context.Context) error {
	scheme, err := controllers.Scheme()
	if err != nil {
		return err
	}
	config := p.Config()
	config.QPS = -1
	if p.client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	steps := [][]string{
		{"apply", "--server-side", "-k", testenv.Path("config/crd")},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"},
		{"apply", "--server-side", "-k", testenv.Path("config/without-manager")},
	}
	for _, step := range steps {
		if _, err := p.Kubectl(ctx, step...); err != nil {
			return fmt.Errorf("install: %w", err)
		}
	}
	if p.feeder, err = startFeeder(ctx, config); err != nil {
		return err
	}
	version, err := p.feeder.clients.Discovery().ServerVersion()
	if err != nil {
		return fmt.Errorf("ask for the version of Kubernetes: %w", err)
	}
	p.version = version.GitVersion
	return p.create(ctx, append(country.Catalogue(), country.Suppliers()...))
}

// operatorKubeconfig writes a kubeconfig with the operator's identity.
func (p *plane) operatorKubeconfig(ctx context.Context) (string, error) {
	path := filepath.Join(p.Folder(), "operator.kubeconfig")
	return path, p.ServiceAccountKubeconfig(ctx, operatorNamespace, operatorAccount, path)
}

// operatorConfig is the operator's identity for a client without a limit of its own.
func (p *plane) operatorConfig(ctx context.Context) (*rest.Config, error) {
	path, err := p.operatorKubeconfig(ctx)
	if err != nil {
		return nil, err
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("read the operator's kubeconfig: %w", err)
	}
	config.QPS = -1
	return config, nil
}

// close ends the plane, and is done also for somebody who asked with Ctrl-C.
func (p *plane) close(ctx context.Context) error {
	p.feeder.stop()
	if err := p.Down(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("stop the control plane: %w", err)
	}
	return nil
}

// create creates objects one after the other.
func (p *plane) create(ctx context.Context, objects []client.Object) error {
	for _, object := range objects {
		if err := insist(ctx, func() error { return p.client.Create(ctx, object) }); err != nil {
			return fmt.Errorf("create %T %s: %w", object, client.ObjectKeyFromObject(object), err)
		}
	}
	return nil
}

// populate brings the country to n consortia: what people write, and nothing else.
func (p *plane) populate(ctx context.Context, n int) error {
	var jobs []job
	for i := p.n; i < n; i++ {
		jobs = append(jobs, func(ctx context.Context) error { return p.create(ctx, country.Consortium(i)) })
	}
	p.n = n
	return saturate(ctx, jobs)
}
