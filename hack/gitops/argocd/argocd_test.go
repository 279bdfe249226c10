package argocd_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// story is one Application through its life; its steps build on one another.
type story struct {
	*testing.T
	argo       *argo
	repository *gitops.Repository
	// data is what stays in the namespace of the consortium that leaves.
	data *gitops.Data
}

// TestOneApplication: one Application that holds everything comes to life from nothing, is changed and pruned.
func TestOneApplication(t *testing.T) {
	app := shippedApplication(t)
	if app.Metadata.Annotations[compareOptions] != "ServerSideDiff=true" {
		t.Errorf("the Application is not compared as the test compares it: %v", app.Metadata.Annotations)
	}
	config := env.Cluster.Config()
	config.QPS = -1
	engine, stop, err := newArgo(config, app, shippedHealth(t))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	repository, err := gitops.NewRepository(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &story{argo: engine, repository: repository}
	for _, step := range []struct {
		says string
		does func(*story)
	}{
		{"one sync in one wave makes everything, and everything becomes Healthy", (*story).convergesFromEmpty},
		{"nothing is OutOfSync, and a second sync changes nothing", (*story).isSynced},
		{"a commit is synced", (*story).develops},
		{"what waits for a person is Degraded", (*story).degrades},
		{"a consortium that leaves loses no data, and the Application is Synced", (*story).leaves},
		{"and finds its data when it returns", (*story).returns},
		{"a supplier that is needed is not pruned, and the engine says why", (*story).isRefused},
	} {
		if !t.Run(step.says, func(t *testing.T) { s.T = t; step.does(s) }) {
			t.FailNow()
		}
	}
}

// shippedApplication reads config/gitops/argocd/commissioning.yaml.
func shippedApplication(t *testing.T) *application {
	t.Helper()
	content, err := os.ReadFile(testenv.Path("config/gitops/argocd/commissioning.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	app := &application{}
	if err := yaml.Unmarshal(content, app); err != nil {
		t.Fatal(err)
	}
	return app
}

func (s *story) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// objects is what Argo CD makes of the repository: the Application's patches are a kustomization above its path.
func (s *story) objects() []*unstructured.Unstructured {
	s.Helper()
	const overlay = "patched"
	source := s.argo.application.Spec.Source
	content, err := yaml.Marshal(map[string]any{"resources": []string{"../" + source.Path}, "patches": source.Kustomize.Patches})
	s.must(err)
	s.must(s.repository.Add(overlay+"/kustomization.yaml", string(content)))
	objects, err := s.repository.Build(s.Context(), overlay)
	s.must(err)
	return objects
}

// sync syncs; of every object the engine must say the code that is given, or that it is synced.
func (s *story) sync(others map[string]common.ResultCode) {
	s.Helper()
	results, err := s.argo.sync(s.Context(), s.objects())
	s.must(err)
	got := map[string]common.ResultCode{}
	for name, result := range results {
		if result.Status != common.ResultCodeSynced {
			got[name] = result.Status
			s.Logf("%s: %s: %s", name, result.Status, result.Message)
		}
	}
	if diff := cmp.Diff(others, got); diff != "" {
		s.Errorf("what was not simply synced (-want +got):\n%s", diff)
	}
}

// isHealthyAndSynced waits for both; nothing may be Degraded meanwhile.
func (s *story) isHealthyAndSynced() {
	s.Helper()
	objects := s.objects()
	g := gomega.NewWithT(s.T)
	g.Eventually(func() []string {
		all, err := s.argo.health(objects)
		s.must(err)
		var not []string
		for name, is := range all {
			if is.Status == health.HealthStatusDegraded {
				s.Errorf("on the way, %s is Degraded: %s", name, is.Message)
			}
			if is.Status != health.HealthStatusHealthy {
				not = append(not, name+": "+string(is.Status)+": "+is.Message)
			}
		}
		return not
	}).Should(gomega.BeEmpty())
	for _, serverSide := range []bool{true, false} {
		g.Eventually(func() []string {
			differ, err := s.argo.outOfSync(objects, serverSide)
			s.must(err)
			return differ
		}).Should(gomega.BeEmpty(), "by a dry run of the API server: %t", serverSide)
	}
}

func (s *story) convergesFromEmpty() {
	s.sync(map[string]common.ResultCode{})
	s.isHealthyAndSynced()
	kinds := map[string]bool{}
	all, err := s.argo.health(s.objects())
	s.must(err)
	for name := range all {
		kind, _, _ := strings.Cut(name, "/")
		kinds[kind] = true
	}
	if len(kinds) != 7 {
		s.Errorf("these kinds have a health: %v", slices.Sorted(maps.Keys(kinds)))
	}
	s.Logf("%d objects, %d of them with a health", len(s.objects()), len(all))
}

func (s *story) isSynced() {
	before := s.generations()
	s.sync(map[string]common.ResultCode{})
	s.isHealthyAndSynced()
	if diff := cmp.Diff(before, s.generations()); diff != "" {
		s.Errorf("specs changed (-before +after):\n%s", diff)
	}
}

func (s *story) generations() map[string]int64 {
	s.Helper()
	all := map[string]int64{}
	for _, object := range s.objects() {
		live, err := gitops.Live(s.Context(), env.Client, object)
		s.must(err)
		all[gitops.Name(object)] = live.GetGeneration()
	}
	return all
}

func (s *story) develops() {
	before := s.generations()
	s.must(s.repository.Develop())
	s.sync(map[string]common.ResultCode{})
	s.isHealthyAndSynced()
	var changed []string
	for name, generation := range s.generations() {
		if was, existed := before[name]; existed && was != generation {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	want := slices.Sorted(slices.Values(gitops.DevelopChanges))
	if diff := cmp.Diff(want, changed); diff != "" {
		s.Errorf("whose spec changed (-want +got):\n%s", diff)
	}
}
