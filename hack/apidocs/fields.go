package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// field is a row of a table of fields.
type field struct{ path, shape, says string }

// standard are fields that each object of Kubernetes has in the same way.
var standard = []string{"status.conditions[]"}

// fieldsOf lists the fields below a schema, what is required first.
func fieldsOf(path string, schema *apiextensionsv1.JSONSchemaProps) []field {
	if schema.Items != nil && schema.Items.Schema != nil {
		return fieldsOf(path+"[]", schema.Items.Schema)
	}
	if slices.Contains(standard, path) {
		return nil
	}
	var fields []field
	for _, name := range names(schema) {
		child := schema.Properties[name]
		shape := shapeOf(&child)
		if slices.Contains(schema.Required, name) {
			shape = "**required**, " + shape
		}
		below := path + "." + name
		fields = append(fields, field{below, shape, oneLine(child.Description)})
		fields = append(fields, fieldsOf(below, &child)...)
	}
	return fields
}

// names of the fields of an object: those that are required, then the others.
func names(schema *apiextensionsv1.JSONSchemaProps) []string {
	all := slices.Sorted(maps.Keys(schema.Properties))
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Compare(order(schema, a), order(schema, b))
	})
	return all
}

func order(schema *apiextensionsv1.JSONSchemaProps, name string) int {
	if slices.Contains(schema.Required, name) {
		return 0
	}
	return 1
}

// shapeOf says in words what a value looks like.
func shapeOf(s *apiextensionsv1.JSONSchemaProps) string {
	switch {
	case s.XIntOrString:
		return "amount"
	case len(s.Enum) > 0:
		return "one of " + alternatives(s.Enum)
	case s.Type == "array":
		return "list" + bounds(s.MinItems, s.MaxItems, "entries")
	case s.Type == "object":
		return shapeOfObject(s)
	case s.Type == "string":
		return shapeOfText(s)
	case s.Type == "integer":
		return "number" + bounds(whole(s.Minimum), whole(s.Maximum), "")
	}
	return s.Type
}

func shapeOfObject(s *apiextensionsv1.JSONSchemaProps) string {
	switch {
	case s.AdditionalProperties != nil:
		return "map" + bounds(s.MinProperties, s.MaxProperties, "entries")
	case s.XPreserveUnknownFields != nil:
		return "any object"
	}
	return "object"
}

func shapeOfText(s *apiextensionsv1.JSONSchemaProps) string {
	switch s.Format {
	case "date":
		return "day"
	case "date-time":
		return "time"
	}
	return "text" + bounds(s.MinLength, s.MaxLength, "characters") + pattern(s.Pattern)
}

func alternatives(values []apiextensionsv1.JSON) string {
	words := make([]string, len(values))
	for i, value := range values {
		var word string
		if err := json.Unmarshal(value.Raw, &word); err != nil {
			word = string(value.Raw)
		}
		words[i] = "`" + word + "`"
	}
	return strings.Join(words, ", ")
}

// bounds are added to what they bound; empty where there are none.
func bounds(least, most *int64, of string) string {
	var text string
	switch {
	case most == nil && (least == nil || *least == 0):
		return ""
	case most == nil:
		text = fmt.Sprintf("at least %d", *least)
	case least == nil || *least == 0 && of != "":
		text = fmt.Sprintf("at most %d", *most)
	case *least == *most:
		text = fmt.Sprintf("%d", *most)
	default:
		text = fmt.Sprintf("%d to %d", *least, *most)
	}
	return strings.TrimSuffix(", "+text+" "+of, " ")
}

func whole(bound *float64) *int64 {
	if bound == nil {
		return nil
	}
	return new(int64(*bound))
}

func pattern(expression string) string {
	if expression == "" {
		return ""
	}
	return " that match `" + strings.ReplaceAll(expression, "|", `\|`) + "`"
}

// rule is what the API server checks beside the shapes, and in which words it refuses.
type rule struct {
	message string
	paths   []string
}

// rulesOf collects the rules below a schema; what several fields must keep to stands once.
func rulesOf(path string, schema *apiextensionsv1.JSONSchemaProps, rules []rule) []rule {
	for _, validation := range schema.XValidations {
		message := cmp.Or(validation.Message, validation.MessageExpression, validation.Rule)
		where := cmp.Or(strings.TrimPrefix(path+validation.FieldPath, "."), "metadata.name") // a rule of the whole object is about its name
		i := slices.IndexFunc(rules, func(r rule) bool { return r.message == message })
		if i < 0 {
			i = len(rules)
			rules = append(rules, rule{message: message})
		}
		if !slices.Contains(rules[i].paths, where) {
			rules[i].paths = append(rules[i].paths, where)
		}
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		rules = rulesOf(path+"[]", schema.Items.Schema, rules)
	}
	for _, name := range names(schema) {
		child := schema.Properties[name]
		rules = rulesOf(strings.TrimPrefix(path+"."+name, "."), &child, rules)
	}
	return rules
}
