package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/testenv"
)

// What Helm and kustomize add to every object, and what each keeps in its own way.
var (
	addedLabels = []string{
		"helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "app.kubernetes.io/version",
	}
	addedAnnotations = []string{"helm.sh/resource-policy"}
)

// TestDefaultsAreConfigDefault: with Helm or with kustomize, one installs the same.
func TestDefaultsAreConfigDefault(t *testing.T) {
	rendered, err := render(t, "")
	if err != nil {
		t.Fatal(err)
	}
	want := kustomized(t, "config/default")
	delete(want, "Namespace/"+namespace) // Helm's --create-namespace
	if diff := cmp.Diff(want, plain(rendered)); diff != "" {
		t.Errorf("the chart's defaults differ from config/default (-kustomize +chart):\n%s", diff)
	}
}

// TestPrometheusIsConfigPrometheus: the same for what the Prometheus operator reads.
func TestPrometheusIsConfigPrometheus(t *testing.T) {
	rendered, err := render(t, "metrics: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboards: {enabled: true}}")
	if err != nil {
		t.Fatal(err)
	}
	want, got := kustomized(t, "config/prometheus"), plain(rendered)
	maps.DeleteFunc(got, func(name string, _ map[string]any) bool { return want[name] == nil })
	if diff := cmp.Diff(want, got); len(want) < 3 || diff != "" {
		t.Errorf("what the chart renders of %d objects differs from config/prometheus (-kustomize +chart):\n%s", len(want), diff)
	}
}

// kustomized are the objects of a folder of the repository, as plain has them.
func kustomized(t *testing.T, folder string) map[string]map[string]any {
	t.Helper()
	printed, err := control.Kubectl(t.Context(), "kustomize", testenv.Path(folder))
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := testenv.ReadManifests(strings.NewReader(string(printed)))
	if err != nil {
		t.Fatal(err)
	}
	return plain(wanted)
}

// plain are objects by kind and name, without what Helm and kustomize add.
func plain(objects []*unstructured.Unstructured) map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, object := range objects {
		object.SetLabels(without(object.GetLabels(), addedLabels))
		object.SetAnnotations(without(object.GetAnnotations(), addedAnnotations))
		if object.GetKind() == "Deployment" {
			pods := object.Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
			container := pods["containers"].([]any)[0].(map[string]any)
			delete(container, "imagePullPolicy") // the default, said
		}
		found[object.GetKind()+"/"+object.GetName()] = spaced(object.Object).(map[string]any)
	}
	return found
}

// spaced has one space wherever a text has some: kustomize adds empty lines to folded expressions.
func spaced(value any) any {
	switch v := value.(type) {
	case string:
		return strings.Join(strings.Fields(v), " ")
	case map[string]any:
		for key := range v {
			v[key] = spaced(v[key])
		}
	case []any:
		for i := range v {
			v[i] = spaced(v[i])
		}
	}
	return value
}

func without(texts map[string]string, keys []string) map[string]string {
	left := maps.Clone(texts)
	maps.DeleteFunc(left, func(key, _ string) bool { return slices.Contains(keys, key) })
	if len(left) == 0 {
		return nil
	}
	return left
}

// renderings are values with which the chart is used.
var renderings = map[string]string{
	"defaults":              "",
	"one replica":           "replicas: 1",
	"by digest":             "image: {digest: sha256:" + strings.Repeat("0a", 32) + "}",
	"a registry of yours":   "image: {repository: registry.example/commissioning, tag: v9, pullPolicy: Always}\nimagePullSecrets: [registry]",
	"scheduled":             "nodeSelector: {disk: ssd}\ntolerations: [{key: dedicated, operator: Exists}]\npriorityClassName: system-cluster-critical\naffinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Exists}]}]}}}",
	"labelled":              "podLabels: {team: platform}\npodAnnotations: {note: ours}",
	"another cluster":       "operator: {dnsNamespace: dns, dnsPort: 5353, clusterDomain: health.example, callerNamespaces: [gateway, monitoring], tokenIssuer: https://issuer.example, timeZone: Europe/Dublin, logLevel: debug}",
	"catalogue":             "catalogue: {enabled: true, registry: registry.example/functions, tag: v3}",
	"a catalogue that goes": "catalogue: {enabled: true, keep: false}",
	"without kinds":         "crds: {install: false}",
	"kinds that go":         "crds: {keep: false}",
	"by consortia":          "localitiesWrittenBy: Consortium",
	"nothing that may":      "flowSchemas: {enabled: false}\npodDisruptionBudget: {enabled: false}\nnetworkPolicy: {enabled: false}\nmetrics: {service: false}",
	"monitored elsewhere":   "networkPolicy: {monitoringNamespace: observability}",
	"dashboards":            "metrics: {perConsortium: true, dashboards: {enabled: true, labels: {dashboards: ours}}}",
	"monitored":             "metrics: {serviceMonitor: {enabled: true, labels: {release: ours}}, prometheusRule: {enabled: true, labels: {release: ours}}}",
}

