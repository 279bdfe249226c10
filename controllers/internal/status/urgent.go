package status

import (
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What is written at once, by kind: what others go by, and what must outlive the operator. The rest is how
// far things are, for people.

// UrgentOfMemberFunction is nothing: that it works, or ceases to, is urgent of every kind.
func UrgentOfMemberFunction(_, _ *v1alpha1.MemberFunction) bool { return false }

// UrgentOfConsortium is whether all its functions work, and what they wait for. Until its guard rails
// stand, they wait for those.
func UrgentOfConsortium(before, after *v1alpha1.Consortium) bool {
	was, is := before.Status, after.Status
	rails := v1alpha1.GuardRailsInPlaceCondition
	if turned(was.Conditions, is.Conditions, rails, v1alpha1.FunctionsAvailableCondition) {
		return true
	}
	return meta.IsStatusConditionTrue(is.Conditions, rails) && (was.Namespace != is.Namespace || !equality.Semantic.DeepEqual(was.RegisteredPatients, is.RegisteredPatients) ||
		turned(was.Conditions, is.Conditions, v1alpha1.NamespaceAvailableCondition, v1alpha1.PopulationKnownCondition))
}

// UrgentOfSupportProvider is what its services wait for.
func UrgentOfSupportProvider(before, after *v1alpha1.SupportProvider) bool {
	return turned(before.Status.Conditions, after.Status.Conditions, v1alpha1.NamespaceAvailableCondition, v1alpha1.GuardRailsInPlaceCondition)
}

// UrgentOfSupportFunction is what its instances go by, and the clocks of its rollout.
func UrgentOfSupportFunction(before, after *v1alpha1.SupportFunction) bool {
	was, is := before.Status, after.Status
	return was.Revision != is.Revision || was.Rollout.Halted != is.Rollout.Halted ||
		!equality.Semantic.DeepEqual(was.Rollout.Layers, is.Rollout.Layers) || !equality.Semantic.DeepEqual(was.Rollout.SoakingSince, is.Rollout.SoakingSince)
}

// UrgentOfHostedService is what agreements go by, and its clocks.
func UrgentOfHostedService(before, after *v1alpha1.HostedService) bool {
	was, is := before.Status, after.Status
	return was.Available != is.Available || was.Address != is.Address ||
		!equality.Semantic.DeepEqual(was.AvailableSince, is.AvailableSince) || !equality.Semantic.DeepEqual(was.UnavailableSince, is.UnavailableSince) ||
		!equality.Semantic.DeepEqual(was.ReplicasNeeded, is.ReplicasNeeded)
}

// UrgentOfSupportAgreement is who supplies, and why.
func UrgentOfSupportAgreement(before, after *v1alpha1.SupportAgreement) bool {
	was, is := before.Status, after.Status
	return was.Binding != is.Binding || turned(was.Conditions, is.Conditions, v1alpha1.BoundCondition) ||
		!equality.Semantic.DeepEqual(was.Supplier, is.Supplier) || !equality.Semantic.DeepEqual(was.History, is.History)
}

// turned says whether one of the conditions becomes true, or ceases to be.
func turned(before, after []metav1.Condition, conditions ...string) bool {
	for _, name := range conditions {
		if meta.IsStatusConditionTrue(before, name) != meta.IsStatusConditionTrue(after, name) {
			return true
		}
	}
	return false
}
