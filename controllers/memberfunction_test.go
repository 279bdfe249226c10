package controllers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func withParameters(json string) func(*v1alpha1.MemberFunction) {
	return func(f *v1alpha1.MemberFunction) { f.Spec.Parameters = &runtime.RawExtension{Raw: []byte(json)} }
}

func withLocality(name string) func(*v1alpha1.MemberFunction) {
	return func(f *v1alpha1.MemberFunction) { f.Spec.Locality = v1alpha1.ObjectName(name) }
}

func childMeta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// children of a MemberFunction of one replica.
func children(namespace, name string) []client.Object {
	return []client.Object{
		&corev1.ServiceAccount{ObjectMeta: childMeta(namespace, name)},
		&corev1.ConfigMap{ObjectMeta: childMeta(namespace, name+"-parameters")},
		&networkingv1.NetworkPolicy{ObjectMeta: childMeta(namespace, name)},
		&corev1.Service{ObjectMeta: childMeta(namespace, name)},
		&appsv1.Deployment{ObjectMeta: childMeta(namespace, name)},
	}
}

// makeFunction is a member-only function of the catalogue that a test has for itself.
func makeFunction(name string, mutate ...func(*v1alpha1.SupportFunction)) *v1alpha1.SupportFunction {
	f := &v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.SupportFunctionSpec{
			Title: v1alpha1.Title(name), Delivery: v1alpha1.DeliveryMemberOnly, DataClass: v1alpha1.DataAggregate,
			Workload: v1alpha1.Workload{Image: "registry.example/" + name + ":1.0.0", Port: 8080},
			Sizing:   v1alpha1.Sizing{PatientsPerReplica: 1000},
		},
	}
	for _, m := range mutate {
		m(f)
	}
	return f
}

func withSchema(schema string) func(*v1alpha1.SupportFunction) {
	return func(f *v1alpha1.SupportFunction) {
		f.Spec.Parameters.Schema.OpenAPIV3Schema = &runtime.RawExtension{Raw: []byte(schema)}
	}
}

func deploymentOf(namespace, name string) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: childMeta(namespace, name)}
}

func TestR01_AMemberFunctionStaysAtHome(t *testing.T) {
	established(t, "r01", 40)
	f := makeMemberFunction("r01", "referral-management")
	create(t, f)
	ready(t, f)
	policy := &networkingv1.NetworkPolicy{ObjectMeta: childMeta("r01", "referral-management")}
	exists(t, policy)
	want := []networkingv1.NetworkPolicyPeer{
		{PodSelector: &metav1.LabelSelector{}},
		{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "gateway"}}},
	}
	gomega.NewWithT(t).Expect(policy.Spec.Ingress[0].From).To(gomega.Equal(want), "callers: home, and the gateway that the installation names")
	owner := f.Labels // none of ours
	if owner[v1alpha1.OwnerLabel] != "" {
		t.Error("the operator must not label a user's object")
	}
	for _, list := range []client.ObjectList{&appsv1.DeploymentList{}, &corev1.ServiceList{}, &corev1.ConfigMapList{}, &networkingv1.NetworkPolicyList{}} {
		deployment := deploymentOf("r01", "referral-management")
		exists(t, deployment)
		if err := env.Client.List(t.Context(), list, client.MatchingLabels{v1alpha1.OwnerLabel: deployment.Labels[v1alpha1.OwnerLabel]}); err != nil {
			t.Fatal(err)
		}
		items, _ := json.Marshal(list)
		if strings.Count(string(items), `"namespace":"r01"`) == 0 || strings.Contains(string(items), `"continue":"x"`) {
			t.Errorf("%T: everything of the function must be in its own namespace", list)
		}
	}
}

