package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/country"
	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// kro (https://kro.run) makes objects from templates: one graph describes the children of a consortium, and
// an instance of it is made for each.
const (
	kroModule  = "github.com/kubernetes-sigs/kro"
	kroVersion = "v0.9.4"
)

// kroKind is what an instance of the graph is.
var (
	kroKind  = schema.GroupVersionKind{Group: "kro.run", Version: "v1alpha1", Kind: "BenchConsortium"}
	kroGraph = schema.GroupVersionKind{Group: "kro.run", Version: "v1alpha1", Kind: "ResourceGraphDefinition"}
)

// kro makes the same children with kro, and returns how long that took: from the first instance that is
// applied until all say that everything stands. What belongs to no consortium is made by a plain client.
func (p *plane) kro(ctx context.Context, s *snapshot, built kroBuild) (took time.Duration, err error) {
	if _, err := p.Kubectl(ctx, "apply", "--server-side", "-f", built.kinds); err != nil {
		return 0, fmt.Errorf("install the kinds of kro: %w", err)
	}
	if _, err := p.Kubectl(ctx, "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"); err != nil {
		return 0, fmt.Errorf("wait for the kinds of kro: %w", err)
	}
	made, err := p.plain(ctx)
	if err != nil {
		return 0, err
	}
	graph, rest, err := graphOf(s)
	if err != nil {
		return 0, err
	}
	stop, err := p.startKro(ctx, built.binary)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := p.accept(ctx, made, graph); err != nil {
		return 0, err
	}
	began := time.Now()
	w := writer{client: made, owner: plainClient}
	var jobs []job
	for _, child := range rest {
		jobs = append(jobs, func(ctx context.Context) error { return insist(ctx, func() error { return w.post(ctx, child) }) })
	}
	for i := range p.n {
		instance := &unstructured.Unstructured{}
		instance.SetGroupVersionKind(kroKind)
		instance.SetName(country.Name(i))
		jobs = append(jobs, func(ctx context.Context) error {
			return insist(ctx, func() error { return made.Create(ctx, instance) })
		})
	}
	if err := saturate(ctx, jobs); err != nil {
		return 0, err
	}
	return p.awaitInstances(ctx, began)
}

// graphOf describes the children of a consortium in kro's terms, by those of the first one; rest are the
// children that belong to none.
func graphOf(s *snapshot) (graph *unstructured.Unstructured, rest []*unstructured.Unstructured, err error) {
	var templates []any
	first := country.Name(0)
	for _, child := range s.children {
		switch mark := child.GetAnnotations()[v1alpha1.OwnerAnnotation]; {
		case strings.Contains(mark, first):
			template, err := templateOf(child, first)
			if err != nil {
				return nil, nil, err
			}
			templates = append(templates, map[string]any{"id": fmt.Sprintf("child%d", len(templates)), "template": template})
		case !strings.Contains(mark, country.NamePrefix):
			rest = append(rest, adopted(child, nil))
		}
	}
	graph = &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"schema":    map[string]any{"apiVersion": kroKind.Version, "kind": kroKind.Kind, "scope": "Cluster", "spec": map[string]any{}},
		"resources": templates,
	}}}
	graph.SetGroupVersionKind(kroGraph)
	graph.SetName("bench-consortium")
	return graph, rest, nil
}

// templateOf is a child in which the instance's name stands for the consortium's. A name that several
// would share is made one of its own.
func templateOf(child *unstructured.Unstructured, name string) (map[string]any, error) {
	const own = "${schema.metadata.name}"
	child = adopted(child, nil)
	if !strings.Contains(child.GetNamespace()+child.GetName(), name) {
		child.SetName(child.GetName() + "-" + name)
	}
	content, err := json.Marshal(child.Object)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", child.GetName(), err)
	}
	template := map[string]any{}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(content), name, own)), &template); err != nil {
		return nil, fmt.Errorf("decode a template of %s: %w", child.GetName(), err)
	}
	return template, nil
}

// accept applies the graph, and waits until kro serves it.
func (p *plane) accept(ctx context.Context, made client.Client, graph *unstructured.Unstructured) error {
	if err := insist(ctx, func() error { return made.Create(ctx, graph) }); err != nil {
		return fmt.Errorf("apply the graph: %w", err)
	}
	err := wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		if err := made.Get(ctx, client.ObjectKeyFromObject(graph), graph); err != nil {
			return false, err
		}
		state, _, _ := unstructured.NestedString(graph.Object, "status", "state")
		return state == "Active", nil
	})
	if err != nil {
		conditions, _, _ := unstructured.NestedSlice(graph.Object, "status", "conditions")
		return fmt.Errorf("wait until kro serves the graph: %w: %v", err, conditions)
	}
	return nil
}

// awaitInstances waits until every instance says that all of it stands.
func (p *plane) awaitInstances(ctx context.Context, began time.Time) (time.Duration, error) {
	left := 0
	err := wait.PollUntilContextTimeout(ctx, time.Second, patience, true, func(ctx context.Context) (bool, error) {
		instances := &unstructured.UnstructuredList{}
		instances.SetGroupVersionKind(kroKind)
		if err := p.client.List(ctx, instances); err != nil {
			return false, fmt.Errorf("list instances: %w", err)
		}
		left = p.n
		for _, instance := range instances.Items {
			if state, _, _ := unstructured.NestedString(instance.Object, "status", "state"); state == "ACTIVE" {
				left--
			}
		}
		return left == 0, nil
	})
	if err != nil {
		return 0, fmt.Errorf("wait for %d instances of kro: %w", left, err)
	}
	return time.Since(began), nil
}

// startKro starts kro with the rights of the operator's account, with as many workers and requests as it
// can use, and returns what ends it.
func (p *plane) startKro(ctx context.Context, binary string) (stop func() error, err error) {
	kubeconfig, err := p.operatorKubeconfig(ctx)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(p.Folder(), "kro.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open kro's log: %w", err)
	}
	command := exec.CommandContext(ctx, binary, "--metrics-bind-address=0", "--health-probe-bind-address=0",
		"--dynamic-controller-concurrent-reconciles=32", "--dynamic-controller-rate-limiter-rate-limit=10000", "--dynamic-controller-rate-limiter-burst-limit=10000",
		"--client-qps=10000", "--client-burst=10000", "--instance-requeue-interval=100ms", "--graceful-shutdown-timeout=5s")
	command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start kro: %w", err), log.Close())
	}
	return func() error {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait() // how it ended is in its log
		return log.Close()
	}, nil
}

// kroBuild is a binary, and the folder of its kinds.
type kroBuild struct{ binary, kinds string }

// buildKro compiles kro, a Go module.
func buildKro(ctx context.Context, folder string) (kroBuild, error) {
	environment := append(os.Environ(), "GOBIN="+folder, "CGO_ENABLED=0", "GOFLAGS=")
	install := exec.CommandContext(ctx, "go", "install", kroModule+"/cmd/controller@"+kroVersion)
	install.Dir, install.Env = folder, environment
	if output, err := install.CombinedOutput(); err != nil {
		return kroBuild{}, fmt.Errorf("compile kro: %w\n%s", err, output)
	}
	module, err := binaries.DownloadModule(ctx, kroModule+"@"+kroVersion)
	if err != nil {
		return kroBuild{}, err
	}
	return kroBuild{binary: filepath.Join(folder, "controller"), kinds: filepath.Join(module, "helm", "crds")}, nil
}
