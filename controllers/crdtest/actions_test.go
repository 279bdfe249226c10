package crdtest_test

import (
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// Objects that people try to create, by the resource that they are posted to.
var tried = map[string]string{
	"memberfunctions.commissioning.support/v1alpha1":   memberFunctionBase,
	"localities.commissioning.support/v1alpha1":        localityBase,
	"supportagreements.commissioning.support/v1alpha1": supportAgreementBase,
	"hostedservices.commissioning.support/v1alpha1":    hostedServiceBase,
	"secrets./v1": `
apiVersion: v1
kind: Secret
metadata: {name: tried}`,
	"deployments.apps/v1": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: tried}
spec:
  selector: {matchLabels: {app: tried}}
  template: {metadata: {labels: {app: tried}}, spec: {containers: [{name: tried, image: example.org/tried:1}]}}`,
	"services./v1": `
apiVersion: v1
kind: Service
metadata: {name: tried}
spec: {ports: [{port: 80}]}`,
	"networkpolicies.networking.k8s.io/v1": `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: tried}
spec: {podSelector: {}, ingress: [{}], policyTypes: [Ingress]}`,
	"resourcequotas./v1": `
apiVersion: v1
kind: ResourceQuota
metadata: {name: tried}
spec: {hard: {pods: "1000"}}`,
	"limitranges./v1": `
apiVersion: v1
kind: LimitRange
metadata: {name: tried}
spec: {limits: [{type: Container, default: {cpu: "64"}}]}`,
	"rolebindings.rbac.authorization.k8s.io/v1": `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: tried}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: mallory}]`,
	"serviceaccounts./v1": `
apiVersion: v1
kind: ServiceAccount
metadata: {name: tried}`,
	"endpointslices.discovery.k8s.io/v1": `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: tried}
