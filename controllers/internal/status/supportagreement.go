package status

import (
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// agreementSteps are the steps of an agreement's children: openings, Secret, alias. The supplier has
// changed when all of them stand.
const agreementSteps = 3

// agreement is what a SupportAgreement's status is made from.
type agreement struct {
	m      marker
	object *v1alpha1.SupportAgreement
	status *v1alpha1.SupportAgreementStatus
	seen   state.SupportAgreement
	judged plan.Agreement
	choice plan.Choice
	out    outcome
	now    time.Time
	// inForce is the supplier in force after this reconcile, by its index; -1: none. subject is of whom
	// the conditions speak: the supplier in force, or the first choice.
	inForce, subject int
}

// SupportAgreement sets a SupportAgreement's status from what was read, judged, chosen and written. It
// returns when the clock alone changes it, beside what was judged and chosen; zero: never.
func SupportAgreement(a *v1alpha1.SupportAgreement, seen state.SupportAgreement, judged plan.Agreement, choice plan.Choice, done state.Result, err error, now time.Time) time.Time { //nolint:revive // what each step of a reconcile found, in their order
	g := &agreement{
		m: marker{&a.Status.Conditions, a.Generation}, object: a, status: &a.Status,
		seen: seen, judged: judged, choice: choice, out: outcome{done, err}, now: now,
	}
	a.Status.ObservedGeneration = &a.Generation
	g.settleSupplier()
	g.recordAdmission()
	g.recordAcceptance()
	g.listSuppliers()
	g.markFunction()
	g.markAccepted()
	g.markAdmitted()
	g.markInTerm()
	g.markDataSharing()
	g.markAssured()
	g.markSupplierAvailable()
	g.markBound()
	g.markFallbackActive()
	g.markFallbackReady()
	warning := g.markExpiring()
	g.status.Next = g.next()
	g.markReady()
	return g.soonest(warning, judged.Term.Changes)
}

// soonest is the first of the instants that is still to come; zero: none is.
func (g *agreement) soonest(instants ...time.Time) time.Time {
	var first time.Time
	for _, instant := range instants {
		if instant.After(g.now) && (first.IsZero() || instant.Before(first)) {
			first = instant
		}
	}
	return first
}

// isFrozen says that what stands is left as it is, because the function is not known just now.
func (g *agreement) isFrozen() bool { return g.judged.Standing == plan.AgreementFunctionMissing }

func (g *agreement) verdict(i int) plan.SupplierVerdict { return g.judged.Suppliers[i] }

func (g *agreement) supplier(i int) state.Supplier { return g.seen.Suppliers[i] }

// who names a supplier for people.
func (g *agreement) who(i int) string {
	if provider := g.supplier(i).Provider; provider != nil {
		return string(provider.Spec.DisplayName)
	}
	return "supplier " + string(g.supplier(i).Named.Provider)
}

// whoExactly names a supplier for people and for machines.
func (g *agreement) whoExactly(i int) string { return g.who(i) + " (" + g.supplier(i).Name() + ")" }

// whom names the consortium for people.
func (g *agreement) whom() string {
	if consortium := g.seen.Home.Consortium; consortium != nil {
		return string(consortium.Spec.DisplayName)
	}
	return g.seen.Home.Namespace
}

// isMoving says that another supplier than before is to be in force, and is not yet.
func (g *agreement) isMoving() bool { return g.choice.Goal >= 0 && g.choice.Goal != g.inForce }
