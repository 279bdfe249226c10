package status

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// SupportProvider sets a SupportProvider's status from what was read and what came of writing.
func SupportProvider(p *v1alpha1.SupportProvider, seen state.SupportProvider, verdict plan.NamespaceVerdict, done state.Result, err error) {
	m := marker{&p.Status.Conditions, p.Generation}
	p.Status.ObservedGeneration = &p.Generation
	p.Status.Namespace = plan.ProviderNamespaceOf(p)
	countUse(p, seen.Use)
	p.Status.AssuredUntil = plan.AssuredUntil(p.Spec.Assurances)
	markPremises(m, seen.Premises, verdict, outcome{done, err})
	markAccess(m, outcome{done, err}, given{"admin", p.Spec.Access.Admins}, given{"viewer", p.Spec.Access.Viewers})
	m.drop(v1alpha1.InUseCondition)
	m.ready(v1alpha1.ReasonReady, premisesReady(p.Status.Namespace), premisesConditions...)
}

func countUse(p *v1alpha1.SupportProvider, use state.ProviderUse) {
	p.Status.Services, p.Status.ConsortiaServed = &use.Services, &use.ConsortiaServed
}

// SupportProviderDeleting says what the deletion of a SupportProvider waits for. It counts whom the
// supplier serves and names nobody.
func SupportProviderDeleting(p *v1alpha1.SupportProvider, use state.ProviderUse, waitingFor string) {
	m := marker{&p.Status.Conditions, p.Generation}
	p.Status.ObservedGeneration = &p.Generation
	countUse(p, use)
	if use.Services > 0 {
		m.isTrue(v1alpha1.InUseCondition, v1alpha1.ReasonHasUsers, usedBy(use))
	} else {
		m.drop(v1alpha1.InUseCondition)
	}
	markDeleting(m, "supplier", waitingFor)
}

func usedBy(use state.ProviderUse) string {
	services := counted(use.Services, "service")
	if use.ConsortiaServed == 0 {
		return fmt.Sprintf("It serves nobody, and still has %s.", services)
	}
	return fmt.Sprintf("It serves %s by %s.", consortiaCounted(use.ConsortiaServed), services)
}

// KeptBy says what keeps a supplier that is being deleted; empty where nothing does. Where its
// namespace is removed, services that serve nobody go with it.
func KeptBy(use state.ProviderUse, removing bool) string {
	switch {
	case use.ConsortiaServed > 0:
		return fmt.Sprintf("it still serves %s. Those served move on to their next suppliers, as far as these can carry them", consortiaCounted(use.ConsortiaServed))
	case use.Services > 0 && !removing:
		return fmt.Sprintf("it serves nobody, and its namespace, which is kept, still holds %s: delete them", counted(use.Services, "service"))
	}
	return ""
}

func consortiaCounted(n int32) string {
	if n == 1 {
		return "1 consortium"
	}
	return Thousands(int64(n)) + " consortia"
}
