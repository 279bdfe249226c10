package cluster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// TestCluster looks at one cluster from all sides. The parts use namespaces of their own; the ones
// that stop components come last.
func TestCluster(t *testing.T) {
	c := up(t)
	t.Run("workloads", func(t *testing.T) {
		for name, part := range map[string]func(*testing.T, *cluster.Cluster){
			"kubectl": testKubectl, "failure": testFailure, "failure of an image": testImageFailure,
			"claims": testClaims, "jobs": testJobs, "admission": testAdmission, "garbage": testGarbageCollection,
			"service account": testServiceAccount, "anonymous": testAnonymous, "delay": testDelay,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				part(t, c)
			})
		}
	})
	t.Run("namespaces go", func(t *testing.T) { testNamespacesGo(t, c) })
	t.Run("components", func(t *testing.T) { testStopStart(t, c) })
	t.Run("own cluster", func(t *testing.T) { testExternal(t, c) })
}

func testKubectl(t *testing.T, c *cluster.Cluster) {
	g := NewWithT(t)
	out, err := c.Kubectl(t.Context(), "version", "-o", "json")
	g.Expect(err).NotTo(HaveOccurred())
	var version struct {
		ServerVersion struct{ Major, Minor, GitVersion, GitTreeState string }
	}
	g.Expect(json.Unmarshal(out, &version)).To(Succeed())
	server := version.ServerVersion
	g.Expect(server.GitVersion).To(HavePrefix("v" + server.Major + "." + server.Minor + "."))
	g.Expect(server.GitTreeState).To(Equal("clean"))
	_, err = c.Kubectl(t.Context(), "get", "pod", "nobody")
	g.Expect(err).To(MatchError(ContainSubstring(`pods "nobody" not found`)))
}

// namespace makes one that is deleted in the end; testNamespacesGo waits for it.
func namespace(t *testing.T, c *cluster.Cluster, name string) kubernetes.Interface {
	t.Helper()
	g, clients := NewWithT(t), clientOf(t, c)
	_, err := clients.CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() {
		g.Expect(clients.CoreV1().Namespaces().Delete(context.WithoutCancel(t.Context()), name, metav1.DeleteOptions{})).To(Succeed())
	})
	return clients
}

// testNamespacesGo waits until those of the other parts are gone with all they held.
func testNamespacesGo(t *testing.T, c *cluster.Cluster) {
	NewWithT(t).Eventually(func() ([]string, error) {
		list, err := clientOf(t, c).CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		var names []string
		for _, namespace := range list.Items {
			names = append(names, namespace.Name)
		}
		return names, nil
	}).WithTimeout(limit).WithPolling(every).Should(ConsistOf("default", "kube-system", "kube-public", "kube-node-lease"))
}

// apply sends manifests through kubectl, as users do.
func apply(t *testing.T, c *cluster.Cluster, manifest string) {
	t.Helper()
	cmd := c.KubectlCommand(t.Context(), "apply", "-f", "-")
	cmd.Stdin = strings.NewReader(manifest)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kubectl apply: %s", out)
	}
}

func deployment(namespace, name, image string, replicas int) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: %s, name: %s}
spec:
  replicas: %d
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s}}
    spec:
      containers: [{name: main, image: %[4]q}]
