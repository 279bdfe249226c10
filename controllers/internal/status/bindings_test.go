package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestBindingsAreNoPartOfReady(t *testing.T) {
	for name, change := range map[string]func(*functionFacts){
		"a function that works":        func(*functionFacts) {},
		"a function that does not run": func(f *functionFacts) { f.seen.Workload.Available = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			without, with := running(), running()
			change(without)
			change(with)
			with.object.Spec.Bindings = []v1alpha1.ObjectName{"data-analytics"}
			want := meta.FindStatusCondition(without.mark().Status.Conditions, v1alpha1.ReadyCondition)
			got := meta.FindStatusCondition(with.mark().Status.Conditions, v1alpha1.ReadyCondition)
			want.LastTransitionTime = got.LastTransitionTime
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a binding that is missing changes Ready (-without +with):\n%s", diff)
			}
		})
	}
}

func TestOnlyAFunctionThatNamesAgreementsSpeaksOfThem(t *testing.T) {
	facts := running()
	facts.object.Spec.Bindings = []v1alpha1.ObjectName{"data-analytics"}
	if meta.FindStatusCondition(facts.mark().Status.Conditions, v1alpha1.BindingsResolvedCondition) == nil {
		t.Error("a function that names an agreement does not speak of it")
	}
	facts.object.Spec.Bindings = nil
	if c := meta.FindStatusCondition(facts.mark().Status.Conditions, v1alpha1.BindingsResolvedCondition); c != nil {
		t.Errorf("a function that names none any more still says: %s", c.Message)
	}
}
