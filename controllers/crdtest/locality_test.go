package crdtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const localityBase = `
apiVersion: commissioning.support/v1alpha1
kind: Locality
metadata: {name: tower-hamlets-network-1, namespace: default}
spec:
  displayName: Tower Hamlets Network 1
  organisationCode: U50771
  registeredAsOf: "2021-01-01"
  practices:
  - {organisationCode: F84123, name: The Globe Town Surgery, registeredPatients: 15136}
  - {organisationCode: Y00212, name: Pollard Row Surgery, registeredPatients: 4119}
`

const firstPractice = "spec.practices.0"

func practices(n int) []any {
	return repeat(n, func(i int) any { return map[string]any{"organisationCode": fmt.Sprintf("F%05d", i)} })
}

var localities = map[string]refusal{
	"as it stands": {mutate: nothing},
	"without a code, a date, names and patients": {mutate: all(remove("spec.organisationCode"), remove("spec.registeredAsOf"), set("spec.practices", practices(1)))},

	"a field misspelt":               {mutate: set(firstPractice+".patients", int64(1)), wantErrors: []string{`unknown field "spec.practices[0].patients"`}},
	"without a display name":         {mutate: remove("spec.displayName"), wantErrors: []string{"spec.displayName: Required value"}},
	"without practices":              {mutate: remove("spec.practices"), wantErrors: []string{"spec.practices: Required value"}},
	"an empty list of practices":     {mutate: set("spec.practices", []any{}), wantErrors: []string{"spec.practices"}},
	"500 practices":                  {mutate: set("spec.practices", practices(500))},
	"501 practices":                  {mutate: set("spec.practices", practices(501)), wantErrors: []string{"must have at most 500 items"}},
	"a practice named twice":         {mutate: set("spec.practices.1.organisationCode", "F84123"), wantErrors: []string{"Duplicate value"}},
	"a practice without a code":      {mutate: set(firstPractice, map[string]any{"name": "The Globe Town Surgery"}), wantErrors: []string{"organisationCode: Required value"}},
	"a practice with another's code": {mutate: set(firstPractice+".organisationCode", "08V"), wantErrors: []string{"spec.practices[0].organisationCode"}},
	"a practice in small letters":    {mutate: set(firstPractice+".organisationCode", "f84123"), wantErrors: []string{"spec.practices[0].organisationCode"}},
	"a practice's name of 100":       {mutate: set(firstPractice+".name", strings.Repeat("n", 100))},
	"a practice's name of 101":       {mutate: set(firstPractice+".name", strings.Repeat("n", 101)), wantErrors: []string{"may not be more than 100"}},

	"a list of no patients":       {mutate: set(firstPractice+".registeredPatients", int64(0))},
	"a list of one million":       {mutate: set(firstPractice+".registeredPatients", int64(1000000))},
	"a list below zero":           {mutate: set(firstPractice+".registeredPatients", int64(-1)), wantErrors: []string{"should be greater than or equal to 0"}},
	"a list of more than million": {mutate: set(firstPractice+".registeredPatients", int64(1000001)), wantErrors: []string{"should be less than or equal to 1000000"}},
	"a list in words":             {mutate: set(firstPractice+".registeredPatients", "15,136"), wantErrors: []string{"must be of type integer"}},
	"a list of half a patient":    {mutate: set(firstPractice+".registeredPatients", 0.5), wantErrors: []string{"must be of type integer"}},

	"the code of a network in small letters": {mutate: set("spec.organisationCode", "u50771"), wantErrors: []string{"must be an organisation code"}},
	"a day that does not exist":              {mutate: set("spec.registeredAsOf", "2021-02-30"), wantErrors: []string{"spec.registeredAsOf"}},
	"a day the other way round":              {mutate: set("spec.registeredAsOf", "01-01-2021"), wantErrors: []string{"spec.registeredAsOf"}},
	"a day with a time":                      {mutate: set("spec.registeredAsOf", "2021-01-01T00:00:00Z"), wantErrors: []string{"spec.registeredAsOf"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a digit first": {mutate: set("metadata.name", "1st-network"), wantErrors: []string{"the name must start with a lower-case letter"}},
}

func TestLocality(t *testing.T) { tryCreating(t, localityBase, localities) }
