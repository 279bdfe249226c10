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

	"a field misspelt":              {mutate: set("spec.workload.ports", int64(80)), wantErrors: []string{`unknown field "spec.workload.ports"`}},
	"without a title":               {mutate: remove("spec.title"), wantErrors: []string{"spec.title: Required value"}},
	"without a workload":            {mutate: remove("spec.workload"), wantErrors: []string{"spec.workload: Required value"}},
	"without sizing":                {mutate: remove("spec.sizing"), wantErrors: []string{"spec.sizing: Required value"}},
	"a delivery unknown":            {mutate: set("spec.delivery", "Outsourced"), wantErrors: []string{`supported values: "MemberOnly", "Hosted"`}},
	"a data class unknown":          {mutate: set("spec.dataClass", "Secret"), wantErrors: []string{"spec.dataClass: Unsupported value"}},
	"a tenancy unknown":             {mutate: set("spec.tenancy", "Dedicated"), wantErrors: []string{`supported values: "Shared"`}},
	"hosted with identifiable data": {mutate: set("spec.dataClass", "Identifiable"), wantErrors: []string{"a Hosted function cannot carry Identifiable data"}},
	"hosted without continuity":     {mutate: remove("spec.continuity"), wantErrors: []string{"a Hosted function must say its continuity"}},
	"member-only with continuity":   {mutate: all(withoutSupplier, set("spec.continuity", "HoldsRecords")), wantErrors: []string{"a MemberOnly function has no supplier"}},
	"member-only with requirements": {mutate: all(withoutSupplier, set("spec.requires.dataSharing", "Required")), wantErrors: []string{"a MemberOnly function has no supplier"}},
	"member-only with tenancy":      {mutate: all(withoutSupplier, set("spec.tenancy", "Shared")), wantErrors: []string{"a MemberOnly function has no supplier"}},
	"member-only with lapse policy": {mutate: all(withoutSupplier, set("spec.onAssuranceLapse", "Withdraw")), wantErrors: []string{"a MemberOnly function has no supplier"}},
	"a description of 500":          {mutate: set("spec.description", strings.Repeat("d", 500))},
	"a description of 501":          {mutate: set("spec.description", strings.Repeat("d", 501)), wantErrors: []string{"may not be more than 500"}},
	"empty requirements":            {mutate: set("spec.requires", map[string]any{}), wantErrors: []string{"spec.requires"}},
	"a scheme required twice":       {mutate: set("spec.requires.assurances", repeat(2, func(int) any { return map[string]any{"scheme": "DSPT", "results": []any{"StandardsMet"}} })), wantErrors: []string{"Duplicate value"}},
	"a scheme without results":      {mutate: set("spec.requires.assurances.0.results", []any{}), wantErrors: []string{"results"}},
	"a scheme in words":             {mutate: set("spec.requires.assurances.0.scheme", "the toolkit"), wantErrors: []string{"scheme"}},

	"an image with a digest":           {mutate: image("ghcr.io/example/finance" + digest)},
	"an image with tag and digest":     {mutate: image("ghcr.io/example/finance:1.4.0" + digest)},
	"an image behind a port":           {mutate: image("registry.example:5000/finance:1.4.0")},
	"an image without a version":       {mutate: image("ghcr.io/example/finance"), wantErrors: []string{imageMessage}},
	"a port that is not a version":     {mutate: image("registry.example:5000/finance"), wantErrors: []string{imageMessage}},
	"an image with the latest version": {mutate: image("ghcr.io/example/finance:latest"), wantErrors: []string{imageMessage}},
	"an image with half a digest":      {mutate: image("ghcr.io/example/finance@sha256:e3b0c442"), wantErrors: []string{imageMessage}},
	"an image with a space":            {mutate: image("ghcr.io/example/finance :1.4.0"), wantErrors: []string{imageMessage}},
	"an empty image":                   {mutate: image(""), wantErrors: []string{"spec.workload.image"}},
	"a port of zero":                   {mutate: set("spec.workload.port", int64(0)), wantErrors: []string{"spec.workload.port"}},
	"a port of 65536":                  {mutate: set("spec.workload.port", int64(65536)), wantErrors: []string{"should be less than or equal to 65535"}},
	"a readiness that is a URL":        {mutate: set("spec.workload.readiness.path", "http://localhost/readyz"), wantErrors: []string{"spec.workload.readiness.path"}},
	"a pull secret named twice":        {mutate: set("spec.workload.imagePullSecrets", repeat(2, func(int) any { return map[string]any{"name": "registry"} })), wantErrors: []string{"Duplicate value"}},

	"a request in thousandths":      {mutate: set("spec.workload.resources.requests.cpu", "1500m")},
	"a request as a number":         {mutate: set("spec.workload.resources.requests.cpu", int64(2))},
	"a request finer than there is": {mutate: set("spec.workload.resources.requests.cpu", "0.0001")},
	"a request in millionths":       {mutate: set("spec.workload.resources.requests.cpu", "100u")},
	"a fraction of a thousandth":    {mutate: set("spec.workload.resources.requests.cpu", "0.5m")},
	"a fraction of a kibibyte":      {mutate: set("spec.workload.resources.requests.memory", "0.000000001Ki")},
	"bytes, and a billionth":        {mutate: set("spec.workload.resources.requests.memory", "123456789012345.123456789k")},
	"more than can be counted":      {mutate: set("spec.workload.resources.requests.memory", "999999999999999E")},
	"cpu below zero":                {mutate: set("spec.workload.resources.requests.cpu", "-1"), wantErrors: []string{"cpu must be an amount of zero or more"}},
	"memory below zero":             {mutate: set("spec.workload.resources.limits", map[string]any{"memory": "-1Gi"}), wantErrors: []string{"memory must be an amount of zero or more"}},
	"ephemeral storage below zero":  {mutate: set("spec.workload.resources.limits", map[string]any{"ephemeralStorage": "-1Gi"}), wantErrors: []string{"ephemeralStorage must be an amount of zero or more"}},
	"memory that nobody can read":   {mutate: set("spec.workload.resources.requests.memory", "1e1.5"), wantErrors: []string{"memory must be an amount of zero or more"}},
	"memory that takes for ever":    {mutate: set("spec.workload.resources.requests.memory", "1e999999999999"), wantErrors: []string{"memory must be an amount of zero or more"}},
	"a resource unknown":            {mutate: set("spec.workload.resources.requests", map[string]any{"gpu": "1"}), wantErrors: []string{`unknown field "spec.workload.resources.requests.gpu"`}},
	"empty requests":                {mutate: set("spec.workload.resources.requests", map[string]any{}), wantErrors: []string{"spec.workload.resources.requests"}},

	"an empty variable":               {mutate: variable(map[string]any{"name": "LOG_LEVEL", "value": ""})},
	"a variable of 512":               {mutate: variable(map[string]any{"name": "LOG_LEVEL", "value": strings.Repeat("v", 512)})},
	"a variable of 513":               {mutate: variable(map[string]any{"name": "LOG_LEVEL", "value": strings.Repeat("v", 513)}), wantErrors: []string{"may not be more than 512"}},
	"a variable that is a UUID":       {mutate: variable(map[string]any{"name": "ID", "value": "123e4567-e89b-12d3-a456-426614174000"})},
	"a variable without a value":      {mutate: variable(map[string]any{"name": "LOG_LEVEL"}), wantErrors: []string{"give either value or valueFrom"}},
	"a variable with two values":      {mutate: set("spec.workload.env.1.value", "x"), wantErrors: []string{"give either value or valueFrom"}},
	"a variable given twice":          {mutate: set("spec.workload.env.1", map[string]any{"name": "LOG_LEVEL", "value": "debug"}), wantErrors: []string{"Duplicate value"}},
	"a variable's name with a hyphen": {mutate: variable(map[string]any{"name": "LOG-LEVEL", "value": "info"}), wantErrors: []string{"spec.workload.env[0].name"}},
	"a secret of another namespace":   {mutate: set("spec.workload.env.1.valueFrom.secretKeyRef.namespace", "newham"), wantErrors: []string{`unknown field "spec.workload.env[1].valueFrom.secretKeyRef.namespace"`}},
	"a secret by a path":              {mutate: set("spec.workload.env.1.valueFrom.secretKeyRef.name", "newham/db"), wantErrors: []string{"secretKeyRef.name"}},
	"64 variables":                    {mutate: set("spec.workload.env", variables(64))},
	"65 variables":                    {mutate: set("spec.workload.env", variables(65)), wantErrors: []string{"must have at most 64 items"}},

	"egress to one address":              {mutate: cidr("10.20.3.4/32")},
	"egress over IPv6":                   {mutate: cidr("2001:db8::/32")},
	"egress to everything":               {mutate: cidr("0.0.0.0/0"), wantErrors: []string{"/0 would open everything"}},
	"egress to everything, IPv6":         {mutate: cidr("::/0"), wantErrors: []string{"/0 would open everything"}},
	"egress with host bits":              {mutate: cidr("10.20.3.4/16"), wantErrors: []string{cidrMessage}},
	"egress without a length":            {mutate: cidr("10.20.0.0"), wantErrors: []string{cidrMessage}},
	"egress to a name":                   {mutate: cidr("db.example.org"), wantErrors: []string{cidrMessage}},
	"egress to the node's metadata":      {mutate: cidr("169.254.169.254/32"), wantErrors: []string{"link-local addresses are the node's own"}},
	"egress around the node's metadata":  {mutate: cidr("169.254.0.0/15"), wantErrors: []string{"link-local addresses are the node's own"}},
	"egress to half of everything":       {mutate: cidr("128.0.0.0/1"), wantErrors: []string{"link-local addresses are the node's own"}},
	"egress to link-local, IPv6":         {mutate: cidr("fe80::/64"), wantErrors: []string{"link-local addresses are the node's own"}},
	"egress to metadata, mapped to IPv6": {mutate: cidr("::ffff:169.254.169.254/128"), wantErrors: []string{"spec.workload.egress[0].to.cidr"}},
	"egress without ports":               {mutate: set("spec.workload.egress.0.ports", []any{}), wantErrors: []string{"ports"}},
	"egress over another protocol":       {mutate: set("spec.workload.egress.0.ports", []any{map[string]any{"port": int64(1), "protocol": "ICMP"}}), wantErrors: []string{`supported values: "TCP", "UDP"`}},
	"17 rules of egress": {mutate: set("spec.workload.egress", repeat(17, func(int) any {
		return map[string]any{"to": map[string]any{"cidr": "10.20.0.0/16"}, "ports": []any{map[string]any{"port": int64(1)}}}
	})), wantErrors: []string{"must have at most 16 items"}},

	"storage and one replica":            {mutate: storage("10Gi")},
	"storage and replicas by default":    {mutate: all(storage("10Gi"), remove("spec.sizing.minReplicas"), remove("spec.sizing.maxReplicas")), wantErrors: []string{"a function with storage runs one replica"}},
	"storage and up to two replicas":     {mutate: all(storage("10Gi"), set("spec.sizing.maxReplicas", int64(2))), wantErrors: []string{"a function with storage runs one replica"}},
	"storage of less than a byte":        {mutate: storage("0.000000001k")},
	"storage of nothing":                 {mutate: storage("0"), wantErrors: []string{"size must be an amount of more than zero"}},
	"storage of nothing, in gibibytes":   {mutate: storage("0Gi"), wantErrors: []string{"size must be an amount of more than zero"}},
	"storage below zero":                 {mutate: storage("-10Gi"), wantErrors: []string{"size must be an amount of more than zero"}},
	"storage that nobody can read":       {mutate: storage("1e1.5"), wantErrors: []string{"size must be an amount of more than zero"}},
	"storage without a path":             {mutate: all(storage("10Gi"), remove("spec.workload.storage.mountPath")), wantErrors: []string{"mountPath: Required value"}},
	"storage at a relative path":         {mutate: mountedAt("data"), wantErrors: []string{"must be an absolute path"}},
	"storage at a path upwards":          {mutate: mountedAt("/var/lib/../../etc"), wantErrors: []string{"must be an absolute path"}},
	"storage at the root":                {mutate: mountedAt("/"), wantErrors: []string{"mountPath"}},
	"storage at /tmp":                    {mutate: mountedAt("/tmp"), wantErrors: []string{"the path is taken"}},
	"storage over the parameters":        {mutate: mountedAt("/etc/commissioning/parameters.json"), wantErrors: []string{"the path is taken"}},
	"storage over the processes":         {mutate: mountedAt("/proc/self"), wantErrors: []string{"the path is taken"}},
	"storage over the account's token":   {mutate: mountedAt("/var/run/secrets"), wantErrors: []string{"the path is taken"}},
	"storage at a path like a taken one": {mutate: mountedAt("/process-data")},
	"storage where bindings are":         {mutate: mountedAt("/bindings/data-analytics"), wantErrors: []string{"the path is taken"}},
	"storage beside the parameters":      {mutate: mountedAt("/etc/commissioning-data")},

	"sizing upside down":      {mutate: set("spec.sizing.minReplicas", int64(41)), wantErrors: []string{"minReplicas must not be more than maxReplicas"}},
	"sizing for no patients":  {mutate: set("spec.sizing.patientsPerReplica", int64(0)), wantErrors: []string{"spec.sizing.patientsPerReplica"}},
	"sizing to no replicas":   {mutate: set("spec.sizing.minReplicas", int64(0)), wantErrors: []string{"spec.sizing.minReplicas"}},
	"sizing to 1001 replicas": {mutate: set("spec.sizing.maxReplicas", int64(1001)), wantErrors: []string{"should be less than or equal to 1000"}},
	"sizing without patients": {mutate: remove("spec.sizing.patientsPerReplica"), wantErrors: []string{"spec.sizing.patientsPerReplica: Required value"}},
	"sizing without bounds":   {mutate: all(remove("spec.sizing.minReplicas"), remove("spec.sizing.maxReplicas"))},

	"parameters without a schema": {mutate: set("spec.parameters", map[string]any{}), wantErrors: []string{"spec.parameters.schema: Required value"}},
	"a schema that is a text":     {mutate: set("spec.parameters.schema.openAPIV3Schema", "object"), wantErrors: []string{"must be of type object"}},

	"a name of 50":              {mutate: set("metadata.name", strings.Repeat("n", 50))},
	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":         {mutate: set("metadata.name", "finance.support"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {mutate: set("metadata.name", "2nd-opinion"), wantErrors: []string{"the name must start with a lower-case letter"}},
}

func TestSupportFunction(t *testing.T) { tryCreating(t, supportFunctionBase, supportFunctions) }
