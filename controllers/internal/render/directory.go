package render

import (
	"k8s.io/apimachinery/pkg/runtime"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Directory tells the pods of a hosted service whom they serve. Every shard stands from the start,
// empty or not: who comes and goes never changes a pod.
func Directory(service state.Owner, directory plan.Directory) []runtime.ApplyConfiguration {
	labels, annotations := marked(service)
	shards := make([]runtime.ApplyConfiguration, len(directory))
	for i, entries := range directory {
		shards[i] = corev1ac.ConfigMap(plan.DirectoryName(service.Name, i), service.Namespace).
			WithLabels(labels).WithAnnotations(annotations).WithOwnerReferences(ownerReference(service)).
			WithData(entries)
	}
	return shards
}

// Ledger holds who has a place at a hosted service. It stands in the operator's namespace, where no
// supplier reaches it, and so has no owner reference: it is found by its mark.
func Ledger(service state.Owner, operatorNamespace string, entries map[string]string) *corev1ac.ConfigMapApplyConfiguration {
	labels, annotations := marked(service)
	return corev1ac.ConfigMap(plan.LedgerName(service.Key()), operatorNamespace).
		WithLabels(labels).WithAnnotations(annotations).WithData(entries)
}
