package overview

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Everything is what an overview of all consortia is made of.
type Everything struct {
	Consortia  []v1alpha1.Consortium
	Members    []v1alpha1.MemberFunction
	Agreements []v1alpha1.SupportAgreement
	Catalogue  Catalogue
}

// Country is what there is to know of all consortia.
type Country struct {
	Summary CountrySummary `json:"summary"`
	// Fallbacks are the suppliers that others stand in for.
	Fallbacks []Fallback `json:"fallbacks"`
	// NeedSomebody are the consortia with functions that do not work or that wait for people, and of
	// those only these functions. The most urgent first.
	NeedSomebody []Trouble `json:"needSomebody"`
	Unread       []string  `json:"unread,omitempty"`
}

// CountrySummary counts.
type CountrySummary struct {
	Consortia          int   `json:"consortia"`
	RegisteredPatients int64 `json:"registeredPatients"`
	Summary            `json:",inline"`
	// DatesWithin30Days are agreements of which something ends so soon.
	DatesWithin30Days int `json:"datesWithin30Days"`
	NeedSomebody      int `json:"needSomebody"`
}

// Fallback is a first choice that others stand in for.
type Fallback struct {
	Provider   string       `json:"provider"`
	Agreements int          `json:"agreements"`
	Since      *metav1.Time `json:"since,omitempty"`
}

// Trouble is a consortium that needs somebody.
type Trouble struct {
	Consortium Consortium `json:"consortium"`
	Functions  []Function `json:"functions"`
}

// InCountry makes the overview of all consortia.
func InCountry(all Everything) Country {
	members, agreements := byNamespace(all.Members), byNamespace(all.Agreements)
	country := Country{Fallbacks: []Fallback{}, NeedSomebody: []Trouble{}, Unread: all.Catalogue.Unread}
	for i := range all.Consortia {
		namespace := NamespaceOf(&all.Consortia[i])
		tree := Of(Facts{all.Consortia[i], members[namespace], agreements[namespace], all.Catalogue}, "")
		country.add(tree)
	}
	for i := range all.Agreements {
		country.count(&all.Agreements[i])
	}
	country.Summary.Consortia = len(all.Consortia)
	country.Summary.NeedSomebody = len(country.NeedSomebody)
	slices.SortFunc(country.Fallbacks, func(a, b Fallback) int {
		return cmp.Or(b.Agreements-a.Agreements, cmp.Compare(a.Provider, b.Provider))
	})
	slices.SortStableFunc(country.NeedSomebody, func(a, b Trouble) int {
		return cmp.Or(a.urgency()-b.urgency(), cmp.Compare(a.Consortium.Name, b.Consortium.Name))
	})
	return country
}

// byNamespace sorts objects by where they are.
func byNamespace[T any, P interface {
	*T
	GetNamespace() string
}](objects []T) map[string][]T {
	by := map[string][]T{}
	for i := range objects {
		namespace := P(&objects[i]).GetNamespace()
		by[namespace] = append(by[namespace], objects[i])
	}
	return by
}

// add counts a consortium, and keeps what is wrong with it.
func (c *Country) add(tree Tree) {
	s := &c.Summary.Summary
	s.Functions += tree.Summary.Functions
	s.Working += tree.Summary.Working
	s.OnFallback += tree.Summary.OnFallback
	s.WaitingForRoom += tree.Summary.WaitingForRoom
	s.NeedYou += tree.Summary.NeedYou
	c.Summary.RegisteredPatients += value(tree.Consortium.RegisteredPatients)
	troubled := slices.DeleteFunc(tree.Functions, func(f Function) bool { return f.State.Works() && len(f.You) == 0 })
	if len(troubled) > 0 || tree.Consortium.Trouble != "" {
		c.NeedSomebody = append(c.NeedSomebody, Trouble{tree.Consortium, troubled})
	}
}

// count an agreement that is on a fallback, or of which something ends soon.
func (c *Country) count(a *v1alpha1.SupportAgreement) {
	cs := conditions(a.Status.Conditions)
	if cs.isTrue(v1alpha1.ExpiringCondition) {
		c.Summary.DatesWithin30Days++
	}
	if !cs.isTrue(v1alpha1.FallbackActiveCondition) || len(a.Spec.Suppliers) == 0 {
		return
	}
	first := string(a.Spec.Suppliers[0].Provider)
	i := slices.IndexFunc(c.Fallbacks, func(f Fallback) bool { return f.Provider == first })
	if i < 0 {
		i = len(c.Fallbacks)
		c.Fallbacks = append(c.Fallbacks, Fallback{Provider: first})
	}
	c.Fallbacks[i].Agreements++
	if since := a.Status.Supplier.Since; c.Fallbacks[i].Since == nil || since.Before(c.Fallbacks[i].Since) {
		c.Fallbacks[i].Since = since
	}
}

// urgency: 0 first.
func (t Trouble) urgency() int {
	least := 4
	for _, f := range t.Functions {
		least = min(least, urgencies[f.State])
	}
	return least
}

var urgencies = map[State]int{NotWorking: 0, WaitingForRoom: 1, Unknown: 2, NotYet: 3, Working: 4, OnFallback: 4}
