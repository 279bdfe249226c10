package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Steps of a tenant's children, in the order of rule R6.
const (
	stepNamespace = iota + 1
	stepGuardRails
	stepAccess
)

// premisesConditions are what a tenant's Ready rests on.
var premisesConditions = []string{v1alpha1.NamespaceAvailableCondition, v1alpha1.GuardRailsInPlaceCondition, v1alpha1.AccessGrantedCondition}

func premisesReady(namespace string) string {
	return fmt.Sprintf("Namespace %s is ready, with its guard rails in place.", namespace)
}

// called is what people call the tenants of a kind.
func called(kind string) (one, many string) {
	if kind == v1alpha1.SupportProviderKind {
		return "supplier", "suppliers"
	}
	return "consortium", "consortia"
}

// markPremises says whether the namespace is the tenant's, and its guard rails stand.
func markPremises(m marker, seen state.Premises, verdict plan.NamespaceVerdict, out outcome) {
	markNamespace(m, seen, verdict, out)
	markGuardRails(m, seen, out)
}

func markNamespace(m marker, seen state.Premises, verdict plan.NamespaceVerdict, out outcome) {
	condition, tenant := v1alpha1.NamespaceAvailableCondition, seen.Tenant.Owner
	name, another := seen.Tenant.Namespace, fmt.Sprintf("Create another %s with another spec.namespace.", seen.Tenant.Owner.Kind)
	one, many := called(tenant.Kind)
	switch verdict {
	case plan.NamespaceReserved:
		m.isFalse(condition, v1alpha1.ReasonReserved, fmt.Sprintf("Namespace %s is reserved for the cluster. %s", name, another))
	case plan.CodeTaken:
		m.isFalse(condition, v1alpha1.ReasonTaken, fmt.Sprintf("Organisation code %s belongs to the older %s %s. Two %s cannot carry one code: delete the one that is wrong.", seen.Tenant.Code, tenant.Kind, seen.CodeHolder, many))
	case plan.NamespaceTaken:
		holder := namespaceHolder(seen)
		m.isFalse(condition, v1alpha1.ReasonTaken, fmt.Sprintf("Namespace %s belongs to %s %s. %s", name, holder.Kind, holder.Name, another))
	case plan.NamespaceTerminating:
		m.isFalse(condition, v1alpha1.ReasonTerminating, fmt.Sprintf("Namespace %s is being deleted. It is made again once it is gone.", name))
	case plan.NamespaceForeign:
		m.isFalse(condition, v1alpha1.ReasonNotOurs, fmt.Sprintf("Namespace %s exists and was not given to this %s. A cluster administrator can give it: kubectl label namespace %s %s=%s", name, one, name, seen.Tenant.Label(), tenant.Name))
	case plan.NamespaceOfAnEarlier:
		m.isFalse(condition, v1alpha1.ReasonNotOurs, fmt.Sprintf("Namespace %s was made for an earlier %s of this name, or kept for another organisation. If what is in it is meant for this one, as after a restore, a cluster administrator gives it: kubectl annotate namespace %s %s- %s-", name, tenant.Kind, name, v1alpha1.OwnerAnnotation, v1alpha1.RetainedAnnotation))
	case plan.NamespaceAdopted:
		markStep(m, condition, v1alpha1.ReasonAdopted, fmt.Sprintf("Namespace %s was given to this %s by a cluster administrator.", name, one), stepNamespace, out)
	case plan.NamespaceCreated, plan.NamespaceMissing:
		markStep(m, condition, v1alpha1.ReasonCreated, fmt.Sprintf("Namespace %s was created by the operator.", name), stepNamespace, out)
	}
}

// namespaceHolder is who has the namespace: who asked for it earlier, or whom its labels name.
func namespaceHolder(seen state.Premises) state.Owner {
	if seen.NamespaceHolder != (state.Owner{}) {
		return seen.NamespaceHolder
	}
	holder, _ := seen.Tenant.LabelledForAnother(seen.Namespace)
	return holder
}

// markGuardRails: they stand when the cluster enforces them; a quota that it has not counted yet makes
// it refuse what comes next.
func markGuardRails(m marker, seen state.Premises, out outcome) {
	condition := v1alpha1.GuardRailsInPlaceCondition
	if out.done.StepsDone >= stepGuardRails && !seen.QuotaCounted {
		m.isFalse(condition, v1alpha1.ReasonWaiting, "The guard rails are written; the cluster is still counting what the quota limits.")
		return
	}
	markStep(m, condition, v1alpha1.ReasonInPlace, "Pod security, default-deny policy, quota and limits are in place.", stepGuardRails, out)
}

// given is a role, and who is given it.
type given struct {
	role     string
	subjects []v1alpha1.Subject
}

func markAccess(m marker, out outcome, lists ...given) {
	markStep(m, v1alpha1.AccessGrantedCondition, v1alpha1.ReasonGranted, accessMessage(lists), stepAccess, out)
}

func accessMessage(lists []given) string {
	var counts []string
	var everybody []v1alpha1.Subject
	for _, list := range lists {
		if len(list.subjects) > 0 {
			counts = append(counts, counted(len(list.subjects), list.role))
			everybody = append(everybody, list.subjects...)
		}
	}
	if len(counts) == 0 {
		return "Nobody but cluster administrators has access: spec.access names nobody."
	}
	message := fmt.Sprintf("Access is given to %s.", plan.FirstThree(counts))
	for _, subject := range everybody {
		if subject.Kind == v1alpha1.SubjectUser {
			return message + " Some are single users: groups are better, since people come and go."
		}
	}
	return message
}

// markDeleting says what the deletion of a tenant waits for.
func markDeleting(m marker, tenant, waitingFor string) {
	m.isFalse(v1alpha1.AccessGrantedCondition, v1alpha1.ReasonDeleting, "Access has been taken back.")
	m.isFalse(v1alpha1.ReadyCondition, v1alpha1.ReasonDeleting, fmt.Sprintf("The %s is being deleted; %s.", tenant, waitingFor))
	m.progress()
}
