package controllers_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

func withAdmins(c *v1alpha1.Consortium) {
	c.Spec.Access.Admins = []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: c.Name + ":admins"}}
}

func withDeletion(policy v1alpha1.DeletionPolicy) func(*v1alpha1.Consortium) {
	return func(c *v1alpha1.Consortium) { c.Spec.DeletionPolicy = policy }
}

func guardRails(namespace string) []client.Object {
	named := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: namespace, Name: name} }
	return []client.Object{
		&networkingv1.NetworkPolicy{ObjectMeta: named("default-deny.commissioning.support")},
		&networkingv1.NetworkPolicy{ObjectMeta: named("allow-dns.commissioning.support")},
		&corev1.ResourceQuota{ObjectMeta: named("commissioning-guard-rail")},
		&corev1.LimitRange{ObjectMeta: named("commissioning-guard-rail")},
	}
}

func adminsBinding(namespace string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "commissioning-admins"}}
}

func TestR06_GuardRailsComeFirstAndAccessLast(t *testing.T) {
	established(t, "r06", 10, withAdmins)
	namespace, binding := namespaceNamed("r06"), adminsBinding("r06")
	if !exists(t, namespace) || !exists(t, binding) {
		t.Fatal("namespace and binding must exist")
	}
	if got := namespace.Labels["pod-security.kubernetes.io/enforce"]; got != "restricted" {
		t.Errorf("pod security is %q, want restricted", got)
	}
	for _, rail := range guardRails("r06") {
		if !exists(t, rail) {
			t.Errorf("%T %s must exist", rail, rail.GetName())
		}
	}
	created := env.Requests.Since(time.Time{}, func(r testenv.Request) bool { return r.Verb == "create" && r.Namespace == "r06" && r.Code == 201 })
	var order []string
	for _, r := range created {
		order = append(order, r.Resource)
	}
	first := slices.Index(order, "rolebindings")
	for _, rail := range []string{"networkpolicies", "resourcequotas", "limitranges"} {
		if last := lastIndex(order, rail); last < 0 || last > first {
			t.Errorf("%s must be written before people get access; the order was %v", rail, order)
		}
	}
	if want := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "r06:admins"}}; len(binding.Subjects) != 1 || binding.Subjects[0] != want[0] {
		t.Errorf("subjects are %v, want %v", binding.Subjects, want)
	}
}

func lastIndex(in []string, wanted string) int {
	for i, s := range slices.Backward(in) {
		if s == wanted {
			return i
		}
	}
	return -1
}

func TestAccessIsTakenBackWhenTheSpecNamesNobody(t *testing.T) {
	c := established(t, "access-back", 11, withAdmins)
	change(t, c, func(c *v1alpha1.Consortium) { c.Spec.Access = v1alpha1.Access{} })
	g := gomega.NewWithT(t)
	for _, gone := range []client.Object{
		adminsBinding("access-back"),
		&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:consortium:access-back"}},
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:consortium:access-back"}},
	} {
		g.Eventually(func() bool { return exists(t, gone) }).WithTimeout(soon).Should(gomega.BeFalse(), "%T", gone)
	}
	eventually(t, soon, c, v1alpha1.AccessGrantedCondition, "True Granted: Nobody but cluster administrators")
}

func TestR07_AForeignNamespaceIsNotTaken(t *testing.T) {
	create(t, namespaceNamed("r07-foreign"))
	c := makeConsortium("r07-foreign", 12)
	create(t, c)
	eventually(t, soon, c, v1alpha1.ReadyCondition,
		"False NotOurs: Namespace r07-foreign exists and was not given to this consortium. A cluster administrator can give it: kubectl label namespace r07-foreign commissioning.support/consortium=r07-foreign")
	for _, rail := range guardRails("r07-foreign") {
		if exists(t, rail) {
			t.Errorf("%T %s was written into a foreign namespace", rail, rail.GetName())
		}
	}
	change(t, namespaceNamed("r07-foreign"), func(n *corev1.Namespace) {
		n.Labels[v1alpha1.ConsortiumLabel] = "r07-foreign"
	})
	eventually(t, soon, c, v1alpha1.NamespaceAvailableCondition, "True Adopted")
	ready(t, c)
	namespace := namespaceNamed("r07-foreign")
	if exists(t, namespace); namespace.Annotations[v1alpha1.OwnerAnnotation] != "" {
		t.Error("an adopted namespace must not carry the mark of what the operator created")
	}
}

func TestR07_AnObjectInTheWayIsNamedAndUntouched(t *testing.T) {
	namespace := namespaceNamed("r07-in-the-way")
	namespace.Labels = map[string]string{v1alpha1.ConsortiumLabel: "r07-in-the-way"}
	foreign := &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: "r07-in-the-way", Name: "default-deny.commissioning.support"},
		Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}
	c := makeConsortium("r07-in-the-way", 13, withAdmins)
	create(t, namespace, foreign, c)
	eventually(t, soon, c, v1alpha1.ReadyCondition,
		"False ObjectInTheWay: NetworkPolicy r07-in-the-way/default-deny.commissioning.support: not the operator's, and left untouched.")
	version := foreign.ResourceVersion
	if exists(t, foreign); foreign.ResourceVersion != version {
		t.Error("the foreign object was written")
	}
	if exists(t, adminsBinding("r07-in-the-way")) {
		t.Error("people were given access before the guard rails stand")
	}
	remove(t, foreign)
	eventually(t, 2*soon, c, v1alpha1.ReadyCondition, "True")
}

