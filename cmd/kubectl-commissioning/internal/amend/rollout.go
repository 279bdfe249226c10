package amend

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// FunctionPatch is one of an entry of the catalogue.
type FunctionPatch = PatchOf[*v1alpha1.SupportFunction]

// Pause lets a rollout begin no further step.
func Pause(f *v1alpha1.SupportFunction) (FunctionPatch, error) {
	after := f.DeepCopy()
	if f.Spec.Rollout.State == v1alpha1.RolloutPaused {
		return FunctionPatch{After: after}, nil
	}
	after.Spec.Rollout.State = v1alpha1.RolloutPaused
	return patch(f, after, operation{"add", "/spec/rollout", after.Spec.Rollout})
}

// Resume lets it go on. What says so is taken out, so that the entry is as it was before the pause.
func Resume(f *v1alpha1.SupportFunction) (FunctionPatch, error) {
	after := f.DeepCopy()
	if f.Spec.Rollout.State != v1alpha1.RolloutPaused {
		return FunctionPatch{After: after}, nil
	}
	after.Spec.Rollout.State = ""
	if reflect.ValueOf(after.Spec.Rollout).IsZero() {
		return patch(f, after, operation{Op: "remove", Path: "/spec/rollout"})
	}
	return patch(f, after, operation{Op: "remove", Path: "/spec/rollout/state"})
}

// Undo puts back what an entry said at an earlier revision: workload, parameters and sizing as a whole, so
// that what came later is gone.
func Undo(f *v1alpha1.SupportFunction, to v1alpha1.SupportFunctionRevision) (FunctionPatch, error) {
	after := f.DeepCopy()
	after.Spec.Workload, after.Spec.Parameters, after.Spec.Sizing = to.Spec.Workload, to.Spec.Parameters, to.Spec.Sizing
	operations := []operation{{"add", "/spec/workload", to.Spec.Workload}, {"add", "/spec/sizing", to.Spec.Sizing}}
	switch {
	case to.Spec.Parameters.Schema.OpenAPIV3Schema != nil:
		operations = append(operations, operation{"add", "/spec/parameters", to.Spec.Parameters})
	case f.Spec.Parameters.Schema.OpenAPIV3Schema != nil:
		operations = append(operations, operation{Op: "remove", Path: "/spec/parameters"})
	}
	return patch(f, after, operations...)
}

// UndoTo finds the revision to go back to: the one that is named, or, for 0, the one before. It says what to
// do where there is none. kept are the function's revisions.
func UndoTo(f *v1alpha1.SupportFunction, kept []v1alpha1.SupportFunctionRevision, named int64) (v1alpha1.SupportFunctionRevision, error) {
	now := says(f, kept)
	to := named
	if to == 0 {
		to = before(f, kept, now)
	}
	at := slices.IndexFunc(kept, func(r v1alpha1.SupportFunctionRevision) bool { return r.Spec.Revision == to })
	switch {
	case len(kept) == 0:
		return v1alpha1.SupportFunctionRevision{}, fmt.Errorf("no revision of %s is kept yet, so there is nothing to go back to", f.Name)
	case to == 0:
		return v1alpha1.SupportFunctionRevision{}, fmt.Errorf("no revision of %s before %d is kept: there %s; name another with --to-revision", f.Name, now, list(kept))
	case at < 0:
		return v1alpha1.SupportFunctionRevision{}, fmt.Errorf("revision %d of %s is not kept (any more): there %s; name one of these with --to-revision, or write into the entry what you want", to, f.Name, list(kept))
	case to == now:
		return v1alpha1.SupportFunctionRevision{}, fmt.Errorf("%s says what revision %d says already: there %s; name another with --to-revision", f.Name, to, list(kept))
	}
	return kept[at], nil
}

// before is the revision that what the entry says now came after: the one below it of those under way; the
// newest of these where nothing runs it yet; else the highest number below it. 0: there is none.
func before(f *v1alpha1.SupportFunction, kept []v1alpha1.SupportFunctionRevision, now int64) int64 {
	layers := f.Status.Rollout.Layers
	at := slices.IndexFunc(layers, func(l v1alpha1.RolloutLayer) bool { return l.Revision == now })
	switch {
	case at < 0 && len(layers) > 0:
		return layers[0].Revision
	case at >= 0 && at+1 < len(layers):
		return layers[at+1].Revision
	}
	var highest int64
	for i := range kept {
		if number := kept[i].Spec.Revision; now == 0 || number < now {
			highest = max(highest, number)
		}
	}
	return highest
}

// says is the number of the revision that says what the entry says; 0: the entry has no number yet.
func says(f *v1alpha1.SupportFunction, kept []v1alpha1.SupportFunctionRevision) int64 {
	content := v1alpha1.SupportFunctionRevisionSpec{Workload: f.Spec.Workload, Parameters: f.Spec.Parameters, Sizing: f.Spec.Sizing}
	var number int64
	for i := range kept {
		other := kept[i].Spec
		other.Function, other.Revision = "", 0
		if isSame(content, other) {
			number = max(number, kept[i].Spec.Revision)
		}
	}
	return number
}

// isSame compares as JSON, in which the order of names in a schema is nothing.
func isSame(a, b v1alpha1.SupportFunctionRevisionSpec) bool {
	plain := func(r v1alpha1.SupportFunctionRevisionSpec) (decoded any) {
		encoded, err := json.Marshal(r)
		if err != nil || json.Unmarshal(encoded, &decoded) != nil {
			return nil
		}
		return decoded
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

// list says which revisions there are: is 3, or are 3, 4 and 7.
func list(kept []v1alpha1.SupportFunctionRevision) string {
	numbers := make([]int64, len(kept))
	for i := range kept {
		numbers[i] = kept[i].Spec.Revision
	}
	slices.Sort(numbers)
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = strconv.FormatInt(number, 10)
	}
	if len(names) == 1 {
		return "is " + names[0]
	}
	return "are " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// RolloutYAML is a rollout's state as a manifest, to be committed.
func RolloutYAML(f *v1alpha1.SupportFunction) (string, error) {
	state := f.Spec.Rollout.State
	if state == "" {
		state = v1alpha1.RolloutRunning
	}
	return functionManifest(f, map[string]any{"rollout": map[string]any{"state": state}})
}

// UndoYAML is what an entry is to say as a manifest, to be committed.
func UndoYAML(f *v1alpha1.SupportFunction) (string, error) {
	spec, note := map[string]any{"workload": f.Spec.Workload, "sizing": f.Spec.Sizing}, " There are no spec.parameters."
	if f.Spec.Parameters.Schema.OpenAPIV3Schema != nil {
		spec["parameters"], note = f.Spec.Parameters, ""
	}
	text, err := functionManifest(f, spec)
	return "# Each of these replaces what stands there as a whole." + note + "\n" + text, err
}

func functionManifest(f *v1alpha1.SupportFunction, spec map[string]any) (string, error) {
	return write(v1alpha1.SupportFunctionKind, map[string]string{"name": f.Name}, spec)
}
