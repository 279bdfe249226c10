package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func consortium(name string, conditions ...metav1.Condition) *v1alpha1.Consortium {
	c := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 2}}
	c.Status.Conditions = conditions
	return c
}

func isTrue(condition string) metav1.Condition {
	return metav1.Condition{Type: condition, Status: metav1.ConditionTrue, Reason: "Fine", ObservedGeneration: 2}
}

func isFalse(condition, message string) metav1.Condition {
	return metav1.Condition{Type: condition, Status: metav1.ConditionFalse, Reason: "Wrong", Message: message, ObservedGeneration: 2}
}

func TestTally(t *testing.T) {
	e := &estate{
		objects: []object{
			{kind: "Consortium", name: "a"}, {kind: "Consortium", name: "b"},
			{kind: "Locality", namespace: "a", name: "l"}, {kind: "MemberFunction", namespace: "a", name: "f"},
		},
		instances: map[string]int32{"f": 1},
		functions: map[string]int32{"has-functions": 1},
	}
	tally := newTally(e, false)
	ready, population, works := isTrue("Ready"), isTrue("PopulationKnown"), isTrue("FunctionsAvailable")
	old := isTrue("Ready")
	old.ObservedGeneration = 1

	tally.saw(consortium("a", ready, population, works), false)
	tally.saw(consortium("b", ready, population, isFalse("FunctionsAvailable", "0 of 1 works.")), false)
	tally.saw(consortium("another", old), false)
	locality := &v1alpha1.Locality{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "l", Generation: 2}}
	locality.Status.Conditions = []metav1.Condition{old}
	tally.saw(locality, false)

	// What was Ready once counts only while it is.
	late := consortium("a", ready, population, works)
	late.Status.Namespace = "has-functions"
	tally.saw(late, false)
	if ready, _ := tally.count(); ready != 0 {
		t.Errorf("a consortium that has not seen its functions counts as Ready: %d", ready)
	}
	tally.saw(consortium("a", ready, population, works), false)

	if got := tally.progress(); got != "1 of 5 Ready" {
		t.Errorf("got %s, want 1 of 5 Ready", got)
	}
	want := []string{
		"Locality a/l: the operator has not seen its last change yet",
		"MemberFunction a/f: it is not there",
		"Consortium b: FunctionsAvailable is False (Wrong): 0 of 1 works.",
		"SupportFunction f: it is not there",
	}
	if diff := cmp.Diff(want, tally.late()); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
}

func TestTallyOnAClusterOfTheUsersOwn(t *testing.T) {
	e := &estate{
		objects:   []object{{kind: "Consortium", name: "a"}, {kind: "MemberFunction", namespace: "a", name: "f"}},
		instances: map[string]int32{"f": 1},
	}
	tally := newTally(e, true)
	tally.saw(consortium("a", isTrue("Ready"), isTrue("PopulationKnown"), isFalse("FunctionsAvailable", "No image.")), false)
	f := &v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: "f", Generation: 2}}
	f.Status.Conditions = []metav1.Condition{isTrue("Ready")}
	tally.saw(f, false)
	if got := tally.progress(); got != "2 of 2 Ready" {
		t.Errorf("got %s, want all; the others: %s", got, tally.late())
	}
}

// theSample is config/samples in small.
const theSample = `apiVersion: v1
kind: Namespace
metadata: {name: newham}
---
apiVersion: commissioning.support/v1alpha1
kind: Consortium
metadata: {name: newham}
---
apiVersion: commissioning.support/v1alpha1
kind: SupportProvider
metadata: {name: nel-csu}
---
apiVersion: commissioning.support/v1alpha1
kind: HostedService
metadata: {name: data-analytics, namespace: nel-csu}
spec: {function: data-analytics}
---
apiVersion: commissioning.support/v1alpha1
kind: SupportAgreement
metadata: {name: data-analytics, namespace: newham}
spec: {function: data-analytics, suppliers: [{provider: nel-csu}, {provider: kent-csu, service: analytics-gold}]}
---
apiVersion: commissioning.support/v1alpha1
kind: SupportAgreement
metadata: {name: more, namespace: newham}
spec: {function: more, suppliers: [{provider: nel-csu, service: more-gold}]}
`

