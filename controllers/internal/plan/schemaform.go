package plan

import (
	"fmt"
	"slices"
)

// maxSchemaDepth counts the root, and one for each schema within a schema.
const maxSchemaDepth = 8

// form is what a keyword of a schema holds: whether a value fits, what to say when it does not, which
// schemas are in it, and whether it holds values that parameters may take.
type form struct {
	fits    func(value any) bool
	needs   string
	schemas func(path string, value any) []placedSchema
	data    bool
}

// placedSchema is a schema within a schema, and where it stands.
type placedSchema struct {
	path   string
	schema map[string]any
}

var (
	anyForm          = form{fits: func(any) bool { return true }, data: true}
	typeForm         = form{fits: isOneOf("array", "boolean", "integer", "number", "object", "string"), needs: "must be array, boolean, integer, number, object or string"}
	listTypeForm     = form{fits: isOneOf("atomic", "set"), needs: "must be atomic or set"}
	textForm         = form{fits: is[string], needs: "must be a text"}
	trueForm         = form{fits: isOneOf(true), needs: "must be true, or left out"}
	flagForm         = form{fits: is[bool], needs: "must be true or false"}
	numberForm       = form{fits: isNumber, needs: "must be a number"}
	factorForm       = form{fits: isPositive, needs: "must be a number, more than zero"}
	countForm        = form{fits: isCount, needs: "must be a whole number, zero or more"}
	namesForm        = form{fits: isListOf[string], needs: "must be a list of texts"}
	valuesForm       = form{fits: is[[]any], needs: "must be a list", data: true}
	schemaForm       = form{fits: is[map[string]any], needs: "must be a schema", schemas: schemaItself}
	schemaOrTrueForm = form{fits: isSchemaOrTrue, needs: "must be a schema or true: without it, only the keys in properties are allowed", schemas: schemaItself}
	schemaListForm   = form{fits: isListOf[map[string]any], needs: "must be a list of schemas", schemas: schemaElements}
	schemaMapForm    = form{fits: isSchemaMap, needs: "must be an object of schemas", schemas: schemaMembers}
)

// keywords of a parameters' schema: those of a structural schema, without the ones that make sense for
// a Kubernetes object only.
var keywords = map[string]form{
	"type": typeForm, "format": textForm, "title": textForm, "description": textForm, "pattern": textForm,
	"maximum": numberForm, "minimum": numberForm, "multipleOf": factorForm,
	"exclusiveMaximum": flagForm, "exclusiveMinimum": flagForm, "nullable": flagForm,
	"maxLength": countForm, "minLength": countForm, "maxItems": countForm, "minItems": countForm,
	"maxProperties": countForm, "minProperties": countForm,
	"required": namesForm, "enum": valuesForm, "default": anyForm, "example": anyForm,
	"properties": schemaMapForm, "items": schemaForm, "not": schemaForm, "additionalProperties": schemaOrTrueForm,
	"allOf": schemaListForm, "anyOf": schemaListForm, "oneOf": schemaListForm,
	"x-kubernetes-preserve-unknown-fields": trueForm, "x-kubernetes-int-or-string": flagForm,
	"x-kubernetes-list-type": listTypeForm,
}

// refusals are the keywords of a structural schema that are refused, and why.
var refusals = map[string]string{
	"$ref":                           "is not allowed: write the schema out",
	"uniqueItems":                    "is not allowed: give x-kubernetes-list-type: set",
	"x-kubernetes-validations":       "is not allowed: parameters are checked without CEL",
	"x-kubernetes-embedded-resource": "is not allowed: a parameter is not a Kubernetes object",
}

// misformed says what is wrong with the form of a schema: keywords that are refused or not known,
// values of the wrong kind, too many levels, and defaults where nobody would use or check them.
func misformed(root map[string]any) problems {
	var found problems
	if root["type"] != "object" {
		found = append(found, problem{"type", "must be object at the root of the schema"})
	}
	if _, given := root["default"]; given {
		found = append(found, problem{"default", "is not allowed at the root of the schema: give each property its own"})
	}
	return append(found, formOf(placedSchema{schema: root}, 1, false)...)
}

