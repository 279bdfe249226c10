package status

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func (g *agreement) markSupplierAvailable() {
	condition, i := v1alpha1.SupplierAvailableCondition, g.subject
	if g.isUntold(condition) {
		return
	}
	switch g.verdict(i).Available {
	case v1alpha1.ServiceAvailable:
		g.m.isTrue(condition, v1alpha1.ReasonAvailable, fmt.Sprintf("%s is available.", g.supplier(i).Name()))
	case v1alpha1.ServiceNotAvailable:
		g.m.isFalse(condition, v1alpha1.ReasonNotAvailable, fmt.Sprintf("%s %s: %s.", g.whoExactly(i), g.outSince(i), g.readyReplicas(i)))
	default:
		g.m.isUnknown(condition, v1alpha1.ReasonNotRead, fmt.Sprintf("Whether %s is available cannot be told just now.", g.whoExactly(i)))
	}
}

// outSince says since when a supplier is out, to follow its name.
func (g *agreement) outSince(i int) string {
	if since := g.verdict(i).Since; !since.IsZero() {
		return "has not been available since " + clock(since)
	}
	return "is not available"
}

func (g *agreement) readyReplicas(i int) string {
	replicas := g.supplier(i).Hosted.Status.Replicas
	return readyReplicas(value(replicas.Desired), value(replicas.Available))
}

// markBound says whether what gives access points to the supplier in force. While another is made
// ready, what points to the present one goes on doing so.
func (g *agreement) markBound() {
	condition, out := v1alpha1.BoundCondition, g.out
	switch {
	case len(out.done.Blocked) > 0:
		reason, message := obstacles(out.done.Blocked)
		g.m.isFalse(condition, reason, message)
	case out.err != nil:
		g.m.isUnknown(condition, v1alpha1.ReasonInternalError, internalError(out.err))
	case g.isMoving():
		g.markMoving()
	case g.inForce < 0:
		g.markUnbound()
	case (g.isFrozen() || out.done.Lagging) && out.done.StepsDone < agreementSteps:
		g.m.kept(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	default:
		markStep(g.m, condition, v1alpha1.ReasonBound, fmt.Sprintf("Secret %s, Service %s and network openings point to %s.",
			g.object.Name, g.object.Name, g.supplier(g.inForce).Name()), agreementSteps, out)
	}
}

func (g *agreement) markMoving() {
	status, rest := metav1.ConditionFalse, ""
	if g.inForce >= 0 {
		status, rest = metav1.ConditionTrue, fmt.Sprintf("; until then all points to %s", g.supplier(g.inForce).Name())
	}
	g.m.set(v1alpha1.BoundCondition, status, v1alpha1.ReasonSwitching, fmt.Sprintf("Access to %s is being made%s.", g.supplier(g.choice.Goal).Name(), rest))
}

func (g *agreement) markUnbound() {
	if i := g.unlisted(); i >= 0 {
		g.m.isFalse(v1alpha1.BoundCondition, v1alpha1.ReasonNotYetListed, sentence(g.notYetListed(i)))
		return
	}
	g.m.isFalse(v1alpha1.BoundCondition, v1alpha1.ReasonWaiting, "Nothing gives access: see the other conditions.")
}

// unlisted is the first supplier that could be bound if its directory listed the consortium; -1: none.
func (g *agreement) unlisted() int {
	for i, supplier := range g.seen.Suppliers {
		if g.verdict(i).IsServing() && supplier.Place.IsUsable() && g.judged.Wishes[i] == plan.WishPlace && !supplier.Listed {
			return i
		}
	}
	return -1
}

func (g *agreement) notYetListed(i int) string {
	return fmt.Sprintf("%s takes over as soon as its directory lists %s", g.whoExactly(i), g.whom())
}
