package apply

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// exactPaths are, by kind, the parts of a child in which only what was rendered may stand: guard
// rails, rights, and what a pod runs. Elsewhere, what others add stays.
var exactPaths = map[string][]string{
	"ClusterRole":             {"rules", "aggregationRule"},
	"ClusterRoleBinding":      {"subjects", "roleRef"},
	"ConfigMap":               {"data", "binaryData"},
	"Deployment":              {"spec.template.spec", "spec.selector", "spec.strategy", "spec.paused", "spec.minReadySeconds"},
	"HorizontalPodAutoscaler": {"spec"},
	"LimitRange":              {"spec"},
	"NetworkPolicy":           {"spec"},
	"PodDisruptionBudget":     {"spec"},
	"ResourceQuota":           {"spec"},
	"RoleBinding":             {"subjects", "roleRef"},
	"Secret":                  {"data"},
	"Service":                 {"spec.selector", "spec.ports", "spec.externalIPs", "spec.externalName", "spec.loadBalancerIP"},
	"SupportFunctionRevision": {"spec"},
	"StatefulSet":             {"spec.template.spec", "spec.selector", "spec.persistentVolumeClaimRetentionPolicy", "spec.minReadySeconds"},
	"ServiceAccount":          {"imagePullSecrets"},
}

// difference returns the path of the first field in which live is not what desired asks for, or "".
func difference(kind string, desired, live map[string]any) string {
	if path := differs("", desired, live, false); path != "" {
		return path
	}
	for _, path := range exactPaths[kind] {
		wanted, _ := lookUp(desired, path)
		found, _ := lookUp(live, path)
		if !reflect.DeepEqual(orAbsent(prune(wanted)), orAbsent(prune(found))) {
			return path
		}
	}
	return ""
}

// differs compares what is rendered with what is live, field by field.
func differs(path string, desired, live any, metadata bool) string {
	switch want := desired.(type) {
	case map[string]any:
		have, ok := live.(map[string]any)
		if !ok && !metadata {
			return path // also where want is empty: an empty selector selects everything, none nothing
		}
		return mapDiffers(path, want, have, metadata)
	case []any:
		have, _ := live.([]any)
		return listDiffers(path, want, have)
	default:
		if metadata && desired == "" {
			desired = nil // an empty label or annotation means: must be absent
		}
		if !reflect.DeepEqual(desired, live) {
			return path
		}
		return ""
	}
}

func mapDiffers(path string, want, have map[string]any, metadata bool) string {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		inMetadata := metadata || at == "metadata.labels" || at == "metadata.annotations"
		if at == "metadata.ownerReferences" {
			if !holdsAll(want[key], have[key]) {
				return at
			}
			continue
		}
		if found := differs(at, want[key], have[key], inMetadata); found != "" {
			return found
		}
	}
	return ""
}

func listDiffers(path string, want, have []any) string {
	if len(want) != len(have) {
		return path
	}
	for i := range want {
		if found := differs(path, want[i], have[i], false); found != "" {
			return found
		}
	}
	return ""
}

// holdsAll says whether every item of want stands in have.
func holdsAll(want, have any) bool {
	wanted, _ := want.([]any)
	found, _ := have.([]any)
	for _, item := range wanted {
		if !slices.ContainsFunc(found, func(other any) bool { return differs("", item, other, false) == "" }) {
			return false
		}
	}
	return true
}

// merge lays what is rendered on the live object: maps are merged, lists replaced, and under the
// exact paths of the kind only what is rendered stays.
func merge(kind string, desired, live map[string]any) map[string]any {
	merged := mergeMaps("", desired, live)
	for _, path := range exactPaths[kind] {
		wanted, ok := lookUp(desired, path)
		replace(merged, path, wanted, ok)
	}
	return merged
}

func mergeMaps(path string, desired, live map[string]any) map[string]any {
	merged := maps.Clone(live)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, want := range desired {
		at := strings.TrimPrefix(path+"."+key, ".")
		switch want := want.(type) {
		case map[string]any:
			have, _ := merged[key].(map[string]any)
			merged[key] = mergeMaps(at, want, have)
		case []any:
			merged[key] = mergeList(at, want, merged[key])
		default:
			merged[key] = want
			if want == "" && (path == "metadata.labels" || path == "metadata.annotations") {
				delete(merged, key)
			}
		}
	}
	return merged
}

// mergeList replaces a list, but for owner references, of which others may add some.
func mergeList(path string, want []any, live any) []any {
	if path != "metadata.ownerReferences" {
		return want
	}
	have, _ := live.([]any)
	merged := slices.Clone(have)
	for _, item := range want {
		uid := item.(map[string]any)["uid"]
		merged = slices.DeleteFunc(merged, func(other any) bool {
			reference, _ := other.(map[string]any)
			return reference["uid"] == uid
		})
		merged = append(merged, item)
	}
	return merged
}

func lookUp(object map[string]any, path string) (any, bool) {
	var at any = object
	for part := range strings.SplitSeq(path, ".") {
		fields, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = fields[part]; !ok {
			return nil, false
		}
	}
	return at, true
}

func replace(object map[string]any, path string, value any, present bool) {
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		fields, ok := object[part].(map[string]any)
		if !ok {
			return
		}
		fields = maps.Clone(fields) // it may be the live object's
		object[part] = fields
		object = fields
	}
	last := parts[len(parts)-1]
	if present {
		object[last] = value
	} else {
		delete(object, last)
	}
}

// prune drops, at any depth, fields whose presence depends on who prints them: null, the empty list,
// and the empty resources of a container. Other empty maps stay: an empty selector has a meaning.
func prune(value any) any {
	switch value := value.(type) {
	case map[string]any:
		pruned := make(map[string]any, len(value))
		for key, field := range value {
			fields, isMap := field.(map[string]any)
			if field = prune(field); field == nil || isEmptyList(field) || (isMap && len(fields) == 0 && key == "resources") {
				continue
			}
			pruned[key] = field
		}
		return pruned
	case []any:
		pruned := make([]any, len(value))
		for i := range value {
			pruned[i] = prune(value[i])
		}
		return pruned
	default:
		return value
	}
}

// orAbsent takes for absent what the typed client prints of it.
func orAbsent(value any) any {
	if value == "" || isEmptyList(value) {
		return nil
	}
	return value
}

func isEmptyList(value any) bool {
	list, ok := value.([]any)
	return ok && len(list) == 0
}
