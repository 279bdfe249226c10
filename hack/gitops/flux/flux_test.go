package flux_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/ssa"
	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/gitops"
	"github.com/commissioning-support/operator/hack/testenv"
)

// story is one Kustomization through its life; its steps build on one another.
type story struct {
	*testing.T
	engine     *engine
	repository *gitops.Repository
	// data is what stays in the namespace of the consortium that leaves.
	data *gitops.Data
}

// TestOneKustomization: one Kustomization that holds everything comes to life from nothing, is changed and pruned.
func TestOneKustomization(t *testing.T) {
	repository, err := gitops.NewRepository(env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &story{engine: asFlux(t, shipped(t)), repository: repository}
	for _, step := range []struct {
		says string
		does func(*story)
	}{
		{"while the operator is away, everything is accepted, and nothing is said to work", (*story).isAcceptedFromEmpty},
		{"with the operator, everything becomes Current, and nothing Failed on the way", (*story).converges},
		{"a second round writes nothing", (*story).isQuiet},
		{"the operator writes status and finalizers alone, and passes no label on", (*story).sharesNothing},
		{"a commit changes what it says and nothing else", (*story).develops},
		{"what waits for a person is Failed", (*story).fails},
		{"a consortium that leaves loses no data", (*story).leaves},
		{"and finds its data when it returns", (*story).returns},
		{"a supplier that is needed is not pruned, and the engine says why", (*story).isRefused},
		{"a namespace that is not protected by its annotation is not pruned either", (*story).isRefusedWithoutAnnotation},
	} {
		if !t.Run(step.says, func(t *testing.T) { s.T = t; step.does(s) }) {
			t.FailNow()
		}
	}
}

func (s *story) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// objects is what the repository holds.
func (s *story) objects() []*unstructured.Unstructured {
	s.Helper()
	objects, err := s.repository.Build(s.Context(), strings.TrimPrefix(s.engine.kustomization.Spec.Path, "./"))
	s.must(err)
	return objects
}

// round is one reconciliation that succeeds.
func (s *story) round() outcome {
	s.Helper()
	done, err := s.engine.reconcile(s.Context(), s.objects())
	s.must(err)
	return done
}

// statuses is what kstatus says of each object, with the message of what is not Current.
func (s *story) statuses(objects []*unstructured.Unstructured) map[string]string {
	s.Helper()
	all := map[string]string{}
	for _, object := range objects {
		live, err := gitops.Live(s.Context(), s.engine, object)
		s.must(err)
		result, err := status.Compute(live)
		s.must(err)
		if all[gitops.Name(object)] = result.Status.String(); result.Status != status.CurrentStatus {
			all[gitops.Name(object)] += ": " + result.Message
		}
	}
	return all
}

// isCurrent waits until kstatus says Current of everything that the engine holds. Nothing may be Failed meanwhile.
func (s *story) isCurrent() {
	s.Helper()
	s.must(s.engine.wait())
	for name, is := range s.statuses(s.engine.inventory) {
		if is != status.CurrentStatus.String() {
			s.Errorf("%s is %s", name, is)
		}
	}
}

func (s *story) isAcceptedFromEmpty() {
	s.must(env.StopOperator())
	done := s.round()
	for name, action := range done.applied {
		if action != ssa.CreatedAction {
			s.Errorf("%s was %s, so the cluster was not empty", name, action)
		}
	}
	kinds := map[string]bool{}
	for _, object := range s.engine.inventory {
		if !gitops.IsOurs(object) {
			continue
		}
		kinds[object.GetKind()] = true
		if is := s.statuses([]*unstructured.Unstructured{object})[gitops.Name(object)]; !strings.HasPrefix(is, status.InProgressStatus.String()) {
			s.Errorf("nobody has seen %s yet, and it is %s", gitops.Name(object), is)
		}
	}
	if len(kinds) != 7 {
		s.Errorf("the repository holds %d of the seven kinds that people write: %v", len(kinds), slices.Sorted(maps.Keys(kinds)))
	}
}

func (s *story) converges() {
	s.must(env.StartOperator(s.Context()))
	s.isCurrent()
	s.Logf("%d objects are Current", len(s.engine.inventory))
}

func (s *story) isQuiet() {
	s.operatorRests()
	before := s.versions()
	for name, action := range s.round().applied {
		if action != ssa.UnchangedAction {
			s.Errorf("%s was %s", name, action)
		}
	}
	if diff := cmp.Diff(before, s.versions()); diff != "" {
		s.Errorf("resource versions moved (-before +after):\n%s", diff)
	}
}

// operatorRests waits until the operator has nothing left to write.
func (s *story) operatorRests() {
	s.Helper()
	gomega.NewWithT(s.T).Eventually(func() time.Duration { return time.Since(env.Requests.LastWrite()) }).
		Should(gomega.BeNumerically(">", 5*time.Second), "the operator goes on writing")
}

// versions are the resource versions of all objects.
func (s *story) versions() map[string]string {
	s.Helper()
	all := map[string]string{}
	for _, object := range s.engine.inventory {
		live, err := gitops.Live(s.Context(), s.engine, object)
		s.must(err)
		all[gitops.Name(object)] = live.GetResourceVersion()
	}
	return all
}

func (s *story) develops() {
	s.must(s.repository.Develop())
	want := map[string]ssa.Action{}
	for _, name := range gitops.DevelopCreates {
		want[name] = ssa.CreatedAction
	}
	for _, name := range gitops.DevelopChanges {
		want[name] = ssa.ConfiguredAction
	}
	got := s.round().applied
	maps.DeleteFunc(got, func(_ string, action ssa.Action) bool { return action == ssa.UnchangedAction })
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("what the round did (-want +got):\n%s", diff)
	}
	s.isCurrent()
	agreement := &v1alpha1.SupportAgreement{}
	gomega.NewWithT(s.T).Eventually(func() bool {
		s.must(env.Client.Get(s.Context(), client.ObjectKey{Namespace: "tower-hamlets", Name: "contracting"}, agreement))
		return meta.IsStatusConditionTrue(agreement.Status.Conditions, v1alpha1.FallbackReadyCondition)
	}).Should(gomega.BeTrue(), "the supplier that joined can take over")
}

