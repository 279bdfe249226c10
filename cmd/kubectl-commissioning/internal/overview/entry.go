package overview

import (
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Functions are the entries of the catalogue.
type Functions struct {
	Functions []Entry  `json:"functions"`
	Unread    []string `json:"unread,omitempty"`
}

// Entry is what there is to know of a function of the catalogue.
type Entry struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Standing `json:",inline"`
	Delivery v1alpha1.Delivery `json:"delivery"`
	// Revision that the entry makes now, and its image.
	Revision int64  `json:"revision,omitempty"`
	Image    string `json:"image"`
	// Instances of it, those that work, and those that run that revision. Absent until they are counted.
	Instances *int32 `json:"instances,omitempty"`
	Ready     *int32 `json:"ready,omitempty"`
	UpToDate  *int32 `json:"upToDate,omitempty"`
	// Services of suppliers that host it. Absent of a member-only function.
	Services []Service `json:"services,omitempty"`
	// Terms are left out of the list of all functions.
	Terms *EntryTerms `json:"terms,omitempty"`
}

// EntryTerms are what one has to know of a function to use it.
type EntryTerms struct {
	Description string              `json:"description,omitempty"`
	DataClass   v1alpha1.DataClass  `json:"dataClass"`
	Continuity  v1alpha1.Continuity `json:"continuity,omitempty"`
	Sizing      v1alpha1.Sizing     `json:"sizing"`
	Requires    *EntryRequirements  `json:"requires,omitempty"`
	Parameters  []Parameter         `json:"parameters"`
	// Problem with the schema of the parameters, where it cannot be read.
	Problem string `json:"problem,omitempty"`
	// Example to copy: manifests as YAML, with names of yours to put in.
	Example string   `json:"example"`
	Unread  []string `json:"unread,omitempty"`
}

// EntryRequirements are what a hosted function requires of an agreement and of a supplier.
type EntryRequirements struct {
	DataSharing      bool                            `json:"dataSharing"`
	Assurances       []v1alpha1.AssuranceRequirement `json:"assurances,omitempty"`
	OnAssuranceLapse v1alpha1.AssuranceLapsePolicy   `json:"onAssuranceLapse"`
}

// FunctionsOf makes the overview of the catalogue.
func FunctionsOf(s Supply) Functions {
	all := Functions{Functions: []Entry{}, Unread: s.Unread}
	services := s.services()
	for i := range s.Catalogue.Functions {
		all.Functions = append(all.Functions, entry(&s.Catalogue.Functions[i], services))
	}
	return all
}

// EntryOf makes the overview of one function, with all that one has to know to use it. today is the first
// day of the example's term.
func EntryOf(f *v1alpha1.SupportFunction, s Supply, today v1alpha1.Date) Entry {
	e := entry(f, s.services())
	terms := &EntryTerms{
		Description: string(f.Spec.Description), DataClass: f.Spec.DataClass, Sizing: sizing(f),
		Requires: requirements(f), Unread: s.Unread,
	}
	if f.Spec.Delivery == v1alpha1.DeliveryHosted {
		terms.Continuity = f.Spec.Continuity
		if terms.Continuity == "" {
			terms.Continuity = v1alpha1.ContinuityInterchangeable
		}
	}
	schema, err := schemaOf(f)
	if err != nil {
		terms.Problem = err.Error()
	}
	terms.Parameters = parameters(schema)
	terms.Example = example(f, e, terms, today)
	e.Terms = terms
	return e
}

func entry(f *v1alpha1.SupportFunction, services []Service) Entry {
	e := Entry{
		Name: f.Name, Title: string(f.Spec.Title), Standing: standingOf(f.Status.Conditions), Delivery: f.Spec.Delivery,
		Revision: f.Status.Revision, Image: f.Spec.Workload.Image,
		Instances: f.Status.Instances, Ready: f.Status.InstancesReady, UpToDate: f.Status.InstancesUpToDate,
	}
	if f.Spec.Delivery == v1alpha1.DeliveryHosted {
		e.Services = slices.DeleteFunc(slices.Clone(services), func(s Service) bool { return s.Function != f.Name })
	}
	return e
}

// sizing with the bounds that are left out.
func sizing(f *v1alpha1.SupportFunction) v1alpha1.Sizing {
	s := f.Spec.Sizing
	least, most := int32(1), int32(10)
	if f.Spec.Delivery == v1alpha1.DeliveryHosted {
		least, most = 2, 40
	}
	if s.MinReplicas == 0 {
		s.MinReplicas = least
	}
	if s.MaxReplicas == 0 {
		s.MaxReplicas = most
	}
	return s
}

// requirements of a hosted function, with the defaults that are left out.
func requirements(f *v1alpha1.SupportFunction) *EntryRequirements {
	if f.Spec.Delivery != v1alpha1.DeliveryHosted {
		return nil
	}
	r := &EntryRequirements{Assurances: f.Spec.Requires.Assurances, OnAssuranceLapse: f.Spec.OnAssuranceLapse}
	if r.OnAssuranceLapse == "" {
		r.OnAssuranceLapse = v1alpha1.AssuranceLapseWithdraw
	}
	switch f.Spec.Requires.DataSharing {
	case v1alpha1.DataSharingRequired:
		r.DataSharing = true
	case v1alpha1.DataSharingNotRequired:
	default:
		r.DataSharing = f.Spec.DataClass != v1alpha1.DataAggregate
	}
	return r
}
