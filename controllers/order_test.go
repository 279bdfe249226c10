package controllers_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/watch"
	"github.com/commissioning-support/operator/hack/testenv"
)

// sampleConsortia and sampleProviders are those of config/samples. Each has the namespace of its name.
var (
	sampleConsortia = []string{"city-and-hackney", "newham", "tower-hamlets"}
	sampleProviders = []string{"kent-csu", "nel-csu", "tower-hamlets-services"}
)

func sampleNamespaces() []string { return slices.Concat(sampleConsortia, sampleProviders) }

// sample is config/samples, in the order in which kustomize prints it: namespaces first.
func sample(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	objects, err := env.Kustomize(t.Context(), testenv.Path("config/samples"))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// applyUntilAccepted applies objects in the order given, each again until the API accepts it.
func applyUntilAccepted(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	waiting := objects
	gomega.NewWithT(t).Eventually(func() int {
		var refused []*unstructured.Unstructured
		for _, object := range waiting {
			if err := env.Client.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(object.DeepCopy()), client.FieldOwner("gitops")); err != nil {
				refused = append(refused, object)
			}
		}
		waiting = refused
		return len(waiting)
	}).WithTimeout(settled).Should(gomega.BeZero())
}

// outcome is what stands in the sample's namespaces, in the ledgers of its services and in its objects'
// statuses, without times, versions, addresses and tokens: what two runs must agree on.
func outcome(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, name := range sampleConsortia {
		consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name}}
		exists(t, consortium)
		lines = append(lines, fmt.Sprintf("Consortium %s %s", name, conditions(consortium.Status.Conditions)))
	}
	for _, name := range sampleProviders {
		provider := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: name}}
		exists(t, provider)
		s := provider.Status
		lines = append(lines, fmt.Sprintf("SupportProvider %s %d services, %d served, assured until %s %s",
			name, *s.Services, *s.ConsortiaServed, s.AssuredUntil, conditions(s.Conditions)))
	}
	for _, namespace := range sampleNamespaces() {
		for _, list := range []client.ObjectList{
			&v1alpha1.LocalityList{}, &v1alpha1.MemberFunctionList{}, &v1alpha1.HostedServiceList{}, &v1alpha1.SupportAgreementList{},
			&corev1.ServiceList{}, &corev1.ServiceAccountList{}, &corev1.ConfigMapList{}, &corev1.SecretList{},
			&networkingv1.NetworkPolicyList{}, &corev1.ResourceQuotaList{}, &corev1.LimitRangeList{}, &rbacv1.RoleBindingList{},
		} {
			for _, object := range find(t, list, namespace) {
				lines = append(lines, describe(t, object))
			}
		}
	}
	for i := range lines {
		lines[i] = withoutOrigin(lines[i])
	}
	slices.Sort(lines)
	return lines
}

// describe is one object in the form in which two runs can be compared.
func describe(t *testing.T, object client.Object) string {
	t.Helper()
	name := object.GetNamespace() + "/" + object.GetName()
	switch object := object.(type) {
	case *v1alpha1.Locality:
		return fmt.Sprintf("Locality %s %v %s", name, object.Status.Counted, conditions(object.Status.Conditions))
	case *v1alpha1.MemberFunction:
		return fmt.Sprintf("MemberFunction %s %d %s", name, *object.Status.Replicas.Desired, conditions(object.Status.Conditions))
	case *v1alpha1.HostedService:
		return fmt.Sprintf("HostedService %s %d %s %s", name, *object.Status.Replicas.Desired, entriesAt(t, object), conditions(object.Status.Conditions))
	case *v1alpha1.SupportAgreement:
		s := object.Status
		return fmt.Sprintf("SupportAgreement %s from %s/%s, next %v, %d suppliers, expires %s %s",
			name, s.Supplier.Provider, s.Supplier.Service, s.Next, len(s.Suppliers), s.Expires, conditions(s.Conditions))
	case *corev1.Secret: // tokens are issued by the clock
		return fmt.Sprintf("Secret %s %v to %s at %s", name, slices.Sorted(maps.Keys(object.Data)), object.Data["provider"], object.Data["uri"])
	}
	return content(t, object)
}