`, namespace, name, replicas, image)
}

// available reads how many replicas are available, once the controller has seen the last change.
func available(t *testing.T, clients kubernetes.Interface, namespace, name string) func() (int32, error) {
	return func() (int32, error) {
		d, err := clients.AppsV1().Deployments(namespace).Get(t.Context(), name, metav1.GetOptions{})
		if err != nil || d.Status.ObservedGeneration < d.Generation {
			return -1, err
		}
		return d.Status.AvailableReplicas, nil
	}
}

func testFailure(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "shop")
	apply(t, c, deployment("shop", "cart", "cart:1", 10))
	cart := available(t, clients, "shop", "cart")
	g.Eventually(cart).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(10))

	g.Expect(c.Fail(ctx, cluster.Failure{Namespace: "shop"})).To(Succeed())
	g.Eventually(cart).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(0))
	g.Expect(c.Failures(ctx)).To(ContainElement(cluster.Failure{Namespace: "shop"}))
	// Pods that come later fail as well, which is known as soon as their containers wait.
	apply(t, c, deployment("shop", "cart", "cart:1", 12))
	g.Eventually(crashing(t, clients, "shop")).WithTimeout(limit).WithPolling(every).Should(Equal(12))
	// Failing again, while it lasts, changes nothing.
	g.Expect(c.Fail(ctx, cluster.Failure{Namespace: "shop"})).To(Succeed())

	// Another failure that is healed does not heal this one, and one that remains keeps its pods down.
	g.Expect(c.Fail(ctx, cluster.Failure{Namespace: "shop", Image: "cart"})).To(Succeed())
	g.Expect(c.Heal(ctx, cluster.Failure{Namespace: "shop", Image: "cart"})).To(Succeed())
	g.Expect(crashing(t, clients, "shop")()).To(Equal(12))

	g.Expect(c.Heal(ctx, cluster.Failure{Namespace: "shop"})).To(Succeed())
	g.Eventually(cart).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(12))
	g.Expect(c.Failures(ctx)).NotTo(ContainElement(cluster.Failure{Namespace: "shop"}))
	g.Expect(c.Fail(ctx, cluster.Failure{})).To(MatchError(ContainSubstring("which pods")))
}

func crashing(t *testing.T, clients kubernetes.Interface, namespace string) func() (int, error) {
	return func() (int, error) {
		pods, err := clients.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			return 0, err
		}
		count := 0
		for _, pod := range pods.Items {
			if slices.ContainsFunc(pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool {
				return s.State.Waiting != nil && s.State.Waiting.Reason == "CrashLoopBackOff" && !s.Ready
			}) {
				count++
			}
		}
		return count, nil
	}
}

func testImageFailure(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "bank")
	apply(t, c, deployment("bank", "good", "registry.example:5000/bank/good:1", 2)+"---"+
		deployment("bank", "bad", "registry.example:5000/bank/bad:2", 2))
	good, bad := available(t, clients, "bank", "good"), available(t, clients, "bank", "bad")
	g.Eventually(bad).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))
	g.Eventually(good).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))

	failure := cluster.Failure{Image: "registry.example:5000/bank/bad"}
	g.Expect(c.Fail(ctx, failure)).To(Succeed())
	g.Eventually(bad).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(0))
	g.Expect(good()).To(BeEquivalentTo(2))
	// A rollout of the failing image to the other one gets stuck, as in life.
	apply(t, c, deployment("bank", "good", "registry.example:5000/bank/bad:3", 2))
	g.Eventually(crashing(t, clients, "bank")).WithTimeout(limit).WithPolling(every).Should(BeNumerically(">=", 3))
	g.Expect(c.Heal(ctx, failure)).To(Succeed())
	g.Eventually(bad).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))
	g.Eventually(good).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))
}

func testClaims(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "store")
	apply(t, c, `
apiVersion: apps/v1
kind: StatefulSet
metadata: {namespace: store, name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      initContainers: [{name: prepare, image: db}]
      containers: [{name: db, image: db, volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`)
	g.Eventually(func() (int32, error) {
		set, err := clients.AppsV1().StatefulSets("store").Get(ctx, "db", metav1.GetOptions{})
		return set.Status.ReadyReplicas, err
	}).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))
	claim, err := clients.CoreV1().PersistentVolumeClaims("store").Get(ctx, "data-db-0", metav1.GetOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(claim.Status.Phase).To(Equal(corev1.ClaimBound))
	g.Expect(claim.Status.Capacity.Storage().String()).To(Equal("1Gi"))

	// The volume goes with its claim.
	g.Expect(clients.AppsV1().StatefulSets("store").Delete(ctx, "db", metav1.DeleteOptions{})).To(Succeed())
	g.Expect(clients.CoreV1().PersistentVolumeClaims("store").Delete(ctx, "data-db-0", metav1.DeleteOptions{})).To(Succeed())
	g.Eventually(func() bool {
		_, err := clients.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	}).WithTimeout(limit).WithPolling(every).Should(BeTrue())
}

func testJobs(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "batch")
	apply(t, c, `
apiVersion: batch/v1
kind: Job
metadata: {namespace: batch, name: once}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: job}]
`)
	g.Eventually(func() (int32, error) {
		job, err := clients.BatchV1().Jobs("batch").Get(ctx, "once", metav1.GetOptions{})
		return job.Status.Succeeded, err
	}).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(1))
}

func testAdmission(t *testing.T, c *cluster.Cluster) {
	g, clients := NewWithT(t), namespace(t, c, "guarded")
	apply(t, c, `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-forbidden}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: "!('forbidden' in object.data)", message: this key is forbidden}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-forbidden}
