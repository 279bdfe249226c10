package screen_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// readRollout reads the function of rollout.yaml, its revisions and two of its instances; 133 more run it.
func readRollout(t *testing.T) overview.RolloutFacts {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "rollout.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var facts overview.RolloutFacts
	for document := range strings.SplitSeq(string(data), "\n---\n") {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
			t.Fatal(err)
		}
		switch kind.Kind {
		case v1alpha1.SupportFunctionKind:
			f := object[v1alpha1.SupportFunction](t, []byte(document))
			facts.Function = &f
		case v1alpha1.SupportFunctionRevisionKind:
			facts.Revisions = append(facts.Revisions, object[v1alpha1.SupportFunctionRevision](t, []byte(document)))
		default:
			m := object[v1alpha1.MemberFunction](t, []byte(document))
			facts.Instances = append(facts.Instances, overview.Instance{Kind: kind.Kind, Namespace: m.Namespace, Name: m.Name, Revision: m.Status.Revision, Conditions: m.Status.Conditions})
		}
	}
	for i := range 133 {
		instance := overview.Instance{Kind: v1alpha1.MemberFunctionKind, Namespace: fmt.Sprintf("consortium-%d", i), Name: "referral-management", Revision: 3}
		switch {
		case i < 5:
			instance.Revision = 4
		case i < 8:
			instance.Revision, instance.Pinned = 2, 2
		case i == 8:
			instance.Pinned = 3
		}
		facts.Instances = append(facts.Instances, instance)
	}
	return facts
}

func at(minute int) *metav1.Time {
	return &metav1.Time{Time: time.Date(2026, time.November, 22, 10, minute, 0, 0, time.UTC)}
}

// situation is one in which a rollout may be.
type situation struct {
	name string
	is   func(*overview.RolloutFacts, *v1alpha1.SupportFunctionSpec, *v1alpha1.SupportFunctionStatus)
}

var situations = []situation{
	{"The first step is under way", nothing},
	{"All of the step work", soaking},
	{"A group of pilots, and then no soak, and some may fail", func(_ *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
		pilots := v1alpha1.LabelSelector{
			MatchLabels: map[string]string{"wave": "pilot"}, MatchExpressions: []v1alpha1.LabelCondition{{Key: "region", Operator: v1alpha1.LabelIn, Values: []string{"london", "kent"}}},
		}
		s.Rollout = v1alpha1.Rollout{Steps: []v1alpha1.RolloutStep{{Selector: pilots, Soak: "0s"}, {Percent: 100}}, MaxFailed: new(int32(2)), Deadline: "1h"}
		status.Rollout.Steps = 2
	}},
	{"The last step", func(f *overview.RolloutFacts, spec *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
		complete(f, spec, s)
		s.Rollout = v1alpha1.RolloutStatus{StartedAt: at(48), ProgressedAt: at(49), Step: 3, Steps: 3, Chosen: new(int32(131)), Updated: new(int32(127)), Layers: []v1alpha1.RolloutLayer{{Revision: 4}, {Revision: 3}}}
		s.Rollout.Layers[0].Threshold, s.Rollout.Layers[0].Step = "ffffffffffffffff", 3
	}},
	{"It is complete", complete},
	{"Two say that they cannot run it", failed},
	{"None comes to work in time, and the reader may not see who", func(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
		halted(s, v1alpha1.HaltDeadlineExceeded)
		f.Instances, f.Unread = nil, []string{v1alpha1.MemberFunctionKind}
	}},
	{"It is halted, and somebody has paused it", func(_ *overview.RolloutFacts, spec *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
		halted(s, v1alpha1.HaltInstancesFailed)
		spec.Rollout.State = v1alpha1.RolloutPaused
	}},
	{"It is paused on its way", func(_ *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
		s.Rollout.State, status.Rollout.ProgressedAt = v1alpha1.RolloutPaused, nil
	}},
	{"It is paused before it begins", waiting},
	{"A second change came on top of the first, and its first revision is not kept", second},
	{"Eight revisions are under way, and a ninth waits", ninth},
	{"The former revision has been put back, and some are not assigned it yet", func(f *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
		instances := slices.Clone(f.Instances)
		complete(f, s, status)
		f.Instances, status.InstancesUpToDate = instances, new(int32(125))
		status.Revision, status.Rollout.Layers[0].Revision = 3, 3
	}},
	{"The operator has not seen the latest change", func(f *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
		complete(f, s, status)
		f.Function.Generation = 5
	}},
	{"The schema cannot be used", func(f *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
		complete(f, s, status)
		status.Conditions[0].Status, status.Conditions[0].LastTransitionTime = metav1.ConditionFalse, *at(49)
		status.Conditions[0].Message = "spec.parameters.schema cannot be used: properties[weeks].type: Unsupported value."
	}},
	{"The operator has never seen it", func(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
		*s = v1alpha1.SupportFunctionStatus{}
		f.Revisions, f.Instances = nil, nil
	}},
}

