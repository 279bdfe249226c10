package overview

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Parameter is one that an instance of a function may be given, in words.
type Parameter struct {
	// Name is where it stands below parameters, such as report.interval.
	Name string `json:"name"`
	// Is says what may be given: a whole number from 1 to 120.
	Is          string `json:"is"`
	Default     any    `json:"default,omitempty"`
	Required    bool   `json:"required,omitempty"`
	Description string `json:"description,omitempty"`
}

// schema of parameters, as JSON.
type schema map[string]any

// schemaOf reads the schema of a function's parameters; nil: it takes none.
func schemaOf(f *v1alpha1.SupportFunction) (schema, error) {
	raw := f.Spec.Parameters.Schema.OpenAPIV3Schema
	if raw == nil || len(raw.Raw) == 0 {
		return nil, nil
	}
	var s schema
	if err := json.Unmarshal(raw.Raw, &s); err != nil {
		return nil, fmt.Errorf("the schema of the parameters cannot be read: %w", err)
	}
	return s, nil
}

// parameters by name; those of a group stand below it.
func parameters(s schema) []Parameter {
	all := []Parameter{}
	for _, name := range slices.Sorted(maps.Keys(s.object("properties"))) {
		one := s.object("properties").object(name)
		all = append(all, Parameter{
			Name: name, Is: one.words(), Default: one["default"], Required: slices.Contains(s.list("required"), any(name)), Description: one.text("description"),
		})
		for _, below := range parameters(one) {
			below.Name = name + "." + below.Name
			all = append(all, below)
		}
	}
	return all
}

// object below a key; nil: there is none.
func (s schema) object(key string) schema {
	found, _ := s[key].(map[string]any)
	return found
}

func (s schema) list(key string) []any {
	found, _ := s[key].([]any)
	return found
}

func (s schema) text(key string) string {
	found, _ := s[key].(string)
	return found
}

// kindsOfValues in words: one, and many.
var kindsOfValues = map[string][2]string{
	"integer": {"a whole number", "whole numbers"}, "number": {"a number", "numbers"}, "string": {"a text", "texts"},
	"boolean": {"true or false", "true or false"}, "object": {"a group", "groups"}, "array": {"a list", "lists"},
}

// words say what may be given.
func (s schema) words() string {
	said, bounds := s.kind(0), s.bounds()
	if len(bounds) == 0 {
		return said
	}
	between := ", "
	if kind := s.text("type"); (kind == "integer" || kind == "number") && strings.HasPrefix(bounds[0], "from ") {
		between = " "
	}
	return said + between + strings.Join(bounds, ", ")
}

// kind of one value (0), or of many (1).
func (s schema) kind(many int) string {
	words, isKnown := kindsOfValues[s.text("type")]
	switch {
	case len(s.list("enum")) > 0:
		return "one of " + joined(s.list("enum"))
	case s.text("type") == "array" && s.object("items") != nil:
		return words[many] + " of " + s.object("items").each()
	case s.object("additionalProperties") != nil:
		return "names of your choice, each with " + s.object("additionalProperties").words()
	case isKnown:
		return words[many]
	}
	return "any value"
}

// each says what the entries of a list may be.
func (s schema) each() string {
	said := s.kind(1)
	if bounds := s.bounds(); len(bounds) > 0 {
		said += " (each " + strings.Join(bounds, ", ") + ")"
	}
	return said
}

// marks of a schema that are true or absent, in words.
var marks = []struct{ key, words string }{
	{"exclusiveMinimum", "the smallest excluded"}, {"exclusiveMaximum", "the largest excluded"}, {"uniqueItems", "each once"}, {"nullable", "or null"},
}

// bounds on numbers, texts and lists, in words.
func (s schema) bounds() []string {
	var all []string
	for _, said := range []string{
		s.between("minimum", "maximum", ""), s.between("minLength", "maxLength", " letters"), s.between("minItems", "maxItems", " entries"),
	} {
		if said != "" {
			all = append(all, said)
		}
	}
	for _, mark := range marks {
		if s[mark.key] == true {
			all = append(all, mark.words)
		}
	}
	if step, isGiven := s["multipleOf"]; isGiven {
		all = append(all, fmt.Sprintf("a multiple of %v", step))
	}
	if s.text("format") != "" {
		all = append(all, "written as "+s.text("format"))
	}
	if s.text("pattern") != "" {
		all = append(all, "of the form "+s.text("pattern"))
	}
	return all
}

func (s schema) between(least, most, unit string) string {
	from, isAtLeast := s[least]
	to, isAtMost := s[most]
	switch {
	case isAtLeast && isAtMost:
		return fmt.Sprintf("from %v to %v%s", from, to, unit)
	case isAtLeast:
		return fmt.Sprintf("at least %v%s", from, unit)
	case isAtMost:
		return fmt.Sprintf("at most %v%s", to, unit)
	}
	return ""
}

func joined(values []any) string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprint(value)
	}
	return strings.Join(all, ", ")
}

// sample is a value to begin with: the default, or one that the schema lets through.
func (s schema) sample() any {
	switch given, isGiven := s["default"]; {
	case isGiven:
		return given
	case len(s.list("enum")) > 0:
		return s.list("enum")[0]
	}
	switch s.text("type") {
	case "integer", "number":
		if least, isGiven := s["minimum"]; isGiven {
			return least
		}
		return 1
	case "boolean":
		return true
	case "array":
		return []any{}
	case "object":
		return s.samples()
	}
	return "TEXT"
}

// samples are values for all parameters that have a default or have to be given.
func (s schema) samples() map[string]any {
	all := map[string]any{}
	for name := range s.object("properties") {
		one := s.object("properties").object(name)
		_, hasDefault := one["default"]
		if hasDefault || slices.Contains(s.list("required"), any(name)) {
			all[name] = one.sample()
		}
	}
	return all
}
