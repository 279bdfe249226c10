package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// startLimit is far more than a loaded machine needs.
const startLimit = 2 * time.Minute

// waitForAPIServer waits until the API server says that it is ready.
func (c *Cluster) waitForAPIServer(ctx context.Context) error {
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	return c.waitFor(ctx, "the API server to be ready", apiServer, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return clients.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// waitForNodes waits until KWOK has made the nodes ready.
func (c *Cluster) waitForNodes(ctx context.Context) error {
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	return c.waitFor(ctx, "the nodes to be ready", kwok, func(ctx context.Context) error {
		nodes, err := clients.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			return err
		}
		if ready := readyNodes(nodes.Items); ready < c.record.Nodes {
			return fmt.Errorf("%d of %d nodes are ready", ready, c.record.Nodes)
		}
		return nil
	})
}

// waitForServiceAccount waits until the controller manager has made the service account without which
// no pod can be created: a sign that it works.
func (c *Cluster) waitForServiceAccount(ctx context.Context) error {
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	return c.waitFor(ctx, "the default service account", controllerManager, func(ctx context.Context) error {
		_, err := clients.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
}

func readyNodes(nodes []corev1.Node) int {
	ready := 0
	for _, node := range nodes {
		usable := !slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeNotReady })
		if usable && slices.ContainsFunc(node.Status.Conditions, func(condition corev1.NodeCondition) bool {
			return condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue
		}) {
			ready++
		}
	}
	return ready
}

// waitFor polls until check succeeds. It gives up early when a component ended, and names in its
// error the one that ended or else the one that it is up to.
func (c *Cluster) waitFor(ctx context.Context, what, component string, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var last error
	err := poll(ctx, 50*time.Millisecond, func() (bool, error) {
		if ended := c.ended(); ended != "" {
			component = ended
			return false, errors.New(ended + " ended")
		}
		if err := check(ctx); err != nil {
			if ctx.Err() == nil {
				last = err
			}
			return false, nil
		}
		return true, nil
	})
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("waiting for %s: %w", what, err)
	}
	return fmt.Errorf("waiting for %s: %w\n%sthe last lines of %s:\n%s",
		what, err, lastAnswer(last), c.logPath(component), lastLines(c.logPath(component), 15))
}

func lastAnswer(err error) string {
	if err == nil {
		return ""
	}
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		return fmt.Sprintf("the last answer was: %s\n", status.Status().Message)
	}
	return fmt.Sprintf("the last answer was: %s\n", err)
}

// ended names a component that was started and does not run any more.
func (c *Cluster) ended() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.record.Components {
		if r.Pid != 0 && !r.running() {
			return r.Name
		}
	}
	return ""
}