func TestTheOlderOfTwoConsortiaHasTheCodeAndTheYoungerFollows(t *testing.T) {
	older := established(t, "code-older", 14)
	younger := makeConsortium("code-younger", 14)
	create(t, younger)
	eventually(t, soon, younger, v1alpha1.ReadyCondition,
		"False Taken: Organisation code T014 belongs to the older Consortium code-older. Two consortia cannot carry one code: delete the one that is wrong.")
	if exists(t, namespaceNamed("code-younger")) {
		t.Error("a namespace was made for a consortium whose code is taken")
	}
	remove(t, older)
	eventually(t, settled, younger, v1alpha1.ReadyCondition, "True")
}

func TestTheOlderOfTwoConsortiaHasTheNamespace(t *testing.T) {
	shared := func(c *v1alpha1.Consortium) { c.Spec.Namespace = "shared-home" }
	older := established(t, "namespace-older", 15, shared)
	younger := makeConsortium("namespace-younger", 16, shared)
	create(t, younger)
	eventually(t, soon, younger, v1alpha1.ReadyCondition, "False Taken: Namespace shared-home belongs to Consortium namespace-older.")
	eventually(t, soon, older, v1alpha1.ReadyCondition, "True")
}

func TestR08_RetainKeepsTheNamespaceAndTakesAccess(t *testing.T) {
	c := established(t, "r08-retain", 17, withAdmins)
	remove(t, c)
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return exists(t, c) }).Should(gomega.BeFalse())
	if exists(t, adminsBinding("r08-retain")) {
		t.Error("access must be gone")
	}
	namespace := namespaceNamed("r08-retain")
	if !exists(t, namespace) || namespace.DeletionTimestamp != nil {
		t.Fatal("the namespace must be kept")
	}
	if got := namespace.Annotations[v1alpha1.RetainedAnnotation]; got != "T017" {
		t.Errorf("the namespace is retained for %q, want T017", got)
	}
	for _, rail := range guardRails("r08-retain") {
		if !exists(t, rail) {
			t.Errorf("%T %s must be kept", rail, rail.GetName())
		}
	}

	other := makeConsortium("r08-retain", 18)
	create(t, other)
	eventually(t, soon, other, v1alpha1.ReadyCondition, "False NotOurs")
	remove(t, other)
	g.Eventually(func() bool { return exists(t, other) }).Should(gomega.BeFalse())

	again := established(t, "r08-retain", 17, withAdmins, withDeletion(v1alpha1.DeletionPolicyDelete))
	if exists(t, namespace); namespace.Annotations[v1alpha1.RetainedAnnotation] != "" {
		t.Error("the namespace is in use again and must not say that it was left behind")
	}
	remove(t, again)
	g.Eventually(func() bool { return exists(t, namespace) }).Should(gomega.BeFalse(), "created by the operator, so Delete removes it")
}

func TestR08_DeleteRemovesOnlyANamespaceThatTheOperatorCreated(t *testing.T) {
	created := established(t, "r08-created", 19, withDeletion(v1alpha1.DeletionPolicyDelete))
	given := namespaceNamed("r08-given")
	given.Labels = map[string]string{v1alpha1.ConsortiumLabel: "r08-given"}
	create(t, given)
	adopted := established(t, "r08-given", 20, withDeletion(v1alpha1.DeletionPolicyDelete))
	remove(t, created)
	remove(t, adopted)
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return exists(t, created) || exists(t, adopted) }).Should(gomega.BeFalse())
	if exists(t, namespaceNamed("r08-created")) {
		t.Error("the namespace that the operator created must be gone before its consortium is")
	}
	if !exists(t, given) || given.DeletionTimestamp != nil {
		t.Error("a namespace that was given must be kept")
	}
}

func TestR08_ARetainedConsortiumWaitsForItsFunctions(t *testing.T) {
	c := established(t, "r08-waits", 21)
	f := makeMemberFunction("r08-waits", "referral-management")
	create(t, f)
	ready(t, f)
	remove(t, c)
	eventually(t, soon, c, v1alpha1.ReadyCondition,
		"False Deleting: The consortium is being deleted; its namespace is kept, and in it are still MemberFunction r08-waits/referral-management: delete them.")
	remove(t, f)
	gomega.NewWithT(t).Eventually(func() bool { return exists(t, c) }).WithTimeout(soon).Should(gomega.BeFalse())
}

func TestAConsortiumCountsWhatItHas(t *testing.T) {
	c := established(t, "counts", 22)
	one, two := makeLocality("counts", "one", map[string]int32{"C22001": 1000, "C22002": 500}), makeLocality("counts", "two", map[string]int32{"C22003": 7})
	two.Spec.RegisteredAsOf = "2020-12-01"
	f := makeMemberFunction("counts", "referral-management")
	create(t, one, two, f)
	ready(t, one, two, f)
	eventually(t, settled, c, v1alpha1.PopulationKnownCondition, "True Counted: 1,507 registered patients in 3 practices.")
	eventually(t, settled, c, v1alpha1.FunctionsAvailableCondition, "True AllWorking: The function works.")
	want := []v1alpha1.ConsortiumFunction{{Kind: v1alpha1.MemberFunctionKind, Name: "referral-management", Function: "referral-management", State: v1alpha1.FunctionWorking}}
	if got := c.Status.Functions; len(got) != 1 || got[0] != want[0] {
		t.Errorf("functions are %v, want %v", got, want)
	}
	if c.Status.RegisteredAsOf != "2020-12-01" {
		t.Errorf("as of %s, want the oldest list's date", c.Status.RegisteredAsOf)
	}
	remove(t, one)
	eventually(t, soon, c, v1alpha1.PopulationKnownCondition, "True Counted: 7 registered patients in 1 practice.")
}
