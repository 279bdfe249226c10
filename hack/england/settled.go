package england

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// State is how far the country is.
type State struct {
	Consortia, ReadyConsortia   int
	Localities, ReadyLocalities int
	Functions, ReadyFunctions   int
	Unallocated                 int
	RegisteredPatients          int64
	Working                     int32 // functions that the consortia count as working
	InstancesReady              int32 // instances that the catalogue counts as ready
}

// Complete is the country with everything Ready and counted.
func Complete() State {
	return State{
		Consortia: Consortia, ReadyConsortia: Consortia, Localities: Localities, ReadyLocalities: Localities,
		Functions: Consortia, ReadyFunctions: Consortia, Unallocated: Unallocated,
		RegisteredPatients: RegisteredPatients, Working: Consortia, InstancesReady: Consortia,
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
		s.ReadyLocalities += one(meta.IsStatusConditionTrue(l.Status.Conditions, v1alpha1.ReadyCondition))
		s.Unallocated += one(l.Name == "unallocated")
	}
	for i := range functions.Items {
		s.Functions++
		s.ReadyFunctions += one(meta.IsStatusConditionTrue(functions.Items[i].Status.Conditions, v1alpha1.ReadyCondition))
	}
	for i := range catalogue.Items {
		if ready := catalogue.Items[i].Status.InstancesReady; ready != nil {
			s.InstancesReady += *ready
		}
	}
	return s, nil
}

func (s *State) addConsortium(c *v1alpha1.Consortium) {
	s.Consortia++
	s.ReadyConsortia += one(meta.IsStatusConditionTrue(c.Status.Conditions, v1alpha1.ReadyCondition))
	if c.Status.RegisteredPatients != nil {
		s.RegisteredPatients += *c.Status.RegisteredPatients
	}
	if c.Status.FunctionsWorking != nil {
		s.Working += *c.Status.FunctionsWorking
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
