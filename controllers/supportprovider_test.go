package controllers_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onsi/gomega"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// hosting makes a supplier whose namespace stands.
func hosting(t *testing.T, name string, n int, mutate ...func(*v1alpha1.SupportProvider)) *v1alpha1.SupportProvider {
	t.Helper()
	p := makeProvider(name, n, mutate...)
	create(t, p)
	ready(t, p)
	return p
}

func withProviderAdmins(p *v1alpha1.SupportProvider) {
	p.Spec.Access.Admins = []v1alpha1.Subject{{Kind: v1alpha1.SubjectGroup, Name: p.Name + ":admins"}}
}

// withoutTrace: its namespace goes with it.
func withoutTrace(p *v1alpha1.SupportProvider) { p.Spec.DeletionPolicy = v1alpha1.DeletionPolicyDelete }

func withProviderNamespace(name v1alpha1.ObjectName) func(*v1alpha1.SupportProvider) {
	return func(p *v1alpha1.SupportProvider) { p.Spec.Namespace = name }
}

func withoutCode(p *v1alpha1.SupportProvider) { p.Spec.OrganisationCode = "" }

func TestR06_ASuppliersGuardRailsComeFirstAndAccessLast(t *testing.T) {
	p := hosting(t, "p-r06", 600, withProviderAdmins, assured)
	namespace, binding := namespaceNamed("p-r06"), adminsBinding("p-r06")
	if !exists(t, namespace) || !exists(t, binding) {
		t.Fatal("namespace and binding must exist")
	}
	if namespace.Labels[v1alpha1.ProviderLabel] != "p-r06" || namespace.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Errorf("the labels are %v", namespace.Labels)
	}
	for _, rail := range guardRails("p-r06") {
		if !exists(t, rail) {
			t.Errorf("%T %s must exist", rail, rail.GetName())
		}
	}
	created := env.Requests.Since(time.Time{}, func(r testenv.Request) bool { return r.Verb == "create" && r.Namespace == "p-r06" && r.Code == 201 })
	var order []string
	for _, r := range created {
		order = append(order, r.Resource)
	}
	for _, rail := range []string{"networkpolicies", "resourcequotas", "limitranges"} {
		if last := lastIndex(order, rail); last < 0 || last > slices.Index(order, "rolebindings") {
			t.Errorf("%s must be written before people get access; the order was %v", rail, order)
		}
	}
	if binding.RoleRef.Name != "commissioning-provider-admin" || len(binding.Subjects) != 1 || binding.Subjects[0].Name != "p-r06:admins" {
		t.Errorf("%v are given %s", binding.Subjects, binding.RoleRef.Name)
	}
	if s := p.Status; s.Namespace != "p-r06" || *s.Services != 0 || *s.ConsortiaServed != 0 || s.AssuredUntil != "2099-03-31" {
		t.Errorf("the status is %+v", s)
	}
}

func TestASuppliersAccessIsTakenBackWhenTheSpecNamesNobody(t *testing.T) {
	p := hosting(t, "p-access-back", 601, withProviderAdmins)
	change(t, p, func(p *v1alpha1.SupportProvider) { p.Spec.Access = v1alpha1.ProviderAccess{} })
	for _, gone := range []client.Object{
		adminsBinding("p-access-back"),
		&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:provider:p-access-back"}},
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "commissioning:provider:p-access-back"}},
	} {
		gomega.NewWithT(t).Eventually(func() bool { return exists(t, gone) }).WithTimeout(soon).Should(gomega.BeFalse(), "%T", gone)
	}
	eventually(t, soon, p, v1alpha1.AccessGrantedCondition, "True Granted: Nobody but cluster administrators")
}

func TestR07_ASupplierTakesOnlyANamespaceThatIsGivenToIt(t *testing.T) {
	create(t, namespaceNamed("p-foreign"))
	p := makeProvider("p-foreign", 602)
	create(t, p)
	eventually(t, soon, p, v1alpha1.ReadyCondition,
		"False NotOurs: Namespace p-foreign exists and was not given to this supplier. A cluster administrator can give it: kubectl label namespace p-foreign commissioning.support/provider=p-foreign")
	for _, rail := range guardRails("p-foreign") {
		if exists(t, rail) {
			t.Errorf("%T %s was written into a foreign namespace", rail, rail.GetName())
		}
	}
	namespace := namespaceNamed("p-foreign")
	change(t, namespace, func(n *corev1.Namespace) { n.Labels[v1alpha1.ProviderLabel] = "p-foreign" })
	eventually(t, soon, p, v1alpha1.NamespaceAvailableCondition, "True Adopted")
	ready(t, p)
	if exists(t, namespace); namespace.Annotations[v1alpha1.OwnerAnnotation] != "" {
		t.Error("an adopted namespace must not carry the mark of what the operator created")
	}
}

