package metrics_test

import (
	"runtime"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/metrics"
)

func analytics(provider, reason string, holding ...string) v1alpha1.SupportAgreement {
	a := v1alpha1.SupportAgreement{}
	a.Spec.Function = "data-analytics"
	a.Status.Supplier.Provider = provider
	a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Reason: reason}}
	for _, condition := range holding {
		a.Status.Conditions = append(a.Status.Conditions, metav1.Condition{Type: condition, Status: metav1.ConditionTrue})
	}
	return a
}

func TestWhatIsToldOfAgreements(t *testing.T) {
	early, late := analytics("nel-csu", "InForce", v1alpha1.FallbackReadyCondition), analytics("nel-csu", "InForce")
	late.Status.Conditions = append(late.Status.Conditions, metav1.Condition{Type: v1alpha1.FallbackReadyCondition, Status: metav1.ConditionFalse, Reason: "NoRoomInStorm"})
	early.Status.Expires, late.Status.Expires = "2026-12-31", "2027-03-31"
	unseen := v1alpha1.SupportAgreement{}
	unseen.Spec.Function = "data-analytics"
	standing := metrics.Standing{Agreements: []v1alpha1.SupportAgreement{
		early, late, unseen,
		analytics("kent-csu", "FallbackInForce", v1alpha1.FallbackActiveCondition, v1alpha1.ExpiringCondition),
		analytics("", "Waiting"),
	}}
	compare(t, collector(nil, standing, false), `
# HELP commissioning_agreements Agreements by function, supplier in force (empty where there is none) and reason of their Ready condition.
# TYPE commissioning_agreements gauge
commissioning_agreements{function="data-analytics",provider="",reason="Waiting"} 1
commissioning_agreements{function="data-analytics",provider="kent-csu",reason="FallbackInForce"} 1
commissioning_agreements{function="data-analytics",provider="nel-csu",reason="InForce"} 2
# HELP commissioning_agreements_expiring Agreements whose term, data sharing or assurance ends within the days in which they warn.
# TYPE commissioning_agreements_expiring gauge
commissioning_agreements_expiring{function="data-analytics",provider=""} 0
commissioning_agreements_expiring{function="data-analytics",provider="kent-csu"} 1
commissioning_agreements_expiring{function="data-analytics",provider="nel-csu"} 0
# HELP commissioning_agreements_next_end_timestamp_seconds When the next of the agreements' terms, data sharing agreements and assurances ends.
# TYPE commissioning_agreements_next_end_timestamp_seconds gauge
commissioning_agreements_next_end_timestamp_seconds{function="data-analytics",provider="nel-csu"} 1.7987616e+09
# HELP commissioning_agreements_on_fallback Agreements that somebody else than their first choice supplies.
# TYPE commissioning_agreements_on_fallback gauge
commissioning_agreements_on_fallback{function="data-analytics",provider=""} 0
commissioning_agreements_on_fallback{function="data-analytics",provider="kent-csu"} 1
commissioning_agreements_on_fallback{function="data-analytics",provider="nel-csu"} 0
# HELP commissioning_agreements_without_fallback Agreements that nobody could take over if their supplier failed now with all its consortia, by the reason of their FallbackReady condition: None where no other supplier is agreed.
# TYPE commissioning_agreements_without_fallback gauge
commissioning_agreements_without_fallback{function="data-analytics",provider="nel-csu",reason="NoRoomInStorm"} 1
`)
}

func TestWhatIsToldOfHostedServices(t *testing.T) {
	provider := v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: "nel-csu"}}
	provider.Status.Namespace = "nel"
	up := v1alpha1.HostedService{ObjectMeta: metav1.ObjectMeta{Namespace: "nel", Name: "analytics-gold"}}
	up.Spec.Function, up.Status.Available = "data-analytics", v1alpha1.ServiceAvailable
	up.Status.Consortia = v1alpha1.Load{Served: new(int64(7)), Reserved: new(int64(2)), Left: new(int64(31)), Waiting: new(int64(0))}
	up.Status.Patients = v1alpha1.Load{Served: new(int64(900000)), Reserved: new(int64(100000))}
	down, unknown, stray := up, up, up
	down.Name, down.Status = "contracting", v1alpha1.HostedServiceStatus{Available: v1alpha1.ServiceNotAvailable}
	unknown.Name, unknown.Status = "new", v1alpha1.HostedServiceStatus{Available: v1alpha1.ServiceUnknown}
	stray.Namespace = "nobodys"
	standing := metrics.Standing{
		Providers: []v1alpha1.SupportProvider{provider}, Services: []v1alpha1.HostedService{up, down, unknown, stray},
	}
	compare(t, collector(nil, standing, false), `
# HELP commissioning_service_available Whether a hosted service serves: 1 or 0; absent where that is not known.
# TYPE commissioning_service_available gauge
commissioning_service_available{function="data-analytics",provider="nel-csu",service="analytics-gold"} 1
commissioning_service_available{function="data-analytics",provider="nel-csu",service="contracting"} 0
# HELP commissioning_service_consortia Consortia that have a place at a hosted service, those included that failed over and will return.
# TYPE commissioning_service_consortia gauge
commissioning_service_consortia{function="data-analytics",provider="nel-csu",service="analytics-gold"} 9
# HELP commissioning_service_consortia_left For how many more consortia a hosted service has room; absent where there is no limit.
# TYPE commissioning_service_consortia_left gauge
commissioning_service_consortia_left{function="data-analytics",provider="nel-csu",service="analytics-gold"} 31
# HELP commissioning_service_consortia_waiting Consortia that wait for room at a hosted service.
# TYPE commissioning_service_consortia_waiting gauge
commissioning_service_consortia_waiting{function="data-analytics",provider="nel-csu",service="analytics-gold"} 0
# HELP commissioning_service_patients Registered patients of the consortia that have a place at a hosted service.
# TYPE commissioning_service_patients gauge
commissioning_service_patients{function="data-analytics",provider="nel-csu",service="analytics-gold"} 1e+06
# HELP commissioning_service_patients_left For how many more patients a hosted service has room; absent where there is no limit.
# TYPE commissioning_service_patients_left gauge
`)
}

