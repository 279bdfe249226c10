package status

import (
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// warningDays before something ends, people are told.
const warningDays = 30

// ending is something in force that ends on a day.
type ending struct {
	what string // term, data sharing or assurance
	// name of what ends, as a clause begins with it.
	name string
	date v1alpha1.Date
	at   time.Time // the first instant after it
	// isOurs: the consortium can renew it itself. isHarmless: who is in stays in.
	isOurs, isHarmless bool
}

// warnFrom is when people are told.
func (e ending) warnFrom() time.Time { return e.at.AddDate(0, 0, -warningDays) }

// firstEnding is what ends first of all that the supplier in force, or else the first choice, needs.
func (g *agreement) firstEnding() (first ending, ends bool) {
	i := g.subject
	supplier, verdict := g.supplier(i), g.verdict(i)
	var all []ending
	if term := g.judged.Term; term.State != plan.TermEnded && term.Until != "" {
		all = append(all, ending{what: "term", name: "The term", date: term.Until, at: term.Ends, isOurs: true})
	}
	if sharing := verdict.DataSharing; sharing.State == plan.DataSharingInForce {
		all = append(all, ending{
			what: "data sharing", name: fmt.Sprintf("%s with %s", supplier.Named.DataSharing.Reference, g.who(i)),
			date: sharing.Until, at: sharing.Ends, isOurs: true,
		})
	}
	if assured := verdict.Assured; assured.State == plan.AssuranceHeld {
		all = append(all, ending{
			what: "assurance", name: fmt.Sprintf("%s of %s", assured.Scheme, g.who(i)), date: assured.Until, at: assured.Ends,
			isHarmless: g.seen.Function.Spec.OnAssuranceLapse == v1alpha1.AssuranceLapseRefuseNew,
		})
	}
	for _, e := range all {
		if first.at.IsZero() || e.at.Before(first.at) {
			first = e
		}
	}
	return first, len(all) > 0
}

// markExpiring warns of what ends within 30 days. It returns when the warning is due, if that is to
// come yet; zero: never.
func (g *agreement) markExpiring() time.Time {
	condition := v1alpha1.ExpiringCondition
	if g.isFrozen() {
		g.m.kept(condition, v1alpha1.ReasonNotRead, waitsForOthers)
		return time.Time{}
	}
	first, ends := g.firstEnding()
	g.status.Expires = first.date
	switch {
	case !ends:
		g.m.isFalse(condition, v1alpha1.ReasonNoDates, "Nothing that is in force has an end.")
	case g.isNear(first):
		g.m.isTrue(condition, v1alpha1.ReasonEndsSoon, fmt.Sprintf("%s ends on %s, that day included: %s.", first.name, first.date, g.consequence(first)))
	default:
		g.m.isFalse(condition, v1alpha1.ReasonNothingWithin30Days, fmt.Sprintf("The earliest date is %s (%s).", first.date, first.what))
		return first.warnFrom()
	}
	return time.Time{}
}

func (g *agreement) isNear(e ending) bool { return !g.now.Before(e.warnFrom()) }

func (g *agreement) consequence(e ending) string {
	switch {
	case e.isHarmless:
		return "unless it is renewed, nobody new is taken on; who is in stays in"
	case g.isRenewable(e):
		return "renew it, or access ends with it"
	case e.isOurs:
		return "access ends with it"
	}
	return "unless it is renewed, access ends with it"
}

// isRenewable says that the consortium itself can renew it: one that is succeeded begins nothing new.
func (g *agreement) isRenewable(e ending) bool { return e.isOurs && !g.judged.Succeeded }