func TestTheOlderOfASupplierAndAConsortiumHasTheNamespace(t *testing.T) {
	shared := func(name v1alpha1.ObjectName) func(*v1alpha1.Consortium) {
		return func(c *v1alpha1.Consortium) {
			c.Spec.Namespace, c.Spec.DeletionPolicy = name, v1alpha1.DeletionPolicyDelete
		}
	}
	consortium := established(t, "p-first", 603, shared("p-home-one"))
	provider := makeProvider("p-second", 604, withProviderNamespace("p-home-one"))
	create(t, provider)
	eventually(t, soon, provider, v1alpha1.ReadyCondition,
		"False Taken: Namespace p-home-one belongs to Consortium p-first. Create another SupportProvider with another spec.namespace.")
	eventually(t, soon, consortium, v1alpha1.ReadyCondition, "True")

	older := hosting(t, "p-third", 605, withProviderNamespace("p-home-two"), withoutTrace)
	younger := makeConsortium("p-younger", 606, shared("p-home-two"))
	create(t, younger)
	eventually(t, soon, younger, v1alpha1.ReadyCondition,
		"False Taken: Namespace p-home-two belongs to SupportProvider p-third. Create another Consortium with another spec.namespace.")
	eventually(t, soon, older, v1alpha1.ReadyCondition, "True")

	remove(t, consortium)
	remove(t, older)
	ready(t, provider, younger)
}

func TestASupplierMayCarryTheCodeOfAConsortiumButNotOfAnother(t *testing.T) {
	established(t, "p-code-consortium", 607)
	older := hosting(t, "p-code-older", 607)
	younger := makeProvider("p-code-younger", 607)
	create(t, younger)
	eventually(t, soon, younger, v1alpha1.ReadyCondition, "False Taken: Organisation code T607 belongs to the older SupportProvider p-code-older. Two suppliers cannot carry one code")
	remove(t, older)
	ready(t, younger)
	hosting(t, "p-code-none", 0, withoutCode)
	hosting(t, "p-code-none-either", 0, withoutCode)
}

func TestR08_ASuppliersNamespaceIsKeptAndAccessTaken(t *testing.T) {
	g := gomega.NewWithT(t)
	tests := map[string]struct {
		name     string
		coded    func(*v1alpha1.SupportProvider)
		retained string
	}{
		"with a code":    {name: "p-retain", coded: func(*v1alpha1.SupportProvider) {}, retained: "T608"},
		"without a code": {name: "p-retain-uncoded", coded: withoutCode, retained: "p-retain-uncoded"},
	}
	for title, tc := range tests {
		t.Run(title, func(t *testing.T) {
			p := hosting(t, tc.name, 608, tc.coded, withProviderAdmins)
			remove(t, p)
			g.Eventually(func() bool { return exists(t, p) }).Should(gomega.BeFalse())
			if exists(t, adminsBinding(tc.name)) {
				t.Error("access must be gone")
			}
			namespace := namespaceNamed(tc.name)
			if !exists(t, namespace) || namespace.DeletionTimestamp != nil || namespace.Annotations[v1alpha1.RetainedAnnotation] != tc.retained {
				t.Fatalf("the namespace must be kept for %s: %v", tc.retained, namespace.Annotations)
			}
			for _, rail := range guardRails(tc.name) {
				if !exists(t, rail) {
					t.Errorf("%T %s must be kept", rail, rail.GetName())
				}
			}

			other := makeProvider(tc.name, 609)
			create(t, other)
			eventually(t, soon, other, v1alpha1.ReadyCondition, "False NotOurs")
			remove(t, other)
			g.Eventually(func() bool { return exists(t, other) }).Should(gomega.BeFalse())

			again := hosting(t, tc.name, 608, tc.coded, withProviderAdmins, withoutTrace)
			if exists(t, namespace); namespace.Annotations[v1alpha1.RetainedAnnotation] != "" {
				t.Error("the namespace is in use again and must not say that it was left behind")
			}
			remove(t, again)
			g.Eventually(func() bool { return exists(t, namespace) }).Should(gomega.BeFalse(), "created by the operator, so Delete removes it")
		})
	}
}

// may asks whether a group may do something; it is somebody who is in no other group.
func may(t *testing.T, group, verb, resource, namespace, name string) bool {
	t.Helper()
	apiGroup := v1alpha1.GroupVersion.Group
	if slices.Contains([]string{"pods", "secrets", "configmaps", "namespaces"}, resource) {
		apiGroup = ""
	}
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: "somebody", Groups: []string{group},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Group: apiGroup, Verb: verb, Resource: resource, Namespace: namespace, Name: name},
	}}
	create(t, review)
	return review.Status.Allowed
}

