package controllers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// hostedFunction makes a function of the catalogue one that suppliers perform, with one replica.
func hostedFunction(f *v1alpha1.SupportFunction) {
	f.Spec.Delivery, f.Spec.DataClass, f.Spec.Continuity = v1alpha1.DeliveryHosted, v1alpha1.DataPseudonymised, v1alpha1.ContinuityInterchangeable
	f.Spec.Sizing = v1alpha1.Sizing{PatientsPerReplica: 1000000, MinReplicas: 1, MaxReplicas: 4}
}

// requiring makes a function require a scheme of its suppliers.
func requiring(scheme string) func(*v1alpha1.SupportFunction) {
	return func(f *v1alpha1.SupportFunction) {
		f.Spec.Requires.Assurances = []v1alpha1.AssuranceRequirement{{Scheme: scheme, Results: []string{"Passed"}}}
	}
}

// accepting makes a service consent to the consortia named, and to nobody else.
func accepting(names ...v1alpha1.ObjectName) func(*v1alpha1.HostedService) {
	return func(h *v1alpha1.HostedService) { h.Spec.Accepts = v1alpha1.Acceptance{Names: names} }
}

func carrying(consortia int32) func(*v1alpha1.HostedService) {
	return func(h *v1alpha1.HostedService) { h.Spec.Capacity.Consortia = &consortia }
}

func withIntake(intake v1alpha1.Intake) func(*v1alpha1.HostedService) {
	return func(h *v1alpha1.HostedService) { h.Spec.Intake = intake }
}

// standDown and reinstate are what a consortium says of one supplier of its list.
func standDown(i int) func(*v1alpha1.SupportAgreement) {
	return func(a *v1alpha1.SupportAgreement) {
		a.Spec.Suppliers[i].Standing, a.Spec.Suppliers[i].StandingReason = v1alpha1.StandingStoodDown, "no activity report since August"
	}
}

func reinstate(i int) func(*v1alpha1.SupportAgreement) {
	return func(a *v1alpha1.SupportAgreement) {
		a.Spec.Suppliers[i].Standing, a.Spec.Suppliers[i].StandingReason = "", ""
	}
}

// available waits until a service serves: what is measured from then on is the operator's.
func available(t *testing.T, service *v1alpha1.HostedService) {
	t.Helper()
	eventually(t, settled, service, v1alpha1.AvailableCondition, "True")
}

// whose says of an object of the operator whether it belongs to an agreement.
func whose(object client.Object, agreement types.NamespacedName) bool {
	owner := strings.Split(object.GetAnnotations()[v1alpha1.OwnerAnnotation], "/")
	return len(owner) == 4 && owner[0] == v1alpha1.SupportAgreementKind && owner[1] == agreement.Namespace && owner[2] == agreement.Name
}

func find(t *testing.T, list client.ObjectList, namespace string) []client.Object {
	t.Helper()
	if err := env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	return items(t, list)
}

// given is what stands of an agreement with a service, on both sides: all that gives access, in words.
func given(t *testing.T, agreement *v1alpha1.SupportAgreement, service *v1alpha1.HostedService) []string {
	t.Helper()
	key, opening := client.ObjectKeyFromObject(agreement), plan.OpeningName(client.ObjectKeyFromObject(agreement), client.ObjectKeyFromObject(service))
	var found []string
	for _, secret := range find(t, &corev1.SecretList{}, agreement.Namespace) {
		if whose(secret, key) {
			found = append(found, "Secret "+secret.GetName())
		}
	}
	for _, alias := range find(t, &corev1.ServiceList{}, agreement.Namespace) {
		if whose(alias, key) && strings.HasPrefix(alias.(*corev1.Service).Spec.ExternalName, service.Name+"."+service.Namespace+".") {
			found = append(found, "alias "+alias.GetName())
		}
	}
	for _, namespace := range []string{agreement.Namespace, service.Namespace} {
		if exists(t, &networkingv1.NetworkPolicy{ObjectMeta: childMeta(namespace, opening)}) {
			found = append(found, "opening in "+namespace)
		}
	}
	if isListed(t, agreement, service) {
		found = append(found, "directory entry")
	}
	return found
}

// everything is what an agreement in force gives.
func everything(agreement *v1alpha1.SupportAgreement, service *v1alpha1.HostedService) []string {
	return []string{
		"Secret " + agreement.Name, "alias " + agreement.Name,
		"opening in " + agreement.Namespace, "opening in " + service.Namespace, "directory entry",
	}
}

// isListed says whether a service's directory lists a consortium for this agreement.
func isListed(t *testing.T, agreement *v1alpha1.SupportAgreement, service *v1alpha1.HostedService) bool {
	t.Helper()
	consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: agreement.Namespace}}
	exists(t, consortium)
	shard := &corev1.ConfigMap{ObjectMeta: childMeta(service.Namespace, plan.DirectoryName(service.Name, plan.Shard(consortium.Spec.OrganisationCode)))}
	return exists(t, shard) && strings.Contains(shard.Data[plan.DirectoryFile(consortium.Spec.OrganisationCode)], string(agreement.UID))
}

// boundTo waits until an agreement is supplied by a service and has all that gives access to it.
func boundTo(t *testing.T, agreement *v1alpha1.SupportAgreement, service *v1alpha1.HostedService) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Eventually(func() string { return suppliedBy(t, agreement) }).Should(gomega.Equal(service.Namespace))
	g.Eventually(func() []string { return given(t, agreement, service) }).WithTimeout(soon).Should(gomega.Equal(everything(agreement, service)))
}

// secretOf is the Secret that an agreement gives.
func secretOf(agreement *v1alpha1.SupportAgreement) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: childMeta(agreement.Namespace, agreement.Name)}
}

// places are the entries of a service's ledger, by the consortium's namespace: each agreement of these
// tests is the only one of its consortium there.
func places(t *testing.T, service *v1alpha1.HostedService) map[string]string {
	t.Helper()
	object := &corev1.ConfigMap{ObjectMeta: childMeta("commissioning-system", plan.LedgerName(client.ObjectKeyFromObject(service)))}
	if !exists(t, object) {
		return nil
	}
	ledger, err := plan.ReadLedger(object.Data)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for key, place := range ledger {
		states[key.Namespace] = string(place.State)
	}
	return states
}

// reasons are why the supplier changed, the oldest first.
func reasons(t *testing.T, agreement *v1alpha1.SupportAgreement) []v1alpha1.SwitchReason {
	t.Helper()
	exists(t, agreement)
	var all []v1alpha1.SwitchReason
	for _, change := range slices.Backward(agreement.Status.History) {
		all = append(all, change.Reason)
	}
	return all
}
