package status

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

const (
	// maxHistory of an agreement is kept.
	maxHistory = 20
	// maxSwitchMessage is what the API keeps of the message of one change.
	maxSwitchMessage = 256
)

// settleSupplier decides who is in force after this reconcile, and records a change.
func (g *agreement) settleSupplier() {
	g.inForce = g.choice.Current
	if g.hasChanged() {
		g.record()
		g.inForce = g.choice.Goal
	}
	g.subject = max(g.inForce, 0)
}

// hasChanged says that the supplier has changed: another one when all that gives access to it stands,
// none when what gave access is gone.
func (g *agreement) hasChanged() bool {
	former := inForceBefore(g.status)
	switch {
	case g.out.err != nil || g.isFrozen():
		return false
	case g.choice.Goal < 0:
		return former != ""
	}
	return former != g.supplier(g.choice.Goal).Name() && g.out.done.StepsDone >= agreementSteps && len(g.out.done.Blocked) == 0
}

func inForceBefore(s *v1alpha1.SupportAgreementStatus) string {
	if s.Supplier.Provider == "" {
		return ""
	}
	return s.Supplier.Provider + "/" + s.Supplier.Service
}

// record writes a change of supplier down.
func (g *agreement) record() {
	at, reason := stamp(g.now), g.switchReason()
	entry := v1alpha1.Switch{Time: at, From: inForceBefore(g.status), Reason: reason, Message: shortenTo(g.switchMessage(reason), maxSwitchMessage)}
	g.status.Supplier, g.status.Binding = v1alpha1.SupplierInForceStatus{}, v1alpha1.BindingReference{}
	if g.choice.Goal >= 0 {
		goal := g.supplier(g.choice.Goal)
		entry.To = goal.Name()
		g.status.Supplier = v1alpha1.SupplierInForceStatus{Provider: string(goal.Named.Provider), Service: goal.Service.Name, Since: at, Reason: reason}
		g.status.Binding = v1alpha1.BindingReference{Name: g.object.Name}
	}
	g.status.History = newestFirst(entry, g.status.History, maxHistory)
}

// switchReason: one whom the list no longer names was taken out of it.
func (g *agreement) switchReason() v1alpha1.SwitchReason {
	if g.choice.Reason == "" {
		return v1alpha1.SwitchReordered
	}
	return g.choice.Reason
}

// switchMessage says what the reason leaves open.
func (g *agreement) switchMessage(reason v1alpha1.SwitchReason) string {
	current := g.choice.Current
	switch {
	case current < 0 && reason == v1alpha1.SwitchReordered:
		return "no longer in the list"
	case current < 0:
		return ""
	}
	switch verdict := g.verdict(current); reason {
	case v1alpha1.SwitchFailover:
		return fmt.Sprintf("not available for %s", verdict.OutageDue.Sub(verdict.Since))
	case v1alpha1.SwitchStoodDown:
		return string(g.supplier(current).Named.StandingReason)
	case v1alpha1.SwitchDataSharingLapsed, v1alpha1.SwitchAssuranceLapsed:
		return g.lapse(current)
	case v1alpha1.SwitchTermEnded:
		return g.termEnded()
	case v1alpha1.SwitchWithdrawn:
		return g.withdrawal()
	case v1alpha1.SwitchAccepted, v1alpha1.SwitchFailBack, v1alpha1.SwitchReordered, v1alpha1.SwitchDrained,
		v1alpha1.SwitchConsentWithdrawn, v1alpha1.SwitchSupplierGone:
	}
	return ""
}

// lapse says until when what has lapsed was in force; empty where it is not there any more.
func (g *agreement) lapse(i int) string {
	switch verdict := g.verdict(i); {
	case verdict.DataSharing.State == plan.DataSharingLapsed:
		return fmt.Sprintf("%s was in force until %s", g.supplier(i).Named.DataSharing.Reference, verdict.DataSharing.Until)
	case verdict.Fitness == plan.WithoutAssurance && verdict.Assured.State == plan.AssuranceLapsed:
		return fmt.Sprintf("%s was held until %s", verdict.Assured.Scheme, verdict.Assured.Until)
	}
	return ""
}

func (g *agreement) termEnded() string {
	if g.judged.Term.State == plan.TermEnded {
		return fmt.Sprintf("the term ended on %s", g.judged.Term.Until)
	}
	return fmt.Sprintf("the term begins on %s", g.object.Spec.Term.Start)
}

// withdrawal says why an agreement as a whole no longer stands.
func (g *agreement) withdrawal() string {
	switch g.judged.Standing {
	case plan.AgreementDeleting:
		return "the agreement is being deleted"
	case plan.AgreementHomeless:
		return "the namespace is no consortium's any more"
	case plan.AgreementMemberOnly:
		return "the function is member-only"
	case plan.AgreementDuplicate:
		return "an older agreement has the function in this term"
	case plan.AgreementStands, plan.AgreementFunctionMissing, plan.AgreementNotYet, plan.AgreementEnded:
	}
	return "the place was lost"
}

// recordAdmission keeps when the agreement was first given a place.
func (g *agreement) recordAdmission() {
	for _, supplier := range g.seen.Suppliers {
		if g.status.AdmittedAt != nil {
			return
		}
		if !supplier.Place.Counts() {
			continue
		}
		g.status.AdmittedAt = stamp(g.now)
		if supplier.Place.Admitted != nil {
			g.status.AdmittedAt = stamp(*supplier.Place.Admitted)
		}
	}
}

// recordAcceptance keeps the consent of the supplier in force as it was first seen.
func (g *agreement) recordAcceptance() {
	if g.inForce < 0 {
		if !g.isFrozen() {
			g.status.Acceptance = v1alpha1.AcceptanceRecord{}
		}
		return
	}
	supplier, by := g.supplier(g.inForce), g.verdict(g.inForce).Consent.By
	if by == "" {
		return // it cannot be told, or what it gave is about to be withdrawn
	}
	before := g.status.Acceptance
	if before.Provider == string(supplier.Named.Provider) && before.Service == supplier.Service.Name && before.By == by {
		return
	}
	g.status.Acceptance = v1alpha1.AcceptanceRecord{
		Provider: string(supplier.Named.Provider), Service: supplier.Service.Name, By: by,
		ServiceGeneration: supplier.Hosted.Generation, Since: &metav1.Time{Time: stamp(g.now).Time},
	}
}
