package plan

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Obstacle is why a MemberFunction or a HostedService cannot be run as it is asked for; what runs already is left
// alone (what is unknown freezes).
type Obstacle string

const (
	// NoObstacle: it can be run.
	NoObstacle Obstacle = ""
	// HomeMissing: the namespace is no consortium's, or goes.
	HomeMissing Obstacle = "HomeMissing"
	// GuardRailsMissing: the namespace's guard rails do not stand yet (rule R6).
	GuardRailsMissing Obstacle = "GuardRailsMissing"
	// GuardRailsUnknown: whether they stand could not be found out just now.
	GuardRailsUnknown Obstacle = "GuardRailsUnknown"
	// FunctionMissing: the catalogue has no such function.
	FunctionMissing Obstacle = "FunctionMissing"
	// FunctionHosted: the function is not member-only.
	FunctionHosted Obstacle = "FunctionHosted"
	// FunctionMemberOnly: the function is member-only: nobody hosts it for others (R1).
	FunctionMemberOnly Obstacle = "FunctionMemberOnly"
	// RevisionMissing: the revision that is pinned does not exist.
	RevisionMissing Obstacle = "RevisionMissing"
	// RevisionUnknown: the revision that is assigned cannot be read yet.
	RevisionUnknown Obstacle = "RevisionUnknown"
	// SchemaBroken: the schema of the function's parameters cannot be used.
	SchemaBroken Obstacle = "SchemaBroken"
	// ParametersWrong: the parameters do not fit the schema.
	ParametersWrong Obstacle = "ParametersWrong"
	// LocalityMissing: the locality named does not exist.
	LocalityMissing Obstacle = "LocalityMissing"
	// PopulationUncounted: the registered patients are being counted.
	PopulationUncounted Obstacle = "PopulationUncounted"
)

// IsPassing says that the obstacle is something that is not known just now, and will be: what runs is
// left alone, and nothing is said against it.
func (o Obstacle) IsPassing() bool {
	return o == GuardRailsUnknown || o == PopulationUncounted || o == RevisionUnknown
}

// MemberFunction is what a MemberFunction should run, or why it cannot.
type MemberFunction struct {
	Obstacle   Obstacle
	Problem    error // of the schema or the parameters
	Revision   Revision
	Parameters []byte
	Patients   int64
	Known      bool // whether the patients are known at all
	Replicas   int32
}

// PlanMemberFunction decides what a MemberFunction should run. The checks are in the order in which
// a reader can do something about them.
func PlanMemberFunction(seen state.MemberFunction) MemberFunction {
	planned := MemberFunction{Obstacle: obstacleAtHome(seen)}
	if planned.Obstacle != NoObstacle {
		return planned
	}
	planned.Revision, planned.Obstacle, planned.Problem = resolveRevision(seen.Function, seen.Revision, seen.Object.Spec.Revision)
	if planned.Obstacle != NoObstacle {
		return planned
	}
	planned.Parameters, planned.Obstacle, planned.Problem = resolveParameters(planned.Revision, seen.Object.Spec.Parameters)
	if planned.Obstacle != NoObstacle {
		return planned
	}
	planned.resolvePopulation(seen)
	if planned.Obstacle != NoObstacle {
		return planned
	}
	current := int32(0)
	if desired := seen.Object.Status.Replicas.Desired; desired != nil {
		current = *desired
	}
	planned.Replicas = Replicas(planned.Revision.Sizing, planned.Revision.Delivery, planned.Patients, current)
	return planned
}

func obstacleAtHome(seen state.MemberFunction) Obstacle {
	switch {
	case !seen.Home.IsActive():
		return HomeMissing
	case seen.Function == nil:
		return FunctionMissing
	case seen.Function.Spec.Delivery != v1alpha1.DeliveryMemberOnly:
		return FunctionHosted
	}
	return guardRailsObstacle(seen.Home.Consortium.Status.Conditions)
}

// resolveParameters gives the parameters that an instance runs with, or says what is wrong.
func resolveParameters(revision Revision, given *runtime.RawExtension) ([]byte, Obstacle, error) {
	schema, err := CompileSchema(revision.Schema)
	if err != nil {
		return nil, SchemaBroken, err
	}
	var raw []byte
	if given != nil {
		raw = given.Raw
	}
	parameters, err := schema.Resolve(raw)
	if err != nil {
		return nil, ParametersWrong, err
	}
	return parameters, NoObstacle, nil
}

// resolvePopulation takes the patients of the locality that is named, or of the whole consortium.
// A consortium without localities runs the least that the sizing allows.
func (p *MemberFunction) resolvePopulation(seen state.MemberFunction) {
	if seen.Object.Spec.Locality != "" {
		p.resolveLocality(seen.Locality)
		return
	}
	status := seen.Home.Consortium.Status
	known := meta.FindStatusCondition(status.Conditions, v1alpha1.PopulationKnownCondition)
	if known == nil || known.Status == "Unknown" {
		p.Obstacle = PopulationUncounted
		return
	}
	p.Known = known.Status == "True"
	if p.Known && status.RegisteredPatients != nil {
		p.Patients = *status.RegisteredPatients
	}
}

func (p *MemberFunction) resolveLocality(locality *v1alpha1.Locality) {
	switch {
	case locality == nil:
		p.Obstacle = LocalityMissing
	case locality.Status.RegisteredPatients == nil:
		p.Obstacle = PopulationUncounted
	default:
		p.Known, p.Patients = true, *locality.Status.RegisteredPatients
	}
}
