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

	"a field misspelt":        {set("spec.organizationCode", "08V"), []string{`unknown field "spec.organizationCode"`}},
	"without a code":          {remove("spec.organisationCode"), []string{"spec.organisationCode: Required value"}},
	"without a display name":  {remove("spec.displayName"), []string{"spec.displayName: Required value"}},
	"without a spec":          {remove("spec"), []string{"spec: Required value"}},
	"a code of six":           {mutate: set("spec.organisationCode", "D4U1Y9")},
	"a code in small letters": {set("spec.organisationCode", "08v"), []string{"must be an organisation code: 3 to 6 capital letters and digits"}},
	"a code of two":           {set("spec.organisationCode", "08"), []string{"spec.organisationCode"}},
	"a code of seven":         {set("spec.organisationCode", "08V08V0"), []string{"spec.organisationCode"}},
	"a code with a hyphen":    {set("spec.organisationCode", "08-V"), []string{"must be an organisation code"}},
	"an empty display name":   {set("spec.displayName", ""), []string{"spec.displayName"}},
	"a display name of 150":   {mutate: set("spec.displayName", strings.Repeat("n", 150))},
	"a display name of 151":   {set("spec.displayName", strings.Repeat("n", 151)), []string{"may not be more than 150"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {set("metadata.name", strings.Repeat("n", 51)), []string{"at most 50 characters"}},
	"a name of 63":              {set("metadata.name", strings.Repeat("n", 63)), []string{"at most 50 characters"}},
	"a name of 253":             {set("metadata.name", strings.Repeat("n", 253)), []string{"at most 50 characters"}},
	"a name with a dot":         {set("metadata.name", "tower.hamlets"), []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {set("metadata.name", "08v"), []string{"the name must start with a lower-case letter"}},

	"a namespace of its own choice":    {mutate: set("spec.namespace", "th-functions")},
	"a namespace in capitals":          {set("spec.namespace", "TowerHamlets"), []string{"must start with a lower-case letter"}},
	"a namespace of 51":                {set("spec.namespace", strings.Repeat("n", 51)), []string{"may not be more than 50"}},
	"the name of a reserved namespace": {set("metadata.name", "default"), []string{"reserved for the cluster"}},
	"the namespace kube-system":        {set("spec.namespace", "kube-system"), []string{"reserved for the cluster"}},
	"the namespace openshift-config":   {set("spec.namespace", "openshift-config"), []string{"reserved for the cluster"}},
	"the operator's own namespace":     {set("spec.namespace", "commissioning-system"), []string{"reserved for the cluster"}},
	"a reserved name with a namespace": {mutate: all(set("metadata.name", "default"), set("spec.namespace", "th-functions"))},

	"empty access":                         {set("spec.access", map[string]any{}), []string{"spec.access"}},
	"an empty list of admins":              {set("spec.access.admins", []any{}), []string{"spec.access.admins"}},
	"33 admins":                            {set("spec.access.admins", repeat(33, func(i int) any { return person("Group", fmt.Sprint("g", i)) })), []string{"must have at most 32 items"}},
	"a subject of an unknown kind":         {set(firstSubject, person("Team", "th")), []string{`supported values: "Group", "User", "ServiceAccount"`}},
	"a subject without a name":             {set(firstSubject, map[string]any{"kind": "Group"}), []string{"name: Required value"}},
	"a subject with a name of 254":         {set(firstSubject, person("User", strings.Repeat("n", 254))), []string{"may not be more than 253"}},
	"a service account":                    {mutate: set(firstSubject, map[string]any{"kind": "ServiceAccount", "name": "flux", "namespace": "flux-system"})},
	"a service account, no namespace":      {set(firstSubject, person("ServiceAccount", "flux")), []string{"namespace is needed for a ServiceAccount"}},
	"a group with a namespace":             {set(firstSubject, map[string]any{"kind": "Group", "name": "g", "namespace": "n"}), []string{"namespace is needed for a ServiceAccount, and only there"}},
	"access for system:masters":            {set(firstSubject, person("Group", "system:masters")), []string{"belong to the cluster and cannot be given access"}},
	"access for system:authenticated":      {set(firstSubject, person("Group", "system:authenticated")), []string{"belong to the cluster and cannot be given access"}},
	"access for system:kube-scheduler":     {set(firstSubject, person("User", "system:kube-scheduler")), []string{"belong to the cluster and cannot be given access"}},
	"a service account written as user":    {set(firstSubject, person("User", "system:serviceaccount:kube-system:default")), []string{"belong to the cluster and cannot be given access"}},
	"a viewer that belongs to the cluster": {set("spec.access.viewers", []any{person("Group", "system:masters")}), []string{"spec.access.viewers[0]"}},

	"a quota of zero":               {mutate: set("spec.quota.pods", "0")},
	"a quota as a number":           {mutate: set("spec.quota.pods", int64(5))},
	"a quota in gibibytes":          {mutate: set("spec.quota.pods", "16Gi")},
	"a quota below zero":            {set("spec.quota.pods", "-1"), []string{"a quota must be an amount of zero or more"}},
	"a quota below zero, as number": {set("spec.quota.pods", int64(-1)), []string{"a quota must be an amount of zero or more"}},
	"a quota of 1e99":               {set("spec.quota.pods", "1e99"), []string{"exponents such as 5e3 are not taken"}},
	"a quota that nobody can read":  {set("spec.quota.pods", "1e1.5"), []string{"exponents such as 5e3 are not taken"}},
	"a quota that takes for ever":   {set("spec.quota.pods", "1e999999999999"), []string{"exponents such as 5e3 are not taken"}},
	"a quota of 21 digits":          {set("spec.quota.pods", strings.Repeat("9", 21)), []string{"a quota must be an amount of zero or more"}},
	"a quota in words":              {set("spec.quota.pods", "plenty"), []string{"spec.quota.pods"}},
	"an empty quota":                {set("spec.quota", map[string]any{}), []string{"spec.quota"}},
	"20 quotas":                     {mutate: set("spec.quota", quotas(20))},
	"21 quotas":                     {set("spec.quota", quotas(21)), []string{"must have at most 20 items"}},
	"a quota's name of 101":         {set("spec.quota."+strings.Repeat("n", 101), "1"), []string{"the name of a resource holds at most 100 characters"}},

	"practices":                  {mutate: set("spec.practices", []any{"F84123", "Y00212"})},
	"a practice's code of five":  {set("spec.practices", []any{"F8412"}), []string{"spec.practices[0]"}},
	"a practice named twice":     {set("spec.practices", []any{"F84123", "F84123"}), []string{"Duplicate value"}},
	"an empty list of practices": {set("spec.practices", []any{}), []string{"spec.practices"}},
	"1001 practices":             {set("spec.practices", repeat(1001, func(i int) any { return fmt.Sprintf("F%05d", i) })), []string{"must have at most 1000 items"}},

	"a deletion policy unknown":      {set("spec.deletionPolicy", "Orphan"), []string{`supported values: "Retain", "Delete"`}},
	"a successor":                    {mutate: set("spec.succeededBy", "north-east-london")},
	"a successor that is itself":     {set("spec.succeededBy", "tower-hamlets"), []string{"a consortium cannot succeed itself"}},
	"a successor that is not a name": {set("spec.succeededBy", "NHS North East London"), []string{"must start with a lower-case letter"}},
}

func TestConsortium(t *testing.T) { tryCreating(t, consortiumBase, consortia) }
