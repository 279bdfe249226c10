package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestDeploymentState(t *testing.T) {
	tests := map[string]struct {
		deployment appsv1.Deployment
		want       state.Workload
	}{
		"all replicas serve": {
			appsv1.Deployment{
				ObjectMeta: metav1.ObjectMeta{Generation: 3}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(2))},
				Status: appsv1.DeploymentStatus{ObservedGeneration: 3, UpdatedReplicas: 2, Replicas: 2, AvailableReplicas: 2},
			},
			state.Workload{Observed: true, Desired: 2, Updated: 2, Total: 2, Available: 2},
		},
		"the cluster has not looked at its present form": {
			appsv1.Deployment{
				ObjectMeta: metav1.ObjectMeta{Generation: 4}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(3))},
				Status: appsv1.DeploymentStatus{ObservedGeneration: 3, UpdatedReplicas: 2, Replicas: 2, AvailableReplicas: 2},
			},
			state.Workload{Desired: 3, Updated: 2, Total: 2, Available: 2},
		},
		"pods cannot be made": {
			appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: new(int32(1))}, Status: appsv1.DeploymentStatus{Conditions: []appsv1.DeploymentCondition{
				{Type: appsv1.DeploymentAvailable, Status: "False", Message: "too few"},
				{Type: appsv1.DeploymentReplicaFailure, Status: "True", Message: "exceeded quota"},
			}}},
			state.Workload{Observed: true, Desired: 1, Failure: "exceeded quota"},
		},
		"pods could not be made, and can again": {
			appsv1.Deployment{Status: appsv1.DeploymentStatus{Conditions: []appsv1.DeploymentCondition{
				{Type: appsv1.DeploymentReplicaFailure, Status: "False", Message: "exceeded quota"},
			}}},
			state.Workload{Observed: true},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(&tc.want, state.DeploymentState(&tc.deployment)); diff != "" {
				t.Errorf("the state differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatefulSetState(t *testing.T) {
	set := &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Generation: 3, Annotations: map[string]string{v1alpha1.RevisionAnnotation: "7"}}, Spec: appsv1.StatefulSetSpec{Replicas: new(int32(1))},
		Status: appsv1.StatefulSetStatus{ObservedGeneration: 3, UpdatedReplicas: 1, Replicas: 1, AvailableReplicas: 1},
	}
	want := &state.Workload{Revision: 7, IsReplacedInPlace: true, Observed: true, Desired: 1, Updated: 1, Total: 1, Available: 1}
	if diff := cmp.Diff(want, state.StatefulSetState(set)); diff != "" {
		t.Errorf("the state differs (-want +got):\n%s", diff)
	}
	set.Generation = 4
	if state.StatefulSetState(set).Observed {
		t.Error("the cluster has not looked at its present form")
	}
}

func TestAHomeIsActive(t *testing.T) {
	deleted := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &metav1.Time{Time: metav1.Unix(1, 0).Time}}}
	tests := map[string]struct {
		home state.Home
		want bool
	}{
		"of a consortium":                       {state.Home{Consortium: &v1alpha1.Consortium{}}, true},
		"of nobody":                             {state.Home{}, false},
		"of a consortium that is being deleted": {state.Home{Consortium: deleted}, false},
		"while the namespace is being deleted":  {state.Home{Consortium: &v1alpha1.Consortium{}, Terminating: true}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.home.IsActive(); got != tc.want {
				t.Errorf("it is active: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestABlockedChildIsNamedForPeople(t *testing.T) {
	tests := map[string]state.Blocked{
		"ClusterRole commissioning:consortium:newham": {Kind: "ClusterRole", Name: "commissioning:consortium:newham"},
		"NetworkPolicy newham/peer-review":            {Kind: "NetworkPolicy", Namespace: "newham", Name: "peer-review"},
	}
	for want, blocked := range tests {
		if got := blocked.String(); got != want {
			t.Errorf("it is called %q, want %q", got, want)
		}
	}
}
