package crdtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const hostedServiceBase = `
apiVersion: commissioning.support/v1alpha1
kind: HostedService
metadata: {name: data-analytics, namespace: default}
spec:
  function: data-analytics
  accepts:
    names: [tower-hamlets]
    selector:
      matchLabels: {commissioning.support/region: london}
      matchExpressions: [{key: example.org/tier, operator: In, values: [one, two]}]
    maxTerm: P24M
  capacity: {consortia: 40, patients: 12000000}
  scaling: {mode: Autoscale, targetCPUPercent: 60}
  parameters: {retentionMonths: 36}
`

const firstCondition = "spec.accepts.selector.matchExpressions.0"

// condition is one on a label; without values, when none are given.
func condition(key, operator string, values ...any) map[string]any {
	one := map[string]any{"key": key, "operator": operator}
	if len(values) > 0 {
		one["values"] = values
	}
	return one
}

func consortiumNames(n int) []any {
	return repeat(n, func(i int) any { return fmt.Sprintf("n%049d", i) })
}

func labelValues(n int) []any {
	return repeat(n, func(i int) any { return fmt.Sprintf("%063d", i) })
}

func labels(n int) map[string]any {
	all := map[string]any{}
	for i := range n {
		all[fmt.Sprintf("%s/%063d", strings.Repeat("d", 63)+strings.Repeat(".e", 95), i)] = strings.Repeat("v", 63)
	}
	return all
}

func conditionsOnLabels(n int) []any {
	return repeat(n, func(i int) any {
		return condition(fmt.Sprintf("%s/%063d", strings.Repeat("d", 63)+strings.Repeat(".e", 95), i), "NotIn", labelValues(64)...)
	})
}

// asMuchAsAServiceCanBe fills every field to its bound.
var asMuchAsAServiceCanBe = all(
	set("metadata.name", strings.Repeat("n", 50)), set("spec.accepts.policy", "Selected"), set("spec.accepts.names", consortiumNames(1000)),
	set("spec.accepts.selector.matchLabels", labels(16)), set("spec.accepts.selector.matchExpressions", conditionsOnLabels(16)),
	set("spec.accepts.maxTerm", "P999Y9999M99999D"), set("spec.capacity.consortia", int64(4000)), set("spec.capacity.patients", int64(1000000000)),
	set("spec.intake", "Draining"), set("spec.scaling.targetCPUPercent", int64(100)),
)

const (
	everyoneMessage = "policy Everyone leaves out names and selector"
	periodMessage   = "must be a period of years, months and days, such as P24M or P1Y6M"
	valuesMessage   = "values are needed for In and NotIn, and only there"
	labelMessage    = "must be the name of a label"

	hostedAtHomeMessage = "referral-management is member-only: only a consortium itself performs it, in its own namespace, and a HostedService cannot run it."
)

