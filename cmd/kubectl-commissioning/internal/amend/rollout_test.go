package amend_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
)

const entry = `
metadata: {name: referral-management, uid: 77ab, generation: 5}
spec:
  title: Referral management
  delivery: MemberOnly
  dataClass: Identifiable
  workload:
    image: registry.example/referral-management:0.4.0
    port: 8080
    env: [{name: MODE, value: new}]
  parameters: {schema: {openAPIV3Schema: {type: object, properties: {weeks: {type: integer, maximum: 104}}}}}
  sizing: {patientsPerReplica: 200000}
status:
  revision: 4
  rollout: {layers: [{revision: 4, step: 1}, {revision: 3}]}
`

// revisions are what is kept: 4 is what the entry says, with the names of its schema in another order.
const revisions = `
- {function: referral-management, revision: 4, sizing: {patientsPerReplica: 200000},
   workload: {image: "registry.example/referral-management:0.4.0", port: 8080, env: [{name: MODE, value: new}]},
   parameters: {schema: {openAPIV3Schema: {properties: {weeks: {maximum: 104, type: integer}}, type: object}}}}
- {function: referral-management, revision: 3, sizing: {patientsPerReplica: 150000, maxReplicas: 4},
   workload: {image: "registry.example/referral-management:0.3.2", port: 8080}}
- {function: referral-management, revision: 1, sizing: {patientsPerReplica: 150000},
   workload: {image: "registry.example/referral-management:0.3.0", port: 8080, resources: {requests: {cpu: 100m}}},
   parameters: {schema: {openAPIV3Schema: {type: object}}}}
`

