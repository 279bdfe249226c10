package overview

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Supply is what the overviews of the catalogue and of suppliers are made of.
type Supply struct {
	Catalogue  Catalogue
	Services   []v1alpha1.HostedService
	Agreements []v1alpha1.SupportAgreement
	Consortia  []v1alpha1.Consortium
	// Unread are the kinds of which the reader may not read all. Of services and agreements, those of one
	// namespace may be there all the same.
	Unread []string
}

func (s Supply) hasRead(kind string) bool { return !slices.Contains(s.Unread, kind) }

// Standing is how an object of the catalogue stands: what its condition Ready says.
type Standing struct {
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Trouble is what stands in the way.
	Trouble string `json:"trouble,omitempty"`
}

func standingOf(cs conditions) Standing {
	ready := cs.ready()
	s := Standing{State: cs.state(false), Reason: ready.Reason}
	if ready.Status != metav1.ConditionTrue {
		s.Trouble = ready.Message
	}
	return s
}

// Service is one that a supplier hosts.
type Service struct {
	Provider    string `json:"provider"`
	DisplayName string `json:"displayName"`
	Name        string `json:"name"`
	Function    string `json:"function"`
	Standing    `json:",inline"`
	// Available says whether it serves, as far as is known.
	Available v1alpha1.Availability `json:"available,omitempty"`
	Intake    v1alpha1.Intake       `json:"intake"`
	Consortia Load                  `json:"consortia"`
	Patients  Load                  `json:"patients"`
	// AssuredUntil is the last day on which all assurances of the supplier hold.
	AssuredUntil v1alpha1.Date `json:"assuredUntil,omitempty"`
}

// Load is how much a service carries, and for how much more it has room. Left is absent where there is no
// limit, or where nobody has counted yet.
type Load struct {
	Served  int64  `json:"served"`
	Waiting int64  `json:"waiting,omitempty"`
	Over    int64  `json:"over,omitempty"`
	Left    *int64 `json:"left,omitempty"`
}

func load(l v1alpha1.Load) Load {
	return Load{Served: value(l.Served), Waiting: value(l.Waiting), Over: value(l.Over), Left: l.Left}
}

// IsOpen says whether the service takes on one more consortium, however small.
func (s Service) IsOpen() bool {
	return s.Intake == v1alpha1.IntakeOpen && hasRoom(s.Consortia) && hasRoom(s.Patients)
}

func hasRoom(l Load) bool { return l.Over == 0 && (l.Left == nil || *l.Left > 0) }

// services of all suppliers, by function and supplier.
func (s Supply) services() []Service {
	owners := map[string]*v1alpha1.SupportProvider{}
	for i := range s.Catalogue.Providers {
		owners[homeOf(&s.Catalogue.Providers[i])] = &s.Catalogue.Providers[i]
	}
	all := make([]Service, len(s.Services))
	for i := range s.Services {
		all[i] = service(&s.Services[i], owners[s.Services[i].Namespace])
	}
	slices.SortStableFunc(all, func(a, b Service) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// service of a supplier. One whose supplier is not known goes by its namespace.
func service(h *v1alpha1.HostedService, of *v1alpha1.SupportProvider) Service {
	s := Service{
		Provider: h.Namespace, DisplayName: h.Namespace, Name: h.Name, Function: string(h.Spec.Function),
		Standing: standingOf(h.Status.Conditions), Available: h.Status.Available,
		Intake:    cmp.Or(h.Spec.Intake, v1alpha1.IntakeOpen),
		Consortia: load(h.Status.Consortia), Patients: load(h.Status.Patients),
	}
	if of != nil {
		s.Provider, s.DisplayName, s.AssuredUntil = of.Name, string(of.Spec.DisplayName), of.Status.AssuredUntil
	}
	return s
}

// homeOf is the namespace of a supplier.
func homeOf(p *v1alpha1.SupportProvider) string {
	return cmp.Or(p.Status.Namespace, string(p.Spec.Namespace), p.Name)
}
