package england

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// State is how far the country is.
type State struct {
	Consortia, ReadyConsortia   int
	Localities, ReadyLocalities int
	Functions, ReadyFunctions   int
	Providers, ReadyProviders   int
	Services, ReadyServices     int
	Agreements, ReadyAgreements int
	FirstChoice                 int // agreements that their first choice supplies
	Unallocated                 int
	RegisteredPatients          int64
	Working                     int32 // functions that the consortia count as working
	InstancesReady              int32 // instances that the catalogue counts as ready
}

// Complete is the country with everything Ready and counted, everybody supplied by their first choice.
func Complete() State {
	return State{
		Consortia: Consortia, ReadyConsortia: Consortia, Localities: Localities, ReadyLocalities: Localities,
		Functions: Consortia, ReadyFunctions: Consortia, Providers: Providers, ReadyProviders: Providers,
		Services: Services, ReadyServices: Services, Agreements: Agreements, ReadyAgreements: Agreements, FirstChoice: Agreements,
		Unallocated: Unallocated, RegisteredPatients: RegisteredPatients,
		Working: Consortia + Agreements, InstancesReady: Consortia + Services,
	}
}

// Look reads how far the country is.
func Look(ctx context.Context, c client.Reader) (State, error) {
	s := State{}
	consortia, localities := &v1alpha1.ConsortiumList{}, &v1alpha1.LocalityList{}
	functions, catalogue := &v1alpha1.MemberFunctionList{}, &v1alpha1.SupportFunctionList{}
	for _, list := range []client.ObjectList{consortia, localities, functions, catalogue} {
		if err := c.List(ctx, list); err != nil {
			return s, fmt.Errorf("look at the country: %w", err)
		}
	}
	for i := range consortia.Items {
		s.addConsortium(&consortia.Items[i])
	}
	for i := range localities.Items {
		l := &localities.Items[i]
		s.Localities++
		s.ReadyLocalities += ready(l)
		s.Unallocated += one(l.Name == "unallocated")
	}
	for i := range functions.Items {
		s.Functions++
		s.ReadyFunctions += ready(&functions.Items[i])
	}
	for i := range catalogue.Items {
		if ready := catalogue.Items[i].Status.InstancesReady; ready != nil {
			s.InstancesReady += *ready
		}
	}
	return s, s.lookAtSupply(ctx, c)
}

func (s *State) addConsortium(c *v1alpha1.Consortium) {
	s.Consortia++
	s.ReadyConsortia += ready(c)
	if c.Status.RegisteredPatients != nil {
		s.RegisteredPatients += *c.Status.RegisteredPatients
	}
	if c.Status.FunctionsWorking != nil {
		s.Working += *c.Status.FunctionsWorking
	}
}

func (s *State) lookAtSupply(ctx context.Context, c client.Reader) error {
	providers, services, agreements := &v1alpha1.SupportProviderList{}, &v1alpha1.HostedServiceList{}, &v1alpha1.SupportAgreementList{}
	for _, list := range []client.ObjectList{providers, services, agreements} {
		if err := c.List(ctx, list); err != nil {
			return fmt.Errorf("look at the country's suppliers: %w", err)
		}
	}
	for i := range providers.Items {
		s.Providers++
		s.ReadyProviders += ready(&providers.Items[i])
	}
	for i := range services.Items {
		s.Services++
		s.ReadyServices += ready(&services.Items[i])
	}
	for i := range agreements.Items {
		a := &agreements.Items[i]
		s.Agreements++
		s.ReadyAgreements += ready(a)
		s.FirstChoice += one(a.Status.Supplier.Provider == string(a.Spec.Suppliers[0].Provider))
	}
	return nil
}

type withConditions interface {
	GetConditions() []metav1.Condition
}

func ready(object withConditions) int {
	return one(meta.IsStatusConditionTrue(object.GetConditions(), v1alpha1.ReadyCondition))
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
