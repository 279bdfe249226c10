package clustertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
)

// kubectl as the administrator of the installation.
func kubectl(t *testing.T, args ...string) {
	t.Helper()
	if _, err := control.Kubectl(context.WithoutCancel(t.Context()), args...); err != nil {
		t.Error(err)
	}
}

// installed is all but the operator's pods, and a lease as somebody outside would hold it. It is taken away
// again: the other tests go without policies.
func installed(t *testing.T) {
	t.Helper()
	kubectl(t, "apply", "--server-side", "-k", "../../../config/without-manager")
	t.Cleanup(func() { kubectl(t, "delete", "-k", "../../../config/policies") })
	now := metav1.NowMicro()
	create(t, &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Namespace: diagnosis.OperatorNamespace, Name: diagnosis.LeaseName},
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: new("pod-1_2"), LeaseDurationSeconds: new(int32(60)), RenewTime: &now},
	})
}

// TestDoctor says what is missing of an installation, and finds it when it is there. It ends with 1 all the
// same: no operator has seen the catalogue.
func TestDoctor(t *testing.T) {
	admin := person{t, control.Kubeconfig()}
	without := admin.calls("doctor")
	for _, line := range []string{
		"✓ API server    v1.36", "✓ Kinds         All 8 are established as v1alpha1, with the fields that this plugin knows.",
		"✗ Admission     12 of 12 policies are missing, or not bound: agreement-delivery, consortium-services, function-deletion and 9 more.",
		"✗ Rights        ServiceAccount commissioning-system/commissioning-operator may not adopt consortia",
		"✗ Operator      There is no Deployment commissioning-operator in commissioning-system.", "✗ Leader        There is no lease",
		"! Priority      The operator's requests wait behind others'", "! Network       Whether it enforces NetworkPolicies has not been tried",
	} {
		without.expect(t, 1, line, "")
	}
	installed(t)
	with := admin.calls("doctor")
	for _, line := range []string{
		"✓ Admission     All 12 policies are bound, and refuse what they should.",
		"✓ Rights        ServiceAccount commissioning-system/commissioning-operator may do all that the operator needs.",
		"! Operator      There is no Deployment commissioning-operator in commissioning-system: the operator runs outside the cluster.",
		"✓ Leader        pod-1 leads, and renews its lease.", "✓ Priority", "✓ Pod security  1 of 1 namespaces refuse pods with privileges.",
	} {
		with.expect(t, 1, line, "")
	}
	kubectl(t, "apply", "--server-side", "-k", "../../../config/manager")
	kubectl(t, "rollout", "status", "deployment/"+diagnosis.OperatorName, "-n", diagnosis.OperatorNamespace, "--timeout=60s")
	admin.calls("doctor").expect(t, 1, "✓ Operator      2 of 2 replicas are available, of version v", "")
	var found diagnosis.Diagnosis
	answer := admin.calls("doctor", "-o", "json")
	if err := json.Unmarshal([]byte(answer.out), &found); err != nil || found.Verdict != diagnosis.Broken || len(found.Checks) != 10 {
		t.Errorf("%v: %+v", err, found)
	}
}

// TestDoctorForAViewer: what somebody may not read is not called sound.
func TestDoctorForAViewer(t *testing.T) {
	consortium(t, "all-well", "leyton", "Z41")
	viewer := persona(t, "leyton", "viewer")
	viewer.calls("doctor").expect(t, 1, "? Rights        You may not read what ServiceAccount commissioning-system/commissioning-operator may do.", "")
	viewer.calls("doctor", "--probe-network").expect(t, 1, "no namespace could be made for it: ", "")
	viewer.calls("doctor", "--context", "nowhere").expect(t, 3, "", "The cluster cannot be read")
}

// probes are the namespaces of probes that nobody has deleted.
func probes(t *testing.T) []corev1.Namespace {
	t.Helper()
	var list corev1.NamespaceList
	if err := operator.List(t.Context(), &list, client.MatchingLabels{"app.kubernetes.io/managed-by": "kubectl-commissioning"}); err != nil {
		t.Fatal(err)
	}
	var open []corev1.Namespace
	for _, namespace := range list.Items {
		if namespace.DeletionTimestamp == nil {
			open = append(open, namespace)
		}
	}
	return open
}

