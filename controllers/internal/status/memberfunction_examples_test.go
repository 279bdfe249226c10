package status_test

import (
	"errors"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// functionFacts are what a MemberFunction's status is made of.
type functionFacts struct {
	object  *v1alpha1.MemberFunction
	seen    state.MemberFunction
	planned plan.MemberFunction
	done    state.Result
	err     error
}

// third is what the instances of the examples run.
var third = plan.Revision{Number: 3}

// running is a function that works.
func running() *functionFacts {
	f := function("referral-management", "")
	return &functionFacts{
		object: &f,
		seen: state.MemberFunction{
			Object: &f, Home: home(), Workload: &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 2, Total: 2, Available: 2},
			Function: &v1alpha1.SupportFunction{Spec: v1alpha1.SupportFunctionSpec{Delivery: v1alpha1.DeliveryMemberOnly}},
		},
		planned: plan.MemberFunction{Revision: third, Known: true, Patients: 347870, Replicas: 2},
		done:    stepsDone(1),
	}
}

func (f *functionFacts) mark() *v1alpha1.MemberFunction {
	status.MemberFunction(f.object, f.seen, f.planned, f.done, f.err)
	return f.object
}

func memberFunction(situation string, mutate func(*functionFacts)) example {
	facts := running()
	mutate(facts)
	return example{situation, v1alpha1.MemberFunctionKind, facts.mark()}
}

// planned is a function that cannot be started, and has not been.
func planned(situation string, obstacle plan.Obstacle, mutate func(*functionFacts)) example {
	return memberFunction(situation, func(f *functionFacts) {
		f.planned, f.done, f.seen.Workload = plan.MemberFunction{Obstacle: obstacle}, stepsDone(0), nil
		mutate(f)
	})
}

// frozen is a function that worked, and about which something is not known for the moment.
func frozen(situation string, obstacle plan.Obstacle) example {
	facts := running()
	facts.mark()
	facts.planned, facts.done = plan.MemberFunction{Obstacle: obstacle}, stepsDone(0)
	return example{situation, v1alpha1.MemberFunctionKind, facts.mark()}
}

func working(situation string, w *state.Workload) example {
	return memberFunction(situation, func(f *functionFacts) { f.seen.Workload = w })
}

func memberFunctions() []example {
	all := []example{
		memberFunction("A function works.", func(*functionFacts) {}),
		memberFunction("A function of one replica works for one patient.", func(f *functionFacts) {
			f.planned = plan.MemberFunction{Revision: third, Known: true, Patients: 1, Replicas: 1}
			f.seen.Workload = &state.Workload{Revision: 3, Observed: true, Desired: 1, Updated: 1, Total: 1, Available: 1}
		}),
		memberFunction("A function works for a consortium without localities.", func(f *functionFacts) {
			f.planned = plan.MemberFunction{Revision: third, Replicas: 1}
			f.seen.Workload = &state.Workload{Revision: 3, Observed: true, Desired: 1, Updated: 1, Total: 1, Available: 1}
		}),
	}
	for _, place := range homeless() {
		all = append(all, planned("A function's "+place.situation, plan.HomeMissing, func(f *functionFacts) { f.seen.Home = place.home }))
	}
	return slices.Concat(all, functionsThatCannotStart(), functionsThatStart(), functionsThatAreBound())
}

func functionsThatCannotStart() []example {
	nothing := func(*functionFacts) {}
	return []example{
		planned("The guard rails of the namespace are not in place yet.", plan.GuardRailsMissing, nothing),
		planned("The catalogue has no such function.", plan.FunctionMissing, func(f *functionFacts) { f.seen.Function = nil }),
		planned("The function is a hosted one.", plan.FunctionHosted, func(f *functionFacts) { f.seen.Function.Spec.Delivery = v1alpha1.DeliveryHosted }),
		planned("The catalogue's schema of the parameters is broken.", plan.SchemaBroken, func(f *functionFacts) {
			f.planned.Problem = errors.New(`properties.days.type: must be one of array, boolean, integer, number, object, string, is "number of days"`)
		}),
		planned("The parameters do not fit the function's schema.", plan.ParametersWrong, func(f *functionFacts) {
			f.planned.Problem = errors.New("parameters.days: must be at least 1, is 0")
		}),
		planned("A function pins a revision that does not exist.", plan.RevisionMissing, func(f *functionFacts) { f.object.Spec.Revision = 7 }),
		memberFunction("A function that works pins a revision that does not exist any more.", func(f *functionFacts) {
			f.planned, f.object.Spec.Revision = plan.MemberFunction{Obstacle: plan.RevisionMissing}, 2
		}),
		planned("The first revision of a function has not been seen yet.", plan.RevisionUnknown, nothing),
		frozen("A function that works goes on while the revision that it is assigned cannot be read yet.", plan.RevisionUnknown),
		planned("The locality that is named does not exist.", plan.LocalityMissing, func(f *functionFacts) { f.object.Spec.Locality = "tower-hamlets-network-1" }),
		planned("The registered patients have not been counted yet.", plan.PopulationUncounted, nothing),
		frozen("A function that works goes on while the registered patients are counted anew.", plan.PopulationUncounted),
		frozen("A function that works goes on while nobody can tell whether the guard rails stand.", plan.GuardRailsUnknown),
		memberFunction("A function that works is left alone when its parameters become wrong.", func(f *functionFacts) {
			f.planned = plan.MemberFunction{Obstacle: plan.ParametersWrong, Problem: errors.New("parameters.days: must be at least 1, is 0")}
		}),
	}
}

