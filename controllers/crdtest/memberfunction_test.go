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

	"a hosted function": {set("spec.function", "data-analytics"), []string{"data-analytics is a hosted function", "SupportAgreement"}},

	"a field misspelt":           {set("spec.fonction", "x"), []string{`unknown field "spec.fonction"`}},
	"without a function":         {remove("spec.function"), []string{"spec.function: Required value"}},
	"an empty function":          {set("spec.function", ""), []string{"spec.function"}},
	"a function by its title":    {set("spec.function", "Referral management"), []string{"must start with a lower-case letter"}},
	"a function's name of 51":    {set("spec.function", strings.Repeat("n", 51)), []string{"may not be more than 50"}},
	"a locality elsewhere":       {set("spec.locality", "newham/docklands"), []string{"must start with a lower-case letter"}},
	"parameters that are a text": {set("spec.parameters", "peerReview=true"), []string{"must be of type object"}},
	"parameters that are a list": {set("spec.parameters", []any{"peerReview"}), []string{"must be of type object"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {set("metadata.name", strings.Repeat("n", 51)), []string{"at most 50 characters: it becomes the name of a Service"}},
	"a name of 63":              {set("metadata.name", strings.Repeat("n", 63)), []string{"at most 50 characters"}},
	"a name of 253":             {set("metadata.name", strings.Repeat("n", 253)), []string{"at most 50 characters"}},
	"a name with a dot":         {set("metadata.name", "referral.management"), []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {set("metadata.name", "2nd-opinion"), []string{"the name must start with a lower-case letter"}},
}

func TestMemberFunction(t *testing.T) { tryCreating(t, memberFunctionBase, memberFunctions) }
