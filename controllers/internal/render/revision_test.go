package render_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// A restore gives the function another UID: the garbage collector would then take what instances run.
func TestR12_TheGarbageCollectorKeepsOffRevisions(t *testing.T) {
	owner := catalogue("referral-management")
	kept := only[v1alpha1.SupportFunctionRevision](t,
		[]runtime.ApplyConfiguration{render.Revision(owner, revision(everything(), peerReview))}, v1alpha1.SupportFunctionRevisionKind)
	if len(kept.OwnerReferences) != 0 {
		t.Errorf("it has owners: %v", kept.OwnerReferences)
	}
	if marked, _ := state.MarkedOwner(kept); marked != owner {
		t.Errorf("it is marked as of %v, want %v: else nobody deletes it", marked, owner)
	}
	if kept.Name != "referral-management-3" || kept.Namespace != "" {
		t.Errorf("it is called %q in namespace %q", kept.Name, kept.Namespace)
	}
}

// The workload says by which revision it was written; its pods do not: to take up a revision that says the
// same of pods, as of sizing, replaces none.
func TestR12_AWorkloadSaysByWhichRevisionItWasWritten(t *testing.T) {
	tests := map[string]struct {
		children func(render.Instance) []runtime.ApplyConfiguration
		in       render.Instance
		kind     string
	}{
		"a member function":               {ofMember, everything(), "Deployment"},
		"a member function with a volume": {ofMember, stored(), "StatefulSet"},
		"a hosted service":                {ofSupplier, hosted(everything(), "data-analytics"), "Deployment"},
		"a hosted service with a volume":  {ofSupplier, hosted(stored(), "records"), "StatefulSet"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			type workload struct {
				Metadata metav1.ObjectMeta `json:"metadata"`
				Spec     struct {
					Template struct {
						Metadata metav1.ObjectMeta `json:"metadata"`
					} `json:"template"`
				} `json:"spec"`
			}
			tc.in.Revision = 12
			got := only[workload](t, tc.children(tc.in), tc.kind)
			if number := got.Metadata.Annotations[v1alpha1.RevisionAnnotation]; number != "12" {
				t.Errorf("the workload says revision %q, want 12", number)
			}
			if number, says := got.Spec.Template.Metadata.Annotations[v1alpha1.RevisionAnnotation]; says {
				t.Errorf("each new revision replaces all pods: they say %q", number)
			}
		})
	}
}

func ofMember(in render.Instance) []runtime.ApplyConfiguration {
	return render.MemberFunction(in, settings)
}

func ofSupplier(in render.Instance) []runtime.ApplyConfiguration {
	return render.HostedService(in, settings)
}

// In order, a StatefulSet waits for ever for a broken pod before it replaces it (kubernetes#67250).
func TestR12_ABrokenPodWithAVolumeIsReplaced(t *testing.T) {
	set := only[appsv1.StatefulSet](t, render.MemberFunction(stored(), settings), "StatefulSet")
	if set.Spec.PodManagementPolicy != appsv1.ParallelPodManagement {
		t.Errorf("pods are managed %s, want Parallel", set.Spec.PodManagementPolicy)
	}
}
