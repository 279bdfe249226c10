package plan_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// The numbers are of the range 999 000 0000 to 999 999 9999, which is never given to a patient.
func TestR14_NHSNumbersAreFound(t *testing.T) {
	tests := map[string]struct {
		text string
		want bool
	}{
		"a valid number":                          {text: "9990000018", want: true},
		"a valid number, grouped by spaces":       {text: "999 000 0018", want: true},
		"a valid number, grouped by hyphens":      {text: "999-000-0018", want: true},
		"a valid number, grouped in two ways":     {text: "999 000-0018", want: true},
		"a valid number in a sentence":            {text: "about patient 9990000018, see the letter", want: true},
		"a valid number after one that is not":    {text: "9990000019 and 9990000018", want: true},
		"a valid number next to punctuation":      {text: "(NHS:9990000018)", want: true},
		"a check digit of nought":                 {text: "9990000050", want: true},
		"a wrong check digit":                     {text: "9990000019"},
		"a remainder that has no check digit":     {text: "9990000010"},
		"nine digits":                             {text: "999000001"},
		"eleven digits":                           {text: "99900000180"},
		"a valid number after letters":            {text: "ref9990000018", want: true},
		"ten digits grouped in another way":       {text: "99 9000 0018"},
		"two spaces between the groups":           {text: "999  000  0018"},
		"a reference of a data sharing agreement": {text: "DSA-2026-114"},
		"digits of another script":                {text: "९९९००००३७"},
		"nothing":                                 {text: ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.HasNHSNumber(tc.text); got != tc.want {
				t.Errorf("HasNHSNumber(%q) = %t, want %t", tc.text, got, tc.want)
			}
		})
	}
}

// The schema of the API refuses NHS numbers in titles by a CEL rule, this package everywhere else. The
// rule is read from the source of the API and run by the API server's own library.
func TestR14_TheSchemaAndTheOperatorAgree(t *testing.T) {
	source, err := os.ReadFile("../../../api/v1alpha1/shared_types.go")
	if err != nil {
		t.Fatal(err)
	}
	marker := regexp.MustCompile("XValidation:rule=([\"`]self\\.findAll.*[\"`]),message=").FindSubmatch(source)
	if marker == nil {
		t.Fatal("the API has no rule on NHS numbers any more")
	}
	rule, err := strconv.Unquote(string(marker[1]))
	if err != nil {
		t.Fatal(err)
	}
	schema := &structuralschema.Structural{
		Generic:              structuralschema.Generic{Type: "string"},
		ValueValidation:      &structuralschema.ValueValidation{MaxLength: new(int64(150))},
		ValidationExtensions: structuralschema.ValidationExtensions{XValidations: apiextensionsv1.ValidationRules{{Rule: rule}}},
	}
	validator := cel.NewValidator(schema, false, 1<<40)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`([a-z] ?|-|é)?(999[ -]?[0-9]{3}[ -]?[0-9]{4}( |a)?|[0-9 -]{0,5}){0,3}`).Draw(rt, "text")
		errs, _ := validator.Validate(t.Context(), nil, schema, text, nil, 1<<40)
		if got, want := plan.HasNHSNumber(text), len(errs) > 0; got != want {
			rt.Fatalf("HasNHSNumber(%q) = %t, the schema says %t: %v", text, got, want, errs)
		}
	})
}