func TestR01_AHostedFunctionIsRefusedByTheReconcilerToo(t *testing.T) {
	established(t, "r01-hosted", 41)
	// Admission lets it pass while the catalogue does not have the function yet.
	f := makeMemberFunction("r01-hosted", "r01-hosted-later")
	create(t, f)
	eventually(t, soon, f, v1alpha1.ReadyCondition, "False FunctionNotFound: The catalogue has no function r01-hosted-later (yet)")
	create(t, makeFunction("r01-hosted-later", func(f *v1alpha1.SupportFunction) {
		f.Spec.Delivery, f.Spec.Continuity = v1alpha1.DeliveryHosted, v1alpha1.ContinuityInterchangeable
	}))
	eventually(t, soon, f, v1alpha1.ReadyCondition, "False FunctionHosted: r01-hosted-later is a hosted function")
	for _, child := range children("r01-hosted", "r01-hosted-later") {
		if exists(t, child) {
			t.Errorf("%T was made for a hosted function", child)
		}
	}
}

func TestWrongParametersMakeNothingAndRecover(t *testing.T) {
	established(t, "parameters", 42)
	create(t, makeFunction("parametrised", withSchema(`{"type":"object","properties":{"days":{"type":"integer","minimum":1,"default":3},"peerReview":{"type":"boolean"}}}`)))
	f := makeMemberFunction("parameters", "parametrised", withParameters(`{"days":0,"colour":"red"}`))
	create(t, f)
	eventually(t, soon, f, v1alpha1.ParametersValidCondition, "False Invalid: ")
	message := condition(t, f, v1alpha1.ReadyCondition)
	for _, want := range []string{"parameters.days", "at least 1", "parameters.colour", "days, peerReview"} {
		if !strings.Contains(message, want) {
			t.Errorf("the message must say %q: %s", want, message)
		}
	}
	for _, child := range children("parameters", "parametrised") {
		if exists(t, child) {
			t.Errorf("%T was made although the parameters are wrong", child)
		}
	}
	change(t, f, func(f *v1alpha1.MemberFunction) { f.Spec.Parameters.Raw = []byte(`{"peerReview":true}`) })
	ready(t, f)
	file := &corev1.ConfigMap{ObjectMeta: childMeta("parameters", "parametrised-parameters")}
	exists(t, file)
	if got := file.Data["parameters.json"]; got != `{"days":3,"peerReview":true}` {
		t.Errorf("parameters.json is %s", got)
	}
}

func TestAnNHSNumberInParametersIsRefusedAndNotRepeated(t *testing.T) {
	established(t, "nhs-number", 43)
	f := makeMemberFunction("nhs-number", "referral-management", withParameters(`{"note":"943 476 5919"}`))
	create(t, f)
	eventually(t, soon, f, v1alpha1.ParametersValidCondition, "False Invalid: ")
	if message := condition(t, f, v1alpha1.ReadyCondition); !strings.Contains(message, "NHS number") || strings.Contains(message, "943") {
		t.Errorf("the message must say what is wrong without repeating it: %s", message)
	}
}

func TestASchemaThatIsNoSchema(t *testing.T) {
	broken := makeFunction("broken-schema", withSchema(`{"type":"object","properties":{"days":{"type":"number of days"}}}`))
	create(t, broken)
	eventually(t, soon, broken, v1alpha1.ReadyCondition, "False Invalid: spec.parameters.schema cannot be used: ")
	established(t, "broken-schema", 44)
	f := makeMemberFunction("broken-schema", "broken-schema")
	create(t, f)
	eventually(t, soon, f, v1alpha1.ReadyCondition, "")
	eventually(t, soon, f, v1alpha1.ParametersValidCondition, "Unknown FunctionNotReady: The schema in the catalogue cannot be used: ")
	change(t, broken, func(f *v1alpha1.SupportFunction) {
		f.Spec.Parameters.Schema.OpenAPIV3Schema.Raw = []byte(`{"type":"object","properties":{"days":{"type":"integer"}}}`)
	})
	ready(t, broken, f)
}