// A consortium that hosts for others: its own work and what it hosts are apart, and so are their people.
func TestAConsortiumThatHostsHasTwoNamespacesAndNoStaffSeeBoth(t *testing.T) {
	established(t, "p-host", 610, withAdmins)
	established(t, "p-guest", 611, withAdmins)
	hosting(t, "p-host-services", 610, withProviderAdmins, func(p *v1alpha1.SupportProvider) {
		p.Spec.HostedBy = []v1alpha1.HostingConsortium{{Consortium: "p-host"}}
	})
	const staff, members = "p-host-services:admins", "p-host:admins"
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return may(t, staff, "create", "hostedservices", "p-host-services", "") }).Should(gomega.BeTrue())
	g.Eventually(func() bool { return may(t, members, "create", "memberfunctions", "p-host", "") }).Should(gomega.BeTrue())
	g.Eventually(func() bool { return may(t, staff, "get", "supportproviders", "", "p-host-services") }).Should(gomega.BeTrue())
	for _, namespace := range []string{"p-host", "p-guest"} {
		for _, resource := range []string{"pods", "secrets", "configmaps", "namespaces", "localities", "memberfunctions", "supportagreements"} {
			if may(t, staff, "get", resource, namespace, "anything") || may(t, staff, "list", resource, namespace, "") {
				t.Errorf("staff of the host may read %s of consortium %s", resource, namespace)
			}
		}
		if may(t, staff, "get", "consortia", "", namespace) {
			t.Errorf("staff of the host may read Consortium %s", namespace)
		}
	}
	for _, resource := range []string{"pods", "secrets", "configmaps", "namespaces", "hostedservices"} {
		if may(t, members, "get", resource, "p-host-services", "anything") {
			t.Errorf("people of the consortium may read %s of what it hosts for others", resource)
		}
	}
}

func TestASuppliersNamespaceIsNoConsortiumsHome(t *testing.T) {
	hosting(t, "p-no-home", 612)
	f := makeMemberFunction("p-no-home", "referral-management")
	create(t, f)
	eventually(t, soon, f, v1alpha1.ReadyCondition, "False ConsortiumNotFound")
}

func TestR08_ARetainedSupplierWaitsForItsServices(t *testing.T) {
	p, service := hosting(t, "p-waits", 613), makeHosted("p-waits", "contracting")
	create(t, service)
	g := gomega.NewWithT(t)
	g.Eventually(func() bool { return exists(t, p) && *p.Status.Services == 1 }).Should(gomega.BeTrue())
	remove(t, p)
	eventually(t, soon, p, v1alpha1.ReadyCondition,
		"False Deleting: The supplier is being deleted; it serves nobody, and its namespace, which is kept, still holds 1 service: delete them.")
	eventually(t, soon, p, v1alpha1.InUseCondition, "True HasUsers: It serves nobody, and still has 1 service.")
	remove(t, service)
	g.Eventually(func() bool { return exists(t, p) }).Should(gomega.BeFalse())
}

// supplied makes a consortium that takes contracting from a supplier.
func supplied(t *testing.T, name string, n int, from string) {
	t.Helper()
	populated(t, name, n)
	create(t, makeAgreement(name, "contracting", []string{from}))
}

func TestR08_ASupplierThatServesIsKept(t *testing.T) {
	p := hosting(t, "p-serves", 614, assured, withoutTrace)
	service := makeHosted("p-serves", "contracting")
	create(t, service)
	supplied(t, "p-served-one", 615, "p-serves")
	supplied(t, "p-served-two", 616, "p-serves")
	g := gomega.NewWithT(t)
	g.Eventually(func() int32 {
		exists(t, p)
		return *p.Status.ConsortiaServed
	}).Should(gomega.BeEquivalentTo(2))
	if err := env.Client.Delete(t.Context(), p); err == nil {
		t.Fatal("a supplier that serves was deleted")
	}
	change(t, p, func(p *v1alpha1.SupportProvider) {
		p.Annotations = map[string]string{v1alpha1.AllowDeletionAnnotation: "true"}
	})
	remove(t, p)
	eventually(t, soon, p, v1alpha1.InUseCondition, "True HasUsers: It serves 2 consortia by 1 service.")
	eventually(t, soon, p, v1alpha1.ReadyCondition, "False Deleting: The supplier is being deleted; it still serves 2 consortia.")
	for _, consortium := range []string{"p-served-one", "p-served-two"} {
		remove(t, makeAgreement(consortium, "contracting", nil))
	}
	g.Eventually(func() bool { return exists(t, p) || exists(t, namespaceNamed("p-serves")) || exists(t, service) }).
		WithTimeout(2*settled).Should(gomega.BeFalse(), "nobody is served, and so all of it goes")
}