func second(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
	s.Revision = 5
	s.Rollout.Layers = append([]v1alpha1.RolloutLayer{{Revision: 5, Threshold: "01", Step: 1}}, s.Rollout.Layers...)
	s.Rollout.Chosen, s.Rollout.Updated = new(int32(1)), new(int32(1))
	f.Instances[0].Revision, f.Revisions = 5, f.Revisions[:2]
}

func waiting(f *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
	complete(f, s, status)
	s.Rollout.State, status.Revision, status.InstancesUpToDate = v1alpha1.RolloutPaused, 5, new(int32(0))
}

func ninth(_ *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
	s.Revision, s.Rollout.Halted, s.Rollout.Layers = 12, v1alpha1.HaltFinishOrUndo, nil
	for number := int64(11); number > 3; number-- {
		s.Rollout.Layers = append(s.Rollout.Layers, v1alpha1.RolloutLayer{Revision: number, Step: 1})
	}
}

func nothing(*overview.RolloutFacts, *v1alpha1.SupportFunctionSpec, *v1alpha1.SupportFunctionStatus) {
}

func failed(_ *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
	halted(s, v1alpha1.HaltInstancesFailed)
}

func soaking(_ *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
	s.Rollout.Updated, s.Rollout.SoakingSince = new(int32(7)), at(47)
}

func complete(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, s *v1alpha1.SupportFunctionStatus) {
	for i := range f.Instances {
		if f.Instances[i].Pinned == 0 {
			f.Instances[i].Revision = 4
		}
	}
	s.InstancesUpToDate = new(int32(131))
	s.Rollout = v1alpha1.RolloutStatus{Layers: []v1alpha1.RolloutLayer{{Revision: 4}}}
	s.Conditions[1].Status, s.Conditions[1].LastTransitionTime = metav1.ConditionTrue, *at(49)
}

func halted(s *v1alpha1.SupportFunctionStatus, why v1alpha1.HaltReason) {
	s.Rollout.Halted = why
	for _, namespace := range []string{"newham", "tower-hamlets"} {
		s.Rollout.Failing = append(s.Rollout.Failing, v1alpha1.FunctionUser{Kind: v1alpha1.MemberFunctionKind, Namespace: namespace, Name: "referral-management"})
	}
}

// TestRollout shows what people read of a rollout in each situation, and what a log holds of it.
func TestRollout(t *testing.T) {
	var said bytes.Buffer
	page := &screen.Page{Out: &said, Clock: clock(t)}
	for _, s := range situations {
		facts := readRollout(t)
		s.is(&facts, &facts.Function.Spec, &facts.Function.Status)
		fmt.Fprintf(&said, "##### %s\n", s.name)
		rollout := overview.RolloutOf(facts)
		if err := page.Rollout(rollout); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&said, "\n(needs somebody: %t; --watch ends: %t; in a log:)\n", rollout.IsStuck(), rollout.Ended())
		if err := page.Log(page.InOneLine(overview.Progress(facts.Function))); err != nil {
			t.Fatal(err)
		}
		said.WriteString("\n")
	}
	compareGolden(t, "rollout", said.String())
}

// TestRolloutForPrograms: the same as a program reads it, on its way, watched and halted.
func TestRolloutForPrograms(t *testing.T) {
	var all []overview.Rollout
	for _, is := range []func(*overview.RolloutFacts, *v1alpha1.SupportFunctionSpec, *v1alpha1.SupportFunctionStatus){nothing, soaking, failed} {
		facts := readRollout(t)
		is(&facts, &facts.Function.Spec, &facts.Function.Status)
		all = append(all, overview.RolloutOf(facts))
	}
	compareGolden(t, "rollout.json", asJSON(t, all))
}

