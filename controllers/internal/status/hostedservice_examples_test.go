package status_test

import (
	"errors"
	"fmt"
	"maps"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

// serviceFacts are what a HostedService's status is made of.
type serviceFacts struct {
	object  *v1alpha1.HostedService
	seen    state.HostedService
	planned plan.HostedService
	ledger  plan.Ledger
	room    plan.Room
	done    state.Result
	err     error
	now     time.Time
}

// serving is a service that works, for three consortia.
func serving() *serviceFacts {
	h := &v1alpha1.HostedService{ObjectMeta: named("nel-csu", "data-analytics"), Spec: v1alpha1.HostedServiceSpec{Function: "data-analytics"}}
	provider := &v1alpha1.SupportProvider{ObjectMeta: named("", "nel-csu"), Spec: v1alpha1.SupportProviderSpec{DisplayName: "NHS NEL CSU"}}
	return &serviceFacts{
		object: h, planned: plan.HostedService{Revision: third, Replicas: 2, MaxReplicas: 40}, done: stepsDone(1), now: clock("2026-11-22T10:00:00Z"),
		seen: state.HostedService{
			Object: h, Home: state.ProviderHome{Namespace: "nel-csu", Provider: provider}, Workload: replicas(2, 2),
			Function: &v1alpha1.SupportFunction{Spec: v1alpha1.SupportFunctionSpec{Delivery: v1alpha1.DeliveryHosted}},
		},
		ledger: places(state.PlaceAdmitted, 3), room: plan.Room{Consortia: 40, Patients: -1},
	}
}

func clock(instant string) time.Time {
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err)
	}
	return at
}

// replicas is a workload of which so many serve.
func replicas(desired, available int32) *state.Workload {
	return &state.Workload{Revision: 3, Observed: true, Desired: desired, Updated: desired, Total: desired, Available: available}
}

// places is a ledger in which so many stand so, each with 1,000 patients.
func places(as state.PlaceState, many int) plan.Ledger {
	ledger := plan.Ledger{}
	for i := range many {
		ledger[types.NamespacedName{Namespace: fmt.Sprintf("%s-%d", as, i), Name: "a"}] = state.Place{State: as, Patients: 1000}
	}
	return ledger
}

func (f *serviceFacts) mark() *v1alpha1.HostedService {
	status.HostedService(f.object, f.seen, f.planned, f.ledger, f.room, f.done, f.err, f.now)
	if !f.object.DeletionTimestamp.IsZero() {
		status.HostedServiceDeleting(f.object, f.ledger)
	}
	return f.object
}

func hostedService(situation string, mutate func(*serviceFacts)) example {
	facts := serving()
	mutate(facts)
	return example{situation, v1alpha1.HostedServiceKind, facts.mark()}
}

// idle is a service that cannot be started, and has not been.
func idle(situation string, obstacle plan.Obstacle, mutate func(*serviceFacts)) example {
	return hostedService(situation, func(f *serviceFacts) {
		f.planned, f.done, f.seen.Workload, f.ledger = plan.HostedService{Obstacle: obstacle}, stepsDone(0), nil, plan.Ledger{}
		mutate(f)
	})
}

// onward is a service that worked, and what has become of it since.
func onward(situation string, mutate func(*serviceFacts)) example {
	facts := serving()
	facts.mark()
	facts.now = facts.now.Add(time.Minute)
	mutate(facts)
	return example{situation, v1alpha1.HostedServiceKind, facts.mark()}
}

func hostedServices() []example {
	nothing := func(*serviceFacts) {}
	all := []example{
		hostedService("A service works for three consortia.", nothing),
		hostedService("A service is written, and its workload does not stand yet.", func(f *serviceFacts) { f.seen.Workload = nil }),
		hostedService("A service is written, and the cluster has not looked at its workload yet.", func(f *serviceFacts) { f.seen.Workload = &state.Workload{Revision: 3, Desired: 2} }),
		onward("A service that works is changed, and the cluster has not looked at its workload yet.", func(f *serviceFacts) { f.seen.Workload = &state.Workload{Revision: 3, Desired: 2} }),
		onward("Half of a service's replicas are enough.", func(f *serviceFacts) { f.seen.Workload = replicas(2, 1) }),
		onward("A service is rolled out.", func(f *serviceFacts) {
			f.seen.Workload = &state.Workload{Revision: 3, Observed: true, Desired: 2, Updated: 1, Total: 3, Available: 2}
		}),
		onward("A service is assigned another revision, which is being written.", func(f *serviceFacts) { f.planned.Revision.Number = 4 }),
		onward("The replica of a service with a volume of its own is replaced.", func(f *serviceFacts) {
			f.planned.Replicas = 1
			f.seen.Workload = &state.Workload{Revision: 3, IsReplacedInPlace: true, Observed: true, Desired: 1, Total: 1}
		}),
		onward("A service fails.", func(f *serviceFacts) { f.seen.Workload = replicas(2, 0) }),
		onward("A service's workload was deleted by hand.", func(f *serviceFacts) { f.seen.Workload = nil }),
		onward("A service's pods are refused.", func(f *serviceFacts) {
			f.seen.Workload = replicas(2, 0)
			f.seen.Workload.Failure = `pods "data-analytics-5d8f" is forbidden: exceeded quota: commissioning-guard-rail, requested: pods=1, used: pods=500, limited: pods=500`
		}),
		onward("Nobody can tell whether the guard rails of a service that works stand.", func(f *serviceFacts) {
			f.planned, f.done = plan.HostedService{Obstacle: plan.GuardRailsUnknown}, stepsDone(0)
		}),
		onward("The revision that a service which works is assigned cannot be read yet.", func(f *serviceFacts) {
			f.planned, f.done = plan.HostedService{Obstacle: plan.RevisionUnknown}, stepsDone(0)
		}),
		onward("The function of a service that works is gone from the catalogue.", func(f *serviceFacts) {
			f.planned, f.done, f.seen.Function = plan.HostedService{Obstacle: plan.FunctionMissing}, stepsDone(0), nil
		}),
	}
	return append(append(all, servicesThatCannotStart()...), servicesThatCarry()...)
}

