package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// maxParametersBytes of parameters, with the defaults merged.
	maxParametersBytes = 64 << 10
	// maxNames of keys are listed where one is not known.
	maxNames = 10

	parametersPath = "parameters"
)

// Resolve returns the parameters that an instance runs with: those given, as JSON, with the schema's
// defaults merged, as canonical JSON, and {} when there are none. null stands for a key that is not
// given, where the schema does not allow null.
//
// The error names each place that is wrong, the first five and the count, in words for whoever wrote
// it. Parameters are refused when a key is given twice or is not known, when a value does not fit the
// schema, when they are larger than 64 KiB, and when a key or a value is a valid NHS number (R14): that
// is then the whole error, and the number is not repeated.
func (s *Schema) Resolve(raw []byte) ([]byte, error) {
	if len(raw) > maxParametersBytes {
		return nil, tooManyBytes(parametersPath, len(raw), maxParametersBytes, "").err()
	}
	given, found := parameters(raw)
	if len(found) > 0 {
		return nil, found.err()
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(given, s.structural)
	defaulting.Default(given, s.structural)
	if found := nhsNumbers(parametersPath, given, true); len(found) > 0 {
		return nil, found.err()
	}
	if err := s.check(given).err(); err != nil {
		return nil, err
	}
	resolved, err := encodeJSON(given)
	if err != nil {
		return nil, problems{{parametersPath, "cannot be written as JSON: " + err.Error()}}.err()
	}
	if len(resolved) > maxParametersBytes {
		return nil, tooManyBytes(parametersPath, len(resolved), maxParametersBytes, " with the defaults").err()
	}
	return resolved, nil
}

func parameters(raw []byte) (map[string]any, problems) {
	if isAbsent(raw) {
		return map[string]any{}, nil
	}
	value, found := decodeJSON(parametersPath, raw)
	if len(found) > 0 {
		return nil, found
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return nil, problems{{parametersPath, "must be an object"}}
	}
	return object, nil
}

// check says what does not fit the schema.
func (s *Schema) check(given map[string]any) problems {
	root := field.NewPath(parametersPath)
	found := unknownKeys(parametersPath, given, s.structural)
	found = append(found, problemsOf(validation.ValidateCustomResource(root, given, s.validator), samePlace)...)
	return append(found, problemsOf(listtype.ValidateListSetsAndMaps(root, s.structural, given), samePlace)...)
}

func samePlace(path string) string { return path }

// unknownKeys says which keys the schema does not know. Where it allows any key, by
// additionalProperties or x-kubernetes-preserve-unknown-fields, what is below is known too, unless the
// schema describes it. Where it wants no object, that is all there is to say.
func unknownKeys(path string, value any, s *structuralschema.Structural) problems {
	var found problems
	switch v := value.(type) {
	case []any:
		if s.Items == nil {
			return nil
		}
		for i := range v {
			found = append(found, unknownKeys(elementPath(path, i), v[i], s.Items)...)
		}
	case map[string]any:
		if s.Type != "object" && !s.XPreserveUnknownFields {
			return nil
		}
		for key := range v {
			below, known := schemaOf(key, s)
			switch {
			case !known:
				found = append(found, problem{childPath(path, key), notAParameter(path, s)})
			case below != nil:
				found = append(found, unknownKeys(childPath(path, key), v[key], below)...)
			}
		}
	}
	return found
}

// schemaOf returns the schema of a key, and whether the key is known: one that is known without a
// schema may hold anything.
func schemaOf(key string, s *structuralschema.Structural) (below *structuralschema.Structural, known bool) {
	if property, described := s.Properties[key]; described {
		return &property, true
	}
	if s.AdditionalProperties != nil {
		return s.AdditionalProperties.Structural, true
	}
	return nil, s.XPreserveUnknownFields
}

func notAParameter(path string, s *structuralschema.Structural) string {
	text, owner := "is not a parameter of this function", "it"
	if path != parametersPath {
		text, owner = "is not known", clip(path, maxPathRunes)
	}
	names := slices.Sorted(maps.Keys(s.Properties))
	if len(names) == 0 {
		return fmt.Sprintf("%s; %s has none", text, owner)
	}
	more := ""
	if n := len(names) - maxNames; n > 0 {
		names, more = names[:maxNames], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%s; %s has: %s%s", text, owner, strings.Join(names, ", "), more)
}

func tooManyBytes(path string, bytes, limit int, with string) problems {
	return problems{{path, fmt.Sprintf("must be at most %d KiB%s; is %d bytes", limit>>10, with, bytes)}}
}
