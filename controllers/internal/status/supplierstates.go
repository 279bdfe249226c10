package status

import (
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// listSuppliers says how each supplier of the list stands, and since when.
func (g *agreement) listSuppliers() {
	before := g.status.Suppliers
	g.status.Suppliers = make([]v1alpha1.SupplierStatus, len(g.seen.Suppliers))
	for i, supplier := range g.seen.Suppliers {
		row := v1alpha1.SupplierStatus{Provider: string(supplier.Named.Provider), Service: supplier.Service.Name, State: g.stateOf(i), Message: g.stateMessage(i)}
		row.Since = stamp(g.stateSince(i, row, before))
		g.status.Suppliers[i] = row
	}
}

func (g *agreement) stateOf(i int) v1alpha1.SupplierState {
	if i == g.inForce {
		return v1alpha1.SupplierInForce
	}
	switch g.verdict(i).Fitness {
	case plan.SupplierMissing, plan.OtherFunction:
		return v1alpha1.SupplierNotFound
	case plan.NotSelectedBySupplier, plan.TermTooLongForSupplier, plan.IsClosed, plan.IsDraining, plan.IsGoing:
		return v1alpha1.SupplierNotAccepting
	case plan.WithoutDataSharing:
		return v1alpha1.SupplierNoDataSharing
	case plan.WithoutAssurance:
		return v1alpha1.SupplierNotAssured
	case plan.IsStoodDown:
		return v1alpha1.SupplierStoodDown
	case plan.Fit:
		return g.stateOfFit(i)
	case plan.Unjudged:
	}
	return v1alpha1.SupplierUnknown
}

func (g *agreement) stateOfFit(i int) v1alpha1.SupplierState {
	place := g.supplier(i).Place
	switch available := g.verdict(i).Available; {
	case available == v1alpha1.ServiceNotAvailable:
		return v1alpha1.SupplierUnavailable
	case available != v1alpha1.ServiceAvailable:
		return v1alpha1.SupplierUnknown
	case place.State == state.PlaceWaiting:
		return v1alpha1.SupplierWaiting
	case place.State == state.PlaceStandby && place.NoRoom:
		return v1alpha1.SupplierFull
	}
	return v1alpha1.SupplierStandby
}

// stateSince: an outage has begun when the service says so, whoever was in force then.
func (g *agreement) stateSince(i int, row v1alpha1.SupplierStatus, before []v1alpha1.SupplierStatus) time.Time {
	if row.State == v1alpha1.SupplierUnavailable && !g.verdict(i).Since.IsZero() {
		return g.verdict(i).Since
	}
	if row.State == v1alpha1.SupplierInForce && g.status.Supplier.Since != nil {
		return g.status.Supplier.Since.Time
	}
	for _, old := range before {
		if old.Provider == row.Provider && old.Service == row.Service && old.State == row.State && old.Since != nil {
			return old.Since.Time
		}
	}
	return g.now
}

// stateMessage says what the state leaves open.
func (g *agreement) stateMessage(i int) string {
	verdict, place := g.verdict(i), g.supplier(i).Place
	switch {
	case g.isFrozen() || verdict.Fitness == "":
		return ""
	case verdict.Fitness == plan.Fit && verdict.Available == v1alpha1.ServiceNotAvailable:
		return g.readyReplicas(i)
	case verdict.Fitness != plan.Fit || g.isUnknown(i):
		return sentence(g.whyNot(i))
	case i == g.inForce:
		return ""
	case place.State == state.PlaceWaiting:
		return sentence(g.noRoom(i))
	case place.State == state.PlaceStandby && place.NoRoom:
		return fmt.Sprintf("if all consortia of its supplier came: %s", areBefore(place.Ahead))
	}
	return ""
}

// isUnknown says that a supplier cannot be judged just now.
func (g *agreement) isUnknown(i int) bool {
	verdict := g.verdict(i)
	isRead := verdict.Available == v1alpha1.ServiceAvailable || verdict.Available == v1alpha1.ServiceNotAvailable
	return verdict.Fitness == "" || verdict.Fitness == plan.Unjudged || verdict.Fitness == plan.Fit && !isRead
}

// whyNot says, as a clause, why a supplier does not supply this agreement now.
func (g *agreement) whyNot(i int) string {
	verdict := g.verdict(i)
	_, refusal := g.refusal(i)
	switch {
	case g.isUnknown(i):
		return fmt.Sprintf("%s cannot be read just now", g.who(i))
	case verdict.Fitness == plan.WithoutDataSharing:
		return g.unshared(i)
	case verdict.Fitness == plan.WithoutAssurance:
		return g.unassured(i)
	case refusal != "":
		return refusal
	case verdict.Fitness.Leaves():
		return fmt.Sprintf("%s takes on nobody%s", g.who(i), g.leaving(i))
	case verdict.Available == v1alpha1.ServiceNotAvailable:
		return fmt.Sprintf("%s is not available", g.who(i))
	}
	return g.noRoom(i)
}

// unshared says, as a clause, that no data may be shared with a supplier.
func (g *agreement) unshared(i int) string {
	if verdict := g.verdict(i).DataSharing; verdict.State == plan.DataSharingLapsed {
		return fmt.Sprintf("%s with %s was in force until %s", g.supplier(i).Named.DataSharing.Reference, g.who(i), verdict.Until)
	}
	return fmt.Sprintf("%s has no data sharing agreement", g.who(i))
}

// whyNone joins why each of some suppliers does not supply.
func (g *agreement) whyNone(suppliers []int) string {
	clauses := make([]string, len(suppliers))
	for n, i := range suppliers {
		clauses[n] = g.whyNot(i)
	}
	return plan.FirstThree(clauses)
}

// unfitReason says for machines why a supplier could not take over.
func (g *agreement) unfitReason(i int) string {
	switch g.verdict(i).Fitness {
	case plan.NotSelectedBySupplier, plan.TermTooLongForSupplier, plan.IsClosed, plan.IsDraining, plan.IsGoing:
		return v1alpha1.ReasonNotAccepting
	case plan.WithoutDataSharing:
		return v1alpha1.ReasonNoDataSharing
	case plan.WithoutAssurance:
		return v1alpha1.ReasonNotAssured
	case plan.IsStoodDown:
		return v1alpha1.ReasonStoodDown
	case plan.Fit, plan.SupplierMissing, plan.OtherFunction, plan.Unjudged:
	}
	return v1alpha1.ReasonUnavailable
}
