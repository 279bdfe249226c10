package flux_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/gitops"
)

const (
	disabled = "disabled"
	// interval is how often the engine looks whether what it applied works; the controller's is longer.
	interval = 200 * time.Millisecond
)

// engine does with a Kustomization what kustomize-controller does, by the package which that is built on: staged
// server-side apply, then garbage collection of what the last round held and this one does not, then health.
type engine struct {
	client.Client
	kustomization *kustomizev1.Kustomization
	manager       *ssa.ResourceManager
	inventory     []*unstructured.Unstructured
}

// outcome is what a round did to each object.
type outcome struct{ applied, pruned map[string]ssa.Action }

func newEngine(config *rest.Config, kustomization *kustomizev1.Kustomization) (*engine, error) {
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	poller := polling.NewStatusPoller(c, c.RESTMapper(), polling.Options{})
	owner := ssa.Owner{Field: "kustomize-controller", Group: kustomizev1.GroupVersion.Group}
	return &engine{Client: c, kustomization: kustomization, manager: ssa.NewResourceManager(c, poller, owner)}, nil
}

// reconcile applies what the repository holds, and prunes what it holds no more.
func (e *engine) reconcile(ctx context.Context, objects []*unstructured.Unstructured) (outcome, error) {
	objects, err := e.owned(objects)
	if err != nil {
		return outcome{}, err
	}
	options := ssa.DefaultApplyOptions()
	options.Force = e.kustomization.Spec.Force
	applied, err := e.manager.ApplyAllStaged(ctx, slices.Clone(objects), options)
	if err != nil {
		return outcome{}, fmt.Errorf("apply: %w", err)
	}
	stale := slices.DeleteFunc(slices.Clone(e.inventory), func(o *unstructured.Unstructured) bool { return contains(objects, o) })
	e.inventory = objects
	if !e.kustomization.Spec.Prune || len(stale) == 0 {
		return outcome{applied: applied.ToMap()}, nil
	}
	pruned, err := e.prune(ctx, stale)
	return outcome{applied.ToMap(), pruned}, err
}

// owned is a copy of objects that carries the Kustomization's labels.
func (e *engine) owned(objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var copies []*unstructured.Unstructured
	for _, object := range objects {
		copies = append(copies, object.DeepCopy())
	}
	e.manager.SetOwnerLabels(copies, e.kustomization.Name, e.kustomization.Namespace)
	if err := normalize.UnstructuredList(copies); err != nil {
		return nil, fmt.Errorf("normalise: %w", err)
	}
	return copies, nil
}

// prune deletes what left the repository. What is not deleted for an error stays in the inventory, and is tried again.
func (e *engine) prune(ctx context.Context, stale []*unstructured.Unstructured) (map[string]ssa.Action, error) {
	group := kustomizev1.GroupVersion.Group
	pruned, err := e.manager.DeleteAll(ctx, stale, ssa.DeleteOptions{
		PropagationPolicy: metav1.DeletePropagationBackground,
		Inclusions:        e.manager.GetOwnerLabels(e.kustomization.Name, e.kustomization.Namespace),
		Exclusions:        map[string]string{group + "/prune": disabled, group + "/reconcile": disabled},
	})
	actions := pruned.ToMap()
	for _, object := range stale {
		if actions[gitops.Name(object)] == ssa.UnknownAction {
			e.inventory = append(e.inventory, object)
		}
	}
	return actions, err
}

// wait waits, as `wait: true` says, until all that was applied works, or something is stalled.
func (e *engine) wait() error {
	options := ssa.DefaultWaitOptions()
	options.Interval, options.FailFast = interval, true
	options.Timeout = e.kustomization.GetTimeout()
	return e.manager.Wait(e.inventory, options)
}

func contains(objects []*unstructured.Unstructured, wanted client.Object) bool {
	return slices.ContainsFunc(objects, func(o *unstructured.Unstructured) bool { return gitops.Name(o) == gitops.Name(wanted) })
}
