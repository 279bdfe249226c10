package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// feeder stands in for what runs pods: it says of every Deployment, as soon as it is written, that all
// its replicas are available, or, of those that are out, that none is.
type feeder struct {
	clients kubernetes.Interface
	store   cache.Store
	queue   workqueue.TypedRateLimitingInterface[string]
	stop    func()

	mutex     sync.Mutex
	out       string // the service whose Deployments are, as namespace/name; empty: none
	lastWrite time.Time
}

// feederWorkers keep up with whoever writes Deployments.
const feederWorkers = 4

func startFeeder(ctx context.Context, config *rest.Config) (*feeder, error) {
	config = rest.CopyConfig(config)
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client for the feeder: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	f := &feeder{
		clients: clients,
		queue:   workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](10*time.Millisecond, time.Second)),
	}
	factory := informers.NewSharedInformerFactory(clients, 0)
	informer := factory.Apps().V1().Deployments().Informer()
	f.store = informer.GetStore()
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: f.enqueue, UpdateFunc: func(_, object any) { f.enqueue(object) }}); err != nil {
		cancel()
		return nil, fmt.Errorf("watch Deployments: %w", err)
	}
	factory.Start(ctx.Done())
	var group sync.WaitGroup
	for range feederWorkers {
		group.Go(func() { f.work(ctx) })
	}
	f.stop = func() {
		cancel()
		f.queue.ShutDown()
		group.Wait()
		factory.Shutdown()
	}
	return f, nil
}

func (f *feeder) enqueue(object any) {
	if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
		f.queue.Add(key)
	}
}

func (f *feeder) work(ctx context.Context) {
	for {
		key, shutDown := f.queue.Get()
		if shutDown {
			return
		}
		if err := f.feed(ctx, key); err != nil && ctx.Err() == nil {
			f.queue.AddRateLimited(key)
		} else {
			f.queue.Forget(key)
		}
		f.queue.Done(key)
	}
}

func (f *feeder) feed(ctx context.Context, key string) error {
	object, exists, err := f.store.GetByKey(key)
	if err != nil || !exists {
		return err
	}
	deployment := object.(*appsv1.Deployment)
	status := deploymentStatus(deployment, f.isOut(deployment))
	if deployment.Status.ObservedGeneration == status.ObservedGeneration && deployment.Status.AvailableReplicas == status.AvailableReplicas {
		return nil
	}
	deployment = deployment.DeepCopy()
	deployment.Status = status
	_, err = f.clients.AppsV1().Deployments(deployment.Namespace).UpdateStatus(ctx, deployment, metav1.UpdateOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil // whatever changed it is seen next
	}
	f.wrote()
	return err
}

// deploymentStatus is that of a Deployment whose replicas are all available, or none.
func deploymentStatus(d *appsv1.Deployment, isOut bool) appsv1.DeploymentStatus {
	replicas := int32(1)
	if d.Spec.Replicas != nil {
		replicas = *d.Spec.Replicas
	}
	status := appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: replicas, UpdatedReplicas: replicas}
	available := corev1.ConditionFalse
	if isOut {
		status.UnavailableReplicas = replicas
	} else {
		status.ReadyReplicas, status.AvailableReplicas, available = replicas, replicas, corev1.ConditionTrue
	}
	status.Conditions = []appsv1.DeploymentCondition{{
		Type: appsv1.DeploymentAvailable, Status: available, Reason: "Benchmark", LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
	}}
	return status
}

// isOut says whether a Deployment belongs to the service that is out.
func (f *feeder) isOut(d *appsv1.Deployment) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.ContainsFunc(d.OwnerReferences, func(r metav1.OwnerReference) bool { return f.out == d.Namespace+"/"+r.Name })
}

// setOut makes a service unavailable, and the one before available; empty: none is unavailable.
func (f *feeder) setOut(namespace, service string) {
	f.mutex.Lock()
	f.out = namespace + "/" + service
	f.mutex.Unlock()
	for _, key := range f.store.ListKeys() {
		f.queue.Add(key)
	}
}

func (f *feeder) wrote() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.lastWrite = time.Now()
}

// quietSince is when the feeder last wrote.
func (f *feeder) quietSince() time.Time {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.lastWrite
}
