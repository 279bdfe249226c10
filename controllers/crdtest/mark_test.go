package crdtest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
)

// What pods are made from; LABELS is where they get their labels.
var podMakers = map[string]string{
	"pods./v1": `
apiVersion: v1
kind: Pod
metadata: {name: tried, labels: LABELS}
spec: POD`,
	"deployments.apps/v1": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: tried}
spec: {selector: {matchLabels: {app: tried}}, template: {metadata: {labels: LABELS}, spec: POD}}`,
	"statefulsets.apps/v1": `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: tried}
spec: {serviceName: tried, selector: {matchLabels: {app: tried}}, template: {metadata: {labels: LABELS}, spec: POD}}`,
	"jobs.batch/v1": `
apiVersion: batch/v1
kind: Job
metadata: {name: tried}
spec: {template: {metadata: {labels: LABELS}, spec: POD}}`,
	"cronjobs.batch/v1": `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tried}
spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {metadata: {labels: LABELS}, spec: POD}}}}`,
}

const (
	ownLabels = `{app: tried}`
	ourLabels = `{app: tried, commissioning.support/owner: a-function}`
	podSpec   = `
      restartPolicy: RESTART
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers: [{name: tried, image: "example.org/tried:1", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]`
)

func podMaker(text, labels string) *unstructured.Unstructured {
	restart := "Always"
	if strings.Contains(text, "Job") {
		restart = "Never"
	}
	spec := strings.TrimSpace(strings.ReplaceAll(podSpec, "RESTART", restart))
	inline := "{" + strings.Join(strings.Split(spec, "\n      "), ", ") + "}"
	return parse(strings.ReplaceAll(strings.ReplaceAll(text, "LABELS", labels), "POD", inline))
}

// R1: nobody but the operator makes pods that pass for a function's.
func TestR01_NobodyPassesForAFunction(t *testing.T) {
	const namespace = "lambeth"
	consortiumNamespace(t, namespace)
	_, developer := clientsFor(rest.ImpersonationConfig{UserName: "dev", Groups: []string{namespace + ":developers", "system:authenticated"}})
	for resource, text := range podMakers {
		at := developer.Resource(parseResource(resource)).Namespace(namespace)
		t.Run(resource, func(t *testing.T) {
			if _, err := at.Create(t.Context(), podMaker(text, ownLabels), metav1.CreateOptions{DryRun: dryRunAll}); err != nil {
				t.Errorf("with labels of their own: %v", err)
			}
			_, err := at.Create(t.Context(), podMaker(text, ourLabels), metav1.CreateOptions{DryRun: dryRunAll})
			checkForbidden(t, err, false)
			checkAnswer(t, "In a consortium's namespace, with a function's label: "+resource, err,
				[]string{"the label commissioning.support/owner marks the pods of a function"})
		})
	}
}

// The same label on what the operator makes stands in nobody's way: the cluster makes the pods, and a
// developer may scale a Deployment without being accused of what stands in it.
func TestR01_AFunctionsPodsAreMade(t *testing.T) {
	const namespace, name = "southwark", "tried"
	consortiumNamespace(t, namespace)
	allow(t, operatorAccount, rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"*"}}, mayEditNamespaces)
	_, operator := clientsFor(rest.ImpersonationConfig{UserName: operatorAccount})
	at := parseResource("deployments.apps/v1")
	deployment := podMaker(podMakers["deployments.apps/v1"], ourLabels)
	if _, err := operator.Resource(at).Namespace(namespace).Create(t.Context(), deployment, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, developer := clientsFor(rest.ImpersonationConfig{UserName: "dev", Groups: []string{namespace + ":developers", "system:authenticated"}})
	patch := []byte(`{"spec": {"replicas": 2}}`)
	if _, err := developer.Resource(at).Namespace(namespace).Patch(t.Context(), name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Errorf("it cannot be scaled: %v", err)
	}
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		pods, err := clients.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "commissioning.support/owner=a-function"})
		return err == nil && len(pods.Items) == 2, err
	})
	if err != nil {
		t.Errorf("its pods are not made: %v", err)
	}
}
