package overview

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// agreement is one that is looked at.
type agreement struct {
	*v1alpha1.SupportAgreement
	conditions conditions
	catalogue  Catalogue
	// explained says that the reader sees all there is: nothing refers to it.
	explained bool
}

// Agreement is a function that suppliers do.
func Agreement(a *v1alpha1.SupportAgreement, catalogue Catalogue) Function {
	seen := agreement{SupportAgreement: a, conditions: a.Status.Conditions, catalogue: catalogue}
	ready := seen.conditions.ready()
	f := Function{
		Kind: v1alpha1.SupportAgreementKind, Name: a.Name, Function: string(a.Spec.Function),
		Supplier: seen.supplier(), Since: a.Status.Supplier.Since,
		State: seen.conditions.state(len(a.Status.History) > 0), StateSince: since(ready), Reason: ready.Reason,
		Choices: seen.choices(), You: seen.advice(), Behind: isBehind(a.Generation, a.Status.ObservedGeneration),
	}
	switch f.State {
	case Working:
	case OnFallback:
		f.Why, f.Next = seen.whyFallback()
	case NotWorking, WaitingForRoom, NotYet, Unknown:
		f.Why, f.Next = seen.split(ready.Message)
	}
	if f.State.Works() {
		f.IfItFails = seen.ifItFails()
		f.Why = append(f.Why, seen.unsure()...)
	}
	if f.State.Works() && a.Status.Next.Action == v1alpha1.NextFailOver {
		f.Next = seen.moving(ready.Message)
	}
	if len(f.Next) == 0 {
		f.Next = seen.next()
	}
	return f
}

// serviceOf is the name of a supplier's service, or its default.
func serviceOf(a *v1alpha1.SupportAgreement, s v1alpha1.Supplier) string {
	if s.Service != "" {
		return string(s.Service)
	}
	return string(a.Spec.Function)
}

func isInForce(a *v1alpha1.SupportAgreement, s v1alpha1.Supplier) bool {
	return a.Status.Supplier.Provider == string(s.Provider) && a.Status.Supplier.Service == serviceOf(a, s)
}

// supplier in force; nil: none.
func (a agreement) supplier() *Supplier {
	status := a.Status.Supplier
	if status.Provider == "" {
		return nil
	}
	s := &Supplier{Provider: status.Provider, Service: status.Service, Reason: status.Reason, DisplayName: a.catalogue.displayName(status.Provider)}
	s.Choice = 1 + slices.IndexFunc(a.Spec.Suppliers, func(named v1alpha1.Supplier) bool { return isInForce(a.SupportAgreement, named) })
	if provider := a.catalogue.provider(status.Provider); provider != nil && len(provider.Spec.HostedBy) > 0 {
		s.HostsFor = value(provider.Status.ConsortiaServed)
	}
	for _, row := range a.Status.Suppliers {
		if row.State == v1alpha1.SupplierInForce {
			s.Remark = row.Message
		}
	}
	return s
}

// choices are the suppliers as they stand; before anybody has looked, as they are listed.
func (a agreement) choices() []Choice {
	all := make([]Choice, 0, len(a.Spec.Suppliers))
	for _, row := range a.Status.Suppliers {
		all = append(all, Choice{row.Provider, row.Service, a.catalogue.displayName(row.Provider), row.State, row.Since, row.Message})
	}
	if len(all) > 0 {
		return all
	}
	for _, s := range a.Spec.Suppliers {
		all = append(all, Choice{Provider: string(s.Provider), Service: serviceOf(a.SupportAgreement, s), DisplayName: a.catalogue.displayName(string(s.Provider)), State: v1alpha1.SupplierUnknown})
	}
	return all
}

// given are the texts within messages that people gave.
func (a agreement) given() []string {
	var all []string
	for _, s := range a.Spec.Suppliers {
		all = append(all, a.catalogue.displayName(string(s.Provider)), string(s.StandingReason), string(s.DataSharing.Reference))
	}
	return all
}

// split takes a message apart: why, and what follows from it.
func (a agreement) split(message string) (why, next []string) {
	all := sentences(message, string(a.Spec.Function), a.given()...)
	if len(all) == 0 {
		return nil, nil
	}
	return all[:1], all[1:]
}

// whyFallback says why the first choice does not supply, and how the agreement returns to it. What
// the reader must do for that is advice.
func (a agreement) whyFallback() (why, next []string) {
	active := a.conditions.of(v1alpha1.FallbackActiveCondition)
	why, next = a.split(active.Message)
	switch active.Reason {
	case v1alpha1.ReasonHandoverNeeded:
		return why, nil
	case v1alpha1.ReasonFirstChoiceStabilising:
		first, due, _ := strings.Cut(active.Message, "; ")
		return []string{first}, []string{capital(due)}
	}
	return why, next
}

func capital(clause string) string {
	if clause == "" {
		return ""
	}
	return strings.ToUpper(clause[:1]) + clause[1:]
}

// unsure says that it cannot be told whether the supplier serves: what worked is taken to work.
func (a agreement) unsure() []string {
	available := a.conditions.of(v1alpha1.SupplierAvailableCondition)
	if available.Status != metav1.ConditionUnknown || available.Message == "" {
		return nil
	}
	return []string{available.Message}
}

// moving is what Ready says behind who supplies and for how long: why the supplier is left.
func (a agreement) moving(message string) []string {
	all := sentences(message, string(a.Spec.Function), a.given()...)
	return all[min(len(all), 2):]
}

// ifItFails says who takes over from the supplier in force.
func (a agreement) ifItFails() string {
	ready := a.conditions.of(v1alpha1.FallbackReadyCondition)
	if ready.Status == metav1.ConditionTrue {
		return "If it fails: " + ready.Message
	}
	return ready.Message
}

// next says what happens next, where no message does.
func (a agreement) next() []string {
	next := a.Status.Next
	to, at := a.whom(next.To), ""
	if next.NotBefore != nil {
		at = " at " + instant(*next.NotBefore)
	}
	switch next.Action {
	case v1alpha1.NextNone, "":
		return a.waitsFor()
	case v1alpha1.NextFailOver:
		return []string{fmt.Sprintf("%s takes over%s.", to, orSoon(at))}
	case v1alpha1.NextFailBack:
		return []string{fmt.Sprintf("Returns to %s%s.", to, orSoon(at))}
	case v1alpha1.NextWithdraw, v1alpha1.NextRenew:
	}
	return nil // advice says what ends, and what to do about it
}

// waitsFor says what follows where nothing is due.
func (a agreement) waitsFor() []string {
	switch a.conditions.ready().Reason {
	case v1alpha1.ReasonWaitingForRoom:
		return []string{"It is given a place when there is room, in the order of the queue."}
	case v1alpha1.ReasonNotYetInTerm:
		return []string{"Access begins with the term."}
	}
	return nil
}

func orSoon(at string) string {
	if at == "" {
		return " as soon as it can carry this agreement"
	}
	return at
}

// instant is written as the operator writes it: whoever shows it makes it local.
func instant(t metav1.Time) string { return t.UTC().Format("15:04 UTC on 2006-01-02") }

// whom names a supplier, given as provider/service, for people.
func (a agreement) whom(name string) string {
	for _, s := range a.Spec.Suppliers {
		if name == string(s.Provider)+"/"+serviceOf(a.SupportAgreement, s) {
			return a.catalogue.displayName(string(s.Provider))
		}
	}
	return name
}