func TestAParameterChangeRollsThePodsAndStaysReady(t *testing.T) {
	established(t, "rolls", 45)
	create(t, makeFunction("rolling", withSchema(`{"type":"object","properties":{"days":{"type":"integer"}}}`)))
	f := makeMemberFunction("rolls", "rolling", withParameters(`{"days":1}`))
	create(t, f)
	ready(t, f)
	deployment := deploymentOf("rolls", "rolling")
	exists(t, deployment)
	before := deployment.Spec.Template.Annotations["commissioning.support/parameters"]
	change(t, f, func(f *v1alpha1.MemberFunction) { f.Spec.Parameters.Raw = []byte(`{"days":2}`) })
	g := gomega.NewWithT(t)
	g.Eventually(func() string {
		exists(t, deployment)
		return deployment.Spec.Template.Annotations["commissioning.support/parameters"]
	}).WithTimeout(soon).ShouldNot(gomega.Equal(before))
	g.Eventually(func() bool {
		if got := condition(t, f, v1alpha1.ReadyCondition); !strings.HasPrefix(got, "True") {
			t.Errorf("Ready must stay true through a roll-out: %s", got)
		}
		exists(t, deployment)
		rolled := deployment.Status.ObservedGeneration == deployment.Generation && deployment.Status.UpdatedReplicas == deployment.Status.Replicas
		return rolled && *f.Status.ObservedGeneration == f.Generation && strings.HasPrefix(condition(t, f, v1alpha1.UpToDateCondition), "True")
	}).Should(gomega.BeTrue())
}

func TestSizeFollowsThePopulation(t *testing.T) {
	established(t, "sized", 46)
	create(t, makeFunction("sized"))
	one, two := makeLocality("sized", "one", map[string]int32{"C46001": 2500}), makeLocality("sized", "two", map[string]int32{"C46002": 900})
	whole := makeMemberFunction("sized", "sized")
	part := makeMemberFunction("sized", "sized", withLocality("two"))
	part.Name = "sized-two"
	create(t, one, two, whole, part)
	g := gomega.NewWithT(t)
	replicas := func(name string) int32 {
		deployment := deploymentOf("sized", name)
		if !exists(t, deployment) {
			return 0
		}
		return *deployment.Spec.Replicas
	}
	size := func(name string) func() int32 { return func() int32 { return replicas(name) } }
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: childMeta("sized", "sized")}
	g.Eventually(size("sized")).Should(gomega.Equal(int32(4)), "3,400 patients at 1,000 each")
	g.Eventually(size("sized-two")).Should(gomega.Equal(int32(1)), "900 patients of its locality")
	g.Eventually(func() bool { return exists(t, budget) }).Should(gomega.BeTrue())
	ready(t, whole, part)

	setPatients := func(l *v1alpha1.Locality, patients int32) {
		change(t, l, func(l *v1alpha1.Locality) { l.Spec.Practices[0].RegisteredPatients = &patients })
	}
	setPatients(one, 2099) // 2,999 in all: below the edge, but not by a tenth
	eventually(t, settled, whole, v1alpha1.PopulationKnownCondition, "True Counted: 2,999 registered patients: 4 replicas wanted.")
	setPatients(one, 50) // 950 in all: two, since one would be nearly full
	g.Eventually(size("sized")).Should(gomega.Equal(int32(2)))
	setPatients(two, 800) // 850
	g.Eventually(size("sized")).Should(gomega.Equal(int32(1)))
	g.Eventually(func() bool { return exists(t, budget) }).Should(gomega.BeFalse(), "one replica has no disruption budget")
}

func TestALocalityThatDoesNotExistYet(t *testing.T) {
	established(t, "no-locality", 47)
	f := makeMemberFunction("no-locality", "referral-management", withLocality("later"))
	create(t, f)
	eventually(t, soon, f, v1alpha1.PopulationKnownCondition, "False LocalityNotFound: Locality later does not exist in this namespace (yet).")
	create(t, makeLocality("no-locality", "later", map[string]int32{"C47001": 5}))
	ready(t, f)
}