// TestProbeOnSimulatedNodes: where no pod really runs, nothing is made, and nothing is claimed.
func TestProbeOnSimulatedNodes(t *testing.T) {
	admin := person{t, control.Kubeconfig()}
	admin.calls("doctor", "--probe-network").expect(t, 1, "? Network       It cannot be told whether it enforces NetworkPolicies: all nodes are simulated, and no pod really runs.", "")
	if left := probes(t); len(left) > 0 {
		t.Errorf("%d namespaces were made", len(left))
	}
}

// realNode is one that nobody simulates, for the API server. Its pods are played by this test.
func realNode(t *testing.T) {
	t.Helper()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "real", Labels: map[string]string{corev1.LabelHostname: "real", corev1.LabelOSStable: "linux"}}}
	node.Status.Capacity = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("8Gi"), corev1.ResourcePods: resource.MustParse("100")}
	node.Status.Allocatable = node.Status.Capacity
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()}}
	node.Status.NodeInfo.KubeletVersion = "v1.36.3"
	create(t, node)
	t.Cleanup(func() {
		if err := operator.Delete(context.WithoutCancel(t.Context()), node); client.IgnoreNotFound(err) != nil {
			t.Error(err)
		}
	})
}

var errNoCaller = errors.New("there is no pod that calls yet")

// ends the pod that calls, as its containers would.
func ends(t *testing.T, g *WithT, allowed, denied int32, message string) {
	t.Helper()
	var pod corev1.Pod
	g.Eventually(func() error {
		for _, namespace := range probes(t) {
			if err := operator.Get(t.Context(), client.ObjectKey{Namespace: namespace.Name, Name: "caller"}, &pod); err == nil {
				return nil
			}
		}
		return errNoCaller
	}, patience).Should(Succeed())
	g.Eventually(func() error {
		if err := operator.Get(t.Context(), client.ObjectKeyFromObject(&pod), &pod); err != nil {
			return err
		}
		pod.Status.Phase, pod.Status.ContainerStatuses = corev1.PodFailed, nil
		for name, code := range map[string]int32{"allowed": allowed, "denied": denied} {
			pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
				Name: name, Image: "agnhost", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Message: message}},
			})
		}
		return operator.Status().Update(t.Context(), &pod)
	}, patience).Should(Succeed())
}

// TestProbeNetwork makes two pods, says what became of their calls, and leaves nothing behind: not when it
// takes too long, and not when somebody ends it.
func TestProbeNetwork(t *testing.T) {
	g := NewWithT(t)
	realNode(t)
	admin := person{t, control.Kubeconfig()}
	for _, tc := range []struct {
		denied        int32
		message, says string
	}{
		{1, "TIMEOUT\n", "✓ Network       It enforces NetworkPolicies: a connection that a policy denies was not made (TIMEOUT), one that it allows was."},
		{0, "", "✗ Network       It ignores NetworkPolicies: a connection that a policy denies was made. Consortia are not closed to one another."},
	} {
		answers := make(chan said, 1)
		go func() { answers <- admin.calls("doctor", "--probe-network") }()
		ends(t, g, 0, tc.denied, tc.message)
		g.Eventually(answers, patience).Should(Receive(WithTransform(said.all, ContainSubstring(tc.says))))
		g.Expect(probes(t)).To(BeEmpty())
	}
	started := time.Now()
	late := admin.calls("doctor", "--probe-network", "--probe-timeout", "3s")
	late.expect(t, 1, "It cannot be told whether it enforces NetworkPolicies: the pod call", "")
	late.expect(t, 1, "does not run in time: ", "")
	if took := time.Since(started); took > patience {
		t.Errorf("it took %s", took)
	}
	g.Expect(probes(t)).To(BeEmpty())

	ignored := make(chan os.Signal, 1) // until the plugin waits, a signal would end this test
	signal.Notify(ignored, syscall.SIGINT)
	defer signal.Stop(ignored)
	left := make(chan said, 1)
	go func() { left <- admin.calls("doctor", "--probe-network") }()
	g.Eventually(func() []corev1.Namespace { return probes(t) }, patience).ShouldNot(BeEmpty())
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	g.Eventually(left, patience).Should(Receive(WithTransform(func(s said) int { return s.code }, Equal(130))))
	g.Expect(probes(t)).To(BeEmpty())
}
