package argocd_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/engine"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"github.com/commissioning-support/operator/hack/gitops"
)

const (
	// trackingID is by what Argo CD knows its own: the Application and the object itself.
	trackingID = "argocd.argoproj.io/tracking-id"
	manager    = "argocd-controller"
	// compareOptions are read by the controller of Argo CD, not by the engine.
	compareOptions   = "argocd.argoproj.io/compare-options"
	ignoreExtraneous = "IgnoreExtraneous"
)

// application is what is read of config/gitops/argocd/commissioning.yaml.
type application struct {
	Metadata struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Source struct {
			Path      string `json:"path"`
			Kustomize struct {
				Patches []any `json:"patches"`
			} `json:"kustomize"`
		} `json:"source"`
		SyncPolicy struct {
			Automated struct {
				Prune bool `json:"prune"`
			} `json:"automated"`
			SyncOptions []string `json:"syncOptions"`
		} `json:"syncPolicy"`
	} `json:"spec"`
}

// syncOptions are those of an Application, as the controller of Argo CD hands them to the engine.
var syncOptions = map[string]sync.SyncOpt{"ServerSideApply=true": sync.WithServerSideApply(true)}

// argo does with an Application what the controller of Argo CD does, by the engine that it is built on.
type argo struct {
	application *application
	cache       cache.ClusterCache
	engine      engine.GitOpsEngine
	checks      scripts
	dryRun      diff.ServerSideDryRunner
}

// newArgo returns an engine whose view of the cluster is filled, and what ends it.
func newArgo(config *rest.Config, app *application, checks scripts) (*argo, func(), error) {
	clusterCache := cache.NewClusterCache(config,
		cache.SetLogr(logr.Discard()),
		cache.SetSettings(cache.Settings{ResourceHealthOverride: checks, ResourcesFilter: cache.NewNoopSettings()}),
		cache.SetPopulateResourceInfoHandler(func(object *unstructured.Unstructured, _ bool) (any, bool) {
			id := object.GetAnnotations()[trackingID]
			return id, id != ""
		}))
	kubectl := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}
	a := &argo{application: app, cache: clusterCache, checks: checks}
	a.engine = engine.NewEngine(config, clusterCache, engine.WithLogr(logr.Discard()), engine.WithKubectl(kubectl))
	stop, err := a.engine.Run()
	if err != nil {
		return nil, nil, fmt.Errorf("run the engine: %w", err)
	}
	resources, cleanup, err := kubectl.ManageServerSideDiffDryRuns(config)
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("prepare dry runs: %w", err)
	}
	a.dryRun = diff.NewK8sServerSideDryRunner(resources)
	return a, func() { cleanup(); stop() }, nil
}

// tracked is a copy of objects that carries the Application's mark.
func (a *argo) tracked(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var copies []*unstructured.Unstructured
	for _, object := range objects {
		object = object.DeepCopy()
		annotations := object.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[trackingID] = a.idOf(kube.GetResourceKey(object))
		object.SetAnnotations(annotations)
		copies = append(copies, object)
	}
	return copies
}

func (a *argo) idOf(key kube.ResourceKey) string {
	return fmt.Sprintf("%s:%s/%s:%s/%s", a.application.Metadata.Name, key.Group, key.Kind, key.Namespace, key.Name)
}

// owns says that an object in the cluster is the Application's: a copy of its mark elsewhere does not count.
func (a *argo) owns(r *cache.Resource) bool { return r.Info == a.idOf(r.ResourceKey()) }

// sync makes the cluster what the repository says; the answer is what the engine says of each object.
func (a *argo) sync(ctx context.Context, objects []*unstructured.Unstructured) (map[string]common.ResourceSyncResult, error) {
	options := []sync.SyncOpt{
		sync.WithPrune(a.application.Spec.SyncPolicy.Automated.Prune), sync.WithHealthOverride(a.checks),
		sync.WithServerSideApplyManager(manager), sync.WithLogr(logr.Discard()),
	}
	for _, name := range a.application.Spec.SyncPolicy.SyncOptions {
		option, known := syncOptions[name]
		if !known {
			return nil, fmt.Errorf("the test does not know the sync option %s", name)
		}
		options = append(options, option)
	}
	results, err := a.engine.Sync(ctx, a.tracked(objects), a.owns, "main", "", options...)
	if err != nil {
		return nil, fmt.Errorf("sync: %w", err)
	}
	done := map[string]common.ResourceSyncResult{}
	for i := range results {
		key := results[i].ResourceKey
		done[strings.Join(slices.DeleteFunc([]string{key.Kind, key.Namespace, key.Name}, func(s string) bool { return s == "" }), "/")] = results[i]
	}
	return done, nil
}

// outOfSync compares what stands with the repository, by a dry run of the API server or without one, and names what
// differs.
func (a *argo) outOfSync(objects []*unstructured.Unstructured, serverSide bool) ([]string, error) {
	targets := a.tracked(objects)
	live, err := a.cache.GetManagedLiveObjs(targets, a.owns)
	if err != nil {
		return nil, fmt.Errorf("read what is managed: %w", err)
	}
	pairs := sync.Reconcile(targets, live, "", a.cache)
	results, err := diff.DiffArray(pairs.Target, pairs.Live,
		diff.WithLogr(logr.Discard()), diff.WithManager(manager), diff.WithGVKParser(a.cache.GetGVKParser()),
		diff.WithServerSideDiff(serverSide), diff.WithServerSideDryRunner(a.dryRun))
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	var differ []string
	for i, result := range results.Diffs {
		switch target, live := pairs.Target[i], pairs.Live[i]; {
		case !result.Modified, target == nil && live.GetAnnotations()[compareOptions] == ignoreExtraneous:
		case target == nil:
			differ = append(differ, gitops.Name(live)+" is in the repository no more")
		default:
			differ = append(differ, fmt.Sprintf("%s: %s, not %s", gitops.Name(target), result.NormalizedLive, result.PredictedLive))
		}
	}
	return differ, nil
}

// health is what is said of each object of the Application that has a health.
func (a *argo) health(objects []*unstructured.Unstructured) (map[string]health.HealthStatus, error) {
	live, err := a.cache.GetManagedLiveObjs(a.tracked(objects), a.owns)
	if err != nil {
		return nil, fmt.Errorf("read what is managed: %w", err)
	}
	all := map[string]health.HealthStatus{}
	for _, object := range objects {
		stands := live[kube.GetResourceKey(object)]
		if stands == nil {
			all[gitops.Name(object)] = health.HealthStatus{Status: health.HealthStatusMissing}
			continue
		}
		is, err := health.GetResourceHealth(stands, a.checks)
		if err != nil {
			return nil, fmt.Errorf("health of %s: %w", gitops.Name(object), err)
		}
		if is != nil {
			all[gitops.Name(object)] = *is
		}
	}
	return all, nil
}