// TestAfterUndo says what an undo does, before anybody has seen it happen.
func TestAfterUndo(t *testing.T) {
	for name, tc := range map[string]struct {
		is   func(*overview.RolloutFacts, *v1alpha1.SupportFunctionSpec, *v1alpha1.SupportFunctionStatus)
		to   int64
		want []string
	}{
		"a rollout is undone": {nothing, 3, []string{"The 7 instances that were reached go back at once, whatever they do now; the others are not touched."}},
		"one that had reached a single instance": {second, 4, []string{
			"The one instance that was reached goes back at once, whatever it does now; the others are not touched.", "The rollout of revision 4 goes on.",
		}},
		"two rollouts are undone": {second, 3, []string{"The 7 instances that were reached go back at once, whatever they do now; the others are not touched."}},
		"who was reached cannot be seen": {is: func(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, _ *v1alpha1.SupportFunctionStatus) {
			f.Unread = []string{v1alpha1.MemberFunctionKind}
		}, to: 3, want: []string{"The instances that were reached go back at once, whatever they do now; the others are not touched."}},
		"it was paused on its way": {is: func(f *overview.RolloutFacts, s *v1alpha1.SupportFunctionSpec, status *v1alpha1.SupportFunctionStatus) {
			second(f, s, status)
			s.Rollout.State = v1alpha1.RolloutPaused
		}, to: 4, want: []string{"The one instance that was reached goes back at once, whatever it does now; the others are not touched.", "The rollout of revision 4 goes on when it is resumed."}},
		"nobody had been reached": {is: func(f *overview.RolloutFacts, _ *v1alpha1.SupportFunctionSpec, _ *v1alpha1.SupportFunctionStatus) {
			f.Instances = nil
		}, to: 3, want: []string{"No instance had been reached: none is touched."}},
		"it had not begun":           {waiting, 4, []string{"What had not begun never begins: no instance is touched."}},
		"the ninth is taken back":    {ninth, 11, []string{"What had not begun never begins: no instance is touched.", "The rollout of revision 11 goes on."}},
		"back to one of long ago":    {complete, 2, []string{"It reaches the instances in steps, as every change: first step 1 of 3 (5 %). Whoever runs another revision then goes straight to it."}},
		"the same, while all paused": {waiting, 2, []string{"It waits, because the rollout is paused. When it is resumed, it begins with step 1 of 3 (5 %)."}},
	} {
		t.Run(name, func(t *testing.T) {
			facts := readRollout(t)
			tc.is(&facts, &facts.Function.Spec, &facts.Function.Status)
			if diff := cmp.Diff(tc.want, overview.AfterUndo(facts, tc.to)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRolloutInOnePlace: on a terminal each state stands where the last one stood, however lines are broken.
func TestRolloutInOnePlace(t *testing.T) {
	for _, width := range []int{40, 72, 200} {
		var said bytes.Buffer
		page := &screen.Page{Out: &said, Clock: clock(t), Width: width, Colour: true, Rewrites: true}
		facts := readRollout(t)
		for _, updated := range []int32{2, 3} {
			facts.Function.Status.Rollout.Updated = &updated
			page.Again()
			if err := page.Progress(overview.Progress(facts.Function)); err != nil {
				t.Fatal(err)
			}
		}
		page.Again()
		if err := page.Rollout(overview.RolloutOf(facts)); err != nil {
			t.Fatal(err)
		}
		var wanted bytes.Buffer
		if err := (&screen.Page{Out: &wanted, Clock: clock(t), Width: width, Colour: true}).Rollout(overview.RolloutOf(facts)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(terminal(t, width, wanted.String()), terminal(t, width, said.String())); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", width, diff)
		}
	}
}

// terminal shows what is left on one of a width, and as high as need be.
func terminal(t *testing.T, width int, text string) []string {
	t.Helper()
	rows := []string{}
	text = strings.NewReplacer("\x1b[33m", "", "\x1b[0m", "").Replace(text)
	for text != "" {
		if rest, isUp := strings.CutPrefix(text, "\x1b["); isUp {
			var up int
			if _, err := fmt.Sscanf(rest, "%dA", &up); err != nil || up > len(rows) {
				t.Fatalf("%d rows up of %d: %v", up, len(rows), err)
			}
			rows = rows[:len(rows)-up]
			_, text, _ = strings.Cut(rest, "\x1b[J")
			continue
		}
		line, rest, _ := strings.Cut(text, "\n")
		letters := []rune(line)
		for len(letters) > width {
			rows, letters = append(rows, string(letters[:width])), letters[width:]
		}
		rows, text = append(rows, string(letters)), rest
	}
	return rows
}
