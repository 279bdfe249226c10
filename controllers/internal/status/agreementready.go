package status

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// markReady sums up: who supplies, why, until when, and what happens next.
func (g *agreement) markReady() {
	defer g.m.progress()
	switch g.judged.Standing {
	case plan.AgreementDeleting:
		g.notReady(v1alpha1.ReasonDeleting, "The agreement is being deleted.")
	case plan.AgreementHomeless, plan.AgreementDuplicate:
		accepted := g.condition(v1alpha1.AcceptedCondition)
		reason := accepted.Reason
		if reason == v1alpha1.ReasonAnotherAgreement {
			reason = v1alpha1.ReasonDuplicateAgreement
		}
		g.notReady(reason, accepted.Message)
	case plan.AgreementFunctionMissing, plan.AgreementMemberOnly:
		g.repeat(v1alpha1.FunctionResolvedCondition)
	case plan.AgreementNotYet, plan.AgreementEnded:
		g.repeat(v1alpha1.InTermCondition)
	case plan.AgreementStands:
		if g.inForce >= 0 {
			g.markReadyWith(g.inForce)
		} else {
			g.markReadyWithout()
		}
	}
}

func (g *agreement) notReady(reason, message string) {
	g.m.isFalse(v1alpha1.ReadyCondition, reason, message)
}

func (g *agreement) condition(condition string) *metav1.Condition {
	return meta.FindStatusCondition(g.status.Conditions, condition)
}

// repeat says of the whole what a condition says.
func (g *agreement) repeat(condition string) {
	c := g.condition(condition)
	g.m.set(v1alpha1.ReadyCondition, c.Status, c.Reason, c.Message)
}

// unknown leaves Ready as it was, unless nothing was known of it: what cannot be read is no claim. But
// where nobody supplies any more, it is True no longer.
func (g *agreement) unknown(i int) {
	condition := v1alpha1.ReadyCondition
	message := fmt.Sprintf("Whether %s can supply cannot be told just now.", g.whoExactly(i))
	switch was := g.condition(condition); {
	case was == nil || was.Status == metav1.ConditionUnknown:
		g.m.isUnknown(condition, v1alpha1.ReasonNotRead, message)
	case was.Status == metav1.ConditionTrue && g.inForce < 0:
		g.notReady(v1alpha1.ReasonNoSupplier, fmt.Sprintf("Nobody supplies %s. %s", g.object.Spec.Function, message))
	default:
		g.m.kept(condition, v1alpha1.ReasonNotRead, message)
	}
}

// markReadyWith: somebody supplies. It must be bound, entitled and available.
func (g *agreement) markReadyWith(i int) {
	verdict := g.verdict(i)
	bound := g.condition(v1alpha1.BoundCondition)
	switch {
	case verdict.Fitness.Breaks():
		g.notReady(g.brokenReason(i), sentence(g.whyNot(i)))
	case g.isMoving() && bound.Status != metav1.ConditionTrue:
		g.repeat(v1alpha1.BoundCondition) // this keeps the next one from taking over
	case verdict.Fitness == plan.IsStoodDown:
		g.notReady(v1alpha1.ReasonStoodDown, fmt.Sprintf("%s %s", sentence(g.whyNot(i)), g.takingOver(i)))
	case verdict.Available == v1alpha1.ServiceNotAvailable:
		g.markOut(i)
	case bound.Status != metav1.ConditionTrue:
		g.repeat(v1alpha1.BoundCondition)
	case g.isUnknown(i) || verdict.Available != v1alpha1.ServiceAvailable:
		g.unknown(i)
	case meta.IsStatusConditionFalse(g.status.Conditions, v1alpha1.AdmittedCondition):
		g.repeat(v1alpha1.AdmittedCondition)
	case i > 0:
		g.m.isTrue(v1alpha1.ReadyCondition, v1alpha1.ReasonFallbackInForce, g.supplies(i))
	default:
		g.m.isTrue(v1alpha1.ReadyCondition, v1alpha1.ReasonInForce, g.supplies(i))
	}
}

// supplies says who supplies since when, why, until when, and what follows.
func (g *agreement) supplies(i int) string {
	message := fmt.Sprintf("%s supplies %s", g.who(i), g.object.Spec.Function)
	if since := g.status.Supplier.Since; since != nil {
		message += " since " + clock(since.Time)
	}
	if i > 0 {
		message += g.becauseOfFirst()
	}
	message += fmt.Sprintf(". %s.", g.inTerm())
	if g.verdict(i).Fitness.Leaves() {
		return fmt.Sprintf("%s %s takes on nobody%s. %s", message, g.who(i), g.leaving(i), g.takingOver(i))
	}
	return message + g.returnClause()
}

// becauseOfFirst says why the first choice does not supply, as an addition.
func (g *agreement) becauseOfFirst() string {
	verdict := g.verdict(0)
	switch {
	case g.isUnknown(0) || verdict.IsServing() && g.supplier(0).Place.State != state.PlaceWaiting:
		return ""
	case verdict.Fitness == plan.Fit && verdict.Available == v1alpha1.ServiceNotAvailable:
		return fmt.Sprintf(", because %s %s", g.who(0), g.outSince(0))
	}
	return fmt.Sprintf(", because %s", g.whyNot(0))
}

// returnClause says how the agreement returns to an earlier choice.
func (g *agreement) returnClause() string {
	target, due := g.returnTarget()
	switch {
	case g.inForce == 0:
		return ""
	case target < 0 && g.condition(v1alpha1.FallbackActiveCondition).Reason == v1alpha1.ReasonHandoverNeeded:
		return " " + g.byHand()
	case target < 0:
		return ""
	case !due.IsZero():
		return fmt.Sprintf(" The return to %s is due at %s.", g.who(target), clock(due))
	case g.verdict(target).IsServing():
		return fmt.Sprintf(" Returns once %s has room.", g.who(target))
	case g.isUnknown(target):
		return ""
	}
	return fmt.Sprintf(" Returns once %s has been available for %s.", g.who(target), span(g.judged.Stabilisation))
}

// brokenReason says for machines why nothing may be given any more.
func (g *agreement) brokenReason(i int) string {
	sharing, assured := g.verdict(i).DataSharing.State, g.verdict(i).Assured.State
	reason, _ := g.refusal(i)
	switch fitness := g.verdict(i).Fitness; {
	case fitness == plan.WithoutDataSharing && sharing == plan.DataSharingLapsed:
		return v1alpha1.ReasonDataSharingLapsed
	case fitness == plan.WithoutDataSharing:
		return v1alpha1.ReasonDataSharingMissing
	case fitness == plan.WithoutAssurance && assured == plan.AssuranceLapsed:
		return v1alpha1.ReasonAssuranceLapsed
	case fitness == plan.WithoutAssurance:
		return v1alpha1.ReasonAssuranceMissing
	}
	return reason
}
