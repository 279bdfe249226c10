package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
)

// tidying is how long the end of a probe may take, whatever ended it.
const tidying = 15 * time.Second

// ProbeNetwork finds out whether the network enforces policies: two pods in a namespace of their own, of which
// one calls the other. The namespace is deleted, whatever happens.
func (c *Cluster) ProbeNetwork(ctx context.Context, image string, timeout time.Duration) diagnosis.Probe {
	var nodes corev1.NodeList
	_ = c.client.List(ctx, &nodes) // who may not read them tries it all the same
	named, none := diagnosis.RealNodes(nodes.Items)
	if none && len(nodes.Items) > 0 {
		return diagnosis.Probe{Answer: diagnosis.Undecided, Detail: "all nodes are simulated, and no pod really runs."}
	}
	namespace := diagnosis.ProbeNamespace()
	making, made := context.WithTimeout(context.WithoutCancel(ctx), tidying) // one that is made half-way would stay
	defer made()
	if err := c.client.Create(making, namespace); err != nil {
		return diagnosis.Probe{Answer: diagnosis.Undecided, Detail: fmt.Sprintf("no namespace could be made for it: %v", err)}
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	probe, err := c.probe(limited, namespace.Name, image, named)
	if err != nil {
		probe = diagnosis.Probe{Answer: diagnosis.Undecided, Detail: err.Error()}
	}
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), tidying)
	defer stop()
	if err := c.client.Delete(ending, namespace); client.IgnoreNotFound(err) != nil {
		probe.Left = fmt.Sprintf("The namespace %s could not be deleted: %v", namespace.Name, err)
	}
	return probe
}

// probe begins with the policy: a pod is closed from its first moment.
func (c *Cluster) probe(ctx context.Context, namespace, image string, nodes []string) (diagnosis.Probe, error) {
	if err := c.client.Create(ctx, diagnosis.ProbePolicy(namespace)); err != nil {
		return diagnosis.Probe{}, fmt.Errorf("the policy could not be made: %w", err)
	}
	server, err := c.runs(ctx, diagnosis.ProbeServer(namespace, image, nodes), diagnosis.Serves)
	if err != nil {
		return diagnosis.Probe{}, err
	}
	caller, err := c.runs(ctx, diagnosis.ProbeCaller(namespace, image, server.Status.PodIP, nodes), diagnosis.HasEnded)
	if err != nil {
		return diagnosis.Probe{}, err
	}
	return diagnosis.Judge(caller), nil
}

// runs makes a pod, and waits until it is as wanted.
func (c *Cluster) runs(ctx context.Context, pod *corev1.Pod, wanted func(*corev1.Pod) bool) (*corev1.Pod, error) {
	if err := c.client.Create(ctx, pod); err != nil {
		return nil, fmt.Errorf("the pod %s could not be made: %w", pod.Name, err)
	}
	latest := pod
	err := follow(ctx, c, c.pod(pod.Namespace, pod.Name), func(now *corev1.Pod) bool {
		latest = now
		return wanted(now) || diagnosis.HasEnded(now)
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("the pod %s does not run in time: %s (--probe-timeout, --probe-image)", pod.Name, diagnosis.Lacks(latest))
	case err != nil:
		return nil, err
	case !wanted(latest):
		return nil, fmt.Errorf("the pod %s has ended: %s", pod.Name, diagnosis.Lacks(latest))
	}
	return latest, nil
}

func (c *Cluster) pod(namespace, name string) one[*corev1.Pod] {
	key := client.ObjectKey{Namespace: namespace, Name: name}
	return one[*corev1.Pod]{
		called: "pod " + namespace + "/" + name, key: key, list: &corev1.PodList{},
		read: func(ctx context.Context) (*corev1.Pod, error) {
			var pod corev1.Pod
			if err := c.client.Get(ctx, key, &pod); err != nil {
				return nil, notReadable("pod "+name, "", err)
			}
			return &pod, nil
		},
	}
}
