package overview

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// advice is what the reader should do; none where nothing is wanted of anybody.
func (a agreement) advice() []string {
	var all []string
	if expiring := a.conditions.of(v1alpha1.ExpiringCondition); expiring.Status == metav1.ConditionTrue {
		all = append(all, expiring.Message)
	}
	active, ready := a.conditions.of(v1alpha1.FallbackActiveCondition), a.conditions.ready()
	switch {
	case active.Status == metav1.ConditionTrue && active.Reason == v1alpha1.ReasonHandoverNeeded:
		_, how := a.split(active.Message)
		return append(all, how...)
	case ready.Status != metav1.ConditionFalse:
		return all
	case ready.Reason == v1alpha1.ReasonSupplierUnavailable:
		return append(all, a.duringOutage()...)
	}
	if what, known := remedies[ready.Reason]; known {
		return append(all, what+a.explain())
	}
	if a.conditions.isStalled() {
		return append(all, "see what stands in the way"+a.explain())
	}
	return all
}

// remedies for what only people can mend, by the reason of Ready.
var remedies = map[string]string{
	v1alpha1.ReasonNoSupplier:          "nobody in the list can supply: name another",
	v1alpha1.ReasonStoodDown:           "name another supplier, or reinstate this one",
	v1alpha1.ReasonNotAccepting:        "ask the supplier to accept you, or name another",
	v1alpha1.ReasonTermTooLong:         "shorten the term, or ask the supplier",
	v1alpha1.ReasonIntakeClosed:        "name another supplier",
	v1alpha1.ReasonOtherFunction:       "correct spec.suppliers",
	v1alpha1.ReasonSupplierNotFound:    "correct spec.suppliers, or wait for the supplier",
	v1alpha1.ReasonDataSharingMissing:  "agree on data sharing",
	v1alpha1.ReasonDataSharingLapsed:   "renew the data sharing agreement",
	v1alpha1.ReasonAssuranceMissing:    "ask the supplier for its assurance, or name another",
	v1alpha1.ReasonAssuranceLapsed:     "ask the supplier to renew its assurance, or name another",
	v1alpha1.ReasonTermEnded:           "renew the term, or delete the agreement",
	v1alpha1.ReasonDuplicateAgreement:  "delete one of the two agreements",
	v1alpha1.ReasonFunctionMemberOnly:  "delete the agreement",
	v1alpha1.ReasonConsortiumSucceeded: "agree in the name of the successor",
	v1alpha1.ReasonFunctionNotFound:    "correct the function, or wait for the catalogue",
	v1alpha1.ReasonObjectInTheWay:      "remove what is in the way",
}

// duringOutage: with a second supplier, the operator or the consortium can turn to it.
func (a agreement) duringOutage() []string {
	if len(a.Spec.Suppliers) == 1 {
		return []string{"name a second supplier" + a.explain()}
	}
	if a.Spec.Failover.Mode != v1alpha1.FailoverManual || a.Status.Supplier.Provider == "" || !a.hasStandby() {
		return nil
	}
	return []string{"turn to the next supplier: " + a.standDown()}
}

func (a agreement) hasStandby() bool {
	for _, row := range a.Status.Suppliers {
		if row.State == v1alpha1.SupplierStandby {
			return true
		}
	}
	return false
}

func (a agreement) explain() string {
	if a.explained {
		return ""
	}
	return fmt.Sprintf(": kubectl commissioning explain %s -n %s", a.Name, a.Namespace)
}

// standDown is the command that turns away from the supplier in force.
func (a agreement) standDown() string {
	supplier := a.Status.Supplier
	name := short(supplier.Provider+"/"+supplier.Service, a.Spec.Function)
	return fmt.Sprintf("kubectl commissioning stand-down %s --supplier %s --reason TEXT -n %s", a.Name, name, a.Namespace)
}