func sampled(t *testing.T) *estate {
	t.Helper()
	e := newEstate("sample", "")
	for document := range strings.SplitSeq(theSample, "---\n") {
		if err := e.take([]byte(document)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func TestWhatAnEstateAsksFor(t *testing.T) {
	e := sampled(t)
	if got, want := e.counts(), "1 consortium, 0 localities, 1 provider, 1 service, 2 agreements"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	served := map[string]int{}
	for name, consortia := range e.served {
		served[name] = consortia.Len()
	}
	got := []any{e.total, e.instances, e.functions, e.services, served}
	want := []any{6, map[string]int32{"data-analytics": 1}, map[string]int32{"newham": 2}, map[string]int32{"nel-csu": 1},
		map[string]int{"nel-csu": 1, "nel-csu/data-analytics": 1, "nel-csu/more-gold": 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := strings.Count(string(e.documents["SupportAgreement"]), "---\n"); got != 2 {
		t.Errorf("%d documents of agreements, want 2", got)
	}
	country := newEstate("country", "")
	if got, want := country.counts(), "0 consortia, 0 localities, 0 member functions"; got != want {
		t.Errorf("a country without suppliers: got %q, want %q", got, want)
	}
}

func TestTallyOfSuppliers(t *testing.T) {
	meta := metav1.ObjectMeta{Namespace: "nel-csu", Name: "data-analytics", Generation: 2}
	service := &v1alpha1.HostedService{ObjectMeta: meta}
	service.Status.Conditions = []metav1.Condition{isTrue("Ready")}
	provider := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: "nel-csu", Generation: 2}}
	provider.Status.Namespace, provider.Status.Conditions = "nel-csu", []metav1.Condition{isTrue("Ready")}

	lively := newTally(sampled(t), false)
	lively.saw(service, false)
	lively.saw(provider, false)
	want := []string{
		"Consortium newham: it is not there",
		"HostedService nel-csu/data-analytics: 0 of 1 consortia are served",
		"SupportAgreement newham/data-analytics: it is not there",
		"SupportAgreement newham/more: it is not there",
		"SupportProvider nel-csu: 0 of 1 services are seen",
		"SupportFunction data-analytics: it is not there",
	}
	if diff := cmp.Diff(want, lively.late()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	one, served := int32(1), int64(1)
	provider.Status.Services, provider.Status.ConsortiaServed, service.Status.Consortia.Served = &one, &one, &served
	lively.saw(service, false)
	lively.saw(provider, false)
	if got := lively.progress(); got != "2 of 6 Ready" {
		t.Errorf("got %s, want 2 of 6 Ready; the others: %s", got, lively.late())
	}
	if got := newTally(sampled(t), true).progress(); got != "0 of 3 Ready" {
		t.Errorf("on a cluster of the user's own, got %s: what needs pods must not be waited for", got)
	}
}

func TestLoadOfALedger(t *testing.T) {
	version := &corev1.ConfigMap{Data: map[string]string{
		"a.f": `{"uid":"1","state":"Admitted","patients":100}`, "b.f": `{"uid":"2","state":"Moving","patients":10}`,
		"c.f": `{"uid":"3","state":"Held","patients":5}`, "d.f": `{"uid":"4","state":"Leaving","patients":1}`,
		"e.f": `{"uid":"5","state":"Waiting","patients":1000}`, "f.f": `{"uid":"6","state":"Standby"}`,
	}}
	taken, err := loadOf(version)
	if err != nil || taken != (load{consortia: 4, patients: 116}) {
		t.Errorf("got %+v, %v: everything but those who wait and stand by takes a place", taken, err)
	}
	version.Data["g.f"] = "{"
	if _, err := loadOf(version); err == nil {
		t.Error("an entry that cannot be read is no empty place")
	}
}

func TestWithinCapacity(t *testing.T) {
	three, four, hundred := int32(3), int32(4), int64(100)
	for name, tc := range map[string]struct {
		capacity v1alpha1.Capacity
		says     string
	}{
		"room":              {v1alpha1.Capacity{Consortia: &four}, "at most 4 of 4 places"},
		"too many":          {v1alpha1.Capacity{Consortia: &three}, ""},
		"too many patients": {v1alpha1.Capacity{Consortia: &four, Patients: &hundred}, ""},
		"no limit":          {v1alpha1.Capacity{}, "4 places taken, no limit set"},
	} {
		got, err := load{consortia: 4, patients: 101}.within(tc.capacity)
		if got != tc.says || (err != nil) != (tc.says == "") {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, tc.says)
		}
	}
}

func TestComingNext(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 2, 0, 0, time.UTC)
	due := metav1.NewTime(now.Add(7200 * time.Millisecond))
	for name, tc := range map[string]struct {
		next v1alpha1.Next
		want string
	}{
		"nothing":     {v1alpha1.Next{Action: v1alpha1.NextNone}, ""},
		"a failover":  {v1alpha1.Next{Action: v1alpha1.NextFailOver, To: "kent-csu/gold", NotBefore: &due}, "; kent-csu/gold takes over in 8 s"},
		"a return":    {v1alpha1.Next{Action: v1alpha1.NextFailBack, To: "nel-csu/it", NotBefore: &due}, "; nel-csu/it is returned to in 8 s"},
		"no due time": {v1alpha1.Next{Action: v1alpha1.NextFailBack, To: "nel-csu/it"}, "; nel-csu/it is returned to"},
	} {
		a := &v1alpha1.SupportAgreement{Status: v1alpha1.SupportAgreementStatus{Next: tc.next}}
		if got := comingNext(a, now); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestInWords(t *testing.T) {
	for given, want := range map[v1alpha1.Duration]string{"10s": "10 s", "1m30s": "90 s", "5m": "5m", "": ""} {
		if got := inWords(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestLayOut(t *testing.T) {
	got := layOut([][2]string{{"a long first line without a remark", ""}, {"b", "why"}, {"cc", "how"}})
	want := "Try next:  a long first line without a remark\n" +
		"           b   # why\n" +
		"Clean up:  cc  # how\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSums(t *testing.T) {
	three, patients := int32(3), int64(84544)
	c := consortium("a", isTrue("Ready"))
	c.Status.Localities, c.Status.Practices, c.Status.FunctionsTotal = &three, &three, &three
	c.Status.RegisteredPatients = &patients
	want := "2 consortia (1 Ready) · 3 localities · 3 practices · 84,544 registered patients · 0 of 3 functions work"
	if got := sums([]v1alpha1.Consortium{*c, *consortium("b")}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSteps(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	st := s.begin("sample", "applying it")
	st.say("%d of 2", 1)
	st.done("two things", "2 of 2 Ready")
	want := "▸ sample          two things " + strings.Repeat(".", lineWidth-18-len("two things")) + " 2 of 2 Ready, 0.0 s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("off a terminal only the result is printed at once (-want +got):\n%s", diff)
	}
}

func TestLinesOfAStory(t *testing.T) {
	var out bytes.Buffer
	st := newScreen(&out).await()
	st.say("%d of 2", 1)
	st.happened(time.Date(2026, 11, 22, 10, 2, 11, 0, time.Local), "%d of %d returned", 2, 2)
	if want := "    10:02:11  2 of 2 returned\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		40 * time.Millisecond: "0.0 s", 9940 * time.Millisecond: "9.9 s", 9960 * time.Millisecond: "10 s", 212 * time.Second: "212 s",
	} {
		if got := seconds(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

func TestStartTicks(t *testing.T) {
	const rest = " 1 7 7 0 -1 4194560 3046 0 0 0 2 1 0 0 20 0 9 0 123456 0 0"
	for name, tc := range map[string]struct{ stat, want string }{
		"a process":          {"7 (manager) S" + rest, "123456"},
		"a name with spaces": {"7 (a) b (c) S" + rest, "123456"},
		"a zombie":           {"7 (manager) Z" + rest, ""},
		"nothing":            {"", ""},
	} {
		if got := startTicks(tc.stat); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestProcessesAreRecognised(t *testing.T) {
	pid, ended, err := background("/bin/sh", []string{"-c", "cat"}, nil, t.TempDir()+"/log")
	if err != nil {
		t.Fatal(err)
	}
	<-ended // cat has no input
	folder := t.TempDir()
	self := operatorRecord{Pid: os.Getpid(), Identity: identity(os.Getpid())}
	if err := self.write(folder); err != nil {
		t.Fatal(err)
	}
	read, err := readOperator(folder)
	if err != nil || !read.running() {
		t.Errorf("this process runs, and is not recognised: %v, %v", read, err)
	}
	read.Identity = "another"
	if read.running() {
		t.Error("another process with the same id is taken for ours")
	}
	if (operatorRecord{Pid: pid, Identity: self.Identity}).running() {
		t.Error("a process that ended is said to run")
	}
	if none, err := readOperator(t.TempDir()); err != nil || none.running() {
		t.Errorf("nothing was recorded: got %v, %v", none, err)
	}
}

func TestStop(t *testing.T) {
	pid, ended, err := background("/bin/sh", []string{"-c", "trap '' TERM; while :; do read -r line </dev/zero; done"}, nil, t.TempDir()+"/log")
	if err != nil {
		t.Fatal(err)
	}
	r := operatorRecord{Pid: pid, Identity: identity(pid)}
	if err := r.stop(t.Context(), 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	<-ended
	if r.running() {
		t.Error("it still runs")
	}
}

func TestUsage(t *testing.T) {
	for name, args := range map[string][]string{
		"one file of two":  {"--map", "demo_test.go"},
		"an argument":      {"now"},
		"no such file":     {"--kubeconfig", "none"},
		"no such flag":     {"--colour"},
		"no such deadline": {"--deadline", "soon"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(args); !errors.Is(err, errUsage) {
				t.Errorf("got %v, want wrong usage", err)
			}
		})
	}
}

func TestDeadlines(t *testing.T) {
	country := options{mapFile: "a"}
	given := options{mapFile: "a", deadline: time.Second}
	var sample options
	if got := []time.Duration{sample.limit(), country.limit(), given.limit()}; !cmp.Equal(got, []time.Duration{3 * time.Minute, 15 * time.Minute, time.Second}) {
		t.Errorf("got %v", got)
	}
}
