package diagnosis

import (
	"fmt"
	"slices"
)

// Right to do something with a kind of object.
type Right struct {
	Group, Resource, Subresource, Verb string
	// Name of the one object that it is about. Empty: all.
	Name string
	// InNamespace says that it is about the operator's namespace alone.
	InNamespace bool
}

// String as people write it.
func (r Right) String() string {
	said := r.Verb + " " + r.Resource
	if r.Subresource != "" {
		said += "/" + r.Subresource
	}
	if r.Name != "" {
		said += " " + r.Name
	}
	return said
}

const ours = "commissioning.support"

// needed are the rights of the operator, as config/rbac gives them. Who may watch may get and list.
var needed = []struct {
	group     string
	resources []string
	verbs     []string
}{
	{"", []string{"configmaps", "limitranges", "namespaces", "resourcequotas", "secrets", "services"}, []string{"create", "delete", "update", "watch"}},
	{"", []string{"serviceaccounts"}, []string{"create", "update", "watch"}},
	{"apps", []string{"deployments", "statefulsets"}, []string{"create", "update", "watch"}},
	{"autoscaling", []string{"horizontalpodautoscalers"}, []string{"create", "delete", "update", "watch"}},
	{ours, []string{"consortia", "supportproviders"}, []string{"adopt", "patch", "watch"}},
	{ours, []string{"hostedservices", "supportagreements", "supportfunctions"}, []string{"patch", "watch"}},
	{ours, []string{"localities", "memberfunctions"}, []string{"watch"}},
	{ours, []string{"supportfunctionrevisions"}, []string{"create", "delete", "update", "watch"}},
	{"events.k8s.io", []string{"events"}, []string{"create", "patch"}},
	{"networking.k8s.io", []string{"networkpolicies"}, []string{"create", "delete", "update", "watch"}},
	{"policy", []string{"poddisruptionbudgets"}, []string{"create", "delete", "update", "watch"}},
	{"rbac.authorization.k8s.io", []string{"clusterrolebindings", "clusterroles", "rolebindings"}, []string{"create", "delete", "update", "watch"}},
}

// reported are the kinds whose status the operator writes, and those of them whose children it owns.
var (
	reported = []string{"consortia", "hostedservices", "localities", "memberfunctions", "supportagreements", "supportfunctions", "supportproviders"}
	owning   = []string{"hostedservices", "memberfunctions", "supportagreements"}
	// bound are the roles that the operator gives to people.
	bound = []string{
		"commissioning-consortium-admin", "commissioning-consortium-developer", "commissioning-consortium-viewer",
		"commissioning-provider-admin", "commissioning-provider-viewer",
	}
)

// Rights are all that the operator needs.
func Rights() []Right {
	var all []Right
	for _, n := range needed {
		for _, resource := range n.resources {
			for _, verb := range n.verbs {
				all = append(all, Right{Group: n.group, Resource: resource, Verb: verb})
			}
		}
	}
	for _, resource := range reported {
		all = append(all, Right{Group: ours, Resource: resource, Subresource: "status", Verb: "update"})
	}
	for _, resource := range owning {
		all = append(all, Right{Group: ours, Resource: resource, Subresource: "finalizers", Verb: "update"})
	}
	for _, role := range bound {
		all = append(all, Right{Group: "rbac.authorization.k8s.io", Resource: "clusterroles", Verb: "bind", Name: role})
	}
	for _, verb := range []string{"get", "create", "update"} {
		all = append(all, Right{Group: "coordination.k8s.io", Resource: "leases", Verb: verb, InNamespace: true})
	}
	return all
}

func (f Facts) rights() Check {
	const part = "Rights"
	account := f.Namespace + "/" + OperatorName
	if f.Denied.Err != nil {
		return unread(part, "what ServiceAccount "+account+" may do", f.Denied.Err)
	}
	if len(f.Denied.Is) == 0 {
		return Check{part, Sound, fmt.Sprintf("ServiceAccount %s may do all that the operator needs.", account), ""}
	}
	names := make([]string, len(f.Denied.Is))
	for i, right := range f.Denied.Is {
		names[i] = right.String()
	}
	slices.Sort(names)
	return Check{part, Broken, fmt.Sprintf("ServiceAccount %s may not %s.", account, firstOf(names)), "install its rights: kubectl apply --server-side -k config/rbac"}
}
