package crdtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const supportFunctionBase = `
apiVersion: commissioning.support/v1alpha1
kind: SupportFunction
metadata: {name: finance-support}
spec:
  title: Finance support
  description: Ledgers and payments of a consortium.
  delivery: Hosted
  dataClass: Pseudonymised
  continuity: Interchangeable
  requires:
    assurances: [{scheme: DSPT, results: [StandardsMet]}]
  workload:
    image: ghcr.io/example/finance-support:1.4.0
    port: 8080
    resources: {requests: {cpu: 100m, memory: 128Mi}}
    readiness: {path: /readyz}
    env: [{name: LOG_LEVEL, value: info}, {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]
    egress: [{to: {cidr: 10.20.0.0/16}, ports: [{port: 5432, protocol: TCP}]}]
  parameters: {schema: {openAPIV3Schema: {type: object, properties: {months: {type: integer}}}}}
  sizing: {patientsPerReplica: 500000, minReplicas: 2, maxReplicas: 40}
`

// What only a hosted function has.
var withoutSupplier = all(set("spec.delivery", "MemberOnly"), remove("spec.continuity"), remove("spec.requires"))

func storage(size string) mutation {
	return all(set("spec.workload.storage", map[string]any{"size": size, "mountPath": "/var/lib/data"}),
		set("spec.sizing.minReplicas", int64(1)), set("spec.sizing.maxReplicas", int64(1)))
}

func mountedAt(path string) mutation {
	return all(storage("10Gi"), set("spec.workload.storage.mountPath", path))
}

func image(name string) mutation { return set("spec.workload.image", name) }

func cidr(network string) mutation { return set("spec.workload.egress.0.to.cidr", network) }

func variable(value map[string]any) mutation { return set("spec.workload.env.0", value) }

func variables(n int) []any {
	return repeat(n, func(i int) any { return map[string]any{"name": fmt.Sprint("V", i), "value": ""} })
}

