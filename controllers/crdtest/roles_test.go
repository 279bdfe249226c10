package crdtest_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	rolesFile = "testdata/roles.golden"
	rolesHead = `# What a consortium's people may do in its namespace, and what they may do outside of it: every
# resource that the API server knows was asked for, and a resource that is not listed is refused to
# all of them. read: get, list, watch. write: create, update, patch, delete.
# Written by: go test ./controllers/crdtest -update
`
	home = "camden"
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

var personas = []persona{
	{"outsider", []string{"islington:admins", "islington:developers"}},
	{"viewer", []string{home + ":viewers"}},
	{"admin", []string{home + ":admins"}},
	{"developer", []string{home + ":developers"}},
}

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

func (a asked) attributes(verb string) *authorizationv1.ResourceAttributes {
	resource, subresource, _ := strings.Cut(a.Resource, "/")
	attributes := &authorizationv1.ResourceAttributes{Verb: verb, Group: a.Group, Resource: resource, Subresource: subresource}
	if a.namespaced {
		attributes.Namespace = home
	}
	return attributes
}

// everyResource is what the API server knows, and what people are impersonated by.
func everyResource(t *testing.T) []asked {
	t.Helper()
	_, lists, err := clients.Discovery().ServerGroupsAndResources()
	if err != nil {
		t.Fatal(err)
	}
	all := map[asked]bool{{schema.GroupResource{Resource: "users"}, false}: true, {schema.GroupResource{Resource: "groups"}, false}: true}
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

// rightsOf asks for every verb on a resource.
func rightsOf(ctx context.Context, who persona, resource asked) (string, error) {
	var may []string
	for _, verb := range verbs {
		allowed, err := isAllowed(ctx, authorizationv1.SubjectAccessReviewSpec{
			User: who.name, Groups: append(slices.Clone(who.groups), "system:authenticated"),
			ResourceAttributes: resource.attributes(verb),
		})
		if err != nil {
			return "", err
		}
		if allowed {
			may = append(may, verb)
		}
	}
	return inWords(may), nil
}

func inWords(may []string) string {
	var words []string
	for word, group := range map[string][]string{"read": readVerbs, "write": writeVerbs} {
		has := func(verb string) bool { return slices.Contains(may, verb) }
		if !slices.ContainsFunc(group, func(verb string) bool { return !has(verb) }) {
			words = append(words, word)
			may = slices.DeleteFunc(may, func(verb string) bool { return slices.Contains(group, verb) })
		}
	}
	slices.Sort(words)
	if words = append(words, may...); len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

// rightsTable asks for everything on behalf of everybody.
func rightsTable(t *testing.T, resources []asked) [][]string {
	t.Helper()
	table := make([][]string, len(resources))
	var asking sync.WaitGroup
	tokens := make(chan struct{}, 8)
	for i, resource := range resources {
		table[i] = make([]string, len(personas))
		asking.Go(func() {
			tokens <- struct{}{}
			defer func() { <-tokens }()
			for j, who := range personas {
				rights, err := rightsOf(t.Context(), who, resource)
				if err != nil {
					t.Errorf("asking what %s may do with %s: %v", who.name, resource, err)
				}
				table[i][j] = rights
			}
		})
	}
	asking.Wait()
	return table
}

func TestRolesOfPeople(t *testing.T) {
	consortiumNamespace(t, home)
	resources := everyResource(t)
	table := rightsTable(t, resources)

	var text strings.Builder
	text.WriteString(rolesHead)
	for _, namespaced := range []bool{true, false} {
		title := "outside of it"
		if namespaced {
			title = "in its namespace"
		}
		fmt.Fprintf(&text, "\n%-58s%-12s%-12s%-14s%s\n", title, "outsider", "viewer", "admin", "developer")
		for i, resource := range resources {
			if row := table[i]; resource.namespaced == namespaced && strings.Join(row, "") != "----" {
				fmt.Fprintf(&text, "%-58s%-12s%-12s%-14s%s\n", resource, row[0], row[1], row[2], row[3])
			}
		}
	}
	if *update {
		if err := os.WriteFile(rolesFile, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(rolesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", rolesFile, diff)
	}
}
