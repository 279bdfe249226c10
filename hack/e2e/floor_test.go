package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

const (
	floorNamespace = "floor"
	// floorWorkers is how many requests the plain client has under way: as many as the operator for
	// agreements.
	floorWorkers = 16
)

// job is one write of the plain client: a copy of what the operator wrote, and what it did to it.
type job struct {
	write  testenv.Request
	object *unstructured.Unstructured
}

// floor states how long a plain client takes for the same writes, on copies in a namespace of their own.
// The operator is stopped meanwhile; in the middle of a change of suppliers, too, it goes on where it was.
func floor(t *testing.T, env *testenv.Env, writes []testenv.Request) {
	t.Helper()
	if err := env.StopOperator(); err != nil {
		t.Fatal(err)
	}
	scratch := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: floorNamespace}}
	if err := env.Client.Create(t.Context(), scratch); err != nil {
		t.Fatal(err)
	}
	jobs, err := copies(t.Context(), env.Client, writes)
	if err != nil {
		t.Fatal(err)
	}
	existing := func(j job) error {
		if j.write.Verb == "create" {
			return nil
		}
		created := j.object.DeepCopy()
		if err := env.Client.Create(t.Context(), created); err != nil {
			return err
		}
		j.object.SetResourceVersion(created.GetResourceVersion())
		return nil
	}
	if err := atOnce(jobs, existing); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := atOnce(jobs, func(j job) error { return j.do(t.Context(), env.Client) }); err != nil {
		t.Fatal(err)
	}
	t.Logf("a plain client needs %s for the same %d writes", time.Since(began).Round(100*time.Millisecond), len(jobs))
	sweep(t, env, jobs, scratch)
	if err := env.StartOperator(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// copies are the objects to write: like those that the operator wrote, under other names.
func copies(ctx context.Context, c client.Client, writes []testenv.Request) ([]job, error) {
	var jobs []job
	for i, write := range writes {
		gvk, err := c.RESTMapper().KindFor(schema.GroupVersionResource{Resource: write.Resource})
		if err != nil {
			return nil, fmt.Errorf("kind of %s: %w", write, err)
		}
		written, err := like(ctx, c, gvk, write)
		if err != nil {
			return nil, err
		}
		copied := &unstructured.Unstructured{Object: map[string]any{}}
		for key, value := range written.Object {
			if key != "metadata" {
				copied.Object[key] = value
			}
		}
		copied.SetName(floorNamespace + "-" + strconv.Itoa(i))
		copied.SetLabels(written.GetLabels())
		copied.SetAnnotations(map[string]string{
			v1alpha1.OwnerAnnotation: written.GetAnnotations()[v1alpha1.OwnerAnnotation], v1alpha1.AllowDeletionAnnotation: "true",
		})
		if written.GetNamespace() != "" {
			copied.SetNamespace(floorNamespace)
		}
		unstructured.RemoveNestedField(copied.Object, "spec", "clusterIP")
		unstructured.RemoveNestedField(copied.Object, "spec", "clusterIPs")
		jobs = append(jobs, job{write, copied})
	}
	return jobs, nil
}

// like returns what a request wrote; where the request does not name it, or it is gone, another of the
// operator's of the kind.
func like(ctx context.Context, c client.Client, gvk schema.GroupVersionKind, write testenv.Request) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(gvk)
	err := c.Get(ctx, client.ObjectKey{Namespace: write.Namespace, Name: write.Name}, object)
	if write.Name != "" && !apierrors.IsNotFound(err) {
		return object, err
	}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(gvk)
	if err := c.List(ctx, list, client.HasLabels{v1alpha1.OwnerLabel}, client.Limit(1)); err != nil {
		return nil, fmt.Errorf("list %s: %w", gvk.Kind, err)
	}
	if len(list.Items) == 0 {
		return nil, fmt.Errorf("nothing is like what was written: %s", write)
	}
	return &list.Items[0], nil
}

func (j job) do(ctx context.Context, c client.Client) error {
	object := j.object.DeepCopy()
	switch {
	case j.write.Verb == "create":
		return c.Create(ctx, object)
	case j.write.Verb == "delete":
		return c.Delete(ctx, object)
	case j.write.Verb == "update" && j.write.Subresource == "status":
		return c.Status().Update(ctx, object)
	case j.write.Verb == "update":
		object.SetAnnotations(map[string]string{v1alpha1.InventedAnnotation: "true"})
		object.SetResourceVersion("") // the cluster moves a workload's status meanwhile
		return c.Update(ctx, object)
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{v1alpha1.InventedAnnotation: "true"}}})
	if err != nil {
		return err
	}
	return c.Patch(ctx, object, client.RawPatch(types.MergePatchType, patch))
}

// atOnce does all jobs, several at a time.
func atOnce(jobs []job, do func(job) error) error {
	queue, failed := make(chan job), make(chan error, len(jobs))
	var group sync.WaitGroup
	for range floorWorkers {
		group.Go(func() {
			for j := range queue {
				if err := do(j); err != nil {
					failed <- fmt.Errorf("%s: %w", j.write, err)
				}
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	group.Wait()
	close(failed)
	var err error
	for one := range failed {
		err = errors.Join(err, one)
	}
	return err
}

// sweep removes the copies before the operator sees them.
func sweep(t *testing.T, env *testenv.Env, jobs []job, scratch *corev1.Namespace) {
	t.Helper()
	for _, j := range jobs {
		if j.object.GetNamespace() == "" {
			if err := env.Client.Delete(t.Context(), j.object); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := env.Client.Delete(t.Context(), scratch); err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Eventually(func() bool {
		return apierrors.IsNotFound(env.Client.Get(t.Context(), client.ObjectKeyFromObject(scratch), &corev1.Namespace{}))
	}).WithTimeout(time.Minute).WithPolling(500 * time.Millisecond).Should(gomega.BeTrue())
}
