package crdtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const supportProviderBase = `
apiVersion: commissioning.support/v1alpha1
kind: SupportProvider
metadata: {name: anglia-csu}
spec:
  organisationCode: 0AP
  displayName: NHS Anglia CSU
  sector: NHS
  hostedBy: [{consortium: tower-hamlets}]
  assurances:
  - {scheme: DSPT, result: StandardsMet, validFrom: "2026-07-01", validUntil: "2027-06-30", reference: 0AP-2026}
  access:
    admins: [{kind: Group, name: "anglia-csu:admins"}]
  quota: {pods: "500"}
`

const firstAssurance = "spec.assurances.0"

func assurances(n int) []any {
	return repeat(n, func(i int) any {
		return map[string]any{
			"scheme": strings.Repeat("S", 32), "result": strings.Repeat("R", 32),
			"validFrom": "2026-07-01", "validUntil": fmt.Sprintf("2027-%02d-%02d", i/28+1, i%28+1), "reference": strings.Repeat("1234567890 ", 13),
		}
	})
}

func people(n int) []any {
	return repeat(n, func(i int) any { return person("Group", fmt.Sprintf("%0253d", i)) })
}

func hosts(n int) []any {
	return repeat(n, func(i int) any { return map[string]any{"consortium": fmt.Sprintf("n%049d", i)} })
}

// asMuchAsASupplierCanBe fills every field to its bound.
var asMuchAsASupplierCanBe = all(
	set("metadata.name", strings.Repeat("n", 50)), set("spec.organisationCode", "D4U1Y9"), set("spec.displayName", strings.Repeat("1234567890 ", 13)),
	set("spec.sector", "LocalAuthority"), set("spec.namespace", strings.Repeat("n", 50)), set("spec.hostedBy", hosts(16)), set("spec.assurances", assurances(32)),
	set("spec.access.admins", people(32)), set("spec.access.viewers", people(32)), set("spec.quota", quotas(20)), set("spec.deletionPolicy", "Delete"),
)

