package plan

import (
	"bytes"
	"context" //nolint:depguard // the API server's library takes one; see misfittingDefaults
	"encoding/json"
	"regexp"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
)

// maxSchemaBytes of a schema of parameters.
const maxSchemaBytes = 32 << 10

// schemaRoot is the path of the schema as a whole: paths within it start with a keyword.
const schemaRoot = ""

// Schema is the compiled schema of a function's parameters. It is never changed, and may be used by
// many at once.
type Schema struct {
	structural *structuralschema.Structural
	validator  validation.SchemaValidator
}

// CompileSchema reads the schema of a function's parameters (spec.parameters.schema.openAPIV3Schema of
// a SupportFunction): a structural schema as in a CustomResourceDefinition, checked by the API server's
// own library, of type object, at most 32 KiB and 8 levels deep, without $ref, CEL rules, lists that are
// maps and embedded objects. Its defaults must fit it. Without a schema no parameters may be given.
//
// The error names each place that is wrong, such as properties.retentionMonths.type, the first five and
// the count, in words for whoever wrote the schema.
func CompileSchema(raw []byte) (*Schema, error) {
	if isAbsent(raw) {
		raw = []byte(`{"type":"object"}`)
	}
	if len(raw) > maxSchemaBytes {
		return nil, tooManyBytes(schemaRoot, len(raw), maxSchemaBytes, "").err()
	}
	canonical, found := readSchema(raw)
	if len(found) > 0 {
		return nil, found.err()
	}
	props, err := schemaProps(canonical)
	if err != nil {
		return nil, problems{{schemaRoot, "cannot be read: " + err.Error()}}.err()
	}
	return newSchema(props)
}

// readSchema checks the form of the schema and returns it as canonical JSON.
func readSchema(raw []byte) ([]byte, problems) {
	value, found := decodeJSON(schemaRoot, raw)
	if len(found) > 0 {
		return nil, found
	}
	root, isObject := value.(map[string]any)
	if !isObject {
		return nil, problems{{schemaRoot, "must be an object"}}
	}
	if found := nhsNumbers(schemaRoot, root, false); len(found) > 0 {
		return nil, found
	}
	if found := misformed(root); len(found) > 0 {
		return nil, found
	}
	canonical, err := encodeJSON(root)
	if err != nil {
		return nil, problems{{schemaRoot, "cannot be written as JSON: " + err.Error()}}
	}
	return canonical, nil
}

func schemaProps(canonical []byte) (*apiextensions.JSONSchemaProps, error) {
	var v1 apiextensionsv1.JSONSchemaProps
	if err := json.Unmarshal(canonical, &v1); err != nil {
		return nil, err
	}
	var props apiextensions.JSONSchemaProps
	err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &props, nil)
	return &props, err
}

// newSchema compiles the schema, unless it is not structural or has a default that does not fit it.
func newSchema(props *apiextensions.JSONSchemaProps) (*Schema, error) {
	structural, err := structuralschema.NewStructural(props)
	if err != nil {
		return nil, problems{{schemaRoot, err.Error()}}.err()
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return nil, problems{{schemaRoot, err.Error()}}.err()
	}
	// The schema is checked below a field: a custom resource has fields of its own at its root, such as
	// metadata, and parameters have none.
	whole := &structuralschema.Structural{
		Generic:    structuralschema.Generic{Type: "object"},
		Properties: map[string]structuralschema.Structural{parametersPath: *structural},
	}
	if errs := structuralschema.ValidateStructural(nil, whole); len(errs) > 0 {
		return nil, problemsOf(errs, placeInSchema).err()
	}
	if err := misfittingDefaults(whole).err(); err != nil {
		return nil, err
	}
	return &Schema{structural: structural, validator: validator}, nil
}

func misfittingDefaults(whole *structuralschema.Structural) problems {
	ctx := context.Background() //nolint:forbidigo // it cancels CEL rules only, of which there are none: nothing waits
	errs, err := defaulting.ValidateDefaults(ctx, nil, whole, false, true)
	if err != nil {
		return problems{{schemaRoot, err.Error()}}
	}
	// Sets are the one thing that the library does not check in defaults.
	defaults := map[string]any{parametersPath: map[string]any{}}
	defaulting.Default(defaults, whole)
	repeated := listtype.ValidateListSetsAndMaps(nil, whole, defaults)
	return append(problemsOf(errs, placeInSchema), problemsOf(repeated, func(path string) string {
		return "default of " + strings.TrimPrefix(path, parametersPath+".")
	})...)
}

var propertyKey = regexp.MustCompile(`(properties)\[([^\]]*)\]`)

// placeInSchema turns the library's place into the place in the schema.
func placeInSchema(path string) string {
	within := strings.TrimPrefix(path, "properties["+parametersPath+"]")
	return propertyKey.ReplaceAllString(strings.TrimPrefix(within, "."), "$1.$2")
}

// isAbsent says whether nothing is given: no JSON, or null.
func isAbsent(raw []byte) bool {
	trimmed := bytes.TrimSpace(raw)
	return len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null"))
}