// entriesAt are the entries of a service's ledger, in order.
func entriesAt(t *testing.T, service *v1alpha1.HostedService) string {
	t.Helper()
	ledger := &corev1.ConfigMap{ObjectMeta: childMeta("commissioning-system", plan.LedgerName(client.ObjectKeyFromObject(service)))}
	exists(t, ledger)
	found, err := plan.ReadLedger(ledger.Data)
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]string, 0, len(found))
	for agreement, place := range found {
		entries = append(entries, fmt.Sprintf("%s %s for %d", agreement, place.State, place.Patients))
	}
	slices.Sort(entries)
	return strings.Join(entries, ", ")
}

var uid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// whoCreated: a namespace that comes after its Consortium has been created by the operator, one that
// comes before is given. The operator remembers which, since it removes only what it created; all
// else must be the same.
var whoCreated = regexp.MustCompile(`NamespaceAvailable=True (Created|Adopted) [^;]*`)

// sinceWhen is in the words of an agreement.
var sinceWhen = regexp.MustCompile(`[0-9]{2}:[0-9]{2} UTC( on [0-9-]{10})?`)

func withoutOrigin(text string) string {
	for _, differs := range []struct {
		pattern *regexp.Regexp
		instead string
	}{{uid, "(uid)"}, {sinceWhen, "(time)"}, {whoCreated, "NamespaceAvailable=True"}} {
		text = differs.pattern.ReplaceAllString(text, differs.instead)
	}
	return text
}

func items(t *testing.T, list client.ObjectList) []client.Object {
	t.Helper()
	extracted, err := meta.ExtractList(list)
	if err != nil {
		t.Fatal(err)
	}
	objects := make([]client.Object, len(extracted))
	for i := range extracted {
		objects[i] = extracted[i].(client.Object)
	}
	return objects
}

func conditions(all []metav1.Condition) string {
	parts := make([]string, len(all))
	for i, c := range all {
		parts[i] = fmt.Sprintf("%s=%s %s %s", c.Type, c.Status, c.Reason, c.Message)
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

func TestR13_AnyOrderConverges(t *testing.T) {
	objects := sample(t)
	reversed := slices.Clone(objects)
	slices.Reverse(reversed)
	shuffled := slices.Clone(objects)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed of the random order: %d", seed)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	var want []string
	for _, order := range []struct {
		name    string
		objects []*unstructured.Unstructured
	}{{"as published", objects}, {"reversed", reversed}, {"random", shuffled}} {
		applyUntilAccepted(t, order.objects)
		sampleSettles(t)
		if want == nil {
			want = outcome(t)
		}
		gomega.NewWithT(t).Eventually(func() string { return cmp.Diff(want, outcome(t)) }).Should(gomega.BeEmpty(), "order: %s", order.name)
		clearAway(t, objects)
	}
}

// sampleSettles waits until everything of the sample works, by its first choices, and nothing more is
// written.
func sampleSettles(t *testing.T) {
	t.Helper()
	for _, name := range sampleConsortia {
		ready(t, &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name}}, makeMemberFunction(name, "referral-management"))
	}
	for _, name := range sampleProviders {
		ready(t, &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: name}})
		for _, service := range find(t, &v1alpha1.HostedServiceList{}, name) {
			ready(t, service.(*v1alpha1.HostedService))
		}
	}
	for _, name := range sampleConsortia {
		for _, found := range find(t, &v1alpha1.SupportAgreementList{}, name) {
			agreement := found.(*v1alpha1.SupportAgreement)
			eventually(t, settled, agreement, v1alpha1.ReadyCondition, "True InForce")
			if len(agreement.Spec.Suppliers) > 1 {
				eventually(t, settled, agreement, v1alpha1.FallbackReadyCondition, "True Ready")
			}
		}
		eventually(t, settled, &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name}}, v1alpha1.FunctionsAvailableCondition, "True AllWorking")
	}
	gomega.NewWithT(t).Eventually(func() bool { return time.Since(env.Requests.LastWrite()) > 3*watch.Coalesce }).Should(gomega.BeTrue(), "rest")
}

