package plan

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// SupportFunction is which revision a catalogue entry makes, and how far that has come.
type SupportFunction struct {
	// Invalid is what is wrong with the schema of the parameters: the entry then makes no revision.
	Invalid error
	// Revision that the entry makes; IsNew says that it has to be kept first.
	Revision v1alpha1.SupportFunctionRevisionSpec
	IsNew    bool
	Rollout  v1alpha1.RolloutStatus
	// Next is when to look again, if nothing changes; zero: never.
	Next time.Time
	// Expired are the revisions that are not kept any more.
	Expired []int64
}

// PlanSupportFunction decides how a catalogue entry reaches its instances (R12). One that cannot be used
// reaches nobody, and all stays as it is.
func PlanSupportFunction(seen state.SupportFunction, now time.Time) SupportFunction {
	f := seen.Object
	planned := SupportFunction{Invalid: SchemaProblem(f), Rollout: f.Status.Rollout}
	if planned.Invalid != nil {
		return planned
	}
	planned.Revision, planned.IsNew = RevisionOf(f, seen.Revisions)
	planned.Rollout, planned.Next = rollout.Plan(f.Status.Rollout, rollout.Seen{
		Function: f.Name, Target: planned.Revision.Revision, Terms: rollout.TermsOf(f.Spec.Rollout), Members: membersOf(seen),
	}, now)
	planned.Expired = ExpiredRevisions(seen.Revisions, planned.used(seen))
	return planned
}

// used are the revisions that a layer or an instance names, before or after this reconcile.
func (p SupportFunction) used(seen state.SupportFunction) map[int64]bool {
	used := map[int64]bool{p.Revision.Revision: true, seen.Object.Status.Revision: true}
	for _, layers := range [][]v1alpha1.RolloutLayer{p.Rollout.Layers, seen.Object.Status.Rollout.Layers} {
		for _, layer := range layers {
			used[layer.Revision] = true
		}
	}
	for _, instance := range seen.Instances {
		used[instance.Instance.Revision], used[instance.Instance.Pinned] = true, true
	}
	return used
}

// membersOf are the instances that can run the function: those of the other delivery never do.
func membersOf(seen state.SupportFunction) []rollout.Member {
	kind := v1alpha1.MemberFunctionKind
	if seen.Object.Spec.Delivery == v1alpha1.DeliveryHosted {
		kind = v1alpha1.HostedServiceKind
	}
	var members []rollout.Member
	for _, use := range seen.Instances {
		if use.Kind == kind && !use.Instance.Deleting {
			members = append(members, memberOf(use))
		}
	}
	return members
}

// memberOf tells from an instance's conditions how far it is. Its replicas say no more than they are asked:
// UpToDate is true only of the revision that the status names, with nothing of another left; so Available
// beside it is no word of an older one.
func memberOf(use state.Use) rollout.Member {
	upToDate := meta.FindStatusCondition(use.Conditions, v1alpha1.UpToDateCondition)
	isTrue := func(condition string) bool { return meta.IsStatusConditionTrue(use.Conditions, condition) }
	isFalse := func(condition string) bool { return meta.IsStatusConditionFalse(use.Conditions, condition) }
	runsNothing := upToDate == nil || upToDate.Reason == v1alpha1.ReasonNotRunning
	cannotRun := upToDate != nil && upToDate.Status == metav1.ConditionFalse && upToDate.Reason == v1alpha1.ReasonReplicaFailure
	return rollout.Member{
		Instance: rollout.Instance{Namespace: use.Namespace, Name: use.Name, Labels: use.Instance.Labels, Pinned: use.Instance.Pinned},
		Kind:     use.Kind, Created: use.Instance.Created, Revision: use.Instance.Revision,
		IsDone:    isTrue(v1alpha1.UpToDateCondition) && isTrue(v1alpha1.AvailableCondition),
		IsFailing: isFalse(v1alpha1.ParametersValidCondition) || cannotRun,
		IsIdle:    runsNothing || isFalse(v1alpha1.ConsortiumResolvedCondition) || isFalse(v1alpha1.ProviderResolvedCondition),
	}
}