func TestStorageGivesAStatefulSetWithAClaim(t *testing.T) {
	established(t, "storage", 48)
	create(t, makeFunction("stored", func(f *v1alpha1.SupportFunction) {
		f.Spec.Workload.Storage = v1alpha1.Storage{Size: new(resource.MustParse("1Gi")), MountPath: "/var/lib/data"}
		f.Spec.Sizing.MinReplicas, f.Spec.Sizing.MaxReplicas = 1, 1
	}))
	f := makeMemberFunction("storage", "stored")
	create(t, f)
	ready(t, f)
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: childMeta("storage", "data-stored-0")}
	if !exists(t, claim) {
		t.Fatal("the claim must exist")
	}
	remove(t, f)
	set := &appsv1.StatefulSet{ObjectMeta: childMeta("storage", "stored")}
	gomega.NewWithT(t).Eventually(func() bool { return exists(t, set) }).Should(gomega.BeFalse())
	if !exists(t, claim) || claim.DeletionTimestamp != nil {
		t.Error("the claim must outlive the function")
	}
}

func TestACatalogueChangeReachesEveryInstance(t *testing.T) {
	established(t, "catalogue-one", 49)
	established(t, "catalogue-two", 50)
	function := makeFunction("changing", rollingOut(percent(100, "")))
	one, two := makeMemberFunction("catalogue-one", "changing"), makeMemberFunction("catalogue-two", "changing")
	create(t, function, one, two)
	ready(t, one, two)
	eventually(t, settled, function, v1alpha1.ReadyCondition, "True")
	gomega.NewWithT(t).Eventually(func() int32 {
		exists(t, function)
		return *function.Status.InstancesReady
	}).Should(gomega.Equal(int32(2)))
	change(t, function, func(f *v1alpha1.SupportFunction) { f.Spec.Workload.Image = "registry.example/changing:2.0.0" })
	for _, namespace := range []string{"catalogue-one", "catalogue-two"} {
		gomega.NewWithT(t).Eventually(func() string {
			deployment := deploymentOf(namespace, "changing")
			exists(t, deployment)
			return deployment.Spec.Template.Spec.Containers[0].Image
		}).WithTimeout(soon).Should(gomega.Equal("registry.example/changing:2.0.0"))
	}
}

func TestR08_AFunctionInUseIsKept(t *testing.T) {
	established(t, "in-use", 51)
	function, f := makeFunction("used"), makeMemberFunction("in-use", "used")
	create(t, function, f)
	ready(t, f)
	g := gomega.NewWithT(t)
	g.Eventually(func() string {
		err := env.Client.Delete(t.Context(), function)
		if err == nil {
			return "deleted"
		}
		return err.Error()
	}).WithTimeout(soon).Should(gomega.ContainSubstring("in-use/used"), "refused at admission, with its user named")

	// The second net: somebody insists.
	change(t, function, func(f *v1alpha1.SupportFunction) {
		f.Annotations = map[string]string{v1alpha1.AllowDeletionAnnotation: "true"}
	})
	remove(t, function)
	eventually(t, soon, function, v1alpha1.InUseCondition, "True HasUsers: It goes when nobody uses it. Used by MemberFunction in-use/used.")
	eventually(t, soon, f, v1alpha1.ReadyCondition, "True")
	remove(t, f)
	g.Eventually(func() bool { return exists(t, function) }).WithTimeout(soon).Should(gomega.BeFalse())
}

func TestFailureAndHealingAreSeen(t *testing.T) {
	c := established(t, "fails", 52)
	f := makeMemberFunction("fails", "referral-management")
	create(t, f)
	ready(t, f)
	fail(t, "fails")
	eventually(t, settled, f, v1alpha1.ReadyCondition, "False NotAvailable: 0 of 1 replica available.")
	eventually(t, settled, c, v1alpha1.FunctionsAvailableCondition, "False SomeNotWorking: The function does not work: referral-management.")
	heal(t, "fails")
	eventually(t, settled, f, v1alpha1.ReadyCondition, "True Ready: referral-management works: 1 of 1 replica available.")
	eventually(t, settled, c, v1alpha1.FunctionsAvailableCondition, "True AllWorking")
}
