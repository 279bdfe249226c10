package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// nested returns a schema of so many levels.
func nested(levels int) string {
	return strings.Repeat(`{"type":"object","properties":{"p":`, levels-1) + `{"type":"object"}` + strings.Repeat(`}}`, levels-1)
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func withProperty(schema string) string {
	return fmt.Sprintf(`{"type":"object","properties":{"retentionMonths":%s}}`, schema)
}

func TestCompileSchemaTakes(t *testing.T) {
	tests := map[string]string{
		"no schema":                              ``,
		"a schema of null":                       `null`,
		"an object without keys":                 `{"type":"object"}`,
		"a map with keys of the user's own":      `{"type":"object","additionalProperties":{"type":"string"}}`,
		"anything the user likes":                `{"type":"object","x-kubernetes-preserve-unknown-fields":true}`,
		"keys that a Kubernetes object uses too": `{"type":"object","properties":{"metadata":{"type":"integer"},"kind":{"type":"boolean"}}}`,
		"keys that are named like keywords":      `{"type":"object","properties":{"$ref":{"type":"string"},"default":{"type":"string","default":"x"}}}`,
		"keys of the user's own with any value":  `{"type":"object","additionalProperties":true}`,
		"eight levels":                           nested(8),
		"a bound that looks like an NHS number":  withProperty(`{"type":"integer","maximum":9999999999}`),
		"a whole number written as a decimal":    withProperty(`{"type":"integer","minimum":1.0,"default":2.0}`),
		"a default that fits":                    withProperty(`{"type":"integer","minimum":1,"default":12}`),
		"a list whose elements are given once":   withProperty(`{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"}`),
		"a number or a text":                     withProperty(`{"x-kubernetes-int-or-string":true}`),
		"one of two forms":                       withProperty(`{"type":"integer","oneOf":[{"minimum":10},{"maximum":5}],"not":{"enum":[3]}}`),
	}
	for name, schema := range tests {
		t.Run(name, func(t *testing.T) {
			if compiled, err := plan.CompileSchema([]byte(schema)); err != nil || compiled == nil {
				t.Errorf("CompileSchema() = %v, %v", compiled, err)
			}
		})
	}
}

func TestCompileSchemaRefuses(t *testing.T) {
	tests := map[string]struct {
		schema, want string
	}{
		"not JSON":                 {schema: `{"type":"object",}`, want: `the schema: is not valid JSON`},
		"not an object":            {schema: `[]`, want: `the schema: must be an object`},
		"a key given twice":        {schema: `{"type":"object","type":"object"}`, want: `type: is given twice`},
		"no type at the root":      {schema: `{}`, want: `type: must be object at the root of the schema`},
		"another type at the root": {schema: `{"type":"array","items":{"type":"string"}}`, want: `type: must be object at the root of the schema`},
		"a default at the root":    {schema: `{"type":"object","default":{}}`, want: `default: is not allowed at the root of the schema: give each property its own`},
		"more than 32 KiB": {
			schema: `{"type":"object","description":"` + strings.Repeat("x", 32<<10) + `"}`,
			want:   `the schema: must be at most 32 KiB; is 32802 bytes`,
		},
		"nine levels": {
			schema: nested(9),
			want:   `properties.p.properties.p.properties.p.properties.p.properties.p.properties.p.properties.p.properties.p: is too deep: a schema has at most 8 levels`,
		},
		"no type of a property": {schema: withProperty(`{}`), want: `properties.retentionMonths.type: is required`},
		"a type that there is not": {
			schema: withProperty(`{"type":"intger"}`),
			want:   `properties.retentionMonths.type: must be array, boolean, integer, number, object or string`,
		},
		"a keyword that there is not": {
			schema: withProperty(`{"type":"integer","minimun":1}`),
			want:   `properties.retentionMonths.minimun: is not a keyword of a parameters' schema`,
		},
		"a reference": {
			schema: withProperty(`{"$ref":"#/definitions/months"}`),
			want:   `properties.retentionMonths.$ref: is not allowed: write the schema out`,
		},
		"a rule in CEL": {
			schema: withProperty(`{"type":"integer","x-kubernetes-validations":[{"rule":"self > 0"}]}`),
			want:   `properties.retentionMonths.x-kubernetes-validations: is not allowed: parameters are checked without CEL`,
		},
		"an embedded object": {
			schema: withProperty(`{"type":"object","x-kubernetes-embedded-resource":true}`),
			want:   `properties.retentionMonths.x-kubernetes-embedded-resource: is not allowed: a parameter is not a Kubernetes object`,
		},
		"unique items": {
			schema: withProperty(`{"type":"array","items":{"type":"string"},"uniqueItems":true}`),
			want:   `properties.retentionMonths.uniqueItems: is not allowed: give x-kubernetes-list-type: set`,
		},
		"no additional properties, said aloud": {
			schema: `{"type":"object","additionalProperties":false}`,
			want:   `additionalProperties: must be a schema or true: without it, only the keys in properties are allowed`,
		},
		"properties and additional properties at once": {
			schema: withProperty(`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}`),
			want:   `properties.retentionMonths.additionalProperties: must not be a schema beside properties`,
		},
		"a set of objects": {
			schema: withProperty(`{"type":"array","items":{"type":"object"},"x-kubernetes-list-type":"set"}`),
			want:   `properties.retentionMonths.items: must be texts, numbers or booleans in a set`,
		},
		"a set of values or null": {
			schema: withProperty(`{"type":"array","items":{"type":"string","nullable":true},"x-kubernetes-list-type":"set"}`),
			want:   `properties.retentionMonths.items: must be texts, numbers or booleans in a set`,
		},
		"a list that is a map": {
			schema: withProperty(`{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"map"}`),
			want:   `properties.retentionMonths.x-kubernetes-list-type: must be atomic or set`,
		},
		"a text that is a set": {
			schema: withProperty(`{"type":"string","x-kubernetes-list-type":"set"}`),
			want:   `properties.retentionMonths.x-kubernetes-list-type: is for type array only`,
		},
		"unknown keys that are not preserved, said aloud": {
			schema: withProperty(`{"type":"object","x-kubernetes-preserve-unknown-fields":false}`),
			want:   `properties.retentionMonths.x-kubernetes-preserve-unknown-fields: must be true, or left out`,
		},
		"a list of what is not said": {schema: withProperty(`{"type":"array"}`), want: `properties.retentionMonths.items: is required`},
		"a title that is no text":    {schema: withProperty(`{"type":"string","title":1}`), want: `properties.retentionMonths.title: must be a text`},
		"a default that does not fit": {
			schema: withProperty(`{"type":"integer","minimum":1,"default":0}`),
			want:   `properties.retentionMonths.default: must be at least 1, is 0`,
		},
		"a default of another type": {
			schema: withProperty(`{"type":"array","items":{"type":"integer"},"default":[1,"two"]}`),
			want:   `properties.retentionMonths.default[1]: must be of type integer, is of type string`,
		},
		"a default with a key that is not known": {
			schema: withProperty(`{"type":"object","default":{"years":1}}`),
			want:   `properties.retentionMonths.default: must not have unknown fields`,
		},
		"a default that gives an element twice": {
			schema: withProperty(`{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set","default":["a","a"]}`),
			want:   `default of retentionMonths[1]: is given twice`,
		},
		"a default that nobody would check": {
			schema: withProperty(`{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"type":"integer","default":1}}}}`),
			want:   `properties.retentionMonths.additionalProperties.properties.a.default: is not allowed inside additionalProperties`,
		},
		"a pattern that is none": {
			schema: withProperty(`{"type":"string","pattern":"("}`),
			want:   "properties.retentionMonths.pattern: must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`, is \"(\"",
		},
		"a type within anyOf": {
			schema: withProperty(`{"type":"string","anyOf":[{"type":"string"}]}`),
			want:   `properties.retentionMonths.anyOf[0].type: is not allowed: must be empty inside allOf, anyOf, oneOf and not`,
		},
		"values of the wrong kind, each named": {
			schema: withProperty(`{"type":1,"nullable":"yes","minimum":"1","maxLength":-1,"required":"a"}`),
			want: `properties.retentionMonths.maxLength: must be a whole number, zero or more; ` +
				`properties.retentionMonths.minimum: must be a number; ` +
				`properties.retentionMonths.nullable: must be true or false; ` +
				`properties.retentionMonths.required: must be a list of texts; ` +
				`properties.retentionMonths.type: must be array, boolean, integer, number, object or string`,
		},
		"schemas of the wrong kind, the first five and the count": {
			schema: withProperty(`{"type":"array","items":[],"not":1,"allOf":{},"anyOf":[1],"properties":{"a":1},"enum":1,"multipleOf":0}`),
			want: `properties.retentionMonths.allOf: must be a list of schemas; ` +
				`properties.retentionMonths.anyOf: must be a list of schemas; ` +
				`properties.retentionMonths.enum: must be a list; ` +
				`properties.retentionMonths.items: must be a schema; ` +
				`properties.retentionMonths.multipleOf: must be a number, more than zero; and 2 more`,
		},
		"a factor that is no number": {
			schema: withProperty(`{"type":"number","multipleOf":"0.5"}`),
			want:   `properties.retentionMonths.multipleOf: must be a number, more than zero`,
		},
		"an NHS number in a description": {
			schema: withProperty(`{"type":"integer","description":"as for 999 000 0018"}`),
			want:   `properties.retentionMonths.description: holds an NHS number; delete it from the object and from the repository that holds it`,
		},
		"an NHS number as a default": {
			schema: withProperty(`{"type":"integer","default":9990000018}`),
			want:   `properties.retentionMonths.default: holds an NHS number; delete it from the object and from the repository that holds it`,
		},
		"an NHS number as a key": {
			schema: `{"type":"object","properties":{"9990000018":{"type":"string"}}}`,
			want:   `properties: has a key that holds an NHS number; delete it from the object and from the repository that holds it`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			schema, err := plan.CompileSchema([]byte(tc.schema))
			if diff := cmp.Diff(tc.want, message(err)); diff != "" {
				t.Errorf("the error differs (-want +got):\n%s", diff)
			}
			if schema != nil {
				t.Errorf("a schema was returned all the same: %v", schema)
			}
		})
	}
}