var hostedServices = map[string]refusal{
	"as it stands":                       {mutate: nothing},
	"as much as it can be":               {mutate: asMuchAsAServiceCanBe},
	"as little as it can be":             {mutate: set("spec", map[string]any{"function": "data-analytics"})},
	"a function not known yet":           {mutate: set("spec.function", "continuing-health-care")},
	"parameters of any depth":            {mutate: set("spec.parameters.specialties", []any{map[string]any{"name": "cardiology"}})},
	"a field misspelt":                   {mutate: set("spec.fonction", "x"), wantErrors: []string{`unknown field "spec.fonction"`}},
	"without a spec":                     {mutate: remove("spec"), wantErrors: []string{"spec: Required value"}},
	"without a function":                 {mutate: remove("spec.function"), wantErrors: []string{"spec.function: Required value"}},
	"a function by its title":            {mutate: set("spec.function", "Data analytics"), wantErrors: []string{"must start with a lower-case letter"}},
	"a function's name of 51":            {mutate: set("spec.function", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"parameters that are a text":         {mutate: set("spec.parameters", "retentionMonths=36"), wantErrors: []string{"must be of type object"}},
	"parameters that are a list":         {mutate: set("spec.parameters", []any{"retentionMonths"}), wantErrors: []string{"must be of type object"}},
	"an intake unknown":                  {mutate: set("spec.intake", "Paused"), wantErrors: []string{`supported values: "Open", "Closed", "Draining"`}},
	"an acceptance of nothing":           {mutate: set("spec.accepts", map[string]any{}), wantErrors: []string{"spec.accepts"}},
	"an acceptance policy unknown":       {mutate: set("spec.accepts.policy", "All"), wantErrors: []string{`supported values: "Selected", "Everyone"`}},
	"everyone":                           {mutate: set("spec.accepts", map[string]any{"policy": "Everyone"})},
	"everyone, for a term":               {mutate: set("spec.accepts", map[string]any{"policy": "Everyone", "maxTerm": "P24M"})},
	"everyone, with names":               {mutate: set("spec.accepts", map[string]any{"policy": "Everyone", "names": []any{"newham"}}), wantErrors: []string{everyoneMessage}},
	"everyone, with a selector":          {mutate: all(set("spec.accepts.policy", "Everyone"), remove("spec.accepts.names")), wantErrors: []string{everyoneMessage}},
	"selected, with names":               {mutate: set("spec.accepts", map[string]any{"policy": "Selected", "names": []any{"newham"}})},
	"an empty list of names":             {mutate: set("spec.accepts.names", []any{}), wantErrors: []string{"spec.accepts.names"}},
	"1001 names":                         {mutate: set("spec.accepts.names", consortiumNames(1001)), wantErrors: []string{"must have at most 1000 items"}},
	"a consortium named twice":           {mutate: set("spec.accepts.names", []any{"newham", "newham"}), wantErrors: []string{"Duplicate value"}},
	"a consortium by its title":          {mutate: set("spec.accepts.names", []any{"NHS Newham"}), wantErrors: []string{"must start with a lower-case letter"}},
	"a selector that selects everybody":  {mutate: set("spec.accepts.selector", map[string]any{}), wantErrors: []string{"spec.accepts.selector"}},
	"a selector without labels":          {mutate: set("spec.accepts.selector.matchLabels", map[string]any{}), wantErrors: []string{"spec.accepts.selector.matchLabels"}},
	"a selector without conditions":      {mutate: set("spec.accepts.selector.matchExpressions", []any{}), wantErrors: []string{"spec.accepts.selector.matchExpressions"}},
	"a selector with 17 labels":          {mutate: set("spec.accepts.selector.matchLabels", labels(17)), wantErrors: []string{"must have at most 16 items"}},
	"a selector with 17 conditions":      {mutate: set("spec.accepts.selector.matchExpressions", conditionsOnLabels(17)), wantErrors: []string{"must have at most 16 items"}},
	"a label's name of 318":              {mutate: set("spec.accepts.selector.matchLabels."+strings.Repeat("n", 318), "x"), wantErrors: []string{"the name of a label holds at most 317 characters"}},
	"a label's value of 64":              {mutate: set("spec.accepts.selector.matchLabels.region", strings.Repeat("v", 64)), wantErrors: []string{"its value at most 63"}},
	"a label's value empty":              {mutate: set("spec.accepts.selector.matchLabels.region", "")},
	"a condition on no label":            {mutate: set(firstCondition, map[string]any{"operator": "Exists"}), wantErrors: []string{"key: Required value"}},
	"a condition on a label in words":    {mutate: set(firstCondition+".key", "the region"), wantErrors: []string{labelMessage}},
	"a condition on a label of 318":      {mutate: set(firstCondition+".key", strings.Repeat("n", 318)), wantErrors: []string{"may not be more than 317"}},
	"a condition without an operator":    {mutate: set(firstCondition, map[string]any{"key": "region"}), wantErrors: []string{"operator: Required value"}},
	"a condition's operator unknown":     {mutate: set(firstCondition+".operator", "Like"), wantErrors: []string{`supported values: "In", "NotIn", "Exists", "DoesNotExist"`}},
	"a condition that a label exists":    {mutate: set(firstCondition, condition("region", "Exists"))},
	"a condition that it does not":       {mutate: set(firstCondition, condition("region", "DoesNotExist"))},
	"a condition In nothing":             {mutate: set(firstCondition, condition("region", "In")), wantErrors: []string{valuesMessage}},
	"a condition NotIn nothing":          {mutate: set(firstCondition, condition("region", "NotIn")), wantErrors: []string{valuesMessage}},
	"a condition Exists with values":     {mutate: set(firstCondition, condition("region", "Exists", "london")), wantErrors: []string{valuesMessage}},
	"a condition's empty list":           {mutate: set(firstCondition+".values", []any{}), wantErrors: []string{"matchExpressions[0].values"}},
	"a condition's values, 65":           {mutate: set(firstCondition+".values", labelValues(65)), wantErrors: []string{"must have at most 64 items"}},
	"a condition's value twice":          {mutate: set(firstCondition+".values", []any{"one", "one"}), wantErrors: []string{"Duplicate value"}},
	"a condition's value of 64":          {mutate: set(firstCondition+".values", []any{strings.Repeat("v", 64)}), wantErrors: []string{"may not be more than 63"}},
	"a condition's value empty":          {mutate: set(firstCondition+".values", []any{""})},
	"a condition's value with a space":   {mutate: set(firstCondition+".values", []any{"the north"}), wantErrors: []string{"matchExpressions[0].values[0]"}},
	"a selector as of a Deployment, too": {mutate: set("spec.accepts.selector", map[string]any{"matchExpressions": []any{condition("region", "Exists")}})},

	"a capacity of nothing stated":       {mutate: set("spec.capacity", map[string]any{}), wantErrors: []string{"spec.capacity"}},
	"a capacity of no consortia":         {mutate: set("spec.capacity.consortia", int64(0))},
	"a capacity of 4001 consortia":       {mutate: set("spec.capacity.consortia", int64(4001)), wantErrors: []string{"should be less than or equal to 4000"}},
	"a capacity below zero":              {mutate: set("spec.capacity.consortia", int64(-1)), wantErrors: []string{"should be greater than or equal to 0"}},
	"a capacity of no patients":          {mutate: set("spec.capacity.patients", int64(0))},
	"a capacity of too many patients":    {mutate: set("spec.capacity.patients", int64(1000000001)), wantErrors: []string{"should be less than or equal to 1000000000"}},
	"a capacity of patients below zero":  {mutate: set("spec.capacity.patients", int64(-1)), wantErrors: []string{"should be greater than or equal to 0"}},
	"a capacity in words":                {mutate: set("spec.capacity.patients", "12,000,000"), wantErrors: []string{"must be of type integer"}},
	"a scaling of nothing":               {mutate: set("spec.scaling", map[string]any{}), wantErrors: []string{"spec.scaling"}},
	"a scaling mode unknown":             {mutate: set("spec.scaling.mode", "Fixed"), wantErrors: []string{`supported values: "Population", "Autoscale"`}},
	"a target without a mode":            {mutate: remove("spec.scaling.mode"), wantErrors: []string{"spec.scaling.targetCPUPercent", "targetCPUPercent is for mode Autoscale"}},
	"a target where the population says": {mutate: set("spec.scaling.mode", "Population"), wantErrors: []string{"targetCPUPercent is for mode Autoscale"}},
	"a target of 9":                      {mutate: set("spec.scaling.targetCPUPercent", int64(9)), wantErrors: []string{"should be greater than or equal to 10"}},
	"a target of 101":                    {mutate: set("spec.scaling.targetCPUPercent", int64(101)), wantErrors: []string{"should be less than or equal to 100"}},
	"autoscaling without a target":       {mutate: remove("spec.scaling.targetCPUPercent")},

	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters: it becomes the name of a Service"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":         {mutate: set("metadata.name", "data.analytics"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {mutate: set("metadata.name", "2nd-opinion"), wantErrors: []string{"the name must start with a lower-case letter"}},
}

func TestHostedService(t *testing.T) { tryCreating(t, hostedServiceBase, hostedServices) }

// The longest term is a calendar period (ISO 8601): whole years, months and days, in this order.
func TestHostedServiceMaxTerm(t *testing.T) {
	cases := map[string]refusal{}
	for _, period := range []string{"P1Y", "P24M", "P730D", "P1Y6M", "P1Y6M15D", "P1Y15D", "P6M15D", "P999Y9999M99999D"} {
		cases["a longest term of "+period] = refusal{mutate: set("spec.accepts.maxTerm", period)}
	}
	for _, period := range []string{"P", "PT", "P24", "24M", "P6M1Y", "P1W", "PT24H", "P1YT1H", "p24m", "P1.5Y", "P-1Y", " P1Y", "2 years", "P1000Y", "P99999M"} {
		cases["a longest term of "+period] = refusal{mutate: set("spec.accepts.maxTerm", period), wantErrors: []string{periodMessage}, unrecorded: period != "24M"}
	}
	cases["a longest term of nothing"] = refusal{mutate: set("spec.accepts.maxTerm", ""), wantErrors: []string{"spec.accepts.maxTerm"}}
	cases["a longest term of 17 characters"] = refusal{mutate: set("spec.accepts.maxTerm", "P9999Y9999M99999D"), wantErrors: []string{"may not be more than 16"}}
	tryCreating(t, hostedServiceBase, cases)
}
