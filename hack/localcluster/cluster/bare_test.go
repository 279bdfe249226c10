package cluster_test

import (
	"context"
	"os"
	"testing"

	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// A bare control plane serves and keeps house, but nothing says that a Deployment runs. What an audited
// user asks is written down, and nobody else's.
func TestBare(t *testing.T) {
	g, ctx := NewWithT(t), t.Context()
	c, err := cluster.Up(ctx, cluster.Options{Ephemeral: true, Bare: true, StateDir: t.TempDir(), Audited: []string{"admin"}})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() {
		if err := c.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		nothingLeft(t, c.Folder())
	})
	status, err := c.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	var names []string
	for _, component := range status.Components {
		names = append(names, component.Name)
	}
	g.Expect(names).To(Equal([]string{"etcd", "kube-apiserver", "kube-controller-manager"}))
	g.Expect(status.Running).To(BeTrue(), status.Problem)

	clients := clientOf(t, c)
	_, err = clients.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	labels := map[string]string{"app": "cart"}
	deployment, err := clients.AppsV1().Deployments("shop").Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "cart"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "cart", Image: "cart:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	// The controller manager works: it has seen the namespace, which is younger than the Deployment's
	// controller would be.
	g.Eventually(func() error {
		_, err := clients.CoreV1().ServiceAccounts("shop").Get(ctx, "default", metav1.GetOptions{})
		return err
	}).WithTimeout(limit).WithPolling(every).Should(Succeed())
	deployment, err = clients.AppsV1().Deployments("shop").Get(ctx, deployment.Name, metav1.GetOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(deployment.Status.ObservedGeneration).To(BeZero(), "somebody looked at the Deployment")

	log, err := os.ReadFile(c.AuditLog())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(log)).To(And(ContainSubstring(`"verb":"create"`), ContainSubstring(`"name":"cart"`), ContainSubstring(`"username":"admin"`)))
	g.Expect(string(log)).NotTo(Or(ContainSubstring(`"username":"system:`), ContainSubstring(`"stage":"RequestReceived"`)))
}
