package supportagreement

import (
	"context"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/metrics"
)

// audit writes one line for each change of supplier, which is counted, and for each refusal by rule R1.
func audit(ctx context.Context, before, after *v1alpha1.SupportAgreement) {
	log := logr.FromContextOrDiscard(ctx)
	if history := after.Status.History; len(history) > 0 && !sameSwitch(before.Status.History, history[0]) {
		log.Info("audit", "action", "Switched", "from", history[0].From, "to", history[0].To, "reason", history[0].Reason)
		metrics.Switched(string(after.Spec.Function), history[0].Reason)
	}
	if !isMemberOnly(before) && isMemberOnly(after) {
		log.Info("audit", "action", "Refused", "rule", "R1", "function", after.Spec.Function)
	}
}

func sameSwitch(before []v1alpha1.Switch, latest v1alpha1.Switch) bool {
	return len(before) > 0 && before[0].Time.Equal(latest.Time) && before[0].From == latest.From && before[0].To == latest.To
}

func isMemberOnly(agreement *v1alpha1.SupportAgreement) bool {
	resolved := meta.FindStatusCondition(agreement.Status.Conditions, v1alpha1.FunctionResolvedCondition)
	return resolved != nil && resolved.Reason == v1alpha1.ReasonFunctionMemberOnly
}
