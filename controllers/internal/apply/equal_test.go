package apply

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/controllers/internal/index"
)

// fields are the fields of an object, written as people write them, as this package reads them.
func fields(t *testing.T, text string) map[string]any {
	t.Helper()
	object, err := toObject(parse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return object.Object
}

// intent is what a renderer might return.
type intent struct{ json.RawMessage }

func (intent) IsApplyConfiguration() {}

func parse(t *testing.T, text string) intent {
	t.Helper()
	content, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return intent{content}
}

func TestDifference(t *testing.T) {
	tests := map[string]struct {
		kind, desired, live string
		want                string
	}{
		"nothing is rendered":                          {"ConfigMap", "{}", "{status: {}}", ""},
		"a field is as rendered":                       {"Deployment", "spec: {replicas: 3}", "spec: {replicas: 3}", ""},
		"a field has another value":                    {"Deployment", "spec: {replicas: 3}", "spec: {replicas: 2}", "spec.replicas"},
		"a field is missing":                           {"Deployment", "spec: {replicas: 3}", "spec: {}", "spec.replicas"},
		"a field has another type":                     {"Deployment", "spec: {replicas: 3}", `spec: {replicas: "3"}`, "spec.replicas"},
		"a number beyond what a float holds":           {"Deployment", "spec: {replicas: 9007199254740993}", "spec: {replicas: 9007199254740992}", "spec.replicas"},
		"somebody adds a field elsewhere":              {"Deployment", "spec: {replicas: 3}", "spec: {replicas: 3, progressDeadlineSeconds: 9}", ""},
		"somebody adds a label":                        {"ConfigMap", "metadata: {labels: {a: b}}", "metadata: {labels: {a: b, c: d}}", ""},
		"a label has another value":                    {"ConfigMap", "metadata: {labels: {a: b}}", "metadata: {labels: {a: c}}", "metadata.labels.a"},
		"all labels are gone":                          {"ConfigMap", "metadata: {labels: {a: b}}", "metadata: {name: x}", "metadata.labels.a"},
		"an empty label is absent, as it means":        {"ConfigMap", `metadata: {labels: {a: b, c: ""}}`, "metadata: {labels: {a: b}}", ""},
		"an empty label is there":                      {"ConfigMap", `metadata: {labels: {a: b, c: ""}}`, "metadata: {labels: {a: b, c: d}}", "metadata.labels.c"},
		"an empty label is there, and empty":           {"ConfigMap", `metadata: {labels: {c: ""}}`, `metadata: {labels: {c: ""}}`, "metadata.labels.c"},
		"an empty annotation, and there is none":       {"Namespace", `metadata: {annotations: {c: ""}}`, "metadata: {name: x}", ""},
		"an empty value in data is a value":            {"ConfigMap", `data: {c: ""}`, "data: {}", "data.c"},
		"a list is longer":                             {"Service", "spec: {x: [1]}", "spec: {x: [1, 2]}", "spec.x"},
		"a list is shorter":                            {"Service", "spec: {x: [1, 2]}", "spec: {x: [1]}", "spec.x"},
		"a list is in another order":                   {"Service", "spec: {x: [1, 2]}", "spec: {x: [2, 1]}", "spec.x"},
		"an item has more fields, elsewhere":           {"StatefulSet", "spec: {volumeClaimTemplates: [{a: 1}]}", "spec: {volumeClaimTemplates: [{a: 1, status: {}}]}", ""},
		"a list is missing":                            {"Service", "spec: {x: [1]}", "spec: {}", "spec.x"},
		"an empty selector is there":                   {"NetworkPolicy", "spec: {podSelector: {}}", "spec: {podSelector: {}}", ""},
		"an empty selector is not the same as none":    {"NetworkPolicy", "spec: {podSelector: {}}", "spec: {}", "spec.podSelector"},
		"none is not the same as an empty selector":    {"NetworkPolicy", "spec: {ingress: [{from: [{podSelector: {}}]}]}", "spec: {ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]}", "spec"},
		"another kind of selector":                     {"NetworkPolicy", "spec: {ingress: [{from: [{podSelector: {}}]}]}", "spec: {ingress: [{from: [{namespaceSelector: {}}]}]}", "spec.ingress.from.podSelector"},
		"a rule that opens to everybody is added":      {"NetworkPolicy", "spec: {policyTypes: [Ingress]}", "spec: {policyTypes: [Ingress], ingress: [{}]}", "spec"},
		"null and the empty list are printers' habits": {"NetworkPolicy", "spec: {policyTypes: [Ingress]}", "spec: {policyTypes: [Ingress], ingress: null, egress: []}", ""},
		"somebody adds a key to a quota":               {"ResourceQuota", `spec: {hard: {pods: "5"}}`, `spec: {hard: {pods: "5", secrets: "9"}}`, "spec"},
		"somebody adds a limit":                        {"LimitRange", "spec: {limits: [{type: Container}]}", "spec: {limits: [{type: Container, max: {cpu: 1}}]}", "spec"},
		"somebody adds a key to a ConfigMap":           {"ConfigMap", "data: {a: b}", "data: {a: b, c: d}", "data"},
		"somebody adds binary data":                    {"ConfigMap", "data: {a: b}", "data: {a: b}\nbinaryData: {c: AA==}", "binaryData"},
		"somebody adds a key to a Secret":              {"Secret", "data: {a: YQ==}", "data: {a: YQ==, c: YQ==}", "data"},
		"a key of a Secret has another value":          {"Secret", "data: {a: YQ==}", "data: {a: Yg==}", "data.a"},
		"a Secret is of another type":                  {"Secret", "type: a", "type: Opaque", "type"},
		"an autoscaler is told never to grow":          {"HorizontalPodAutoscaler", "spec: {maxReplicas: 8}", "spec: {maxReplicas: 8, behavior: {scaleUp: {selectPolicy: Disabled}}}", "spec"},
		"an autoscaler's replicas":                     {"Deployment", "spec: {revisionHistoryLimit: 2}", "spec: {revisionHistoryLimit: 2, replicas: 5}", ""},
		"an alias selects pods":                        {"Service", "spec: {type: ExternalName}", "spec: {type: ExternalName, selector: {a: b}}", "spec.selector"},
		"somebody adds a rule to a role":               {"ClusterRole", "rules: [{verbs: [get]}]", "rules: [{verbs: [get]}, {verbs: ['*']}]", "rules"},
		"somebody adds a verb to a rule":               {"ClusterRole", "rules: [{verbs: [get]}]", "rules: [{verbs: [get], resources: [secrets]}]", "rules"},
		"somebody makes a role aggregate":              {"ClusterRole", "rules: []", "rules: null\naggregationRule: {clusterRoleSelectors: [{}]}", "aggregationRule"},
		"somebody adds a person":                       {"RoleBinding", "subjects: [{name: a}]", "subjects: [{name: a}, {name: eve}]", "subjects"},
		"somebody adds a port":                         {"Service", "spec: {ports: [{port: 80}]}", "spec: {ports: [{port: 80}, {port: 22}]}", "spec.ports"},
		"somebody adds an address":                     {"Service", "spec: {ports: [{port: 80}]}", "spec: {ports: [{port: 80}], externalIPs: [192.0.2.1]}", "spec.externalIPs"},
		"the cluster gives a service its address":      {"Service", "spec: {type: ClusterIP}", "spec: {type: ClusterIP, clusterIP: 10.0.0.1, sessionAffinity: None}", ""},
		"somebody adds a selector key":                 {"Service", "spec: {selector: {a: b}}", "spec: {selector: {a: b, c: d}}", "spec.selector"},
		"somebody adds a pull secret":                  {"ServiceAccount", "automountServiceAccountToken: false", "{automountServiceAccountToken: false, imagePullSecrets: [{name: x}]}", "imagePullSecrets"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := difference(tc.kind, fields(t, tc.desired), fields(t, tc.live)); got != tc.want {
				t.Errorf("the difference is at %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDifferenceOfAPod(t *testing.T) {
	const desired = "spec: {template: {spec: {containers: [{name: function, image: a}]}}}"
	tests := map[string]struct {
		live, want string
	}{
		"as rendered":                             {"spec: {template: {spec: {containers: [{name: function, image: a}]}}}", ""},
		"as the typed client prints it":           {"spec: {template: {metadata: {creationTimestamp: null}, spec: {containers: [{name: function, image: a, resources: {}}]}}, strategy: {}}", "spec.strategy"},
		"resources printed empty":                 {"spec: {template: {spec: {containers: [{name: function, image: a, resources: {}}]}}}", ""},
		"another image":                           {"spec: {template: {spec: {containers: [{name: function, image: b}]}}}", "spec.template.spec.containers.image"},
		"a second container":                      {"spec: {template: {spec: {containers: [{name: function, image: a}, {name: guest}]}}}", "spec.template.spec.containers"},
		"an init container":                       {"spec: {template: {spec: {containers: [{name: function, image: a}], initContainers: [{name: guest}]}}}", "spec.template.spec"},
		"the host's network":                      {"spec: {template: {spec: {hostNetwork: true, containers: [{name: function, image: a}]}}}", "spec.template.spec"},
		"a privilege":                             {"spec: {template: {spec: {containers: [{name: function, image: a, securityContext: {privileged: true}}]}}}", "spec.template.spec"},
		"a variable":                              {"spec: {template: {spec: {containers: [{name: function, image: a, env: [{name: X}]}]}}}", "spec.template.spec"},
		"a roll-out that is paused":               {"spec: {paused: true, template: {spec: {containers: [{name: function, image: a}]}}}", "spec.paused"},
		"replicas that are never long enough up":  {"spec: {minReadySeconds: 86400, template: {spec: {containers: [{name: function, image: a}]}}}", "spec.minReadySeconds"},
		"a restart that somebody asked for":       {"spec: {template: {metadata: {annotations: {restartedAt: now}}, spec: {containers: [{name: function, image: a}]}}}", ""},
		"what the cluster says of it is no field": {"{spec: {template: {spec: {containers: [{name: function, image: a}]}}}, status: {replicas: 3}}", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := difference("Deployment", fields(t, desired), fields(t, tc.live)); got != tc.want {
				t.Errorf("the difference is at %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDifferenceOfOwners(t *testing.T) {
	const desired = "metadata: {ownerReferences: [{uid: ours, name: a, controller: true}]}"
	tests := map[string]struct {
		live, want string
	}{
		"ours alone":                        {"metadata: {ownerReferences: [{uid: ours, name: a, controller: true}]}", ""},
		"another's before it":               {"metadata: {ownerReferences: [{uid: theirs}, {uid: ours, name: a, controller: true}]}", ""},
		"ours with more fields":             {"metadata: {ownerReferences: [{uid: ours, name: a, controller: true, blockOwnerDeletion: true}]}", ""},
		"ours is gone":                      {"metadata: {ownerReferences: [{uid: theirs}]}", "metadata.ownerReferences"},
		"there is none":                     {"metadata: {}", "metadata.ownerReferences"},
		"ours no longer controls the child": {"metadata: {ownerReferences: [{uid: ours, name: a, controller: false}]}", "metadata.ownerReferences"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := difference("ConfigMap", fields(t, desired), fields(t, tc.live)); got != tc.want {
				t.Errorf("the difference is at %q, want %q", got, tc.want)
			}
		})
	}
}

// What is exact is a closed list: a new kind of child must say what of it may not be added to.
func TestExactPathsKnowEveryKindOfChild(t *testing.T) {
	var want []string
	for _, child := range index.Children() {
		want = append(want, reflect.TypeOf(child).Elem().Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(exactPaths))); diff != "" {
		t.Errorf("the kinds differ (-children +exactPaths):\n%s", diff)
	}
}
