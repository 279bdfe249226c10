package apply

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestACacheThatLagsCostsNoSecondWrite(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-lag")
	b.namespace(t, owner.Namespace)
	object := func() *corev1.ConfigMap { return &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")} }
	quiet := func(value string) {
		t.Helper()
		b.wire.made()
		if result := b.apply(t, owner, configMap(owner, "a", value)); !result.Lagging {
			t.Error("the cache lags, and nobody says so")
		}
		if made := b.wire.made(); len(made) != 0 {
			t.Errorf("a lagging cache costs requests: %v", made)
		}
	}
	b.cache.hide = true
	b.apply(t, owner, configMap(owner, "a", "1"))
	quiet("1")

	created := read(t, b, object())
	b.apply(t, owner, configMap(owner, "a", "2")) // on the own write, which the cache has not shown
	if got := read(t, b, object()).Data["value"]; got != "2" {
		t.Errorf("the value is %q: the write was lost", got)
	}
	quiet("2")

	b.cache.hide, b.cache.stale = false, created
	quiet("2")
	b.apply(t, owner, configMap(owner, "a", "3"))
	quiet("3")

	b.cache.stale = nil
	b.wire.made()
	if result := b.apply(t, owner, configMap(owner, "a", "3")); result.Lagging {
		t.Error("the cache has caught up, and is called lagging")
	}
	if _, remembered := b.memory.last(childKey{"ConfigMap", owner.Namespace, "a"}); remembered {
		t.Error("the cache has caught up, and the write is still remembered")
	}
}

// The cluster moves the status of a child all the time: a PUT on what the cache shows may conflict.
func TestACacheThatIsBehindOthersWritesCostsOneMoreTry(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-behind")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	object := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}
	stale := read(t, b, object).DeepCopy()
	change(t, b, object, func(m *corev1.ConfigMap) { m.Annotations["example.com/note"] = "stays" })
	b.restart()
	b.cache.stale = stale
	b.wire.made()
	b.apply(t, owner, configMap(owner, "a", "2"))
	const path = "/api/v1/namespaces/apply-behind/configmaps/a"
	want := []request{{method: "PUT", path: path}, {method: "GET", path: path}, {method: "PUT", path: path}}
	if diff := cmp.Diff(want, b.wire.made(), cmp.AllowUnexported(request{}), cmpopts.IgnoreFields(request{}, "body")); diff != "" {
		t.Errorf("the requests differ (-want +got):\n%s", diff)
	}
	if read(t, b, object); object.Data["value"] != "2" || object.Annotations["example.com/note"] != "stays" {
		t.Errorf("data %v, annotations %v: what the other wrote must stay", object.Data, object.Annotations)
	}
}

func TestAConflictOverWhatIsNoLongerOursIsLeft(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-lost")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	object := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}
	stale := read(t, b, object).DeepCopy()
	change(t, b, object, func(m *corev1.ConfigMap) { delete(m.Annotations, v1alpha1.OwnerAnnotation) })
	b.restart()
	b.cache.stale = stale
	if _, err := b.Apply(t.Context(), owner, step(t, configMap(owner, "a", "2"))); !apierrors.IsConflict(err) {
		t.Errorf("the error is %v, want a conflict", err)
	}
	if got := read(t, b, object).Data["value"]; got != "1" {
		t.Errorf("the value is %q: an object that is not ours was written", got)
	}
}

// Somebody deletes a child before the cache has shown it at all: it is not believed in for ever.
func TestAChildThatIsGoneBeforeTheCacheSawItIsMadeAgain(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-gone")
	b.namespace(t, owner.Namespace)
	b.cache.hide = true
	b.apply(t, owner, configMap(owner, "a", "1"))
	if err := b.admin.Delete(t.Context(), &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}); err != nil {
		t.Fatal(err)
	}
	key := childKey{"ConfigMap", owner.Namespace, "a"}
	last, _ := b.memory.last(key)
	last.at = time.Now().Add(-2 * LagLimit)
	b.memory.remember(key, last)
	b.apply(t, owner, configMap(owner, "a", "1"))
	read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")})
}

func TestAChildThatIsBeingDeletedIsWaitedFor(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-terminating")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, configMap(owner, "a", "1"))
	object := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}
	change(t, b, object, func(m *corev1.ConfigMap) { m.Finalizers = []string{"example.com/slow"} })
	if err := b.admin.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	b.wire.made()
	if result := b.apply(t, owner, configMap(owner, "a", "2")); !result.Lagging {
		t.Error("a child that is being deleted does not stand, and nobody says so")
	}
	if made := writes(b.wire.made()); len(made) != 0 {
		t.Errorf("a child that is being deleted was written: %v", made)
	}
}

// plugIn changes every StatefulSet of a namespace, each time that it is written.
const plugIn = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: meddler}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [statefulsets]}
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: >-
        Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
        terminationGracePeriodSeconds: 60, setHostnameAsFQDN: true}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: meddler}
spec:
  policyName: meddler
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: apply-meddled}}}`

// meddle installs the plug-in, and waits until it is in force.
func meddle(t *testing.T, b *bench, probe client.Object) {
	t.Helper()
	for _, part := range step(t, plugIn) {
		object := decoded(t, part)
		if err := b.admin.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.admin.Delete(context.Background(), object) })
	}
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		tried := probe.DeepCopyObject().(client.Object)
		if err := b.admin.Create(ctx, tried, client.DryRunAll); err != nil {
			return false, client.IgnoreNotFound(err)
		}
		set := &appsv1.StatefulSet{}
		if err := b.admin.Scheme().Convert(tried, set, nil); err != nil {
			return false, err
		}
		return set.Spec.Template.Spec.SetHostnameAsFQDN != nil, nil
	})
	if err != nil {
		t.Fatalf("wait for the plug-in: %v", err)
	}
}

func TestAPlugInThatChangesEveryWriteIsNotFought(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-meddled")
	b.namespace(t, owner.Namespace)
	labels := map[string]string{"a": "b"}
	meddle(t, b, &appsv1.StatefulSet{ObjectMeta: in(owner.Namespace, "probe"), Spec: appsv1.StatefulSetSpec{
		ServiceName: "probe", Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a:1"}}}},
	}})
	child := statefulSet(owner, "peer-review")
	quiet := func(when string) {
		t.Helper()
		for range 3 {
			b.wire.made()
			b.apply(t, owner, child)
			if made := b.wire.made(); len(made) != 0 {
				t.Fatalf("%s: the plug-in is fought: %v", when, made)
			}
		}
	}
	b.apply(t, owner, child)
	quiet("after the creation")
	b.restart()
	b.apply(t, owner, child) // one try, by an operator that knows nothing yet
	quiet("after a restart")

	set := &appsv1.StatefulSet{ObjectMeta: in(owner.Namespace, "peer-review")}
	change(t, b, set, func(s *appsv1.StatefulSet) { s.Spec.Template.Spec.Containers[0].Image = "eve:1" })
	b.apply(t, owner, child)
	if got := read(t, b, set).Spec.Template.Spec.Containers[0].Image; got != "example/image:1" {
		t.Errorf("the image is %s: somebody else's change is taken for the plug-in's", got)
	}
	quiet("after somebody else's change")
}
