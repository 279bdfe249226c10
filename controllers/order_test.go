package controllers_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// sampleNamespaces are those of config/samples.
var sampleNamespaces = []string{"city-and-hackney", "newham", "tower-hamlets"}

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

// outcome is what stands in the sample's namespaces and in its objects' statuses, without times,
// versions and addresses: what two runs must agree on.
func outcome(t *testing.T) string {
	t.Helper()
	var lines []string
	add := func(object client.Object, facts string) {
		lines = append(lines, fmt.Sprintf("%T %s/%s %s", object, object.GetNamespace(), object.GetName(), facts))
	}
	for _, namespace := range sampleNamespaces {
		consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
		exists(t, consortium)
		add(consortium, conditions(consortium.Status.Conditions))
		for _, list := range []client.ObjectList{
			&v1alpha1.LocalityList{}, &v1alpha1.MemberFunctionList{}, &corev1.ServiceList{}, &corev1.ServiceAccountList{},
			&networkingv1.NetworkPolicyList{}, &corev1.ResourceQuotaList{}, &corev1.LimitRangeList{}, &rbacv1.RoleBindingList{},
		} {
			if err := env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, describeAll(t, list)...)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func describeAll(t *testing.T, list client.ObjectList) []string {
	t.Helper()
	var lines []string
	switch list := list.(type) {
	case *v1alpha1.LocalityList:
		for _, l := range list.Items {
			lines = append(lines, fmt.Sprintf("Locality %s/%s %v %s", l.Namespace, l.Name, l.Status.Counted, conditions(l.Status.Conditions)))
		}
	case *v1alpha1.MemberFunctionList:
		for _, f := range list.Items {
			lines = append(lines, fmt.Sprintf("MemberFunction %s/%s %d %s", f.Namespace, f.Name, *f.Status.Replicas.Desired, conditions(f.Status.Conditions)))
		}
	default:
		for _, object := range items(t, list) {
			lines = append(lines, content(t, object))
		}
	}
	return lines
}

var uid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// whoCreated: a namespace that comes after its Consortium has been created by the operator, one that
// comes before is given. The operator remembers which, since it removes only what it created; all
// else must be the same.
var whoCreated = regexp.MustCompile(`NamespaceAvailable=True (Created|Adopted) [^;]*`)

func withoutOrigin(text string) string {
	return whoCreated.ReplaceAllString(uid.ReplaceAllString(text, "(uid)"), "NamespaceAvailable=True")
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
	var want string
	for _, order := range []struct {
		name    string
		objects []*unstructured.Unstructured
	}{{"as published", objects}, {"reversed", reversed}, {"random", shuffled}} {
		applyUntilAccepted(t, order.objects)
		for _, namespace := range sampleNamespaces {
			ready(t, &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, makeMemberFunction(namespace, "referral-management"))
			eventually(t, settled, &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, v1alpha1.FunctionsAvailableCondition, "True AllWorking")
		}
		if want == "" {
			want = outcome(t)
		}
		gomega.NewWithT(t).Eventually(func() string { return withoutOrigin(outcome(t)) }).Should(gomega.Equal(withoutOrigin(want)), "order: %s", order.name)
		clearAway(t, objects)
	}
}

// clearAway removes the sample and waits until its namespaces are gone.
func clearAway(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	for _, object := range objects {
		if object.GetKind() == v1alpha1.MemberFunctionKind || object.GetKind() == v1alpha1.ConsortiumKind {
			remove(t, object)
		}
	}
	g := gomega.NewWithT(t)
	for _, name := range sampleNamespaces {
		// A namespace that is deleted with pods in it waits for their grace period, however fast they go.
		g.Eventually(func() ([]corev1.Pod, error) {
			pods := &corev1.PodList{}
			err := env.Client.List(t.Context(), pods, client.InNamespace(name))
			return pods.Items, err
		}).WithTimeout(time.Minute).Should(gomega.BeEmpty())
		g.Eventually(func() bool { return exists(t, &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name}}) }).Should(gomega.BeFalse())
		change(t, namespaceNamed(name), func(n *corev1.Namespace) { n.Annotations[v1alpha1.AllowDeletionAnnotation] = "true" })
		g.Eventually(func() bool {
			remove(t, namespaceNamed(name))
			return exists(t, namespaceNamed(name))
		}).Should(gomega.BeFalse())
	}
}

func TestR10_NothingIsRequestedAtRestAndNothingWrittenAfterARestart(t *testing.T) {
	c := established(t, "r10", 70, withAdmins)
	l, f := makeLocality("r10", "one", map[string]int32{"C70001": 1}), makeMemberFunction("r10", "referral-management")
	create(t, l, f)
	ready(t, l, f)
	eventually(t, settled, c, v1alpha1.FunctionsAvailableCondition, "True AllWorking")
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