// formOf looks at one schema and those within it. anyKey says that it is within additionalProperties.
func formOf(s placedSchema, depth int, anyKey bool) problems {
	if depth > maxSchemaDepth {
		return problems{{s.path, fmt.Sprintf("is too deep: a schema has at most %d levels", maxSchemaDepth)}}
	}
	found := discord(s)
	for keyword, value := range s.schema {
		at := childPath(s.path, keyword)
		if text := keywordProblem(keyword, value, anyKey); text != "" {
			found = append(found, problem{at, text})
			continue
		}
		f := keywords[keyword]
		if f.data {
			// A bound may look like an NHS number; a value must not.
			found = append(found, nhsNumbers(at, value, true)...)
		}
		if f.schemas == nil {
			continue
		}
		for _, below := range f.schemas(at, value) {
			found = append(found, formOf(below, depth+1, anyKey || keyword == "additionalProperties")...)
		}
	}
	return found
}

// discord says which keywords do not go together.
func discord(s placedSchema) problems {
	var found problems
	properties, _ := s.schema["properties"].(map[string]any)
	if len(properties) > 0 && is[map[string]any](s.schema["additionalProperties"]) {
		found = append(found, problem{childPath(s.path, "additionalProperties"), "must not be a schema beside properties"})
	}
	if _, isListed := s.schema["x-kubernetes-list-type"]; isListed && s.schema["type"] != "array" {
		found = append(found, problem{childPath(s.path, "x-kubernetes-list-type"), "is for type array only"})
	}
	items, _ := s.schema["items"].(map[string]any)
	if s.schema["x-kubernetes-list-type"] == "set" && (isOneOf("array", "object")(items["type"]) || items["nullable"] == true) {
		found = append(found, problem{childPath(s.path, "items"), "must be texts, numbers or booleans in a set"})
	}
	return found
}

func keywordProblem(keyword string, value any, anyKey bool) string {
	if reason, refused := refusals[keyword]; refused {
		return reason
	}
	f, known := keywords[keyword]
	switch {
	case !known:
		return "is not a keyword of a parameters' schema"
	case !f.fits(value):
		return f.needs
	case keyword == "default" && anyKey:
		// The library would fill it in, and never checks it.
		return "is not allowed inside additionalProperties"
	}
	return ""
}

func schemaItself(path string, value any) []placedSchema {
	if s, isSchema := value.(map[string]any); isSchema {
		return []placedSchema{{path, s}}
	}
	return nil
}

func schemaElements(path string, value any) []placedSchema {
	var found []placedSchema
	for i, each := range value.([]any) {
		found = append(found, schemaItself(elementPath(path, i), each)...)
	}
	return found
}

func schemaMembers(path string, value any) []placedSchema {
	var found []placedSchema
	for name, each := range value.(map[string]any) {
		found = append(found, schemaItself(childPath(path, name), each)...)
	}
	return found
}

func is[T any](value any) bool {
	_, ok := value.(T)
	return ok
}

func isOneOf(values ...any) func(value any) bool {
	return func(value any) bool {
		return slices.ContainsFunc(values, func(one any) bool { return value == one })
	}
}

func isListOf[T any](value any) bool {
	list, ok := value.([]any)
	for _, each := range list {
		ok = ok && is[T](each)
	}
	return ok
}

func isSchemaMap(value any) bool {
	object, ok := value.(map[string]any)
	for _, each := range object {
		ok = ok && is[map[string]any](each)
	}
	return ok
}

func isSchemaOrTrue(value any) bool { return is[map[string]any](value) || value == true }

func isNumber(value any) bool { return is[int64](value) || is[float64](value) }

func isCount(value any) bool {
	n, ok := value.(int64)
	return ok && n >= 0
}

func isPositive(value any) bool {
	switch n := value.(type) {
	case int64:
		return n > 0
	case float64:
		return n > 0
	}
	return false
}