func (s *story) fails() {
	kustomization := s.engine.kustomization.DeepCopy()
	kustomization.Name = "trouble"
	other := asAdministrator(s.T, &engine{kustomization: kustomization})
	objects, err := env.Kustomize(s.Context(), testenv.Path("hack/gitops/testdata/trouble"))
	s.must(err)
	_, err = other.reconcile(s.Context(), objects)
	s.must(err)
	ours := slices.DeleteFunc(slices.Clone(objects), func(o *unstructured.Unstructured) bool { return !gitops.IsOurs(o) })
	kinds := map[string]bool{}
	gomega.NewWithT(s.T).Eventually(func() []string {
		var others []string
		for name, is := range s.statuses(ours) {
			if !strings.HasPrefix(is, status.FailedStatus.String()+": ") {
				others = append(others, name+" is "+is)
			}
			kind, _, _ := strings.Cut(name, "/")
			kinds[kind] = true
		}
		return others
	}).Should(gomega.BeEmpty())
	if len(kinds) != 7 {
		s.Errorf("only these kinds are in trouble: %v", slices.Sorted(maps.Keys(kinds)))
	}
	for name, is := range s.statuses(ours) {
		s.Logf("%s: %s", name, is)
	}
	if err := other.wait(); err == nil || !strings.Contains(err.Error(), "stalled") {
		s.Errorf("the engine waits for what is stalled: %v", err)
	}
	s.prunes(other, nil)
	s.isGone(objects)
}

// prunes reconciles until nothing is refused any more: a function that leaves together with those who use it is refused
// until they are gone.
func (s *story) prunes(e *engine, objects []*unstructured.Unstructured) map[string]ssa.Action {
	s.Helper()
	all := map[string]ssa.Action{}
	gomega.NewWithT(s.T).Eventually(func() error {
		done, err := e.reconcile(s.Context(), objects)
		maps.Copy(all, done.pruned)
		return err
	}).Should(gomega.Succeed())
	return all
}

// isGone waits until objects of ours do not exist.
func (s *story) isGone(objects []*unstructured.Unstructured) {
	s.Helper()
	gomega.NewWithT(s.T).Eventually(func() []string {
		var left []string
		for _, object := range objects {
			if _, err := gitops.Live(s.Context(), env.Client, object); gitops.IsOurs(object) && (err == nil || client.IgnoreNotFound(err) != nil) {
				left = append(left, gitops.Name(object))
			}
		}
		return left
	}).Should(gomega.BeEmpty())
}
