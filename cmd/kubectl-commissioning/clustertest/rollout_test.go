package clustertest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
)

// entry is a function that says what its revision 3 says.
const entry = `
apiVersion: commissioning.support/v1alpha1
kind: SupportFunction
metadata: {name: NAME}
spec:
  title: Referral management
  delivery: MemberOnly
  dataClass: Identifiable
  workload:
    image: registry.example/referrals:0.3.0
    port: 8080
    env: [{name: MODE, value: new}]
    resources: {requests: {cpu: "0.5"}}
  parameters: {schema: {openAPIV3Schema: {type: object, properties: {weeks: {type: integer, default: 18}}}}}
  sizing: {patientsPerReplica: 200000, maxReplicas: 4}
`

// underWay writes such a function, its revisions 1 and 3, and a rollout from one to the other: as the operator
// leaves them. The field manager is who wrote it.
func underWay(t *testing.T, name, manager string) *v1alpha1.SupportFunction {
	t.Helper()
	var content map[string]any
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(entry, "NAME", name)), &content); err != nil {
		t.Fatal(err)
	}
	applied := client.ApplyConfigurationFromUnstructured(&unstructured.Unstructured{Object: content})
	if err := operator.Apply(t.Context(), applied, client.FieldOwner(manager)); err != nil {
		t.Fatal(err)
	}
	f := functionNow(t, name)
	revision := func(number int64, workload v1alpha1.Workload, parameters v1alpha1.Parameters, sizing v1alpha1.Sizing) {
		create(t, &v1alpha1.SupportFunctionRevision{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%d", name, number)},
			Spec:       v1alpha1.SupportFunctionRevisionSpec{Function: v1alpha1.ObjectName(name), Revision: number, Workload: workload, Parameters: parameters, Sizing: sizing},
		})
	}
	revision(1, v1alpha1.Workload{Image: "registry.example/referrals:0.1.0", Port: 8080}, v1alpha1.Parameters{}, v1alpha1.Sizing{PatientsPerReplica: 100000})
	revision(3, f.Spec.Workload, f.Spec.Parameters, f.Spec.Sizing)
	setRollout(t, name, func(s *v1alpha1.SupportFunctionStatus) {
		now := metav1.Now()
		s.Revision, s.Instances, s.Conditions = 3, new(int32(2)), nil
		s.Rollout = v1alpha1.RolloutStatus{Step: 1, Steps: 3, Chosen: new(int32(1)), Updated: new(int32(0)), StartedAt: &now, ProgressedAt: &now,
			Layers: []v1alpha1.RolloutLayer{{Revision: 3, Threshold: "0d00000000000000", Step: 1}, {Revision: 1}}}
	})
	return functionNow(t, name)
}

