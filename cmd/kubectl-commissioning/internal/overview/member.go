package overview

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// member is a function that the members do themselves.
func member(m *v1alpha1.MemberFunction) Function {
	cs := conditions(m.Status.Conditions)
	ready := cs.ready()
	f := Function{
		Kind: v1alpha1.MemberFunctionKind, Name: m.Name, Function: string(m.Spec.Function), Locality: string(m.Spec.Locality),
		Since: &m.CreationTimestamp, StateSince: since(ready), Reason: ready.Reason, State: cs.state(false),
		Behind: isBehind(m.Generation, m.Status.ObservedGeneration),
	}
	if m.Status.Replicas.Desired != nil {
		f.Replicas = &Replicas{Desired: *m.Status.Replicas.Desired, Available: value(m.Status.Replicas.Available)}
	}
	if !f.State.Works() {
		f.Why = sentences(ready.Message, f.Function)
	}
	if bindings := cs.of(v1alpha1.BindingsResolvedCondition); bindings.Status == metav1.ConditionFalse {
		f.Next = sentences(bindings.Message, f.Function)
	}
	if cs.isStalled() {
		f.You = []string{fmt.Sprintf("mend it: kubectl describe memberfunction %s -n %s", m.Name, m.Namespace)}
	}
	return f
}

// isBehind: a status from the object's birth speaks of nothing yet.
func isBehind(generation int64, observed *int64) bool {
	return observed != nil && *observed >= 0 && *observed < generation
}
