package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
