package crdtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const consortiumBase = `
apiVersion: commissioning.support/v1alpha1
kind: Consortium
metadata: {name: tower-hamlets}
spec:
  organisationCode: 08V
  displayName: NHS Tower Hamlets
  access:
    admins: [{kind: Group, name: "tower-hamlets:admins"}]
  quota: {pods: "50"}
`

// person is a subject of access.
func person(kind, name string) map[string]any { return map[string]any{"kind": kind, "name": name} }

// repeat makes a list, each item from its index.
func repeat(n int, item func(i int) any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = item(i)
	}
	return list
}

func quotas(n int) map[string]any {
	quota := map[string]any{}
	for i := range n {
		quota[fmt.Sprintf("count/things-%d.example.org", i)] = "1"
	}
	return quota
}

const firstSubject = "spec.access.admins.0"

var consortia = map[string]refusal{
	"as it stands":             {mutate: nothing},
	"without access and quota": {mutate: all(remove("spec.access"), remove("spec.quota"))},

	"a field misspelt":        {mutate: set("spec.organizationCode", "08V"), wantErrors: []string{`unknown field "spec.organizationCode"`}},
	"without a code":          {mutate: remove("spec.organisationCode"), wantErrors: []string{"spec.organisationCode: Required value"}},
	"without a display name":  {mutate: remove("spec.displayName"), wantErrors: []string{"spec.displayName: Required value"}},
	"without a spec":          {mutate: remove("spec"), wantErrors: []string{"spec: Required value"}},
	"a code of six":           {mutate: set("spec.organisationCode", "D4U1Y9")},
	"a code in small letters": {mutate: set("spec.organisationCode", "08v"), wantErrors: []string{"must be an organisation code: 3 to 6 capital letters and digits"}},
	"a code of two":           {mutate: set("spec.organisationCode", "08"), wantErrors: []string{"spec.organisationCode"}},
	"a code of seven":         {mutate: set("spec.organisationCode", "08V08V0"), wantErrors: []string{"spec.organisationCode"}},
	"a code with a hyphen":    {mutate: set("spec.organisationCode", "08-V"), wantErrors: []string{"must be an organisation code"}},
	"an empty display name":   {mutate: set("spec.displayName", ""), wantErrors: []string{"spec.displayName"}},
	"a display name of 150":   {mutate: set("spec.displayName", strings.Repeat("n", 150))},
	"a display name of 151":   {mutate: set("spec.displayName", strings.Repeat("n", 151)), wantErrors: []string{"may not be more than 150"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters"}},
	"a name of 63":              {mutate: set("metadata.name", strings.Repeat("n", 63)), wantErrors: []string{"at most 50 characters"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":         {mutate: set("metadata.name", "tower.hamlets"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {mutate: set("metadata.name", "08v"), wantErrors: []string{"the name must start with a lower-case letter"}},

	"a namespace of its own choice":    {mutate: set("spec.namespace", "th-functions")},
	"a namespace in capitals":          {mutate: set("spec.namespace", "TowerHamlets"), wantErrors: []string{"must start with a lower-case letter"}},
	"a namespace of 51":                {mutate: set("spec.namespace", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"the name of a reserved namespace": {mutate: set("metadata.name", "default"), wantErrors: []string{"reserved for the cluster"}},
	"the namespace kube-system":        {mutate: set("spec.namespace", "kube-system"), wantErrors: []string{"reserved for the cluster"}},
	"the namespace openshift-config":   {mutate: set("spec.namespace", "openshift-config"), wantErrors: []string{"reserved for the cluster"}},
	"the operator's own namespace":     {mutate: set("spec.namespace", "commissioning-system"), wantErrors: []string{"reserved for the cluster"}},
	"a reserved name with a namespace": {mutate: all(set("metadata.name", "default"), set("spec.namespace", "th-functions"))},

	"empty access":                         {mutate: set("spec.access", map[string]any{}), wantErrors: []string{"spec.access"}},
	"an empty list of admins":              {mutate: set("spec.access.admins", []any{}), wantErrors: []string{"spec.access.admins"}},
	"33 admins":                            {mutate: set("spec.access.admins", repeat(33, func(i int) any { return person("Group", fmt.Sprint("g", i)) })), wantErrors: []string{"must have at most 32 items"}},
	"a subject of an unknown kind":         {mutate: set(firstSubject, person("Team", "th")), wantErrors: []string{`supported values: "Group", "User", "ServiceAccount"`}},
	"a subject without a name":             {mutate: set(firstSubject, map[string]any{"kind": "Group"}), wantErrors: []string{"name: Required value"}},
	"a subject with a name of 254":         {mutate: set(firstSubject, person("User", strings.Repeat("n", 254))), wantErrors: []string{"may not be more than 253"}},
	"a service account":                    {mutate: set(firstSubject, map[string]any{"kind": "ServiceAccount", "name": "flux", "namespace": "flux-system"})},
	"a service account, no namespace":      {mutate: set(firstSubject, person("ServiceAccount", "flux")), wantErrors: []string{"namespace is needed for a ServiceAccount"}},
	"a group with a namespace":             {mutate: set(firstSubject, map[string]any{"kind": "Group", "name": "g", "namespace": "n"}), wantErrors: []string{"namespace is needed for a ServiceAccount, and only there"}},
	"access for system:masters":            {mutate: set(firstSubject, person("Group", "system:masters")), wantErrors: []string{"belong to the cluster and cannot be given access"}},
	"access for system:authenticated":      {mutate: set(firstSubject, person("Group", "system:authenticated")), wantErrors: []string{"belong to the cluster and cannot be given access"}},
	"access for system:kube-scheduler":     {mutate: set(firstSubject, person("User", "system:kube-scheduler")), wantErrors: []string{"belong to the cluster and cannot be given access"}},
	"a service account written as user":    {mutate: set(firstSubject, person("User", "system:serviceaccount:kube-system:default")), wantErrors: []string{"belong to the cluster and cannot be given access"}},
	"a viewer that belongs to the cluster": {mutate: set("spec.access.viewers", []any{person("Group", "system:masters")}), wantErrors: []string{"spec.access.viewers[0]"}},

	"a quota of zero":               {mutate: set("spec.quota.pods", "0")},
	"a quota as a number":           {mutate: set("spec.quota.pods", int64(5))},
	"a quota in gibibytes":          {mutate: set("spec.quota.pods", "16Gi")},
	"a quota below zero":            {mutate: set("spec.quota.pods", "-1"), wantErrors: []string{"a quota must be an amount of zero or more"}},
	"a quota below zero, as number": {mutate: set("spec.quota.pods", int64(-1)), wantErrors: []string{"a quota must be an amount of zero or more"}},
	"a quota of 1e99":               {mutate: set("spec.quota.pods", "1e99"), wantErrors: []string{"exponents such as 5e3 are not taken"}},
	"a quota that nobody can read":  {mutate: set("spec.quota.pods", "1e1.5"), wantErrors: []string{"exponents such as 5e3 are not taken"}},
	"a quota that takes for ever":   {mutate: set("spec.quota.pods", "1e999999999999"), wantErrors: []string{"exponents such as 5e3 are not taken"}},
	"a quota of 21 digits":          {mutate: set("spec.quota.pods", strings.Repeat("9", 21)), wantErrors: []string{"a quota must be an amount of zero or more"}},
	"a quota in words":              {mutate: set("spec.quota.pods", "plenty"), wantErrors: []string{"spec.quota.pods"}},
	"an empty quota":                {mutate: set("spec.quota", map[string]any{}), wantErrors: []string{"spec.quota"}},
	"20 quotas":                     {mutate: set("spec.quota", quotas(20))},
	"21 quotas":                     {mutate: set("spec.quota", quotas(21)), wantErrors: []string{"must have at most 20 items"}},
	"a quota's name of 101":         {mutate: set("spec.quota."+strings.Repeat("n", 101), "1"), wantErrors: []string{"the name of a resource holds at most 100 characters"}},

	"practices":                  {mutate: set("spec.practices", []any{"F84123", "Y00212"})},
	"a practice's code of five":  {mutate: set("spec.practices", []any{"F8412"}), wantErrors: []string{"spec.practices[0]"}},
	"a practice named twice":     {mutate: set("spec.practices", []any{"F84123", "F84123"}), wantErrors: []string{"Duplicate value"}},
	"an empty list of practices": {mutate: set("spec.practices", []any{}), wantErrors: []string{"spec.practices"}},
	"1001 practices":             {mutate: set("spec.practices", repeat(1001, func(i int) any { return fmt.Sprintf("F%05d", i) })), wantErrors: []string{"must have at most 1000 items"}},

	"a deletion policy unknown":      {mutate: set("spec.deletionPolicy", "Orphan"), wantErrors: []string{`supported values: "Retain", "Delete"`}},
	"a successor":                    {mutate: set("spec.succeededBy", "north-east-london")},
	"a successor that is itself":     {mutate: set("spec.succeededBy", "tower-hamlets"), wantErrors: []string{"a consortium cannot succeed itself"}},
	"a successor that is not a name": {mutate: set("spec.succeededBy", "NHS North East London"), wantErrors: []string{"must start with a lower-case letter"}},
}

func TestConsortium(t *testing.T) { tryCreating(t, consortiumBase, consortia) }
