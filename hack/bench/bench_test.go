package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/report"
)

func TestOptions(t *testing.T) {
	for name, tc := range map[string]struct{ arguments, wrong string }{
		"none":                  {},
		"some rows":             {arguments: "-n 50 -rounds 1 -rows fill,cpu"},
		"a row that is not":     {arguments: "-rows fill,speed", wrong: `there is no row "speed"`},
		"too few":               {arguments: "-n 5", wrong: "at least 8 consortia"},
		"no round":              {arguments: "-rounds 0", wrong: "one round"},
		"a flag that is not":    {arguments: "-fast", wrong: "not defined"},
		"everything, tools too": {arguments: "-peers"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := parseOptions(strings.Fields(tc.arguments))
			if (err == nil) != (tc.wrong == "") || (err != nil && !strings.Contains(err.Error(), tc.wrong)) {
				t.Fatalf("got %v, want %q", err, tc.wrong)
			}
			if err == nil && o.wants(report.Peers) != o.peers {
				t.Errorf("other tools are measured: %t", o.wants(report.Peers))
			}
		})
	}
}

func TestMemoryGiB(t *testing.T) {
	for amount, want := range map[string]float64{"2097152 kB": 2, "": 0, "much": 0} {
		if got := memoryGiB(amount); got != want {
			t.Errorf("%q: %g, want %g", amount, got, want)
		}
	}
}

func TestCPUSeconds(t *testing.T) {
	const stat = "4242 (a manager) (1)) S 1 4242 4242 0 -1 4194304 9000 0 0 0 1234 56 0 0 20 0 9 0 123456 1300000000 20000"
	if got, err := cpuSeconds(stat); err != nil || got != 12.9 {
		t.Errorf("got %g, %v, want 12.9", got, err)
	}
	if _, err := cpuSeconds("4242 (manager) S 1"); err == nil {
		t.Error("half a line is read as if it were whole")
	}
}

func TestDeploymentStatus(t *testing.T) {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Generation: 3}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(4))}}
	for isOut, want := range map[bool]appsv1.DeploymentStatus{
		false: {ObservedGeneration: 3, Replicas: 4, UpdatedReplicas: 4, ReadyReplicas: 4, AvailableReplicas: 4},
		true:  {ObservedGeneration: 3, Replicas: 4, UpdatedReplicas: 4, UnavailableReplicas: 4},
	} {
		got := deploymentStatus(deployment, isOut)
		if available := got.Conditions[0].Status == corev1.ConditionTrue; available == isOut {
			t.Errorf("out: %t, available: %t", isOut, available)
		}
		got.Conditions = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("out: %t (-want +got):\n%s", isOut, diff)
		}
	}
}

func TestNotYet(t *testing.T) {
	ready := func(status metav1.ConditionStatus, generation int64) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: status, ObservedGeneration: generation, Message: "It waits."}}
	}
	locality := func(conditions []metav1.Condition) resource {
		return &v1alpha1.Locality{ObjectMeta: metav1.ObjectMeta{Generation: 2}, Status: v1alpha1.LocalityStatus{Conditions: conditions}}
	}
	for name, tc := range map[string]struct {
		object resource
		want   string
	}{
		"new":        {locality(nil), "it has no condition"},
		"not ready":  {locality(ready("False", 2)), "It waits."},
		"changed":    {locality(ready("True", 1)), "its status speaks of an older form"},
		"ready":      {locality(ready("True", 2)), ""},
		"nothing":    {&v1alpha1.Consortium{Status: v1alpha1.ConsortiumStatus{Conditions: ready("True", 0)}}, "nothing is counted"},
		"two of 3":   {&v1alpha1.Consortium{Status: v1alpha1.ConsortiumStatus{Conditions: ready("True", 0), FunctionsWorking: new(int32(2))}}, "2 of 3 functions work"},
		"all work":   {&v1alpha1.Consortium{Status: v1alpha1.ConsortiumStatus{Conditions: ready("True", 0), FunctionsWorking: new(int32(3))}}, ""},
		"one behind": {&v1alpha1.SupportFunction{Status: v1alpha1.SupportFunctionStatus{Conditions: ready("True", 0), Instances: new(int32(9)), InstancesReady: new(int32(8))}}, "8 of 9 instances work"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := notYet(tc.object); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// What a plain client creates is what the operator wrote, owned by those who stand on its own plane.
func TestWrittenAndAdopted(t *testing.T) {
	live := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{
			"namespace": "a", "name": "s", "uid": "1", "resourceVersion": "7", "labels": map[string]any{"l": "1"},
			"ownerReferences": []any{
				map[string]any{"apiVersion": "commissioning.support/v1alpha1", "kind": "MemberFunction", "name": "s", "uid": "old"},
				map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": "other"},
			},
		},
		"spec":   map[string]any{"clusterIP": "10.96.0.7", "clusterIPs": []any{"10.96.0.7"}, "type": "ClusterIP"},
		"status": map[string]any{"loadBalancer": map[string]any{}},
	}}
	owner := &v1alpha1.MemberFunction{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "s", UID: "new"}}
	got := adopted(written(live), map[string]resource{ownerKey("MemberFunction", "a", "s"): owner})
	want := map[string]any{
		"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{
			"namespace": "a", "name": "s", "labels": map[string]any{"l": "1"},
			"ownerReferences": []any{map[string]any{"apiVersion": "commissioning.support/v1alpha1", "kind": "MemberFunction", "name": "s", "uid": "new"}},
		},
		"spec": map[string]any{"type": "ClusterIP"},
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