// clearAway removes the sample, those who use something before what they use, and waits until its
// namespaces are gone.
func clearAway(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	g := gomega.NewWithT(t)
	for _, kind := range []string{
		v1alpha1.SupportAgreementKind, v1alpha1.HostedServiceKind, v1alpha1.SupportProviderKind,
		v1alpha1.MemberFunctionKind, v1alpha1.ConsortiumKind,
	} {
		for _, object := range objects {
			if object.GetKind() == kind {
				allowDeletion(t, object)
				remove(t, object)
			}
		}
		for _, object := range objects {
			if object.GetKind() == kind {
				g.Eventually(func() bool { return exists(t, object.DeepCopy()) }).Should(gomega.BeFalse(), "%s %s", kind, object.GetName())
			}
		}
	}
	for _, name := range sampleNamespaces() {
		// A namespace that is deleted with pods in it waits for their grace period, however fast they go.
		g.Eventually(func() []client.Object { return find(t, &corev1.PodList{}, name) }).WithTimeout(time.Minute).Should(gomega.BeEmpty())
		allowDeletion(t, namespaceNamed(name))
		remove(t, namespaceNamed(name))
	}
	for _, name := range sampleNamespaces() {
		g.Eventually(func() bool { return exists(t, namespaceNamed(name)) }).WithTimeout(time.Minute).Should(gomega.BeFalse(), "namespace %s", name)
	}
}

// allowDeletion says that deleting an object is meant, also while a place at it is kept for some seconds.
func allowDeletion(t *testing.T, object client.Object) {
	t.Helper()
	change(t, object.DeepCopyObject().(client.Object), func(o client.Object) {
		annotations := o.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[v1alpha1.AllowDeletionAnnotation] = "true"
		o.SetAnnotations(annotations)
	})
}

func TestR10_NothingIsRequestedAtRestAndNothingWrittenAfterARestart(t *testing.T) {
	c := established(t, "r10", 70, withAdmins)
	l, f := makeLocality("r10", "one", map[string]int32{"C70001": 1}), makeMemberFunction("r10", "referral-management")
	create(t, l, f)
	supplying(t, 495, []string{"r10-one", "r10-two"})
	agreement := makeAgreement("r10", "data-analytics", []string{"r10-one", "r10-two"})
	create(t, agreement)
	ready(t, l, f, agreement)
	eventually(t, settled, c, v1alpha1.FunctionsAvailableCondition, "True AllWorking")
	eventually(t, settled, agreement, v1alpha1.FallbackReadyCondition, "True Ready")
	g := gomega.NewWithT(t)
	quietSince := func(moment time.Time) []testenv.Request {
		return env.Requests.Since(moment, func(r testenv.Request) bool { return !r.IsWatch() && r.Resource != "leases" })
	}
	g.Eventually(func() bool { return time.Since(env.Requests.LastWrite()) > 5*time.Second }).WithTimeout(settled).Should(gomega.BeTrue())
	began := time.Now()
	g.Consistently(func() []testenv.Request { return quietSince(began) }).WithTimeout(10 * time.Second).Should(gomega.BeEmpty())

	if err := env.StopOperator(); err != nil {
		t.Fatal(err)
	}
	restarted := time.Now()
	if err := env.StartOperator(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.Consistently(func() []testenv.Request { return env.Requests.Since(restarted, testenv.Request.IsWrite) }).
		WithTimeout(10 * time.Second).Should(gomega.BeEmpty())
}
