package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// root of the repository, from here.
const root = "../.."

// TestReferenceIsUpToDate: what is committed is what is generated.
func TestReferenceIsUpToDate(t *testing.T) {
	want, err := Pages(root)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := filepath.Glob(filepath.Join(root, folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, path := range committed {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(path)] = string(content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is out of date; mend it: go run ./hack/apidocs (-generated +committed):\n%s", folder, diff)
	}
}

func TestPagesAreTheSameEachTime(t *testing.T) {
	first, err := Pages(root)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := Pages(root)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("two runs differ:\n%s", diff)
		}
	}
}

// TestEveryKindHasAPage, with its parts, and says of each condition what it is about.
func TestEveryKindHasAPage(t *testing.T) {
	kinds, err := readKinds(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range kinds {
		names = append(names, k.name())
		page := k.page()
		for _, part := range []string{"## Example", "## Spec", "## Rules", "## Columns"} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s has no %s", k.name(), part)
			}
		}
		for _, c := range k.conditions {
			if len(c.about) < 10 {
				t.Errorf("the API does not say what %s is about: %q", c.name, c.about)
			}
		}
		if k.name() != "SupportFunctionRevision" && (k.example == "" || k.conditions[0].name != "Ready") {
			t.Errorf("%s: no example, or its first condition is not Ready: %v", k.name(), k.conditions)
		}
	}
	want := append(slices.Sorted(maps.Keys(examples)), "SupportFunctionRevision")
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestShapes(t *testing.T) {
	one, five, ten := int64(1), int64(5), int64(10)
	least, most := 1.0, 65535.0
	keeps := true
	for want, schema := range map[string]apiextensionsv1.JSONSchemaProps{
		"amount":                       {XIntOrString: true},
		"one of `Automatic`, `Manual`": {Type: "string", Enum: []apiextensionsv1.JSON{{Raw: []byte(`"Automatic"`)}, {Raw: []byte(`"Manual"`)}}},
		"list, 1 to 5 entries":         {Type: "array", MinItems: &one, MaxItems: &five},
		"day":                          {Type: "string", Format: "date", MaxLength: &ten},
		"text, 10 characters":          {Type: "string", MinLength: &ten, MaxLength: &ten},
		"text, at most 10 characters that match `a\\|b`": {Type: "string", MaxLength: &ten, Pattern: "a|b"},
		"number, 1 to 65535":                             {Type: "integer", Minimum: &least, Maximum: &most},
		"number, at least 1":                             {Type: "integer", Minimum: &least},
		"any object":                                     {Type: "object", XPreserveUnknownFields: &keeps},
		"map":                                            {Type: "object", AdditionalProperties: &apiextensionsv1.JSONSchemaPropsOrBool{Allows: true}},
		"boolean":                                        {Type: "boolean"},
	} {
		if got := shapeOf(&schema); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestRulesStandOnce: a rule that several fields keep names them all.
func TestRulesStandOnce(t *testing.T) {
	name := apiextensionsv1.JSONSchemaProps{Type: "string", XValidations: apiextensionsv1.ValidationRules{{Rule: "r", Message: "must be a name"}}}
	schema := apiextensionsv1.JSONSchemaProps{
		Required:   []string{"second"},
		Properties: map[string]apiextensionsv1.JSONSchemaProps{"first": name, "second": name},
		XValidations: apiextensionsv1.ValidationRules{
			{Rule: "a", Message: "end must not be before start", FieldPath: ".end"},
		},
	}
	want := []rule{
		{"end must not be before start", []string{"spec.end"}},
		{"must be a name", []string{"spec.second", "spec.first"}},
	}
	if diff := cmp.Diff(want, rulesOf("spec", &schema, nil), cmp.AllowUnexported(rule{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