addressType: IPv4
endpoints: [{addresses: [192.0.2.1]}]`,
}

// The table of roles says what the rules are; this tries them: whoever is not named is refused, and
// refused because it is forbidden.
func TestPeopleTry(t *testing.T) {
	consortiumNamespace(t, home)
	supplierNamespace(t, supplierHome) // whose administrators are outsiders here
	tryAsPeople(t, home, personas, map[string][]string{
		"memberfunctions.commissioning.support/v1alpha1":   {"admin"},
		"supportagreements.commissioning.support/v1alpha1": {"admin"},
		"secrets./v1":         {"developer"},
		"services./v1":        {"developer"},
		"deployments.apps/v1": {"developer"},
	}, map[string][]string{
		"secrets./v1": {"admin", "developer"},
		"hostedservices.commissioning.support/v1alpha1": {},
		everythingElse: {"viewer", "admin", "developer"},
	})
}

// A supplier's people offer services, and read nothing of a consortium's own.
func TestSuppliersPeopleTry(t *testing.T) {
	supplierNamespace(t, supplierHome)
	consortiumNamespace(t, home) // whose administrators are outsiders here
	tryAsPeople(t, supplierHome, supplierPersonas, map[string][]string{
		"hostedservices.commissioning.support/v1alpha1": {"admin"},
	}, map[string][]string{
		"secrets./v1": {"admin"},
		"supportagreements.commissioning.support/v1alpha1": {},
		"memberfunctions.commissioning.support/v1alpha1":   {},
		"localities.commissioning.support/v1alpha1":        {},
		everythingElse: {"viewer", "admin"},
	})
}

func tryAsPeople(t *testing.T, namespace string, people []persona, mayCreate, mayList map[string][]string) {
	t.Helper()
	for _, who := range people {
		_, client := clientsFor(rest.ImpersonationConfig{UserName: who.name, Groups: append(who.groups, "system:authenticated")})
		for resource, text := range tried {
			at := client.Resource(parseResource(resource)).Namespace(namespace)
			t.Run(who.name+" creates "+resource, func(t *testing.T) {
				object := parse(text)
				object.SetNamespace(namespace)
				_, err := at.Create(t.Context(), object, metav1.CreateOptions{DryRun: dryRunAll})
				checkForbidden(t, err, listed(mayCreate, resource, who.name))
			})
			t.Run(who.name+" reads "+resource, func(t *testing.T) {
				_, err := at.List(t.Context(), metav1.ListOptions{Limit: 1})
				checkForbidden(t, err, listed(mayList, resource, who.name))
			})
		}
	}
}

const everythingElse = ""

func listed(table map[string][]string, resource, who string) bool {
	people, found := table[resource]
	if !found {
		people = table[everythingElse]
	}
	return strings.Contains(strings.Join(people, " "), who)
}

func parseResource(text string) schema.GroupVersionResource {
	resource, version, _ := strings.Cut(text, "/")
	name, group, _ := strings.Cut(resource, ".")
	return schema.GroupVersionResource{Group: group, Version: version, Resource: name}
}

func checkForbidden(t *testing.T, err error, allowed bool) {
	t.Helper()
	switch {
	case allowed && err != nil:
		t.Errorf("it is refused: %v", err)
	case !allowed && err == nil:
		t.Error("it is allowed")
	case !allowed && !apierrors.IsForbidden(err):
		t.Errorf("it is refused for another reason than that it is forbidden: %v", err)
	}
}

// forbidden are verbs on resources that nobody is given.
type forbidden struct {
	group     string
	resources []string
	verbs     []string
}

// everybodysLimit: whatever the golden table says, these are nobody's in a namespace that is given.
var everybodysLimit = []forbidden{
	{"", []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy", "pods/ephemeralcontainers", "serviceaccounts/token", "pods/eviction"}, verbs},
	{"", []string{"resourcequotas", "limitranges", "namespaces", "endpoints", "serviceaccounts", "events", "resourcequotas/status", "services/status", "pods/status"}, writeVerbs},
	{"networking.k8s.io", []string{"networkpolicies", "ingresses"}, writeVerbs},
	{"discovery.k8s.io", []string{"endpointslices"}, writeVerbs},
	{"rbac.authorization.k8s.io", []string{"roles", "rolebindings"}, append([]string{"bind", "escalate"}, writeVerbs...)},
	{"commissioning.support", []string{"localities", "memberfunctions/status", "localities/status", "hostedservices/status", "supportagreements/status"}, writeVerbs},
	{"commissioning.support", []string{"consortia", "supportproviders", "supportproviders/status"}, append([]string{"adopt"}, writeVerbs...)},
	{"commissioning.support", []string{"supportfunctions"}, writeVerbs},
	{"admissionregistration.k8s.io", []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"}, verbs},
}

func TestRolesNeverGive(t *testing.T) {
	consortiumNamespace(t, home)
	supplierNamespace(t, supplierHome)
	checkLimit(t, home, personas, append(everybodysLimit, forbidden{"commissioning.support", []string{"hostedservices", "hostedservices/status"}, verbs}))
	checkLimit(t, supplierHome, supplierPersonas, append(everybodysLimit,
		forbidden{"commissioning.support", []string{"consortia", "supportagreements", "supportagreements/status", "memberfunctions", "localities"}, verbs},
		forbidden{"", []string{"secrets", "configmaps", "pods", "services", "persistentvolumeclaims"}, writeVerbs},
		forbidden{"apps", []string{"deployments", "statefulsets", "replicasets", "daemonsets", "deployments/scale"}, writeVerbs},
	))
}

func checkLimit(t *testing.T, namespace string, people []persona, limit []forbidden) {
	t.Helper()
	for _, who := range people {
		given := rules(t, who, namespace)
		for _, refused := range limit {
			for _, resource := range refused.resources {
				rights := rightsOf(given, asked{GroupResource: schema.GroupResource{Group: refused.group, Resource: resource}})
				for _, verb := range refused.verbs {
					if slices.Contains(rights, verb) {
						t.Errorf("%s may %s %s in %s", who.name, verb, resource, namespace)
					}
				}
			}
		}
	}
}

// R6: the operator gives people the shipped roles, and otherwise no right that it has not itself:
// whoever takes it over cannot make himself an administrator of the cluster.
func TestR06_OperatorGivesOnlyTheShippedRoles(t *testing.T) {
	consortiumNamespace(t, home)
	operator := as(operatorAccount, "system:serviceaccounts", "system:serviceaccounts:commissioning-system").RbacV1()
	bind := func(role string) error {
		_, err := operator.RoleBindings(home).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "tried"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "people"}},
		}, metav1.CreateOptions{DryRun: dryRunAll})
		return err
	}
	define := func(rule rbacv1.PolicyRule) error {
		_, err := operator.ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{
			ObjectMeta: metav1.ObjectMeta{Name: "tried"}, Rules: []rbacv1.PolicyRule{rule},
		}, metav1.CreateOptions{DryRun: dryRunAll})
		return err
	}
	own := func(resource string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{"commissioning.support"}, Resources: []string{resource}, ResourceNames: []string{home}, Verbs: readVerbs}
	}
	logs := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods/log"}, Verbs: readVerbs}
	everything := rbacv1.PolicyRule{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}
	for name, tc := range map[string]struct {
		err     error
		allowed bool
	}{
		"the role of admins":                {bind("commissioning-consortium-admin"), true},
		"the role of viewers":               {bind("commissioning-consortium-viewer"), true},
		"the role of developers":            {bind("commissioning-consortium-developer"), true},
		"the role of a supplier's admins":   {bind("commissioning-provider-admin"), true},
		"the role of a supplier's viewers":  {bind("commissioning-provider-viewer"), true},
		"cluster-admin":                     {bind("cluster-admin"), false},
		"reading one's own Consortium":      {define(own("consortia")), true},
		"reading one's own SupportProvider": {define(own("supportproviders")), true},
		"reading logs everywhere":           {define(logs), false},
		"everything":                        {define(everything), false},
	} {
		t.Run(name, func(t *testing.T) { checkForbidden(t, tc.err, tc.allowed) })
	}
}
