package hostedservice

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What the ledger of a service reads of other objects: it is woken when one of these changes.

type agreementRead struct {
	generation int64
	deleting   bool
}

func agreed(a *v1alpha1.SupportAgreement) agreementRead {
	return agreementRead{a.Generation, !a.DeletionTimestamp.IsZero()}
}

type providerRead struct {
	generation       int64
	namespace, rails metav1.ConditionStatus
	deleting         bool
}

func providerFacts(p *v1alpha1.SupportProvider) providerRead {
	read := providerRead{generation: p.Generation, deleting: !p.DeletionTimestamp.IsZero()}
	if namespace := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.NamespaceAvailableCondition); namespace != nil {
		read.namespace = namespace.Status
	}
	if rails := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.GuardRailsInPlaceCondition); rails != nil {
		read.rails = rails.Status
	}
	return read
}

type serviceRead struct {
	generation         int64
	deleting           bool
	available          v1alpha1.Availability
	since, unavailable time.Time
}

func serviceFacts(h *v1alpha1.HostedService) serviceRead {
	read := serviceRead{generation: h.Generation, deleting: !h.DeletionTimestamp.IsZero(), available: h.Status.Available}
	if h.Status.AvailableSince != nil {
		read.since = h.Status.AvailableSince.UTC()
	}
	if h.Status.UnavailableSince != nil {
		read.unavailable = h.Status.UnavailableSince.UTC()
	}
	return read
}
