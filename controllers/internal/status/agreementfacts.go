package status

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// isUntold leaves a fact about the supplier as it is while the function is not known, and says that it
// waits where there is no supplier or no consortium to tell it of.
func (g *agreement) isUntold(condition string) bool {
	switch fitness := g.verdict(g.subject).Fitness; {
	case g.isFrozen():
		g.m.kept(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	case fitness == "", fitness == plan.SupplierMissing:
		g.m.isUnknown(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	default:
		return false
	}
	return true
}

func (g *agreement) markFunction() {
	condition, name := v1alpha1.FunctionResolvedCondition, g.object.Spec.Function
	switch function := g.seen.Function; {
	case function == nil:
		g.m.isFalse(condition, v1alpha1.ReasonFunctionNotFound, fmt.Sprintf("The catalogue has no function %s (yet): kubectl get supportfunctions lists what it has.", name))
	case function.Spec.Delivery != v1alpha1.DeliveryHosted:
		g.m.isFalse(condition, v1alpha1.ReasonFunctionMemberOnly, fmt.Sprintf("%s is member-only: its decisions stay with the member practices and cannot be supplied by another organisation. Support for it may be: kubectl get supportfunctions shows what can be supplied.", name))
	default:
		g.m.isTrue(condition, v1alpha1.ReasonHosted, fmt.Sprintf("%s is a hosted function.", name))
	}
}

func (g *agreement) markAccepted() {
	condition, i := v1alpha1.AcceptedCondition, g.subject
	reason, message := homeless(g.seen.Home)
	refusal, why := g.refusal(i)
	switch {
	case reason != "":
		g.m.isFalse(condition, reason, message)
	case g.seen.OlderAgreement != "":
		g.m.isFalse(condition, v1alpha1.ReasonAnotherAgreement, fmt.Sprintf("SupportAgreement %s is older and has %s in this term. Delete one of the two, or give them terms that do not overlap.", g.seen.OlderAgreement, g.object.Spec.Function))
	case g.isFrozen():
		g.m.kept(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	case g.verdict(i).Fitness == plan.Unjudged:
		g.m.kept(condition, v1alpha1.ReasonNotRead, fmt.Sprintf("Whether %s accepts %s cannot be told just now.", g.who(i), g.whom()))
	case refusal != "":
		g.m.isFalse(condition, refusal, sentence(why))
	default:
		g.m.isTrue(condition, v1alpha1.ReasonAccepted, fmt.Sprintf("%s accepts %s%s.", g.who(i), g.whom(), g.leaving(i)))
	}
}

// refusal says why a supplier does not consent, or is not turned to, for a machine and as a clause;
// empty where it does and is.
func (g *agreement) refusal(i int) (reason, clause string) {
	supplier, verdict := g.supplier(i), g.verdict(i)
	switch {
	case supplier.Provider == nil:
		return v1alpha1.ReasonSupplierNotFound, fmt.Sprintf("%s does not exist (yet)", g.who(i))
	case supplier.Hosted == nil:
		return v1alpha1.ReasonSupplierNotFound, fmt.Sprintf("%s has no service %s (yet)", g.who(i), supplier.Service.Name)
	case supplier.Hosted.Spec.Function != g.object.Spec.Function:
		return v1alpha1.ReasonOtherFunction, fmt.Sprintf("%s supplies %s, not %s", g.whoExactly(i), supplier.Hosted.Spec.Function, g.object.Spec.Function)
	case verdict.Consent.Refusal == plan.NotSelected:
		return v1alpha1.ReasonNotAccepting, fmt.Sprintf("%s does not accept %s", g.who(i), g.whom())
	case verdict.Consent.Refusal == plan.TermTooLong:
		return v1alpha1.ReasonTermTooLong, g.tooLong(i)
	case supplier.Named.Standing == v1alpha1.StandingStoodDown:
		return v1alpha1.ReasonStoodDown, fmt.Sprintf("%s is stood down: %s", g.who(i), strings.TrimRight(string(supplier.Named.StandingReason), ". "))
	case i != g.inForce && verdict.Fitness == plan.IsClosed:
		return v1alpha1.ReasonIntakeClosed, fmt.Sprintf("%s takes on nobody new", g.who(i))
	case i != g.inForce && verdict.Fitness.Leaves():
		return v1alpha1.ReasonIntakeClosed, fmt.Sprintf("%s takes on nobody%s", g.who(i), g.leaving(i))
	}
	return "", ""
}

func (g *agreement) tooLong(i int) string {
	longest, term := g.supplier(i).Hosted.Spec.Accepts.MaxTerm, g.object.Spec.Term
	ends := "has no end"
	if term.End != "" {
		ends = fmt.Sprintf("ends on %s", term.End)
	}
	limit := fmt.Sprintf("terms of %s at most", longest)
	if last, isReadable := plan.EndOfPeriod(term.Start, longest); isReadable {
		limit += fmt.Sprintf(", here until %s", last)
	}
	return fmt.Sprintf("%s accepts %s; this one %s", g.who(i), limit, ends)
}

// leaving says that a supplier moves its consortia on, as an addition; empty where it does not.
func (g *agreement) leaving(i int) string {
	switch supplier := g.supplier(i); {
	case g.verdict(i).Fitness == plan.IsDraining:
		return ", and moves those whom it serves on"
	case g.verdict(i).Fitness != plan.IsGoing:
		return ""
	case !supplier.Hosted.DeletionTimestamp.IsZero():
		return ", and is giving its service up"
	case !supplier.Provider.DeletionTimestamp.IsZero():
		return ", and ceases to be a supplier"
	default:
		return ", and has lost its namespace"
	}
}

func (g *agreement) markAdmitted() {
	condition, i := v1alpha1.AdmittedCondition, g.subject
	supplier, fitness := g.supplier(i), g.verdict(i).Fitness
	isUntold := g.isFrozen() || fitness == plan.Unjudged || i == g.inForce && !supplier.HasLedger
	switch place := supplier.Place; {
	case place.Counts() && (i == g.inForce || place.State != state.PlaceLeaving):
		g.m.isTrue(condition, v1alpha1.ReasonPlaceHeld, fmt.Sprintf("A place is held at %s%s.", supplier.Name(), g.reservations()))
	case isUntold:
		g.m.kept(condition, v1alpha1.ReasonWaiting, waitsForOthers)
	default:
		reason, message := g.notAdmitted(i)
		g.m.isFalse(condition, reason, message)
	}
}

// notAdmitted says why the agreement has no place at a supplier.
func (g *agreement) notAdmitted(i int) (reason, message string) {
	switch {
	case g.supplier(i).Place.State == state.PlaceWaiting:
		return v1alpha1.ReasonWaitingForRoom, sentence(g.noRoom(i))
	case i == g.inForce:
		return v1alpha1.ReasonWaiting, fmt.Sprintf("The place at %s is held no longer.", g.whoExactly(i))
	case g.judged.Standing != plan.AgreementStands || g.verdict(i).Fitness != plan.Fit:
		return v1alpha1.ReasonWaiting, waitsForOthers
	}
	return g.asking(i)
}

// asking says what keeps an agreement from being given a place that it may have.
func (g *agreement) asking(i int) (reason, message string) {
	if mayBegin, reason, message := g.mayBegin(i); !mayBegin {
		return reason, message
	}
	return v1alpha1.ReasonWaiting, fmt.Sprintf("A place at %s is asked for.", g.whoExactly(i))
}

// reservations are the places kept at earlier choices, as an addition.
func (g *agreement) reservations() string {
	var held []string
	for i, supplier := range g.seen.Suppliers {
		if i < g.inForce && g.verdict(i).Fitness == plan.Fit && (supplier.Place.State == state.PlaceHeld || supplier.Place.IsUsable()) {
			held = append(held, supplier.Name())
		}
	}
	if len(held) == 0 {
		return ""
	}
	return fmt.Sprintf(", and reserved at %s for the return", plan.FirstThree(held))
}

// mayBegin says whether the consortium may be admitted to a supplier, and else why not. One that is
// succeeded moves on, and begins nothing new.
func (g *agreement) mayBegin(i int) (may bool, reason, message string) {
	hasPlace := false
	for other, supplier := range g.seen.Suppliers {
		hasPlace = hasPlace || other != i && supplier.Place.Counts()
	}
	switch {
	case g.judged.Succeeded && !hasPlace:
		return false, v1alpha1.ReasonConsortiumSucceeded, fmt.Sprintf("%s is succeeded by %s: it begins nothing new.", g.whom(), g.seen.Home.Consortium.Spec.SucceededBy)
	case !g.judged.PopulationKnown:
		return false, v1alpha1.ReasonPopulationUnknown, fmt.Sprintf("The registered patients of %s are not known yet: nobody is admitted before they are counted.", g.whom())
	}
	return true, "", ""
}

// noRoom says, as a clause, where in the queue of a supplier the agreement waits. It names nobody, and
// nobody's figures but its own.
func (g *agreement) noRoom(i int) string {
	place := g.supplier(i).Place
	if place.NoRoom {
		return fmt.Sprintf("%s has no room for as many registered patients as %s has", g.whoExactly(i), g.whom())
	}
	return fmt.Sprintf("%s has no room: place %d in the queue", g.whoExactly(i), place.Ahead+1)
}

func (g *agreement) markInTerm() {
	condition, term := v1alpha1.InTermCondition, g.object.Spec.Term
	switch g.judged.Term.State {
	case plan.TermNotYet:
		g.m.isFalse(condition, v1alpha1.ReasonNotYetInTerm, fmt.Sprintf("The term begins on %s.", term.Start))
	case plan.TermEnded:
		g.m.isFalse(condition, v1alpha1.ReasonTermEnded, fmt.Sprintf("The term ended on %s.", term.End))
	case plan.TermInTerm:
		message := g.inTerm() + "."
		if term.End != "" {
			message = g.inTerm() + ", that day included."
		}
		g.m.isTrue(condition, v1alpha1.ReasonInTerm, message)
	}
}

// inTerm says until when the term runs, as a clause.
func (g *agreement) inTerm() string {
	if end := g.object.Spec.Term.End; end != "" {
		return fmt.Sprintf("In term until %s", end)
	}
	return "In term, without an end"
}

func (g *agreement) markDataSharing() {
	condition, i := v1alpha1.DataSharingInForceCondition, g.subject
	if g.isUntold(condition) {
		return
	}
	verdict, named := g.verdict(i).DataSharing, g.supplier(i).Named
	where := fmt.Sprintf("spec.suppliers[%d].dataSharing", i)
	switch verdict.State {
	case plan.DataSharingInForce:
		g.m.isTrue(condition, v1alpha1.ReasonInForce, fmt.Sprintf("%s with %s is in force until %s.", named.DataSharing.Reference, g.who(i), verdict.Until))
	case plan.DataSharingNotRequired:
		g.m.isTrue(condition, v1alpha1.ReasonNotRequired, fmt.Sprintf("%s requires no data sharing agreement.", g.object.Spec.Function))
	case plan.DataSharingMissing:
		g.m.isFalse(condition, v1alpha1.ReasonDataSharingMissing, fmt.Sprintf("%s requires a data sharing agreement with %s: give it in %s.", g.object.Spec.Function, g.who(i), where))
	case plan.DataSharingLapsed:
		g.m.isFalse(condition, v1alpha1.ReasonDataSharingLapsed, fmt.Sprintf("%s with %s was in force until %s: renew it in %s.", named.DataSharing.Reference, g.who(i), verdict.Until, where))
	}
}

func (g *agreement) markAssured() {
	condition, i := v1alpha1.SupplierAssuredCondition, g.subject
	if g.isUntold(condition) {
		return
	}
	verdict := g.verdict(i).Assured
	switch verdict.State {
	case plan.AssuranceHeld:
		g.m.isTrue(condition, v1alpha1.ReasonAssured, fmt.Sprintf("%s %s until %s.", verdict.Scheme, verdict.Result, verdict.Until))
	case plan.AssuranceNotRequired:
		g.m.isTrue(condition, v1alpha1.ReasonNotRequired, fmt.Sprintf("%s requires no assurance.", g.object.Spec.Function))
	case plan.AssuranceMissing:
		g.m.isFalse(condition, v1alpha1.ReasonAssuranceMissing, sentence(g.unassured(i)))
	case plan.AssuranceLapsed:
		if !g.verdict(i).Fitness.Breaks() { // the function lets those in stay
			g.m.isTrue(condition, v1alpha1.ReasonAssuranceLapsed, sentence(g.unassured(i)+"; who is in stays in"))
		} else {
			g.m.isFalse(condition, v1alpha1.ReasonAssuranceLapsed, sentence(g.unassured(i)))
		}
	}
}

// unassured says, as a clause, which assurance a supplier lacks.
func (g *agreement) unassured(i int) string {
	verdict := g.verdict(i).Assured
	switch {
	case verdict.State == plan.AssuranceLapsed:
		return fmt.Sprintf("%s held %s until %s", g.who(i), verdict.Scheme, verdict.Until)
	case verdict.From != "":
		return fmt.Sprintf("%s does not hold %s before %s", g.who(i), verdict.Scheme, verdict.From)
	case verdict.Result != "":
		return fmt.Sprintf("%s holds %s with the result %s, which is not enough for %s", g.who(i), verdict.Scheme, verdict.Result, g.object.Spec.Function)
	}
	return fmt.Sprintf("%s does not hold %s, which %s requires", g.who(i), verdict.Scheme, g.object.Spec.Function)
}