const (
	imageMessage = "image must name a version: a tag other than latest, or a digest"
	cidrMessage  = "must be a network in CIDR form, without host bits"
	digest       = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

var supportFunctions = map[string]refusal{
	"as it stands":                  {mutate: nothing},
	"member-only":                   {mutate: withoutSupplier},
	"member-only with identifiable": {mutate: all(withoutSupplier, set("spec.dataClass", "Identifiable"))},
	"hosted with aggregate data":    {mutate: set("spec.dataClass", "Aggregate")},

	"a field misspelt":              {set("spec.workload.ports", int64(80)), []string{`unknown field "spec.workload.ports"`}},
	"without a title":               {remove("spec.title"), []string{"spec.title: Required value"}},
	"without a workload":            {remove("spec.workload"), []string{"spec.workload: Required value"}},
	"without sizing":                {remove("spec.sizing"), []string{"spec.sizing: Required value"}},
	"a delivery unknown":            {set("spec.delivery", "Outsourced"), []string{`supported values: "MemberOnly", "Hosted"`}},
	"a data class unknown":          {set("spec.dataClass", "Secret"), []string{"spec.dataClass: Unsupported value"}},
	"a tenancy unknown":             {set("spec.tenancy", "Dedicated"), []string{`supported values: "Shared"`}},
	"hosted with identifiable data": {set("spec.dataClass", "Identifiable"), []string{"a Hosted function cannot carry Identifiable data"}},
	"hosted without continuity":     {remove("spec.continuity"), []string{"a Hosted function must say its continuity"}},
	"member-only with continuity":   {all(withoutSupplier, set("spec.continuity", "HoldsRecords")), []string{"a MemberOnly function has no supplier"}},
	"member-only with requirements": {all(withoutSupplier, set("spec.requires.dataSharing", "Required")), []string{"a MemberOnly function has no supplier"}},
	"member-only with tenancy":      {all(withoutSupplier, set("spec.tenancy", "Shared")), []string{"a MemberOnly function has no supplier"}},
	"member-only with lapse policy": {all(withoutSupplier, set("spec.onAssuranceLapse", "Withdraw")), []string{"a MemberOnly function has no supplier"}},
	"a description of 500":          {mutate: set("spec.description", strings.Repeat("d", 500))},
	"a description of 501":          {set("spec.description", strings.Repeat("d", 501)), []string{"may not be more than 500"}},
	"empty requirements":            {set("spec.requires", map[string]any{}), []string{"spec.requires"}},
	"a scheme required twice":       {set("spec.requires.assurances", repeat(2, func(int) any { return map[string]any{"scheme": "DSPT", "results": []any{"StandardsMet"}} })), []string{"Duplicate value"}},
	"a scheme without results":      {set("spec.requires.assurances.0.results", []any{}), []string{"results"}},
	"a scheme in words":             {set("spec.requires.assurances.0.scheme", "the toolkit"), []string{"scheme"}},

	"an image with a digest":           {mutate: image("ghcr.io/example/finance" + digest)},
	"an image with tag and digest":     {mutate: image("ghcr.io/example/finance:1.4.0" + digest)},
	"an image behind a port":           {mutate: image("registry.example:5000/finance:1.4.0")},
	"an image without a version":       {image("ghcr.io/example/finance"), []string{imageMessage}},
	"a port that is not a version":     {image("registry.example:5000/finance"), []string{imageMessage}},
	"an image with the latest version": {image("ghcr.io/example/finance:latest"), []string{imageMessage}},
	"an image with half a digest":      {image("ghcr.io/example/finance@sha256:e3b0c442"), []string{imageMessage}},
	"an image with a space":            {image("ghcr.io/example/finance :1.4.0"), []string{imageMessage}},
	"an empty image":                   {image(""), []string{"spec.workload.image"}},
	"a port of zero":                   {set("spec.workload.port", int64(0)), []string{"spec.workload.port"}},
	"a port of 65536":                  {set("spec.workload.port", int64(65536)), []string{"should be less than or equal to 65535"}},
	"a readiness that is a URL":        {set("spec.workload.readiness.path", "http://localhost/readyz"), []string{"spec.workload.readiness.path"}},
	"a pull secret named twice":        {set("spec.workload.imagePullSecrets", repeat(2, func(int) any { return map[string]any{"name": "registry"} })), []string{"Duplicate value"}},

	"a request in thousandths":     {mutate: set("spec.workload.resources.requests.cpu", "1500m")},
	"a request as a number":        {mutate: set("spec.workload.resources.requests.cpu", int64(2))},
	"cpu below zero":               {set("spec.workload.resources.requests.cpu", "-1"), []string{"cpu must be an amount of zero or more"}},
	"memory below zero":            {set("spec.workload.resources.limits", map[string]any{"memory": "-1Gi"}), []string{"memory must be an amount of zero or more"}},
	"ephemeral storage below zero": {set("spec.workload.resources.limits", map[string]any{"ephemeralStorage": "-1Gi"}), []string{"ephemeralStorage must be an amount of zero or more"}},
	"memory that nobody can read":  {set("spec.workload.resources.requests.memory", "1e1.5"), []string{"memory must be an amount of zero or more"}},
	"memory that takes for ever":   {set("spec.workload.resources.requests.memory", "1e999999999999"), []string{"memory must be an amount of zero or more"}},
	"a resource unknown":           {set("spec.workload.resources.requests", map[string]any{"gpu": "1"}), []string{`unknown field "spec.workload.resources.requests.gpu"`}},
	"empty requests":               {set("spec.workload.resources.requests", map[string]any{}), []string{"spec.workload.resources.requests"}},

	"an empty variable":               {mutate: variable(map[string]any{"name": "LOG_LEVEL", "value": ""})},
	"a variable of 512":               {mutate: variable(map[string]any{"name": "LOG_LEVEL", "value": strings.Repeat("v", 512)})},
	"a variable of 513":               {variable(map[string]any{"name": "LOG_LEVEL", "value": strings.Repeat("v", 513)}), []string{"may not be more than 512"}},
	"a variable that is a UUID":       {mutate: variable(map[string]any{"name": "ID", "value": "123e4567-e89b-12d3-a456-426614174000"})},
	"a variable without a value":      {variable(map[string]any{"name": "LOG_LEVEL"}), []string{"give either value or valueFrom"}},
	"a variable with two values":      {set("spec.workload.env.1.value", "x"), []string{"give either value or valueFrom"}},
	"a variable given twice":          {set("spec.workload.env.1", map[string]any{"name": "LOG_LEVEL", "value": "debug"}), []string{"Duplicate value"}},
	"a variable's name with a hyphen": {variable(map[string]any{"name": "LOG-LEVEL", "value": "info"}), []string{"spec.workload.env[0].name"}},
	"a secret of another namespace":   {set("spec.workload.env.1.valueFrom.secretKeyRef.namespace", "newham"), []string{`unknown field "spec.workload.env[1].valueFrom.secretKeyRef.namespace"`}},
	"a secret by a path":              {set("spec.workload.env.1.valueFrom.secretKeyRef.name", "newham/db"), []string{"secretKeyRef.name"}},
	"64 variables":                    {mutate: set("spec.workload.env", variables(64))},
	"65 variables":                    {set("spec.workload.env", variables(65)), []string{"must have at most 64 items"}},

	"egress to one address":              {mutate: cidr("10.20.3.4/32")},
	"egress over IPv6":                   {mutate: cidr("2001:db8::/32")},
	"egress to everything":               {cidr("0.0.0.0/0"), []string{"/0 would open everything"}},
	"egress to everything, IPv6":         {cidr("::/0"), []string{"/0 would open everything"}},
	"egress with host bits":              {cidr("10.20.3.4/16"), []string{cidrMessage}},
	"egress without a length":            {cidr("10.20.0.0"), []string{cidrMessage}},
	"egress to a name":                   {cidr("db.example.org"), []string{cidrMessage}},
	"egress to the node's metadata":      {cidr("169.254.169.254/32"), []string{"link-local addresses are the node's own"}},
	"egress around the node's metadata":  {cidr("169.254.0.0/15"), []string{"link-local addresses are the node's own"}},
	"egress to half of everything":       {cidr("128.0.0.0/1"), []string{"link-local addresses are the node's own"}},
	"egress to link-local, IPv6":         {cidr("fe80::/64"), []string{"link-local addresses are the node's own"}},
	"egress to metadata, mapped to IPv6": {cidr("::ffff:169.254.169.254/128"), []string{"spec.workload.egress[0].to.cidr"}},
	"egress without ports":               {set("spec.workload.egress.0.ports", []any{}), []string{"ports"}},
	"egress over another protocol":       {set("spec.workload.egress.0.ports", []any{map[string]any{"port": int64(1), "protocol": "ICMP"}}), []string{`supported values: "TCP", "UDP"`}},
	"17 rules of egress": {set("spec.workload.egress", repeat(17, func(int) any {
		return map[string]any{"to": map[string]any{"cidr": "10.20.0.0/16"}, "ports": []any{map[string]any{"port": int64(1)}}}
	})), []string{"must have at most 16 items"}},

	"storage and one replica":            {mutate: storage("10Gi")},
	"storage and replicas by default":    {all(storage("10Gi"), remove("spec.sizing.minReplicas"), remove("spec.sizing.maxReplicas")), []string{"a function with storage runs one replica"}},
	"storage and up to two replicas":     {all(storage("10Gi"), set("spec.sizing.maxReplicas", int64(2))), []string{"a function with storage runs one replica"}},
	"storage of nothing":                 {storage("0"), []string{"size must be an amount of more than zero"}},
	"storage of nothing, in gibibytes":   {storage("0Gi"), []string{"size must be an amount of more than zero"}},
	"storage below zero":                 {storage("-10Gi"), []string{"size must be an amount of more than zero"}},
	"storage that nobody can read":       {storage("1e1.5"), []string{"size must be an amount of more than zero"}},
	"storage without a path":             {all(storage("10Gi"), remove("spec.workload.storage.mountPath")), []string{"mountPath: Required value"}},
	"storage at a relative path":         {mountedAt("data"), []string{"must be an absolute path"}},
	"storage at a path upwards":          {mountedAt("/var/lib/../../etc"), []string{"must be an absolute path"}},
	"storage at the root":                {mountedAt("/"), []string{"mountPath"}},
	"storage at /tmp":                    {mountedAt("/tmp"), []string{"the path is taken"}},
	"storage over the parameters":        {mountedAt("/etc/commissioning/parameters.json"), []string{"the path is taken"}},
	"storage over the processes":         {mountedAt("/proc/self"), []string{"the path is taken"}},
	"storage over the account's token":   {mountedAt("/var/run/secrets"), []string{"the path is taken"}},
	"storage at a path like a taken one": {mutate: mountedAt("/process-data")},
	"storage where bindings are":         {mountedAt("/bindings/data-analytics"), []string{"the path is taken"}},
	"storage beside the parameters":      {mutate: mountedAt("/etc/commissioning-data")},

	"sizing upside down":      {set("spec.sizing.minReplicas", int64(41)), []string{"minReplicas must not be more than maxReplicas"}},
	"sizing for no patients":  {set("spec.sizing.patientsPerReplica", int64(0)), []string{"spec.sizing.patientsPerReplica"}},
	"sizing to no replicas":   {set("spec.sizing.minReplicas", int64(0)), []string{"spec.sizing.minReplicas"}},
	"sizing to 1001 replicas": {set("spec.sizing.maxReplicas", int64(1001)), []string{"should be less than or equal to 1000"}},
	"sizing without patients": {remove("spec.sizing.patientsPerReplica"), []string{"spec.sizing.patientsPerReplica: Required value"}},
	"sizing without bounds":   {mutate: all(remove("spec.sizing.minReplicas"), remove("spec.sizing.maxReplicas"))},

	"parameters without a schema": {set("spec.parameters", map[string]any{}), []string{"spec.parameters.schema: Required value"}},
	"a schema that is a text":     {set("spec.parameters.schema.openAPIV3Schema", "object"), []string{"must be of type object"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {set("metadata.name", strings.Repeat("n", 51)), []string{"at most 50 characters"}},
	"a name of 253":             {set("metadata.name", strings.Repeat("n", 253)), []string{"at most 50 characters"}},
	"a name with a dot":         {set("metadata.name", "finance.support"), []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {set("metadata.name", "2nd-opinion"), []string{"the name must start with a lower-case letter"}},
}

func TestSupportFunction(t *testing.T) { tryCreating(t, supportFunctionBase, supportFunctions) }