func functionsThatStart() []example {
	unseen := &state.Workload{Revision: 3, Desired: 2}
	return []example{
		working("A function has been written, and its workload does not stand yet.", nil),
		working("The cluster has not looked at a new workload yet.", unseen),
		memberFunction("The cluster has not looked at a changed workload yet.", func(f *functionFacts) {
			f.object.Status = running().mark().Status
			f.seen.Workload = unseen
		}),
		working("One of two replicas is available, which is enough.", &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 2, Total: 2, Available: 1}),
		working("No replica is available.", &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 2, Total: 2}),
		working("The quota leaves no room for pods.", &state.Workload{
			Revision: 3, Observed: true, Desired: 2, Failure: `pods "referral-management-5d8f" is forbidden: exceeded quota: commissioning-guard-rail, requested: pods=1, used: pods=50, limited: pods=50`,
		}),
		working("One of two replicas has been replaced.", &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 1, Total: 3, Available: 2}),
		working("All replicas have been replaced, and an old one is still stopping.", &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 2, Total: 3, Available: 2}),
		memberFunction("A function is assigned another revision, which is being written.", func(f *functionFacts) {
			f.object.Status = running().mark().Status
			f.planned.Revision.Number = 4
		}),
		working("The replica of a function with a volume of its own is replaced.", &state.Workload{Revision: 3, IsReplacedInPlace: true, Observed: true, Desired: 1, Total: 1}),
		memberFunction("A function is made smaller, and its workload has not been yet.", func(f *functionFacts) { f.planned.Replicas = 1 }),
		memberFunction("An object that is not the operator's has the name of the function's policy.", func(f *functionFacts) {
			f.done, f.seen.Workload = inTheWay(0, "referral-management"), nil
		}),
		memberFunction("A function was deleted and is back, and what it had is still being removed.", func(f *functionFacts) {
			f.done, f.seen.Workload = leaving(0, "referral-management"), nil
		}),
		memberFunction("Of what has the names of the function's policies, one goes, and one does not.", func(f *functionFacts) {
			f.done, f.seen.Workload = leaving(0, "referral-management"), nil
			f.done.Blocked = append(f.done.Blocked, inTheWay(0, "referral-management-neighbours").Blocked...)
		}),
		memberFunction("The API server does not answer.", func(f *functionFacts) { f.done, f.err = stepsDone(0), errUnknown }),
	}
}

// boundTo is a function that works and names agreements, of which those given exist.
func boundTo(situation string, names []v1alpha1.ObjectName, agreements ...v1alpha1.SupportAgreement) example {
	return memberFunction(situation, func(f *functionFacts) {
		f.object.Spec.Bindings, f.seen.Agreements = names, map[v1alpha1.ObjectName]*v1alpha1.SupportAgreement{}
		for i := range agreements {
			f.seen.Agreements[v1alpha1.ObjectName(agreements[i].Name)] = &agreements[i]
		}
	})
}

// bindingOf is an agreement as its functions see it; without a status where bound is empty.
func bindingOf(name string, bound metav1.ConditionStatus, message string) v1alpha1.SupportAgreement {
	agreement := v1alpha1.SupportAgreement{ObjectMeta: named("tower-hamlets", name)}
	if bound != "" {
		agreement.Status.Conditions = with(metav1.Condition{Type: v1alpha1.BoundCondition, Status: bound, Message: message})
	}
	return agreement
}

func functionsThatAreBound() []example {
	analytics := bindingOf("data-analytics", metav1.ConditionTrue, "As it is.")
	contracting := bindingOf("contracting", metav1.ConditionFalse, "The supplier's directory does not list the consortium yet.")
	return []example{
		boundTo("A function is bound to the agreement that it names.", []v1alpha1.ObjectName{"data-analytics"}, analytics),
		boundTo("A function is bound to both agreements that it names.", []v1alpha1.ObjectName{"data-analytics", "contracting"},
			analytics, bindingOf("contracting", metav1.ConditionTrue, "As it is.")),
		boundTo("One of two agreements that a function names is not bound yet.", []v1alpha1.ObjectName{"data-analytics", "contracting"}, analytics, contracting),
		boundTo("An agreement that a function names does not exist.", []v1alpha1.ObjectName{"data-analytics"}),
		boundTo("Of five agreements that a function names one is bound.", []v1alpha1.ObjectName{"back-office", "contracting", "data-analytics", "estates", "payroll"},
			analytics, contracting, bindingOf("back-office", "", "")),
	}
}