func function(t *testing.T) *v1alpha1.SupportFunction {
	t.Helper()
	var f v1alpha1.SupportFunction
	if err := yaml.UnmarshalStrict([]byte(entry), &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

func kept(t *testing.T) []v1alpha1.SupportFunctionRevision {
	t.Helper()
	var specs []v1alpha1.SupportFunctionRevisionSpec
	if err := yaml.UnmarshalStrict([]byte(revisions), &specs); err != nil {
		t.Fatal(err)
	}
	all := make([]v1alpha1.SupportFunctionRevision, len(specs))
	for i := range specs {
		all[i].Spec = specs[i]
	}
	return all
}

// TestRolloutPatches: pause and resume leave the rest of a rollout alone; undo leaves nothing of what it undoes.
func TestRolloutPatches(t *testing.T) {
	const of = `[{"op":"test","path":"/metadata/uid","value":"77ab"},{"op":"test","path":"/metadata/generation","value":5},`
	undo := func(n int) func(*v1alpha1.SupportFunction) (amend.FunctionPatch, error) {
		return func(f *v1alpha1.SupportFunction) (amend.FunctionPatch, error) { return amend.Undo(f, kept(t)[n]) }
	}
	for name, tc := range map[string]struct {
		rollout v1alpha1.Rollout
		without bool
		plan    func(*v1alpha1.SupportFunction) (amend.FunctionPatch, error)
		want    string
	}{
		"paused": {plan: amend.Pause, want: of + `{"op":"add","path":"/spec/rollout","value":{"state":"Paused"}}]`},
		"paused, with terms of its own": {rollout: v1alpha1.Rollout{Deadline: "5m", State: v1alpha1.RolloutRunning}, plan: amend.Pause,
			want: of + `{"op":"add","path":"/spec/rollout","value":{"state":"Paused","deadline":"5m"}}]`},
		"paused already": {rollout: v1alpha1.Rollout{State: v1alpha1.RolloutPaused}, plan: amend.Pause},
		"resumed":        {rollout: v1alpha1.Rollout{State: v1alpha1.RolloutPaused}, plan: amend.Resume, want: of + `{"op":"remove","path":"/spec/rollout"}]`},
		"resumed, with terms of its own": {rollout: v1alpha1.Rollout{Deadline: "5m", State: v1alpha1.RolloutPaused}, plan: amend.Resume,
			want: of + `{"op":"remove","path":"/spec/rollout/state"}]`},
		"resumed without a pause":  {plan: amend.Resume},
		"resumed while it goes on": {rollout: v1alpha1.Rollout{State: v1alpha1.RolloutRunning}, plan: amend.Resume},
		"put back to one without parameters": {plan: undo(1), want: of + `{"op":"add","path":"/spec/workload","value":{"image":"registry.example/referral-management:0.3.2","port":8080}},` +
			`{"op":"add","path":"/spec/sizing","value":{"patientsPerReplica":150000,"maxReplicas":4}},{"op":"remove","path":"/spec/parameters"}]`},
		"put back, neither has parameters": {without: true, plan: undo(1), want: of + `{"op":"add","path":"/spec/workload","value":{"image":"registry.example/referral-management:0.3.2","port":8080}},` +
			`{"op":"add","path":"/spec/sizing","value":{"patientsPerReplica":150000,"maxReplicas":4}}]`},
		"put back to one with parameters": {without: true, plan: undo(2), want: of + `{"op":"add","path":"/spec/workload","value":{"image":"registry.example/referral-management:0.3.0","port":8080,"resources":{"requests":{"cpu":"100m"}}}},` +
			`{"op":"add","path":"/spec/sizing","value":{"patientsPerReplica":150000}},{"op":"add","path":"/spec/parameters","value":{"schema":{"openAPIV3Schema":{"type":"object"}}}}]`},
	} {
		t.Run(name, func(t *testing.T) {
			read := function(t)
			read.Spec.Rollout = tc.rollout
			if tc.without {
				read.Spec.Parameters = v1alpha1.Parameters{}
			}
			before := read.DeepCopy()
			patch, err := tc.plan(read)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(patch.Data)); diff != "" {
				t.Errorf("patch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, read); diff != "" {
				t.Errorf("what was read has been changed:\n%s", diff)
			}
		})
	}
}

func TestUndoTo(t *testing.T) {
	layers := func(numbers ...int64) []v1alpha1.RolloutLayer {
		var all []v1alpha1.RolloutLayer
		for _, number := range numbers {
			all = append(all, v1alpha1.RolloutLayer{Revision: number})
		}
		return all
	}
	for name, tc := range map[string]struct {
		says    int // index of the revision that the entry says; 9: one that has no number yet
		layers  []v1alpha1.RolloutLayer
		without bool
		named   int64
		want    int64
		refusal string
	}{
		"a rollout is under way":                {layers: layers(4, 3), want: 3},
		"it is under way from one of long ago":  {layers: layers(4, 1), want: 1},
		"another is under way below it":         {layers: layers(4, 3, 1), want: 3},
		"it is complete":                        {layers: layers(4), want: 3},
		"one is missing between":                {says: 1, layers: layers(3), want: 1},
		"what the entry says waits":             {layers: layers(3, 1), want: 3},
		"what the entry says has no number yet": {says: 9, layers: layers(4, 3), want: 4},
		"neither, and nothing is published":     {says: 9, want: 4},
		"one is named":                          {layers: layers(4, 3), named: 1, want: 1},
		"a later one is named":                  {says: 2, layers: layers(1), named: 4, want: 4},
		"one is named that is gone":             {layers: layers(4), named: 2, refusal: "revision 2 of referral-management is not kept (any more): there are 1, 3 and 4; name one of these with --to-revision, or write into the entry what you want"},
		"one is named that the entry says":      {layers: layers(4, 3), named: 4, refusal: "referral-management says what revision 4 says already: there are 1, 3 and 4; name another with --to-revision"},
		"there is none before":                  {says: 2, layers: layers(1), refusal: "no revision of referral-management before 1 is kept: there are 1, 3 and 4; name another with --to-revision"},
		"none is kept":                          {without: true, refusal: "no revision of referral-management is kept yet, so there is nothing to go back to"},
		"none is kept, and one is named":        {without: true, named: 2, refusal: "no revision of referral-management is kept yet, so there is nothing to go back to"},
	} {
		t.Run(name, func(t *testing.T) {
			f, kept := function(t), kept(t)
			f.Status.Rollout.Layers = tc.layers
			if tc.says < len(kept) {
				f.Spec.Workload, f.Spec.Parameters, f.Spec.Sizing = kept[tc.says].Spec.Workload, kept[tc.says].Spec.Parameters, kept[tc.says].Spec.Sizing
			} else {
				f.Spec.Workload.Image = "registry.example/referral-management:0.5.0"
			}
			if tc.without {
				kept = nil
			}
			to, err := amend.UndoTo(f, kept, tc.named)
			if tc.refusal == "" && (err != nil || to.Spec.Revision != tc.want) {
				t.Errorf("got %d, %v; want %d", to.Spec.Revision, err, tc.want)
			}
			if tc.refusal != "" && (err == nil || err.Error() != tc.refusal) {
				t.Errorf("got %v, want %s", err, tc.refusal)
			}
		})
	}
}

// TestEngineOfFunctions: who owns anything within the workload, by whichever of its names, is found.
func TestEngineOfFunctions(t *testing.T) {
	const image, title = `{"f:spec":{"f:workload":{"f:image":{}}}}`, `{"f:metadata":{"f:annotations":{}},"f:spec":{"f:title":{},"f:rollout":{"f:state":{}}}}`
	for name, tc := range map[string]struct {
		manager, fields string
		asked           []string
		want            string
	}{
		"Flux owns the image":           {"kustomize-controller", image, []string{"workload"}, "Flux (kustomize-controller)"},
		"a chart by Flux does":          {"helm-controller", image, []string{"workload", "rollout"}, "Flux (helm-controller)"},
		"Argo CD does":                  {"argocd-controller", image, []string{"workload"}, "Argo CD (argocd-controller)"},
		"Argo CD of old does":           {"argocd-application-controller", image, []string{"workload"}, "Argo CD (argocd-application-controller)"},
		"Flux by another name":          {"flux-client-side-apply", image, []string{"workload"}, "Flux (flux-client-side-apply)"},
		"a person does":                 {"kubectl-edit", image, []string{"workload"}, ""},
		"this plugin does":              {"commissioning", image, []string{"workload"}, ""},
		"Flux owns the title alone":     {"kustomize-controller", title, []string{"workload", "sizing"}, ""},
		"Flux owns the state it pauses": {"kustomize-controller", title, []string{"workload", "rollout"}, "Flux (kustomize-controller)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := function(t)
			f.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}, {Manager: tc.manager, FieldsV1: metav1.NewFieldsV1(tc.fields)}}
			if got := amend.Engine(f, tc.asked...); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestRolloutManifests: what is to be committed is each field as a whole, and what is to go is named.
func TestRolloutManifests(t *testing.T) {
	f := function(t)
	undone, err := amend.Undo(f, kept(t)[1])
	if err != nil {
		t.Fatal(err)
	}
	text, err := amend.UndoYAML(undone.After)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
# Each of these replaces what stands there as a whole. There are no spec.parameters.
apiVersion: commissioning.support/v1alpha1
kind: SupportFunction
metadata:
  name: referral-management
spec:
  sizing:
    maxReplicas: 4
    patientsPerReplica: 150000
  workload:
    image: registry.example/referral-management:0.3.2
    port: 8080
`, "\n")
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("undo (-want +got):\n%s", diff)
	}
	if text, err = amend.UndoYAML(f); err != nil || !strings.Contains(text, "a whole.\n") || !strings.Contains(text, "\n          weeks:\n") {
		t.Errorf("undo: %v\n%s", err, text)
	}
	if text, err = amend.RolloutYAML(f); err != nil || !strings.HasSuffix(text, "spec:\n  rollout:\n    state: Running\n") {
		t.Errorf("resume: %v\n%s", err, text)
	}
	paused, err := amend.Pause(f)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = amend.RolloutYAML(paused.After); err != nil || !strings.HasSuffix(text, "spec:\n  rollout:\n    state: Paused\n") {
		t.Errorf("pause: %v\n%s", err, text)
	}
}
