package overview

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Explanation is all there is to say of one agreement.
type Explanation struct {
	Function
	Namespace string `json:"namespace"`
	// Sum is what the operator says of the whole.
	Sum string `json:"sum,omitempty"`
	// InTheWay are the facts that keep it from working.
	InTheWay []string `json:"inTheWay,omitempty"`
	// Terms on which it is supplied.
	Terms []string `json:"terms,omitempty"`
	// Commands with which the reader can change something.
	Commands []Command `json:"commands"`
	History  []Change  `json:"history"`
	Unread   []string  `json:"unread,omitempty"`
}

// Command and what it is for.
type Command struct {
	For string `json:"for"`
	Run string `json:"run"`
}

// Explain says of an agreement who supplies, why, why others do not, and what can be done.
func Explain(a *v1alpha1.SupportAgreement, catalogue Catalogue) Explanation {
	seen := agreement{SupportAgreement: a, conditions: a.Status.Conditions, catalogue: catalogue, explained: true}
	f := Agreement(a, catalogue)
	f.You = seen.advice()
	return Explanation{
		Function: f, Namespace: a.Namespace, Sum: seen.conditions.ready().Message,
		InTheWay: seen.inTheWay(), Terms: seen.terms(), Commands: seen.commands(f.State),
		History: changes([]v1alpha1.SupportAgreement{*a}), Unread: catalogue.Unread,
	}
}

// facts are the conditions that Ready sums up.
var facts = []string{
	v1alpha1.FunctionResolvedCondition, v1alpha1.AcceptedCondition, v1alpha1.AdmittedCondition, v1alpha1.InTermCondition,
	v1alpha1.DataSharingInForceCondition, v1alpha1.SupplierAssuredCondition, v1alpha1.SupplierAvailableCondition, v1alpha1.BoundCondition,
}

// inTheWay leaves out what only waits for the rest.
func (a agreement) inTheWay() []string {
	var all []string
	for _, fact := range facts {
		c := a.conditions.of(fact)
		if c.Status != metav1.ConditionTrue && c.Reason != v1alpha1.ReasonWaiting && c.Message != "" {
			all = append(all, c.Message)
		}
	}
	return all
}

func (a agreement) terms() []string {
	var all []string
	for _, fact := range []string{v1alpha1.AcceptedCondition, v1alpha1.InTermCondition, v1alpha1.DataSharingInForceCondition, v1alpha1.SupplierAssuredCondition, v1alpha1.BoundCondition} {
		if c := a.conditions.of(fact); c.Status == metav1.ConditionTrue {
			all = append(all, c.Message)
		}
	}
	return all
}

// commands that fit how the agreement stands.
func (a agreement) commands(state State) []Command {
	all := []Command{}
	for _, s := range a.Spec.Suppliers {
		named := short(string(s.Provider)+"/"+serviceOf(a.SupportAgreement, s), a.Spec.Function)
		switch {
		case s.Standing == v1alpha1.StandingStoodDown:
			all = append(all, Command{
				For: "turn to " + a.catalogue.displayName(string(s.Provider)) + " again",
				Run: fmt.Sprintf("kubectl commissioning reinstate %s --supplier %s -n %s", a.Name, named, a.Namespace),
			})
		case len(a.Spec.Suppliers) > 1 && isInForce(a.SupportAgreement, s):
			all = append(all, Command{"turn to the next supplier, because support is not forthcoming", a.standDown()})
		}
	}
	alone := a.Status.Supplier.Provider != "" && a.conditions.of(v1alpha1.FallbackReadyCondition).Reason == v1alpha1.ReasonNone
	if alone || state == NotWorking || state == WaitingForRoom {
		all = append(all, Command{"name another supplier in spec.suppliers", fmt.Sprintf("kubectl edit supportagreement %s -n %s", a.Name, a.Namespace)},
			Command{"see who may supply", "kubectl commissioning providers"})
	}
	if a.Status.Binding.Name != "" {
		all = append(all, Command{"refuse the tokens that were given out so far", fmt.Sprintf("kubectl commissioning revoke %s -n %s", a.Name, a.Namespace)})
	}
	return all
}