func TestWhatIsToldOfReadiness(t *testing.T) {
	member := func(age time.Duration, status metav1.ConditionStatus, after time.Duration) v1alpha1.MemberFunction {
		created := noon.Add(-age)
		m := v1alpha1.MemberFunction{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(created)}}
		m.Status.Conditions = []metav1.Condition{{
			Type: v1alpha1.ReadyCondition, Status: status, LastTransitionTime: metav1.NewTime(created.Add(after)),
		}}
		return m
	}
	standing := metrics.Standing{MemberFunctions: []v1alpha1.MemberFunction{
		member(time.Minute, metav1.ConditionTrue, 2*time.Second),
		member(time.Minute, metav1.ConditionTrue, 4*time.Second),
		member(time.Minute, metav1.ConditionFalse, time.Second),
		member(48*time.Hour, metav1.ConditionTrue, 24*time.Hour), // it failed meanwhile, and is not new
		{},
	}}
	compare(t, collector(nil, standing, false), `
# HELP commissioning_time_to_ready_seconds Of the objects of a kind that were created in the last hour and are Ready: from creation until they became so.
# TYPE commissioning_time_to_ready_seconds summary
commissioning_time_to_ready_seconds{kind="MemberFunction",quantile="0.5"} 4
commissioning_time_to_ready_seconds{kind="MemberFunction",quantile="0.9"} 4
commissioning_time_to_ready_seconds{kind="MemberFunction",quantile="0.99"} 4
commissioning_time_to_ready_seconds{kind="MemberFunction",quantile="1"} 4
commissioning_time_to_ready_seconds_sum{kind="MemberFunction"} 6
commissioning_time_to_ready_seconds_count{kind="MemberFunction"} 2
`)
}

func TestConsortiaAreToldOneByOneOnlyWhereThatIsAskedFor(t *testing.T) {
	c := v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "tower-hamlets"}}
	c.Status.RegisteredPatients, c.Status.FunctionsTotal, c.Status.FunctionsWorking = new(int64(84544)), new(int32(4)), new(int32(3))
	other := v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: "newham"}}
	other.Status.FunctionsTotal = new(int32(2))
	standing := metrics.Standing{Consortia: []v1alpha1.Consortium{c, other}}
	const all = `
# HELP commissioning_consortia_functions Functions that the consortia ask for.
# TYPE commissioning_consortia_functions gauge
commissioning_consortia_functions 6
# HELP commissioning_consortia_functions_working Functions of the consortia that work.
# TYPE commissioning_consortia_functions_working gauge
commissioning_consortia_functions_working 3
# HELP commissioning_registered_patients Registered patients of all consortia.
# TYPE commissioning_registered_patients gauge
commissioning_registered_patients 84544
`
	compare(t, collector(nil, standing, true), all+`
# HELP commissioning_consortium_functions Functions that a consortium asks for.
# TYPE commissioning_consortium_functions gauge
commissioning_consortium_functions{consortium="newham"} 2
commissioning_consortium_functions{consortium="tower-hamlets"} 4
# HELP commissioning_consortium_functions_working Functions of a consortium that work.
# TYPE commissioning_consortium_functions_working gauge
commissioning_consortium_functions_working{consortium="newham"} 0
commissioning_consortium_functions_working{consortium="tower-hamlets"} 3
# HELP commissioning_consortium_registered_patients Registered patients of a consortium.
# TYPE commissioning_consortium_registered_patients gauge
commissioning_consortium_registered_patients{consortium="tower-hamlets"} 84544
`)
	compare(t, collector(nil, standing, false), all+`
# HELP commissioning_consortium_functions Functions that a consortium asks for.
# TYPE commissioning_consortium_functions gauge
`)
}

func TestWhatIsToldOfTheBuild(t *testing.T) {
	compare(t, collector(nil, metrics.Standing{}, false), `
# HELP commissioning_build_info 1 for the version of the operator that works, and the Go that it was built with.
# TYPE commissioning_build_info gauge
commissioning_build_info{goversion="`+runtime.Version()+`",version="v1.2.3"} 1
`)
}
