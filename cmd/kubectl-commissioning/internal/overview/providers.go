package overview

import (
	"cmp"
	"math"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Providers are those who may supply, and who depends on them.
type Providers struct {
	// Country is the whole that shares are of. Absent where the reader may not read all consortia.
	Country   *Whole     `json:"country,omitempty"`
	Providers []Provider `json:"providers"`
	Unread    []string   `json:"unread,omitempty"`
}

// Whole counts all consortia and their patients.
type Whole struct {
	Consortia          int64 `json:"consortia"`
	RegisteredPatients int64 `json:"registeredPatients"`
}

// Provider is one who may supply.
type Provider struct {
	Name             string          `json:"name"`
	DisplayName      string          `json:"displayName"`
	OrganisationCode string          `json:"organisationCode,omitempty"`
	Sector           v1alpha1.Sector `json:"sector"`
	Namespace        string          `json:"namespace"`
	HostedBy         []string        `json:"hostedBy,omitempty"`
	Standing         `json:",inline"`
	// Services that it hosts, and the consortia that any of them serves, each once.
	Services  int32 `json:"services"`
	Consortia int32 `json:"consortia"`
	// RegisteredPatients of those consortia, each once. Absent where the reader may not read who they are.
	RegisteredPatients *int64        `json:"registeredPatients,omitempty"`
	AssuredUntil       v1alpha1.Date `json:"assuredUntil,omitempty"`
	Hosts              []Service     `json:"hosts,omitempty"`
	// Concentration says by function who depends on it.
	Concentration []Dependence `json:"concentration,omitempty"`
	// Serves are the agreements that it supplies, as far as the reader may read them.
	Serves []Served `json:"serves,omitempty"`
}

// Dependence says who would be without a function if its supplier failed, were there no fallback.
type Dependence struct {
	Function           string `json:"function"`
	Consortia          int64  `json:"consortia"`
	RegisteredPatients int64  `json:"registeredPatients"`
	// Shares of the country, in percent.
	ConsortiaPercent *float64 `json:"consortiaPercent,omitempty"`
	PatientsPercent  *float64 `json:"patientsPercent,omitempty"`
	// WithoutFallback are the namespaces of those that nobody could take over today. Absent where the reader
	// may not read all agreements.
	WithoutFallback *[]string `json:"withoutFallback,omitempty"`
}

// Served is an agreement that a provider supplies.
type Served struct {
	Function           string       `json:"function"`
	Service            string       `json:"service"`
	Namespace          string       `json:"namespace"`
	Agreement          string       `json:"agreement"`
	DisplayName        string       `json:"displayName"`
	RegisteredPatients *int64       `json:"registeredPatients,omitempty"`
	Since              *metav1.Time `json:"since,omitempty"`
	// Choice is the provider's place in the list, from 1; 0: no longer in it.
	Choice int `json:"choice"`
	// HasFallback says whether another could take over today, and IfItFails who.
	HasFallback bool   `json:"hasFallback"`
	IfItFails   string `json:"ifItFails,omitempty"`
}

// ProvidersOf makes the overview of all who may supply.
func ProvidersOf(s Supply) Providers {
	all := Providers{Country: s.country(), Providers: []Provider{}, Unread: s.Unread}
	services, homes := s.services(), s.homes()
	for i := range s.Catalogue.Providers {
		all.Providers = append(all.Providers, s.provider(&s.Catalogue.Providers[i], services, homes))
	}
	return all
}

// ProviderOf makes the overview of one of them. It stands alone in the list.
func ProviderOf(of *v1alpha1.SupportProvider, s Supply) Providers {
	return Providers{Country: s.country(), Providers: []Provider{s.provider(of, s.services(), s.homes())}, Unread: s.Unread}
}

// country is nil where not all consortia can be read.
func (s Supply) country() *Whole {
	if !s.hasRead(v1alpha1.ConsortiumKind) {
		return nil
	}
	whole := &Whole{Consortia: int64(len(s.Consortia))}
	for i := range s.Consortia {
		whole.RegisteredPatients += value(s.Consortia[i].Status.RegisteredPatients)
	}
	return whole
}

// homes are the consortia by their namespace.
func (s Supply) homes() map[string]*v1alpha1.Consortium {
	homes := map[string]*v1alpha1.Consortium{}
	for i := range s.Consortia {
		homes[NamespaceOf(&s.Consortia[i])] = &s.Consortia[i]
	}
	return homes
}

func (s Supply) provider(of *v1alpha1.SupportProvider, services []Service, homes map[string]*v1alpha1.Consortium) Provider {
	p := Provider{
		Name: of.Name, DisplayName: string(of.Spec.DisplayName), OrganisationCode: string(of.Spec.OrganisationCode),
		Sector: of.Spec.Sector, Namespace: homeOf(of), Standing: standingOf(of.Status.Conditions),
		Services: value(of.Status.Services), Consortia: value(of.Status.ConsortiaServed), AssuredUntil: of.Status.AssuredUntil,
	}
	for _, host := range of.Spec.HostedBy {
		p.HostedBy = append(p.HostedBy, string(host.Consortium))
	}
	p.Hosts = slices.DeleteFunc(slices.Clone(services), func(one Service) bool { return one.Provider != of.Name })
	p.Serves = s.served(of.Name, homes)
	p.RegisteredPatients = s.patientsOnce(p.Serves)
	p.Concentration = s.concentration(p)
	return p
}

// served are the agreements that a provider supplies, by function.
func (s Supply) served(provider string, homes map[string]*v1alpha1.Consortium) []Served {
	var all []Served
	for i := range s.Agreements {
		a := &s.Agreements[i]
		if a.Status.Supplier.Provider != provider {
			continue
		}
		seen := agreement{SupportAgreement: a, conditions: a.Status.Conditions, catalogue: s.Catalogue}
		one := Served{
			Function: string(a.Spec.Function), Service: a.Status.Supplier.Service, Namespace: a.Namespace, Agreement: a.Name,
			DisplayName: a.Namespace, Since: a.Status.Supplier.Since, Choice: seen.supplier().Choice,
			HasFallback: seen.conditions.isTrue(v1alpha1.FallbackReadyCondition),
			IfItFails:   seen.conditions.of(v1alpha1.FallbackReadyCondition).Message,
		}
		if consortium := homes[a.Namespace]; consortium != nil {
			one.DisplayName, one.RegisteredPatients = string(consortium.Spec.DisplayName), consortium.Status.RegisteredPatients
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b Served) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Agreement, b.Agreement))
	})
	return all
}

