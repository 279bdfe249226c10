package crdtest_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	rolesFile = "testdata/roles.golden"
	rolesHead = `# What the people of a consortium and of a supplier may do in its namespace, and what they may do
# outside of it: every resource that the API server knows was asked for, and a resource that is not
# listed is refused to all of them. An outsider is an administrator elsewhere. read: get, list, watch.
# write: create, update, patch, delete.
# Written by: go test ./controllers/crdtest -update
`
	home         = "camden"
	supplierHome = "northern-csu"
)

var (
	readVerbs  = []string{"get", "list", "watch"}
	writeVerbs = []string{"create", "update", "patch", "delete"}
	verbs      = slices.Concat(readVerbs, writeVerbs, []string{"deletecollection", "adopt", "bind", "escalate", "impersonate"})
)

// persona is somebody whom the table of roles has a column for.
type persona struct {
	name   string
	groups []string
}

var (
	personas = []persona{
		{"outsider", []string{"islington:admins", "islington:developers", supplierHome + ":admins"}},
		{"viewer", []string{home + ":viewers"}},
		{"admin", []string{home + ":admins"}},
		{"developer", []string{home + ":developers"}},
	}
	supplierPersonas = []persona{
		{"outsider", []string{"southern-csu:admins", home + ":admins", home + ":developers"}},
		{"viewer", []string{supplierHome + ":viewers"}},
		{"admin", []string{supplierHome + ":admins"}},
	}
)

// asked is a resource, or a subresource of one, in the consortium's namespace or in the whole cluster.
type asked struct {
	schema.GroupResource
	namespaced bool
}

func (a asked) String() string {
	if a.Group == "" {
		return a.Resource
	}
	return a.Resource + " (" + a.Group + ")"
}

// everyResource is what the API server knows, and whom people could impersonate.
func everyResource(t *testing.T) []asked {
	t.Helper()
	_, lists, err := clients.Discovery().ServerGroupsAndResources()
	if err != nil {
		t.Fatal(err)
	}
	all := map[asked]bool{
		{schema.GroupResource{Resource: "users"}, false}:     true,
		{schema.GroupResource{Resource: "groups"}, false}:    true,
		{schema.GroupResource{Resource: "namespaces"}, true}: true, // a request for one is authorized inside of it
	}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, resource := range list.APIResources {
			all[asked{schema.GroupResource{Group: version.Group, Resource: resource.Name}, resource.Namespaced}] = true
		}
	}
	var sorted []asked
	for resource := range all {
		sorted = append(sorted, resource)
	}
	slices.SortFunc(sorted, func(a, b asked) int {
		return strings.Compare(a.Group+"/"+a.Resource, b.Group+"/"+b.Resource)
	})
	return sorted
}

// rules are what the API server says that somebody may do in a namespace; what she may do everywhere
// is among them.
func rules(t *testing.T, who persona, namespace string) []authorizationv1.ResourceRule {
	t.Helper()
	review, err := as(who.name, who.groups...).AuthorizationV1().SelfSubjectRulesReviews().Create(t.Context(),
		&authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: namespace}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if review.Status.Incomplete || review.Status.EvaluationError != "" {
		t.Fatalf("what %s may do in %s is not known completely: %s", who.name, namespace, review.Status.EvaluationError)
	}
	return review.Status.ResourceRules
}

// rightsOf lists the verbs that the rules allow on a resource.
func rightsOf(rules []authorizationv1.ResourceRule, resource asked) []string {
	var may []string
	for _, verb := range verbs {
		if slices.ContainsFunc(rules, func(rule authorizationv1.ResourceRule) bool {
			return holds(rule.APIGroups, resource.Group) && holds(rule.Resources, resource.Resource) && holds(rule.Verbs, verb)
		}) {
			may = append(may, verb)
		}
	}
	return may
}

func holds(list []string, item string) bool {
	return slices.Contains(list, "*") || slices.Contains(list, item)
}

// inWords shortens a list of verbs for people.
func inWords(may []string) string {
	var words []string
	for _, group := range []struct {
		word  string
		verbs []string
	}{{"read", readVerbs}, {"write", writeVerbs}} {
		missing := func(verb string) bool { return !slices.Contains(may, verb) }
		if !slices.ContainsFunc(group.verbs, missing) {
			words = append(words, group.word)
			may = slices.DeleteFunc(may, func(verb string) bool { return slices.Contains(group.verbs, verb) })
		}
	}
	if words = append(words, may...); len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

func TestRolesOfPeople(t *testing.T) {
	consortiumNamespace(t, home)
	supplierNamespace(t, supplierHome)
	resources := everyResource(t)
	var text strings.Builder
	text.WriteString(rolesHead)
	for _, place := range []struct {
		title, namespace string
		namespaced       bool
		people           []persona
	}{
		{"a consortium's people in its namespace", home, true, personas},
		{"a consortium's people outside of it", metav1.NamespaceDefault, false, personas},
		{"a supplier's people in its namespace", supplierHome, true, supplierPersonas},
		{"a supplier's people outside of it", metav1.NamespaceDefault, false, supplierPersonas},
	} {
		text.WriteString("\n" + rowOf(place.title, names(place.people)))
		of := map[string][]authorizationv1.ResourceRule{}
		for _, who := range place.people {
			of[who.name] = rules(t, who, place.namespace)
		}
		for _, resource := range resources {
			var row []string
			for _, who := range place.people {
				row = append(row, inWords(rightsOf(of[who.name], resource)))
			}
			if resource.namespaced == place.namespaced && strings.Trim(strings.Join(row, ""), "-") != "" {
				text.WriteString(rowOf(resource.String(), row))
			}
		}
	}
	compareWithFile(t, rolesFile, text.String())
}

// rowOf is a line of the table of roles.
func rowOf(first string, cells []string) string {
	line := fmt.Sprintf("%-58s", first)
	for i, cell := range cells {
		line += fmt.Sprintf("%-*s", []int{12, 12, 14, 0}[i], cell)
	}
	return strings.TrimRight(line, " ") + "\n"
}

func names(people []persona) []string {
	var all []string
	for _, who := range people {
		all = append(all, who.name)
	}
	return all
}

func compareWithFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", path, diff)
	}
}