// TestEveryRenderingIsAccepted by the API server, strictly.
func TestEveryRenderingIsAccepted(t *testing.T) {
	installKinds(t)
	installMonitoringKinds(t)
	for _, name := range slices.Sorted(maps.Keys(renderings)) {
		t.Run(name, func(t *testing.T) {
			objects, err := render(t, renderings[name])
			if err != nil {
				t.Fatal(err)
			}
			list := map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}
			encoded, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			cmd := control.KubectlCommand(t.Context(), "apply", "--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts", "-f", "-")
			cmd.Stdin = strings.NewReader(string(encoded))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

// prometheusOperator is the module that holds the kinds of the Prometheus operator.
const prometheusOperator = "github.com/prometheus-operator/prometheus-operator@v0.85.0"

// installMonitoringKinds makes the kinds of the Prometheus operator known, as it ships them.
func installMonitoringKinds(t *testing.T) {
	t.Helper()
	module, err := binaries.DownloadModule(t.Context(), prometheusOperator)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"servicemonitors", "prometheusrules"} {
		path := filepath.Join(module, "example", "prometheus-operator-crd", "monitoring.coreos.com_"+kind+".yaml")
		kubectl(t, "apply", "--server-side", "-f", path)
		kubectl(t, "wait", "--for=condition=Established", "crd/"+kind+".monitoring.coreos.com", "--timeout=30s")
	}
}

// TestValuesArrive where they are meant for.
func TestValuesArrive(t *testing.T) {
	for name, expected := range map[string][]string{
		"by digest":           {"image: ghcr.io/commissioning-support/operator@sha256:0a0a"},
		"a registry of yours": {"image: registry.example/commissioning:v9", "imagePullPolicy: Always", "- name: registry"},
		"another cluster":     {"--dns-namespace=dns", "--dns-port=5353", "--cluster-domain=health.example", "--caller-namespaces=gateway,monitoring", "--token-issuer=https://issuer.example", "--time-zone=Europe/Dublin", "--zap-log-level=debug"},
		"catalogue":           {"image: registry.example/functions/contracting:v3", "kind: SupportFunction"},
		"by consortia":        {"- localities\n  verbs:\n  - create"},
		"monitored elsewhere": {"kubernetes.io/metadata.name: observability"},
	} {
		t.Run(name, func(t *testing.T) {
			printed, err := helm(t, renderings[name], "template", "x", testenv.Path(Folder), "--values", "-", "--namespace", "elsewhere",
				"--api-versions", "commissioning.support/v1alpha1")
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range expected {
				if !strings.Contains(printed, text) {
					t.Errorf("nothing says %q", text)
				}
			}
			if strings.Contains(printed, namespace) {
				t.Errorf("something is still in %s, although the release is elsewhere", namespace)
			}
		})
	}
}

// TestWhatCannotWorkIsRefused before anything is written, with what to do.
func TestWhatCannotWorkIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		values string
		args   []string
		want   string
	}{
		"a value that does not exist": {values: "replica: 2", want: "replica"},
		"too many replicas":           {values: "replicas: 100", want: "maximum"},
		"logs with Secrets in them":   {values: "operator: {logLevel: '9'}", want: "pattern"},
		"a digest that is none":       {values: "image: {digest: latest}", want: "pattern"},
		"a namespace of the cluster":  {args: []string{"--namespace", "kube-system"}, want: "needs a namespace of its own"},
		"monitored without a Service": {values: "metrics: {service: false, serviceMonitor: {enabled: true}}", want: "needs metrics.service"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := render(t, c.values, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
	_, err := helm(t, "", "template", "x", testenv.Path(Folder), "--namespace", namespace, "--set", "catalogue.enabled=true")
	if want := "Install without the catalogue first"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a catalogue without its kinds: got %v, want %q", err, want)
	}
}

// TestSchemaKnowsEveryValue, and no other.
func TestSchemaKnowsEveryValue(t *testing.T) {
	schema, values := map[string]any{}, map[string]any{}
	for path, into := range map[string]*map[string]any{"values.schema.json": &schema, "values.yaml": &values} {
		content, err := os.ReadFile(testenv.Path(Folder + "/" + path))
		if err == nil {
			err = yaml.Unmarshal(content, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(keysOf(values, ""), slices.DeleteFunc(propertiesOf(schema, ""), func(p string) bool { return p == "global" })); diff != "" {
		t.Errorf("values.yaml and its schema differ (-values +schema):\n%s", diff)
	}
}

// freeForm are values whose keys are the user's.
var freeForm = regexp.MustCompile(`^(resources|nodeSelector|affinity|podAnnotations|podLabels|metrics\.(serviceMonitor|prometheusRule|dashboards)\.labels)$`)

func keysOf(values map[string]any, path string) []string {
	var keys []string
	for key, value := range values {
		keys = append(keys, path+key)
		if below, ok := value.(map[string]any); ok && !freeForm.MatchString(path+key) {
			keys = append(keys, keysOf(below, path+key+".")...)
		}
	}
	slices.Sort(keys)
	return keys
}

func propertiesOf(schema map[string]any, path string) []string {
	var keys []string
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range properties {
		keys = append(keys, path+key)
		keys = append(keys, propertiesOf(value.(map[string]any), path+key+".")...)
	}
	slices.Sort(keys)
	return keys
}