func servicesThatCannotStart() []example {
	nothing := func(*serviceFacts) {}
	wrong := errors.New("parameters.retentionMonths: must be at least 1, is 0")
	return []example{
		idle("A service's namespace belongs to no supplier.", plan.HomeMissing, func(f *serviceFacts) { f.seen.Home.Provider = nil }),
		idle("A service's supplier is being deleted.", plan.HomeMissing, func(f *serviceFacts) { isDeleting(&f.seen.Home.Provider.ObjectMeta) }),
		idle("A service's namespace is being deleted.", plan.HomeMissing, func(f *serviceFacts) { f.seen.Home.Terminating = true }),
		idle("The guard rails of a service's namespace are not in place yet.", plan.GuardRailsMissing, nothing),
		idle("The catalogue has no such function for a service.", plan.FunctionMissing, func(f *serviceFacts) { f.seen.Function = nil }),
		idle("A supplier offers a member-only function.", plan.FunctionMemberOnly, func(f *serviceFacts) { f.seen.Function.Spec.Delivery = v1alpha1.DeliveryMemberOnly }),
		idle("The catalogue's schema of a service's parameters is broken.", plan.SchemaBroken, func(f *serviceFacts) { f.planned.Problem = errors.New("type: must be object") }),
		idle("A service pins a revision that does not exist.", plan.RevisionMissing, func(f *serviceFacts) { f.object.Spec.Revision = 7 }),
		idle("A service's parameters do not fit.", plan.ParametersWrong, func(f *serviceFacts) { f.planned.Problem = wrong }),
		onward("The parameters of a service that works become wrong.", func(f *serviceFacts) {
			f.planned, f.done = plan.HostedService{Obstacle: plan.ParametersWrong, Problem: wrong}, stepsDone(0)
		}),
		hostedService("An object that is not the operator's has the name of a service's policy.", func(f *serviceFacts) { f.done, f.seen.Workload = inTheWay(0, "data-analytics"), nil }),
		hostedService("A service was deleted and is back, and what it had is still being removed.", func(f *serviceFacts) { f.done, f.seen.Workload = leaving(0, "data-analytics"), nil }),
		hostedService("An object that is not the operator's has the name of one of a service's directories.", func(f *serviceFacts) { f.done = inTheWay(1, "data-analytics-directory-00") }),
		hostedService("The API server does not answer while a service is written.", func(f *serviceFacts) { f.done, f.err = stepsDone(0), errUnknown }),
	}
}

func servicesThatCarry() []example {
	carrying := func(situation string, ledger plan.Ledger, consortia, patients int64) example {
		return hostedService(situation, func(f *serviceFacts) { f.ledger, f.room = ledger, plan.Room{Consortia: consortia, Patients: patients} })
	}
	mixed := places(state.PlaceAdmitted, 2)
	for _, other := range []plan.Ledger{places(state.PlaceMoving, 1), places(state.PlaceLeaving, 1), places(state.PlaceHeld, 1), places(state.PlaceWaiting, 3), places(state.PlaceStandby, 5)} {
		maps.Copy(mixed, other)
	}
	return []example{
		carrying("A service carries one consortium.", places(state.PlaceAdmitted, 1), 40, 12_000_000),
		carrying("A service is full, keeps a place for a return, and some wait.", mixed, 5, -1),
		carrying("A service carries more consortia than its capacity.", places(state.PlaceAdmitted, 40), 38, -1),
		carrying("A service carries more patients than its capacity.", places(state.PlaceAdmitted, 40), 40, 39_000),
		deletedService("A service that serves is being deleted.", places(state.PlaceAdmitted, 40)),
		deletedService("A service that serves one consortium is being deleted.", places(state.PlaceHeld, 1)),
		deletedService("A service that serves nobody is being deleted.", plan.Ledger{}),
	}
}

func deletedService(situation string, ledger plan.Ledger) example {
	return onward(situation, func(f *serviceFacts) {
		f.ledger, f.object.DeletionTimestamp = ledger, &metav1.Time{Time: f.now}
	})
}
