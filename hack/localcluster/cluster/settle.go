package cluster

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listersv1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/workqueue"
)

const (
	// settleLimit is enough for a thousand pods on a machine that is busy with other things.
	settleLimit = 3 * time.Minute
	// noticed is how long KWOK usually takes to notice a change of stages.
	noticed = 200 * time.Millisecond
	// lookedAt is the annotation whose change points a pod out to KWOK.
	lookedAt = "localcluster.invalid/looked-at"
)

// settle makes KWOK look at the concerned pods again, because a change of stages alone does not,
// and waits until all of them are as they should be, for which the stages take up to within. It
// returns their number. Pods that come later are not waited for: KWOK looks at them anyway.
func (c *Cluster) settle(
	ctx context.Context, settled, concerned func(*corev1.Pod) bool, within time.Duration,
) (int, error) {
	config := c.Config()
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return 0, fmt.Errorf("making a client: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, settleLimit+within)
	// Following the pods costs far less than asking for all of them again and again.
	follower := informers.NewSharedInformerFactory(clients, 0)
	lister := follower.Core().V1().Pods().Lister()
	follower.Start(ctx.Done())
	defer follower.Shutdown()
	defer cancel()
	for _, synced := range follower.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return 0, fmt.Errorf("listing the pods: %w", ctx.Err())
		}
	}

	first := livePods(lister, concerned)
	waiting := slices.Collect(maps.Keys(first))
	lookNext, pause := time.Now().Add(noticed), within+time.Second
	err = poll(ctx, 50*time.Millisecond, func() (bool, error) {
		pods := livePods(lister, concerned)
		waiting = slices.DeleteFunc(waiting, func(uid types.UID) bool {
			pod, exists := pods[uid]
			return !exists || settled(pod)
		})
		if len(waiting) > 0 && time.Now().After(lookNext) {
			pointOut(ctx, clients, pods, waiting)
			// Looking again starts the delay of a stage anew, so it must have had its time.
			lookNext, pause = time.Now().Add(pause), 2*pause
		}
		return len(waiting) == 0, nil
	})
	if err != nil {
		return 0, fmt.Errorf("%d of %d pods did not change: %w", len(waiting), len(first), err)
	}
	return len(first), nil
}

// livePods are the concerned pods that have a node and have neither finished nor been deleted.
func livePods(lister listersv1.PodLister, concerned func(*corev1.Pod) bool) map[types.UID]*corev1.Pod {
	// Listing from memory does not fail.
	all, _ := lister.List(labels.Everything())
	pods := map[types.UID]*corev1.Pod{}
	for _, pod := range all {
		finished := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		if pod.Spec.NodeName != "" && pod.DeletionTimestamp == nil && !finished && concerned(pod) {
			pods[pod.UID] = pod
		}
	}
	return pods
}

// pointOut changes an annotation of the pods. A pod that cannot be changed, mostly because it has
// just gone, is found in the next round.
func pointOut(ctx context.Context, clients kubernetes.Interface, pods map[types.UID]*corev1.Pod, which []types.UID) {
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%q}}}`, lookedAt, time.Now().Format(time.RFC3339Nano))
	workqueue.ParallelizeUntil(ctx, 8, len(which), func(i int) {
		pod := pods[which[i]]
		_, _ = clients.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	})
}

func ready(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	})
}

func crashing(pod *corev1.Pod) bool {
	return !ready(pod) && slices.ContainsFunc(pod.Status.ContainerStatuses, func(status corev1.ContainerStatus) bool {
		return status.State.Waiting != nil && status.State.Waiting.Reason == "CrashLoopBackOff"
	})
}
