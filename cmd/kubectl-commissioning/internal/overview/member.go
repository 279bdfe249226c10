package overview

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// member is a function that the members do themselves.
func member(m *v1alpha1.MemberFunction) Function {
	cs := conditions(m.Status.Conditions)
	ready := cs.ready()
	f := Function{
		Kind: v1alpha1.MemberFunctionKind, Name: m.Name, Function: string(m.Spec.Function), Locality: string(m.Spec.Locality),
		Since: &m.CreationTimestamp, StateSince: since(ready), Reason: ready.Reason,
	}
	// An outage keeps the time at which the function was first seen to work apart from its birth.
	f.State = cs.state(cs.of(v1alpha1.AvailableCondition).Reason == v1alpha1.ReasonReplicaFailure)
	if m.Status.Replicas.Desired != nil {
		f.Replicas = &Replicas{Desired: *m.Status.Replicas.Desired, Available: value(m.Status.Replicas.Available)}
	}
	if !f.State.Works() {
		f.Why = sentences(ready.Message)
	}
	if bindings := cs.of(v1alpha1.BindingsResolvedCondition); bindings.Status == "False" {
		f.Next = sentences(bindings.Message)
	}
	if isBehind(m.Generation, m.Status.ObservedGeneration) {
		f.Next = append(f.Next, notSeen)
	}
	if cs.isStalled() {
		f.You = []string{fmt.Sprintf("mend it: kubectl describe memberfunction %s -n %s", m.Name, m.Namespace)}
	}
	return f
}

// notSeen is said of a status that speaks of an older spec.
const notSeen = "The operator has not seen the latest change of the spec yet."

func isBehind(generation int64, observed *int64) bool {
	return observed == nil || *observed < generation
}