func functionNow(t *testing.T, name string) *v1alpha1.SupportFunction {
	t.Helper()
	var f v1alpha1.SupportFunction
	if err := operator.Get(t.Context(), client.ObjectKey{Name: name}, &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

// setRollout acts as the operator, who has seen the latest generation.
func setRollout(t *testing.T, name string, set func(*v1alpha1.SupportFunctionStatus)) {
	t.Helper()
	f := functionNow(t, name)
	f.Status.ObservedGeneration = &f.Generation
	set(&f.Status)
	if err := operator.Status().Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// assigned writes a member function that is assigned a revision.
func assigned(t *testing.T, namespace, function string, revision int64, message string) {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
	m := &v1alpha1.MemberFunction{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: function}, Spec: v1alpha1.MemberFunctionSpec{Function: v1alpha1.ObjectName(function)}}
	m.Status.Revision = revision
	m.Status.Conditions = []metav1.Condition{{Type: v1alpha1.AvailableCondition, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonNotAvailable, Message: message, LastTransitionTime: metav1.Now()}}
	writeWithStatus(t, m)
}

func halt(s *v1alpha1.SupportFunctionStatus) {
	s.Rollout.Halted = v1alpha1.HaltInstancesFailed
	s.Rollout.Failing = []v1alpha1.FunctionUser{{Kind: v1alpha1.MemberFunctionKind, Namespace: "cubitt-town", Name: "seen"}}
}

func complete(s *v1alpha1.SupportFunctionStatus) {
	s.Rollout = v1alpha1.RolloutStatus{Layers: []v1alpha1.RolloutLayer{{Revision: 3}}}
}

// TestR12_RolloutStatus counts the instances as they are, and shows those who may not see them the rest.
func TestR12_RolloutStatus(t *testing.T) {
	underWay(t, "seen", "kubectl")
	assigned(t, "cubitt-town", "seen", 3, "0 of 2 replicas available.")
	assigned(t, "blackwall", "seen", 1, "")
	consortium(t, "all-well", "millwall", "Z11")
	admin, viewer := person{t, control.Kubeconfig()}, persona(t, "millwall", "viewer")
	admin.calls("rollout", "status", "seen").expect(t, 0, "3         1          registry.example/referrals:0.3.0  those chosen up to step 1 of 3\n  1         1          registry.example/referrals:0.1.0  everybody else", "")
	admin.calls("rollout", "status", "seen").expect(t, 0, "… updating at step 1 of 3 (5 %), begun today", "")
	viewer.calls("rollout", "status", "seen").expect(t, 0, "3         ?          registry.example/referrals:0.3.0", "")
	viewer.calls("rollout", "status", "seen").expect(t, 0, "You may not read all MemberFunctions", "")
	admin.calls("rollout", "status", "unknown").expect(t, 3, "", "SupportFunction unknown cannot be read")

	setRollout(t, "seen", halt)
	admin.calls("rollout", "status", "seen").expect(t, 1, "MemberFunction cubitt-town/seen: 0 of 2 replicas available.", "")
	var said struct {
		State   string
		Failing []struct{ Namespace string }
	}
	answer := admin.calls("rollout", "status", "seen", "-o", "json")
	if err := json.Unmarshal([]byte(answer.out), &said); err != nil || answer.code != 1 || said.State != "Halted" || said.Failing[0].Namespace != "cubitt-town" {
		t.Errorf("exit %d, %v: %+v", answer.code, err, said)
	}
	setRollout(t, "seen", complete)
	admin.calls("rollout", "status", "seen").expect(t, 0, "✓ complete", "")
}

// TestR12_PauseAndResume writes one field, once, and leaves the entry as it was.
func TestR12_PauseAndResume(t *testing.T) {
	before := underWay(t, "paused", "kubectl")
	admin := person{t, control.Kubeconfig()}
	admin.calls("rollout", "pause", "paused", "--dry-run").expect(t, 0, "(dry run: nothing has been changed)", "")
	admin.calls("rollout", "resume", "paused").expect(t, 0, "The rollout of paused is not paused.", "")
	if now := functionNow(t, "paused"); now.ResourceVersion != before.ResourceVersion {
		t.Error("something has been written")
	}
	admin.calls("rollout", "pause", "paused").expect(t, 0, "The rollout of paused is paused: no further step begins", "")
	paused := functionNow(t, "paused")
	if _, found := amend.ManagedSince(paused, "commissioning"); !found || paused.Spec.Rollout.State != v1alpha1.RolloutPaused {
		t.Errorf("the rollout is %+v, by %+v", paused.Spec.Rollout, paused.ManagedFields)
	}
	admin.calls("rollout", "pause", "paused").expect(t, 0, "The rollout of paused is paused already.", "")
	admin.calls("rollout", "status", "paused").expect(t, 0, "kubectl commissioning rollout resume paused", "")
	if now := functionNow(t, "paused"); now.ResourceVersion != paused.ResourceVersion {
		t.Error("the second time, something was written")
	}
	admin.calls("rollout", "resume", "paused").expect(t, 0, "The rollout of paused is no longer paused", "")
	NewWithT(t).Expect(functionNow(t, "paused").Spec).To(Equal(before.Spec))
	admin.calls("rollout", "pause", "unknown").expect(t, 3, "", "What there is: kubectl commissioning catalogue")
	consortium(t, "all-well", "ratcliff", "Z12")
	persona(t, "ratcliff", "admin").calls("rollout", "pause", "paused").expect(t, 1, "", "change SupportFunction paused: ")
}

// TestR12_Undo puts back what a revision says, and nothing that came later stays.
func TestR12_Undo(t *testing.T) {
	g := NewWithT(t)
	before := underWay(t, "undone", "kubectl")
	assigned(t, "isle-of-dogs", "undone", 3, "")
	admin := person{t, control.Kubeconfig()}
	admin.calls("rollout", "undo", "undone", "--dry-run").expect(t, 0, "(dry run: nothing has been changed)", "")
	admin.calls("rollout", "undo", "undone", "--to-revision", "2").expect(t, 1, "", "revision 2 of undone is not kept (any more): there are 1 and 3")
	admin.calls("rollout", "undo", "undone", "--to-revision", "3").expect(t, 1, "", "undone says what revision 3 says already")
	if now := functionNow(t, "undone"); now.ResourceVersion != before.ResourceVersion {
		t.Error("something has been written")
	}
	undo := admin.calls("rollout", "undo", "undone")
	undo.expect(t, 0, "undone says again what revision 1 says (registry.example/referrals:0.1.0).", "")
	undo.expect(t, 0, "The one instance that was reached goes back at once", "")
	now := functionNow(t, "undone")
	g.Expect(now.Spec.Workload).To(Equal(v1alpha1.Workload{Image: "registry.example/referrals:0.1.0", Port: 8080}))
	g.Expect(now.Spec.Parameters).To(Equal(v1alpha1.Parameters{}))
	g.Expect(now.Spec.Sizing).To(Equal(v1alpha1.Sizing{PatientsPerReplica: 100000}))
	g.Expect(now.Spec.Title).To(Equal(before.Spec.Title))

	setRollout(t, "undone", func(s *v1alpha1.SupportFunctionStatus) {
		s.Revision, s.Rollout = 1, v1alpha1.RolloutStatus{Layers: []v1alpha1.RolloutLayer{{Revision: 1}}}
	})
	admin.calls("rollout", "undo", "undone").expect(t, 1, "", "no revision of undone before 1 is kept")
	admin.calls("rollout", "undo", "undone", "--to-revision", "3").expect(t, 0, "It reaches the instances in steps, as every change: first step 1 of 3 (5 %).", "")
	if again := functionNow(t, "undone").Spec; !equality.Semantic.DeepEqual(again, before.Spec) {
		t.Errorf("the entry says %+v, not %+v", again, before.Spec)
	}
}

// TestR12_SomebodyElseChangedTheEntry: an undo is planned anew on what stands now.
func TestR12_SomebodyElseChangedTheEntry(t *testing.T) {
	stale := underWay(t, "contended", "kubectl")
	changed := stale.DeepCopy()
	changed.Spec.Parameters, changed.Spec.Title = v1alpha1.Parameters{}, "Another title"
	if err := operator.Update(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	in, err := cluster.New(control.Config(), "")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := in.Revisions(t.Context(), "contended")
	if err != nil || len(kept) != 2 || kept[0].Spec.Revision != 3 {
		t.Fatalf("%v: %+v", err, kept)
	}
	planned := 0
	_, _, err = in.ChangeFunction(t.Context(), stale, false, func(f *v1alpha1.SupportFunction) (amend.FunctionPatch, error) {
		planned++
		return amend.Undo(f, kept[1])
	})
	now := functionNow(t, "contended")
	if err != nil || planned != 2 || now.Spec.Title != "Another title" || now.Spec.Workload.Image != "registry.example/referrals:0.1.0" {
		t.Errorf("planned %d times, %v: %+v", planned, err, now.Spec)
	}
}

// TestR12_GitOpsIsNotFought: what an engine owns is not changed; what to commit is printed, and is accepted.
func TestR12_GitOpsIsNotFought(t *testing.T) {
	before := underWay(t, "committed", "kustomize-controller")
	admin := person{t, control.Kubeconfig()}
	const owner = "SupportFunction committed is written by Flux (kustomize-controller), which may undo the change: commit"
	admin.calls("rollout", "pause", "committed").expect(t, 1, "spec:\n  rollout:\n    state: Paused\n", owner)
	refused := admin.calls("rollout", "undo", "committed")
	refused.expect(t, 1, "There are no spec.parameters.", owner)
	refused.expect(t, 1, "  workload:\n    image: registry.example/referrals:0.1.0\n    port: 8080\n", owner)
	if now := functionNow(t, "committed"); now.ResourceVersion != before.ResourceVersion {
		t.Error("something has been written")
	}
	cmd := control.KubectlCommand(t.Context(), "apply", "--server-side", "--field-manager=kustomize-controller", "-f", "-", "-o", "jsonpath={.spec.workload.env}{.spec.parameters}{.spec.workload.image}")
	cmd.Stdin = strings.NewReader(strings.Replace(refused.out, "spec:\n", "spec:\n  title: Referral management\n  delivery: MemberOnly\n  dataClass: Identifiable\n", 1))
	if answer, err := cmd.CombinedOutput(); err != nil || string(answer) != "registry.example/referrals:0.1.0" {
		t.Errorf("what is to be committed gives %s, %v", answer, err)
	}
	const warning = "Warning: Flux (kustomize-controller) writes this entry from its repository, and may put it back"
	admin.calls("rollout", "undo", "committed", "--to-revision", "3", "--force").expect(t, 0, "committed says again what revision 3 says", warning)
	admin.calls("rollout", "pause", "committed", "--force").expect(t, 0, "is paused: ", warning)
	admin.calls("rollout", "pause", "committed").expect(t, 0, "is paused already", "")
	admin.calls("rollout", "resume", "committed").expect(t, 1, "state: Running", "is written by Flux")
}

// following is a call that goes on, and what it has said so far.
type following struct {
	mu    sync.Mutex
	text  strings.Builder
	ended chan int
}

func (f *following) Write(text []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(text)
}

func (f *following) said() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}

// watches begins to follow a rollout, and waits until it is seen.
func watches(t *testing.T, g *WithT, function string, args ...string) *following {
	t.Helper()
	f := &following{ended: make(chan int, 1)}
	args = append([]string{"rollout", "status", function, "--watch", "--kubeconfig", control.Kubeconfig()}, args...)
	go func() { f.ended <- command.Run("test", args, f, f) }()
	g.Eventually(f.said, patience).Should(ContainSubstring(function + ": … updating at step 1 of 3"))
	return f
}

// TestR12_Watch follows a rollout to its end: a line for each change, and then how it ended.
func TestR12_Watch(t *testing.T) {
	g := NewWithT(t)
	underWay(t, "watched", "kubectl")
	good := watches(t, g, "watched", "--timeout", "5m")
	setRollout(t, "watched", func(s *v1alpha1.SupportFunctionStatus) {
		s.Rollout.Updated, s.Rollout.SoakingSince = new(int32(1)), s.Rollout.StartedAt
	})
	g.Eventually(good.said, patience).Should(ContainSubstring("… watched at step 1 of 3 (5 %)"))
	lines := strings.Count(good.said(), "\n")
	setRollout(t, "watched", func(s *v1alpha1.SupportFunctionStatus) { s.InstancesReady = new(int32(1)) }) // no word of the rollout
	setRollout(t, "watched", complete)
	g.Eventually(good.ended, patience).Should(Receive(Equal(0)))
	rest := strings.Join(strings.SplitAfter(good.said(), "\n")[lines:], "")
	g.Expect(rest).To(And(MatchRegexp(`^\S+  watched: ✓ complete; 2 instances in all\n\nwatched: ✓ complete\n`), ContainSubstring("REVISIONS IN USE")))

	admin := person{t, control.Kubeconfig()}
	admin.calls("rollout", "undo", "watched", "--to-revision", "1").expect(t, 0, "Follow it: kubectl commissioning rollout status watched --watch", "")
	answer := admin.calls("rollout", "status", "watched", "--watch", "--timeout", "2s")
	answer.expect(t, 1, "(the latest change of the spec has not been seen yet)", "the rollout of watched takes longer than 2s")
}

// TestR12_WatchOfAHalt ends with 1, and names who fails.
func TestR12_WatchOfAHalt(t *testing.T) {
	g := NewWithT(t)
	underWay(t, "halted", "kubectl")
	bad := watches(t, g, "halted")
	setRollout(t, "halted", halt)
	g.Eventually(bad.ended, patience).Should(Receive(Equal(1)))
	g.Expect(bad.said()).To(And(ContainSubstring("✗ HALTED at step 1 of 3"), ContainSubstring("MemberFunction cubitt-town/seen"), ContainSubstring("kubectl commissioning rollout undo halted")))

	underWay(t, "gone", "kubectl")
	gone := watches(t, g, "gone")
	if err := operator.Delete(t.Context(), functionNow(t, "gone")); err != nil {
		t.Fatal(err)
	}
	g.Eventually(gone.ended, patience).Should(Receive(Equal(1)))
	g.Expect(gone.said()).To(ContainSubstring("Error: SupportFunction gone has been deleted"))
}

// TestR12_WatchIsGivenUp: Ctrl-C ends it as a shell expects, so that nobody takes it for the end of a rollout.
func TestR12_WatchIsGivenUp(t *testing.T) {
	g := NewWithT(t)
	underWay(t, "left", "kubectl")
	ignored := make(chan os.Signal, 1) // until the plugin waits, a signal would end this test
	signal.Notify(ignored, syscall.SIGINT)
	defer signal.Stop(ignored)
	left := watches(t, g, "left")
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	g.Eventually(left.ended, patience).Should(Receive(Equal(130)))
	g.Expect(left.said()).To(HaveSuffix("Not watched any longer. The rollout goes on.\n"))
}