spec:
  policyName: no-forbidden
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: guarded}}}
`)
	// A policy takes effect a moment after it was created.
	g.Eventually(func() error {
		_, err := clients.CoreV1().ConfigMaps("guarded").Create(t.Context(), &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "try-"}, Data: map[string]string{"forbidden": "x"},
		}, metav1.CreateOptions{})
		return err
	}).WithTimeout(limit).WithPolling(every).Should(MatchError(ContainSubstring("this key is forbidden")))
	_, err := clients.CoreV1().ConfigMaps("guarded").Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "good"}, Data: map[string]string{"allowed": "x"},
	}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
}

func testGarbageCollection(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "garbage")
	apply(t, c, deployment("garbage", "web", "web:1", 3))
	g.Eventually(available(t, clients, "garbage", "web")).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(3))
	g.Expect(clients.AppsV1().Deployments("garbage").Delete(ctx, "web", metav1.DeleteOptions{})).To(Succeed())
	g.Eventually(func() ([]appsv1.ReplicaSet, error) {
		sets, err := clients.AppsV1().ReplicaSets("garbage").List(ctx, metav1.ListOptions{})
		return sets.Items, err
	}).WithTimeout(limit).WithPolling(every).Should(BeEmpty())
	g.Eventually(func() ([]corev1.Pod, error) {
		pods, err := clients.CoreV1().Pods("garbage").List(ctx, metav1.ListOptions{})
		return pods.Items, err
	}).WithTimeout(limit).WithPolling(every).Should(BeEmpty())
}

func testServiceAccount(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "robots")
	_, err := clients.CoreV1().ServiceAccounts("robots").Create(ctx,
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(t.TempDir(), "robot.kubeconfig")
	g.Expect(c.ServiceAccountKubeconfig(ctx, "robots", "robot", path)).To(Succeed())
	config, err := clientcmd.BuildConfigFromFlags("", path)
	g.Expect(err).NotTo(HaveOccurred())
	robot, err := kubernetes.NewForConfig(config)
	g.Expect(err).NotTo(HaveOccurred())

	_, err = robot.CoreV1().Pods("robots").List(ctx, metav1.ListOptions{})
	g.Expect(apierrors.IsForbidden(err)).To(BeTrue(), "without a role: %v", err)
	_, err = clients.RbacV1().RoleBindings("robots").Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "robot"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "robots", Name: "robot"}},
	}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	g.Eventually(func() error {
		_, err := robot.CoreV1().Pods("robots").List(ctx, metav1.ListOptions{})
		return err
	}).WithTimeout(limit).WithPolling(every).Should(Succeed())
	_, err = robot.CoreV1().Pods("default").List(ctx, metav1.ListOptions{})
	g.Expect(apierrors.IsForbidden(err)).To(BeTrue(), "in another namespace: %v", err)
	g.Expect(c.ServiceAccountKubeconfig(ctx, "robots", "nobody", path)).To(MatchError(ContainSubstring("robots/nobody")))
}

func testAnonymous(t *testing.T, c *cluster.Cluster) {
	g := NewWithT(t)
	anonymous, err := rest.HTTPClientFor(rest.AnonymousClientConfig(c.Config()))
	g.Expect(err).NotTo(HaveOccurred())
	answer, err := anonymous.Get(c.Config().Host + "/api/v1/namespaces")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(answer.Body.Close()).To(Succeed())
	g.Expect(answer.StatusCode).To(Equal(http.StatusUnauthorized))
}

// testDelay looks at the time between the moments when pods got their node and when they became
// ready: at least the 300 ms of the default, though the API counts only whole seconds.
func testDelay(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "slow")
	apply(t, c, deployment("slow", "web", "web:1", 10))
	begun := time.Now()
	g.Eventually(available(t, clients, "slow", "web")).WithTimeout(limit).WithPolling(every).Should(BeNumerically(">", 0))
	first := time.Since(begun)
	g.Eventually(available(t, clients, "slow", "web")).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(10))
	g.Expect(time.Since(begun)).To(BeNumerically(">", first), "pods do not become ready all at once")
	stage, err := c.Kubectl(ctx, "get", "stage", "pod-ready", "-o", "jsonpath={.spec.delay}")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(stage).To(MatchJSON(`{"durationMilliseconds":300,"jitterDurationMilliseconds":1000}`))
}

func testStopStart(t *testing.T, c *cluster.Cluster) {
	g, ctx, clients := NewWithT(t), t.Context(), namespace(t, c, "restarts")
	replicas := available(t, clients, "restarts", "web")

	g.Expect(c.Stop(ctx, "kwok")).To(Succeed())
	g.Expect(c.Stop(ctx, "kube-controller-manager")).To(Succeed())
	s, err := c.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(s.Running).To(BeFalse())
	apply(t, c, deployment("restarts", "web", "web:1", 2))
	g.Expect(c.Start(ctx, "kube-controller-manager")).To(Succeed())
	g.Eventually(replicas).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(0), "pods without anybody to play them")
	g.Expect(c.Start(ctx, "kwok")).To(Succeed())
	g.Eventually(replicas).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(2))

	for _, component := range []string{"etcd", "kube-apiserver"} {
		g.Expect(c.Stop(ctx, component)).To(Succeed())
		g.Expect(writes(ctx, clients)).NotTo(Succeed(), "without %s", component)
		g.Expect(c.Start(ctx, component)).To(Succeed())
		g.Eventually(func() error { return writes(ctx, clients) }).WithTimeout(limit).WithPolling(every).Should(Succeed())
	}
	// A port that somebody else has taken is the reason that is given.
	g.Expect(c.Stop(ctx, "kube-apiserver")).To(Succeed())
	taken, err := net.Listen("tcp", strings.TrimPrefix(c.Config().Host, "https://"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(c.Start(ctx, "kube-apiserver")).To(MatchError(And(
		ContainSubstring("kube-apiserver ended"), ContainSubstring("address already in use"))))
	g.Expect(taken.Close()).To(Succeed())
	g.Expect(c.Start(ctx, "kube-apiserver")).To(Succeed())

	apply(t, c, deployment("restarts", "web", "web:1", 3))
	g.Eventually(replicas).WithTimeout(limit).WithPolling(every).Should(BeEquivalentTo(3), "everything is still there, and works again")
	g.Expect(c.Stop(ctx, "dns")).To(MatchError(ContainSubstring(`no component "dns"`)))
}

// testExternal treats the cluster as one of the user's own.
func testExternal(t *testing.T, c *cluster.Cluster) {
	g, ctx := NewWithT(t), t.Context()
	own, err := cluster.External(ctx, c.Kubeconfig(), cluster.Options{})
	g.Expect(err).NotTo(HaveOccurred())
	s, err := own.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(s.Running).To(BeTrue())
	g.Expect(s.ReadyNodes).To(Equal(5))
	out, err := own.Kubectl(ctx, "get", "nodes", "-o", "name")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(strings.Fields(string(out))).To(HaveLen(5))
	for name, err := range map[string]error{
		"Fail": own.Fail(ctx, cluster.Failure{Namespace: "default"}), "Heal": own.Heal(ctx, cluster.Failure{}),
		"Stop": own.Stop(ctx, "etcd"), "Start": own.Start(ctx, "etcd"),
	} {
		g.Expect(err).To(MatchError(ContainSubstring("a cluster of your own")), name)
	}
	g.Expect(own.Down(ctx)).To(Succeed())
	_, err = clientOf(t, c).CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	g.Expect(err).NotTo(HaveOccurred(), "Down stopped a cluster of the user's own")
	_, err = cluster.External(ctx, filepath.Join(t.TempDir(), "missing"), cluster.Options{})
	g.Expect(err).To(HaveOccurred())
}

// writes tells whether the API takes a change within two seconds.
func writes(ctx context.Context, clients kubernetes.Interface) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := clients.CoreV1().ConfigMaps("default").Create(ctx,
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "try-"}}, metav1.CreateOptions{})
	return err
}
