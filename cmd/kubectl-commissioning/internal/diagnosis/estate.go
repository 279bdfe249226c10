package diagnosis

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// catalogue is what the operator can run.
func (f Facts) catalogue() Check {
	const part = "Catalogue"
	switch {
	case meta.IsNoMatchError(f.Functions.Err):
		return Check{part, Broken, "The API server does not know SupportFunctions.", installKinds}
	case f.Functions.Err != nil:
		return unread(part, "SupportFunctions", f.Functions.Err)
	case len(f.Functions.Is) == 0:
		return Check{part, Noticed, "It is empty: there is nothing to run.", "start from the example: config/catalogue"}
	}
	var notReady, invented []string
	for i := range f.Functions.Is {
		entry := &f.Functions.Is[i]
		if !meta.IsStatusConditionTrue(entry.Status.Conditions, v1alpha1.ReadyCondition) {
			notReady = append(notReady, entry.Name)
		}
		if entry.Annotations[v1alpha1.InventedAnnotation] == "true" {
			invented = append(invented, entry.Name)
		}
	}
	all := len(f.Functions.Is)
	switch {
	case len(notReady) > 0:
		return Check{part, Broken, fmt.Sprintf("%d of %d entries are not ready: %s.", len(notReady), all, firstOf(notReady)), "see why: kubectl commissioning catalogue " + notReady[0]}
	case len(invented) > 0:
		return Check{part, Noticed, fmt.Sprintf("%d of %d entries are examples, whose images do not exist: %s.", len(invented), all, firstOf(invented)), "put in images of yours (docs/install.md), and take the annotation " + v1alpha1.InventedAnnotation + " away"}
	}
	return Check{part, Sound, fmt.Sprintf("All %d entries are ready.", all), ""}
}

// The label by which the API server refuses pods with privileges, and the level that the operator sets.
const (
	podSecurityLabel = "pod-security.kubernetes.io/enforce"
	podSecurityLevel = "restricted"
)

// podSecurity of the operator's namespace and of those of consortia and suppliers.
func (f Facts) podSecurity() Check {
	const part = "Pod security"
	if f.Namespaces.Err != nil {
		return unread(part, "namespaces", f.Namespaces.Err)
	}
	count := 0
	var open []string
	for i := range f.Namespaces.Is {
		namespace := &f.Namespaces.Is[i]
		if namespace.Name != f.Namespace && !isOurs(namespace) {
			continue
		}
		count++
		if namespace.Labels[podSecurityLabel] != podSecurityLevel {
			open = append(open, namespace.Name)
		}
	}
	if len(open) > 0 {
		return Check{
			part, Broken, fmt.Sprintf("%d of %d namespaces let pods with privileges in: %s.", len(open), count, firstOf(open)),
			fmt.Sprintf("put the label back: kubectl label namespace %s %s=%s", open[0], podSecurityLabel, podSecurityLevel),
		}
	}
	return Check{part, Sound, fmt.Sprintf("%d of %d namespaces refuse pods with privileges.", count, count), ""}
}

func isOurs(namespace *corev1.Namespace) bool {
	return namespace.DeletionTimestamp == nil && (namespace.Labels[v1alpha1.ConsortiumLabel] != "" || namespace.Labels[v1alpha1.ProviderLabel] != "")
}
