package crdtest_test

import (
	"strings"
	"testing"
)

const memberFunctionBase = `
apiVersion: commissioning.support/v1alpha1
kind: MemberFunction
metadata: {name: referral-management, namespace: default}
spec:
  function: referral-management
  locality: tower-hamlets-network-1
  parameters: {peerReview: true}
`

var memberFunctions = map[string]refusal{
	"as it stands":                      {mutate: nothing},
	"without a locality and parameters": {mutate: all(remove("spec.locality"), remove("spec.parameters"))},
	"parameters of any depth":           {mutate: set("spec.parameters.specialties", []any{map[string]any{"name": "cardiology"}})},
	"a function not known yet":          {mutate: set("spec.function", "individual-funding-requests")},

	"bindings":                  {mutate: set("spec.bindings", []any{"data-analytics", "contracting"})},
	"eight bindings":            {mutate: set("spec.bindings", consortiumNames(8))},
	"nine bindings":             {mutate: set("spec.bindings", consortiumNames(9)), wantErrors: []string{"must have at most 8 items"}},
	"an empty list of bindings": {mutate: set("spec.bindings", []any{}), wantErrors: []string{"spec.bindings"}},
	"a binding twice":           {mutate: set("spec.bindings", []any{"data-analytics", "data-analytics"}), wantErrors: []string{"Duplicate value"}},
	"a binding elsewhere":       {mutate: set("spec.bindings", []any{"newham/data-analytics"}), wantErrors: []string{"must start with a lower-case letter"}},
	"a binding upwards":         {mutate: set("spec.bindings", []any{"../data"}), wantErrors: []string{"must start with a lower-case letter"}},
	"a binding's name of 51":    {mutate: set("spec.bindings", []any{strings.Repeat("n", 51)}), wantErrors: []string{"may not be more than 50"}},
	"a binding without a name":  {mutate: set("spec.bindings", []any{""}), wantErrors: []string{"spec.bindings[0]"}},

	"a hosted function": {mutate: set("spec.function", "data-analytics"), wantErrors: []string{"data-analytics is a hosted function", "Take it from a supplier, by a SupportAgreement.", "A MemberFunction is for member-only functions"}},

	"a field misspelt":           {mutate: set("spec.fonction", "x"), wantErrors: []string{`unknown field "spec.fonction"`}},
	"without a function":         {mutate: remove("spec.function"), wantErrors: []string{"spec.function: Required value"}},
	"an empty function":          {mutate: set("spec.function", ""), wantErrors: []string{"spec.function"}},
	"a function by its title":    {mutate: set("spec.function", "Referral management"), wantErrors: []string{"must start with a lower-case letter"}},
	"a function's name of 51":    {mutate: set("spec.function", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"a locality elsewhere":       {mutate: set("spec.locality", "newham/docklands"), wantErrors: []string{"must start with a lower-case letter"}},
	"parameters that are a text": {mutate: set("spec.parameters", "peerReview=true"), wantErrors: []string{"must be of type object"}},
	"parameters that are a list": {mutate: set("spec.parameters", []any{"peerReview"}), wantErrors: []string{"must be of type object"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters: it becomes the name of a Service"}},
	"a name of 63":              {mutate: set("metadata.name", strings.Repeat("n", 63)), wantErrors: []string{"at most 50 characters"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":         {mutate: set("metadata.name", "referral.management"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {mutate: set("metadata.name", "2nd-opinion"), wantErrors: []string{"the name must start with a lower-case letter"}},
}

func TestMemberFunction(t *testing.T) { tryCreating(t, memberFunctionBase, memberFunctions) }
