package overview

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Facts are the objects that an overview is made of.
type Facts struct {
	Consortium v1alpha1.Consortium
	Members    []v1alpha1.MemberFunction
	Agreements []v1alpha1.SupportAgreement
	Catalogue  Catalogue
}

// Tree is what there is to know of one consortium.
type Tree struct {
	Consortium  Consortium `json:"consortium"`
	Summary     Summary    `json:"summary"`
	Functions   []Function `json:"functions"`
	DatesAhead  []Ending   `json:"datesAhead"`
	LastChanges []Change   `json:"lastChanges"`
	// Unread are the kinds that the reader may not read, without which names and dates are missing.
	Unread []string `json:"unread,omitempty"`
}

// Consortium is who is supplied.
type Consortium struct {
	Name               string        `json:"name"`
	DisplayName        string        `json:"displayName"`
	OrganisationCode   string        `json:"organisationCode"`
	Namespace          string        `json:"namespace"`
	Localities         int32         `json:"localities"`
	Practices          int32         `json:"practices"`
	RegisteredPatients *int64        `json:"registeredPatients,omitempty"`
	RegisteredAsOf     v1alpha1.Date `json:"registeredAsOf,omitempty"`
	// Trouble is what keeps its namespace from being ready.
	Trouble string `json:"trouble,omitempty"`
	// SucceededBy names the consortium that takes over.
	SucceededBy string `json:"succeededBy,omitempty"`
}

// Summary counts functions.
type Summary struct {
	Functions      int `json:"functions"`
	Working        int `json:"working"`
	OnFallback     int `json:"onFallback"`
	WaitingForRoom int `json:"waitingForRoom"`
	NeedYou        int `json:"needYou"`
}

// State says how far a function works.
type State string

// States of a function. The first two work.
const (
	Working        State = "Working"
	OnFallback     State = "OnFallback"
	NotWorking     State = "NotWorking"
	WaitingForRoom State = "WaitingForRoom"
	NotYet         State = "NotYet"
	Unknown        State = "Unknown"
)

// Works says whether the function is there for the consortium.
func (s State) Works() bool { return s == Working || s == OnFallback }

// Function is one function of a consortium: a MemberFunction or a SupportAgreement.
type Function struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Function string `json:"function"`
	// Locality for which a member-only function runs. Empty: the whole consortium.
	Locality string `json:"locality,omitempty"`
	// Supplier in force. Absent where there is none, and of a member-only function.
	Supplier *Supplier `json:"supplier,omitempty"`
	// Since when the present supplier does it, or the members themselves.
	Since *metav1.Time `json:"since,omitempty"`
	State State        `json:"state"`
	// StateSince is since when it works, or does not.
	StateSince *metav1.Time `json:"stateSince,omitempty"`
	// Reason of the state, for machines: that of the condition Ready.
	Reason   string    `json:"reason,omitempty"`
	Replicas *Replicas `json:"replicas,omitempty"`
	// Behind says that all this speaks of an older spec: the operator has not seen the latest change.
	Behind bool `json:"behind,omitempty"`
	// Why another than the first choice supplies, or why it does not work.
	Why []string `json:"why,omitempty"`
	// Next is what happens next.
	Next []string `json:"next,omitempty"`
	// IfItFails says who takes over from the supplier in force.
	IfItFails string `json:"ifItFails,omitempty"`
	// You is what the reader should do.
	You []string `json:"you,omitempty"`
	// Choices are the suppliers in order of preference.
	Choices []Choice `json:"choices,omitempty"`
}

// Supplier is who supplies now.
type Supplier struct {
	Provider    string `json:"provider"`
	Service     string `json:"service"`
	DisplayName string `json:"displayName"`
	// Choice is its place in the list, from 1; 0: no longer in it.
	Choice int `json:"choice"`
	// Reason for which it was chosen.
	Reason v1alpha1.SwitchReason `json:"reason,omitempty"`
	// HostsFor is for how many consortia a supplier works that consortia host.
	HostsFor int32 `json:"hostsFor,omitempty"`
	// Remark on how it stands, such as 0 of 2 replicas ready.
	Remark string `json:"remark,omitempty"`
}

// Choice is how one supplier of the list stands.
type Choice struct {
	Provider    string                 `json:"provider"`
	Service     string                 `json:"service"`
	DisplayName string                 `json:"displayName"`
	State       v1alpha1.SupplierState `json:"state"`
	Since       *metav1.Time           `json:"since,omitempty"`
	Message     string                 `json:"message,omitempty"`
}

// Replicas of a member-only function.
type Replicas struct {
	Desired   int32 `json:"desired"`
	Available int32 `json:"available"`
}

// lastChanges is how many changes of supplier an overview shows.
const lastChanges = 5

// daysAhead is how far ahead an overview looks.
const daysAhead = 365

// Of makes the overview of one consortium.
func Of(facts Facts, today v1alpha1.Date) Tree {
	tree := Tree{Consortium: consortium(&facts.Consortium), Functions: []Function{}, Unread: facts.Catalogue.Unread}
	for i := range facts.Members {
		tree.Functions = append(tree.Functions, member(&facts.Members[i]))
	}
	for i := range facts.Agreements {
		tree.Functions = append(tree.Functions, Agreement(&facts.Agreements[i], facts.Catalogue))
	}
	tree.Summary = summary(tree.Functions)
	tree.DatesAhead = Within(EndingsOf(facts.Agreements, facts.Catalogue, today), today, daysAhead)
	all := changes(facts.Agreements)
	tree.LastChanges = all[:min(len(all), lastChanges)]
	return tree
}

func consortium(c *v1alpha1.Consortium) Consortium {
	said := Consortium{
		Name: c.Name, DisplayName: string(c.Spec.DisplayName), OrganisationCode: string(c.Spec.OrganisationCode),
		Namespace: NamespaceOf(c), Localities: value(c.Status.Localities), Practices: value(c.Status.Practices),
		RegisteredPatients: c.Status.RegisteredPatients, RegisteredAsOf: c.Status.RegisteredAsOf,
		SucceededBy: string(c.Spec.SucceededBy),
	}
	if ready := conditions(c.Status.Conditions).ready(); ready.Status != metav1.ConditionTrue {
		said.Trouble = ready.Message
	}
	return said
}

// NamespaceOf is where a consortium's functions are.
func NamespaceOf(c *v1alpha1.Consortium) string {
	switch {
	case c.Status.Namespace != "":
		return c.Status.Namespace
	case c.Spec.Namespace != "":
		return string(c.Spec.Namespace)
	}
	return c.Name
}

func summary(functions []Function) Summary {
	s := Summary{Functions: len(functions)}
	for _, f := range functions {
		if f.State.Works() {
			s.Working++
		}
		if f.State == OnFallback {
			s.OnFallback++
		}
		if f.State == WaitingForRoom {
			s.WaitingForRoom++
		}
		if len(f.You) > 0 {
			s.NeedYou++
		}
	}
	return s
}

func value[T int32 | int64](p *T) T {
	if p == nil {
		return 0
	}
	return *p
}