// patientsOnce counts each consortium once, whatever it takes; nil where not all of them can be read.
func (s Supply) patientsOnce(served []Served) *int64 {
	if !s.hasRead(v1alpha1.SupportAgreementKind) || !s.hasRead(v1alpha1.ConsortiumKind) {
		return nil
	}
	var sum int64
	counted := map[string]bool{}
	for _, one := range served {
		if !counted[one.Namespace] {
			counted[one.Namespace] = true
			sum += value(one.RegisteredPatients)
		}
	}
	return &sum
}

// concentration by function. It is counted from the agreements; where not all of them can be read, from the
// services' own figures, which hold no names, and count for a while those who leave.
func (s Supply) concentration(p Provider) []Dependence {
	var all []Dependence
	count := func(function string, consortia, patients int64) {
		if len(all) == 0 || all[len(all)-1].Function != function {
			all = append(all, Dependence{Function: function})
		}
		all[len(all)-1].Consortia += consortia
		all[len(all)-1].RegisteredPatients += patients
	}
	if s.hasRead(v1alpha1.SupportAgreementKind) && s.hasRead(v1alpha1.ConsortiumKind) {
		for _, one := range p.Serves {
			count(one.Function, 1, value(one.RegisteredPatients))
		}
	} else {
		for _, one := range p.Hosts {
			count(one.Function, one.Consortia.Served, one.Patients.Served)
		}
	}
	whole := s.country()
	for i := range all {
		d := &all[i]
		if whole != nil {
			d.ConsortiaPercent, d.PatientsPercent = percent(d.Consortia, whole.Consortia), percent(d.RegisteredPatients, whole.RegisteredPatients)
		}
		if s.hasRead(v1alpha1.SupportAgreementKind) {
			d.WithoutFallback = withoutFallback(p.Serves, d.Function)
		}
	}
	return all
}

func withoutFallback(served []Served, function string) *[]string {
	names := []string{}
	for _, one := range served {
		if one.Function == function && !one.HasFallback {
			names = append(names, one.Namespace)
		}
	}
	return &names
}

// percent with one digit; nil: of nothing there is no share.
func percent(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	const digit = 10
	share := math.Round(float64(part)*100*digit/float64(whole)) / digit
	return &share
}
