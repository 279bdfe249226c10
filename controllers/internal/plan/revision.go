package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

// Revision is what an instance of a function runs: everything of the catalogue entry that shapes its
// pods, their number or their parameters. It shares memory with the cache and is only read.
type Revision struct {
	Number   int64
	Delivery v1alpha1.Delivery
	Workload v1alpha1.Workload
	Sizing   v1alpha1.Sizing
	// Schema of the parameters, as JSON; empty when an instance takes none.
	Schema []byte
}

// RevisionName is the name of the object that keeps a revision: function-number.
func RevisionName(function string, number int64) string {
	return fmt.Sprintf("%s-%d", function, number)
}

// AssignedTo is the number of the revision that an instance of a function is to run (R12); 0: none is
// published yet. Every caller goes through here, and none reads the workload of the catalogue entry itself.
func AssignedTo(f *v1alpha1.SupportFunction, instance metav1.Object, pinned int64) int64 {
	return rollout.Assigned(f.Name, f.Status.Rollout.Layers, rollout.Instance{
		Namespace: instance.GetNamespace(), Name: instance.GetName(), Labels: instance.GetLabels(), Pinned: pinned,
	})
}

// resolveRevision gives what an instance runs, or says why that cannot be told: a revision that is pinned
// may be gone; one that is assigned is about to be seen.
func resolveRevision(f *v1alpha1.SupportFunction, kept *v1alpha1.SupportFunctionRevision, pinned int64) (Revision, Obstacle, error) {
	if kept != nil {
		return Revision{
			Number: kept.Spec.Revision, Delivery: f.Spec.Delivery, Workload: kept.Spec.Workload, Sizing: kept.Spec.Sizing,
			Schema: rawSchema(kept.Spec.Parameters),
		}, NoObstacle, nil
	}
	if pinned != 0 {
		return Revision{}, RevisionMissing, nil
	}
	if len(f.Status.Rollout.Layers) == 0 {
		if _, err := CompileSchema(rawSchema(f.Spec.Parameters)); err != nil {
			return Revision{}, SchemaBroken, err
		}
	}
	return Revision{}, RevisionUnknown, nil
}

func rawSchema(p v1alpha1.Parameters) []byte {
	if p.Schema.OpenAPIV3Schema == nil {
		return nil
	}
	return p.Schema.OpenAPIV3Schema.Raw
}

// SchemaProblem is what is wrong with the schema of a catalogue entry's parameters; nil: nothing.
func SchemaProblem(f *v1alpha1.SupportFunction) error {
	_, err := CompileSchema(rawSchema(f.Spec.Parameters))
	return err
}

// RevisionOf says which revision a catalogue entry makes: the one that says the same, and else the next
// number, which nothing has had; isNew tells these apart. What is for people, or for suppliers, makes none.
func RevisionOf(f *v1alpha1.SupportFunction, kept []v1alpha1.SupportFunctionRevision) (revision v1alpha1.SupportFunctionRevisionSpec, isNew bool) {
	revision = v1alpha1.SupportFunctionRevisionSpec{
		Function: v1alpha1.ObjectName(f.Name), Workload: f.Spec.Workload, Parameters: f.Spec.Parameters, Sizing: f.Spec.Sizing,
	}
	content, last, same := contentOf(revision), f.Status.Revision, int64(0)
	for i := range kept {
		number := kept[i].Spec.Revision
		last = max(last, number)
		if number > same && bytes.Equal(contentOf(kept[i].Spec), content) {
			same = number
		}
	}
	for _, layer := range f.Status.Rollout.Layers {
		last = max(last, layer.Revision)
	}
	if same > 0 {
		revision.Revision = same
		return revision, false
	}
	revision.Revision = last + 1
	return revision, true
}

// contentOf is what makes a revision another one, in a form that can be compared.
func contentOf(r v1alpha1.SupportFunctionRevisionSpec) []byte {
	schema := rawSchema(r.Parameters)
	r.Function, r.Revision, r.Parameters = "", 0, v1alpha1.Parameters{}
	encoded, _ := json.Marshal(r) // our own types: it cannot fail
	var decoded any
	if json.Unmarshal(schema, &decoded) != nil {
		return append(encoded, schema...)
	}
	canonical, _ := json.Marshal(decoded) // with sorted keys
	return append(encoded, canonical...)
}

// keptRevisions is how many revisions are kept that nothing uses.
const keptRevisions = 10

// ExpiredRevisions are the numbers of those that are not kept any more: all that no layer, and no instance,
// names, but for the newest ten.
func ExpiredRevisions(kept []v1alpha1.SupportFunctionRevision, used map[int64]bool) []int64 {
	var idle []int64
	for i := range kept {
		if number := kept[i].Spec.Revision; !used[number] {
			idle = append(idle, number)
		}
	}
	slices.Sort(idle)
	return idle[:max(0, len(idle)-keptRevisions)]
}
