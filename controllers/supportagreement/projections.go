package supportagreement

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// What an agreement reads of other objects: it is woken when one of these changes.

type providerRead struct {
	generation int64
	namespace  metav1.ConditionStatus
	deleting   bool
}

func providerFacts(p *v1alpha1.SupportProvider) providerRead {
	read := providerRead{generation: p.Generation, deleting: !p.DeletionTimestamp.IsZero()}
	if namespace := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.NamespaceAvailableCondition); namespace != nil {
		read.namespace = namespace.Status
	}
	return read
}

type serviceRead struct {
	generation                int64
	deleting                  bool
	available                 v1alpha1.Availability
	since, unavailable        time.Time
	desired, availableReplica int32
}

// serviceFacts: counts of replicas are told only of a service that does not serve.
func serviceFacts(h *v1alpha1.HostedService) serviceRead {
	read := serviceRead{generation: h.Generation, deleting: !h.DeletionTimestamp.IsZero(), available: h.Status.Available}
	if h.Status.AvailableSince != nil {
		read.since = h.Status.AvailableSince.UTC()
	}
	if h.Status.UnavailableSince != nil {
		read.unavailable = h.Status.UnavailableSince.UTC()
	}
	if replicas := h.Status.Replicas; h.Status.Available == v1alpha1.ServiceNotAvailable && replicas.Available != nil && replicas.Desired != nil {
		read.desired, read.availableReplica = *replicas.Desired, *replicas.Available
	}
	return read
}

type siblingRead struct {
	generation int64
	deleting   bool
}

func siblingFacts(a *v1alpha1.SupportAgreement) siblingRead {
	return siblingRead{a.Generation, !a.DeletionTimestamp.IsZero()}
}
