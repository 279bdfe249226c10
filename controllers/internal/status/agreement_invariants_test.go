package status_test

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// needed are the conditions that an agreement's Ready sums up, in words of its own.
var needed = []string{
	v1alpha1.FunctionResolvedCondition, v1alpha1.AcceptedCondition, v1alpha1.AdmittedCondition, v1alpha1.InTermCondition,
	v1alpha1.DataSharingInForceCondition, v1alpha1.SupplierAssuredCondition, v1alpha1.SupplierAvailableCondition, v1alpha1.BoundCondition,
}

// closed is the list of an agreement's conditions: there are no others, beside the two for GitOps.
var closed = append([]string{
	v1alpha1.ReadyCondition, v1alpha1.FallbackActiveCondition, v1alpha1.FallbackReadyCondition, v1alpha1.ExpiringCondition,
	v1alpha1.ReconcilingCondition, v1alpha1.StalledCondition,
}, needed...)

// checkAgreement: Ready is never True beside what is False, nor otherwise where all is True. What is
// Unknown freezes it.
func checkAgreement(t reporter, e example, ready *metav1.Condition) {
	conditions := e.object.GetConditions()
	isLacking := ready.Reason == v1alpha1.ReasonDeleting
	for _, name := range needed {
		c := meta.FindStatusCondition(conditions, name)
		switch {
		case c == nil:
			t.Errorf("%s: there is no %s", e.situation, name)
		case c.Status == metav1.ConditionFalse && ready.Status == metav1.ConditionTrue:
			t.Errorf("%s: Ready is True, and %s is False: %s", e.situation, name, c.Message)
		default:
			isLacking = isLacking || c.Status != metav1.ConditionTrue
		}
	}
	if ready.Status != metav1.ConditionTrue && !isLacking {
		t.Errorf("%s: Ready is %s although nothing is lacking: %s", e.situation, ready.Status, ready.Message)
	}
	for _, c := range conditions {
		if !slices.Contains(closed, c.Type) {
			t.Errorf("%s: %s is not in the closed list", e.situation, c.Type)
		}
	}
}

// wantStatus compares a condition's status; empty: there is none.
func wantStatus(t *testing.T, object status.Object, condition string, want metav1.ConditionStatus) {
	t.Helper()
	got := metav1.ConditionStatus("")
	if c := meta.FindStatusCondition(object.GetConditions(), condition); c != nil {
		got = c.Status
	}
	if got != want {
		t.Errorf("%s is %q, want %q", condition, got, want)
	}
}