var supportProviders = map[string]refusal{
	"as it stands":                  {mutate: nothing},
	"as much as it can be":          {mutate: asMuchAsASupplierCanBe},
	"as little as it can be":        {mutate: set("spec", map[string]any{"displayName": "Age UK", "sector": "ThirdSector"})},
	"without a code, as a company":  {mutate: all(remove("spec.organisationCode"), set("spec.sector", "Private"))},
	"a field misspelt":              {mutate: set("spec.organizationCode", "0AP"), wantErrors: []string{`unknown field "spec.organizationCode"`}},
	"without a spec":                {mutate: remove("spec"), wantErrors: []string{"spec: Required value"}},
	"without a display name":        {mutate: remove("spec.displayName"), wantErrors: []string{"spec.displayName: Required value"}},
	"without a sector":              {mutate: remove("spec.sector"), wantErrors: []string{"spec.sector: Required value"}},
	"a sector unknown":              {mutate: set("spec.sector", "Charity"), wantErrors: []string{`supported values: "NHS", "Private", "ThirdSector", "LocalAuthority"`}},
	"a code in small letters":       {mutate: set("spec.organisationCode", "0ap"), wantErrors: []string{"must be an organisation code: 3 to 6 capital letters and digits"}},
	"a code of two":                 {mutate: set("spec.organisationCode", "0A"), wantErrors: []string{"spec.organisationCode"}},
	"a code of seven":               {mutate: set("spec.organisationCode", "0AP0AP0"), wantErrors: []string{"spec.organisationCode"}},
	"an empty code":                 {mutate: set("spec.organisationCode", ""), wantErrors: []string{"spec.organisationCode"}},
	"an empty display name":         {mutate: set("spec.displayName", ""), wantErrors: []string{"spec.displayName"}},
	"a display name of 151":         {mutate: set("spec.displayName", strings.Repeat("n", 151)), wantErrors: []string{"may not be more than 150"}},
	"a deletion policy unknown":     {mutate: set("spec.deletionPolicy", "Orphan"), wantErrors: []string{`supported values: "Retain", "Delete"`}},
	"no consortium that hosts":      {mutate: set("spec.hostedBy", []any{}), wantErrors: []string{"spec.hostedBy"}},
	"17 consortia that host":        {mutate: set("spec.hostedBy", hosts(17)), wantErrors: []string{"must have at most 16 items"}},
	"a consortium that hosts twice": {mutate: set("spec.hostedBy", repeat(2, func(int) any { return hosts(1)[0] })), wantErrors: []string{"Duplicate value"}},
	"a consortium by its title":     {mutate: set("spec.hostedBy.0.consortium", "NHS Tower Hamlets"), wantErrors: []string{"must start with a lower-case letter"}},
	"a consortium without a name":   {mutate: set("spec.hostedBy", []any{map[string]any{}}), wantErrors: []string{"consortium: Required value"}},

	"a name of 51":                     {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters: it becomes a namespace"}},
	"a name of 253":                    {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":                {mutate: set("metadata.name", "anglia.csu"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first":        {mutate: set("metadata.name", "0ap"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a namespace of its own choice":    {mutate: set("spec.namespace", "anglia")},
	"a namespace in capitals":          {mutate: set("spec.namespace", "Anglia"), wantErrors: []string{"must start with a lower-case letter"}},
	"a namespace of 51":                {mutate: set("spec.namespace", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"the name of a reserved namespace": {mutate: set("metadata.name", "default"), wantErrors: []string{"reserved for the cluster"}},
	"the namespace kube-system":        {mutate: set("spec.namespace", "kube-system"), wantErrors: []string{"reserved for the cluster"}},
	"the namespace openshift-config":   {mutate: set("spec.namespace", "openshift-config"), wantErrors: []string{"reserved for the cluster"}},
	"the operator's own namespace":     {mutate: set("spec.namespace", "commissioning-system"), wantErrors: []string{"reserved for the cluster"}},
	"a reserved name with a namespace": {mutate: all(set("metadata.name", "default"), set("spec.namespace", "anglia"))},

	"no assurances":                       {mutate: remove("spec.assurances")},
	"an empty list of assurances":         {mutate: set("spec.assurances", []any{}), wantErrors: []string{"spec.assurances"}},
	"33 assurances":                       {mutate: set("spec.assurances", assurances(33)), wantErrors: []string{"must have at most 32 items"}},
	"an assurance renewed":                {mutate: set("spec.assurances", assurances(2))},
	"an assurance given twice":            {mutate: set("spec.assurances", repeat(2, func(int) any { return assurances(1)[0] })), wantErrors: []string{"Duplicate value"}},
	"an assurance for one day":            {mutate: set(firstAssurance+".validFrom", "2027-06-30")},
	"an assurance that ends before":       {mutate: set(firstAssurance+".validUntil", "2026-06-30"), wantErrors: []string{"spec.assurances[0].validUntil", "validUntil must not be before validFrom"}},
	"an assurance without a beginning":    {mutate: set(firstAssurance, map[string]any{"scheme": "DSPT", "result": "StandardsMet", "validUntil": "2027-06-30"})},
	"an assurance without an end":         {mutate: set(firstAssurance, map[string]any{"scheme": "DSPT", "result": "StandardsMet"}), wantErrors: []string{"validUntil: Required value"}},
	"an assurance without a scheme":       {mutate: set(firstAssurance, map[string]any{"result": "StandardsMet", "validUntil": "2027-06-30"}), wantErrors: []string{"scheme: Required value"}},
	"an assurance without a result":       {mutate: set(firstAssurance, map[string]any{"scheme": "DSPT", "validUntil": "2027-06-30"}), wantErrors: []string{"result: Required value"}},
	"an assurance until no day":           {mutate: set(firstAssurance+".validUntil", "2027-06-31"), wantErrors: []string{"spec.assurances[0].validUntil"}},
	"an assurance until a moment":         {mutate: set(firstAssurance+".validUntil", "2027-06-30T00:00:00Z"), wantErrors: []string{"spec.assurances[0].validUntil"}},
	"an assurance in words":               {mutate: set(firstAssurance+".scheme", "the toolkit"), wantErrors: []string{"spec.assurances[0].scheme"}},
	"an assurance's result in words":      {mutate: set(firstAssurance+".result", "standards met"), wantErrors: []string{"spec.assurances[0].result"}},
	"an assurance's scheme of 33":         {mutate: set(firstAssurance+".scheme", strings.Repeat("S", 33)), wantErrors: []string{"may not be more than 32"}},
	"an assurance's result of 33":         {mutate: set(firstAssurance+".result", strings.Repeat("R", 33)), wantErrors: []string{"may not be more than 32"}},
	"an assurance's reference of 151":     {mutate: set(firstAssurance+".reference", strings.Repeat("n", 151)), wantErrors: []string{"may not be more than 150"}},
	"an assurance's reference of nothing": {mutate: set(firstAssurance+".reference", ""), wantErrors: []string{"spec.assurances[0].reference"}},

	"empty access":                         {mutate: set("spec.access", map[string]any{}), wantErrors: []string{"spec.access"}},
	"developers":                           {mutate: set("spec.access.developers", people(1)), wantErrors: []string{`unknown field "spec.access.developers"`}},
	"an empty list of admins":              {mutate: set("spec.access.admins", []any{}), wantErrors: []string{"spec.access.admins"}},
	"an empty list of viewers":             {mutate: set("spec.access.viewers", []any{}), wantErrors: []string{"spec.access.viewers"}},
	"33 admins":                            {mutate: set("spec.access.admins", people(33)), wantErrors: []string{"must have at most 32 items"}},
	"33 viewers":                           {mutate: set("spec.access.viewers", people(33)), wantErrors: []string{"must have at most 32 items"}},
	"a service account":                    {mutate: set(firstSubject, map[string]any{"kind": "ServiceAccount", "name": "flux", "namespace": "flux-system"})},
	"a service account, no namespace":      {mutate: set(firstSubject, person("ServiceAccount", "flux")), wantErrors: []string{"namespace is needed for a ServiceAccount"}},
	"access for system:authenticated":      {mutate: set(firstSubject, person("Group", "system:authenticated")), wantErrors: []string{"belong to the cluster and cannot be given access"}},
	"a viewer that belongs to the cluster": {mutate: set("spec.access.viewers", []any{person("Group", "system:masters")}), wantErrors: []string{"spec.access.viewers[0]"}},

	"a quota of zero":              {mutate: set("spec.quota.pods", "0")},
	"a quota as a number":          {mutate: set("spec.quota.pods", int64(5))},
	"a quota below zero":           {mutate: set("spec.quota.pods", "-1"), wantErrors: []string{"a quota must be an amount of zero or more"}},
	"a quota that takes for ever":  {mutate: set("spec.quota.pods", "1e999999999999"), wantErrors: []string{"exponents such as 5e3 are not taken"}},
	"a quota that nobody can read": {mutate: set("spec.quota.pods", "1e1.5"), wantErrors: []string{"exponents such as 5e3 are not taken"}},
	"a quota of 21 digits":         {mutate: set("spec.quota.pods", strings.Repeat("9", 21)), wantErrors: []string{"a quota must be an amount of zero or more"}},
	"an empty quota":               {mutate: set("spec.quota", map[string]any{}), wantErrors: []string{"spec.quota"}},
	"21 quotas":                    {mutate: set("spec.quota", quotas(21)), wantErrors: []string{"must have at most 20 items"}},
	"a quota's name of 101":        {mutate: set("spec.quota."+strings.Repeat("n", 101), "1"), wantErrors: []string{"the name of a resource holds at most 100 characters"}},
}

func TestSupportProvider(t *testing.T) { tryCreating(t, supportProviderBase, supportProviders) }
