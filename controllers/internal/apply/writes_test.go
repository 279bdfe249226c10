package apply

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

func TestR07_AnObjectInTheWayIsNamedAndUntouched(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-in-the-way")
	b.namespace(t, owner.Namespace)
	foreign := []client.Object{
		&corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "taken"), Data: map[string]string{"whose": "theirs"}},
		&corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "another"), Data: map[string]string{"whose": "theirs"}},
	}
	foreign[1].SetAnnotations(map[string]string{v1alpha1.OwnerAnnotation: strings.Replace(owner.Mark(), "peer-review", "other", 1)})
	for _, object := range foreign {
		if err := b.admin.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	first := step(t, configMap(owner, "taken", "a"), configMap(owner, "another", "a"), configMap(owner, "free", "a"))
	result, err := b.Apply(t.Context(), owner, first, step(t, configMap(owner, "later", "a")))
	if err != nil {
		t.Fatal(err)
	}
	want := state.Result{Blocked: []state.Blocked{
		{Kind: "ConfigMap", Namespace: owner.Namespace, Name: "taken", Obstacle: state.InTheWay},
		{Kind: "ConfigMap", Namespace: owner.Namespace, Name: "another", Obstacle: state.InTheWay},
	}}
	if diff := cmp.Diff(want, result); diff != "" {
		t.Errorf("the result differs (-want +got):\n%s", diff)
	}
	for _, object := range foreign {
		now := read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, object.GetName())})
		if now.ResourceVersion != object.GetResourceVersion() {
			t.Errorf("%s was written", object.GetName())
		}
	}
	read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "free")})
	err = b.admin.Get(t.Context(), client.ObjectKey{Namespace: owner.Namespace, Name: "later"}, &corev1.ConfigMap{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("a step was begun before the one before it stood: %v", err)
	}
}

// A name is free again a moment after its owner was deleted: the garbage collector follows.
func TestR07_WhatAnEarlierOwnerLeftIsWaitedForAsLongAsItGoesByItself(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-leaving")
	b.namespace(t, owner.Namespace)
	former, other := owner, owner
	former.UID, other.Name = "of-the-former", "other"
	holder := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "holder")}
	if err := b.admin.Create(t.Context(), holder); err != nil {
		t.Fatal(err)
	}
	ofFormer := []metav1.OwnerReference{{APIVersion: v1alpha1.GroupVersion.String(), Kind: former.Kind, Name: former.Name, UID: former.UID}}
	ofHolder := []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: holder.Name, UID: holder.UID}}
	tests := map[string]struct {
		mark      state.Owner
		belongsTo []metav1.OwnerReference
		isDeleted bool
		want      state.Obstacle
	}{
		"the-formers":            {mark: former, belongsTo: ofFormer, want: state.Leaving},
		"the-formers-deleted":    {mark: former, isDeleted: true, want: state.Leaving},
		"the-formers-left-alone": {mark: former, want: state.InTheWay},
		"the-formers-of-another": {mark: former, belongsTo: ofHolder, want: state.InTheWay},
		"anothers":               {mark: other, belongsTo: ofFormer, want: state.InTheWay},
		"anothers-deleted":       {mark: other, isDeleted: true, want: state.InTheWay},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			// The finalizer holds it against the garbage collector, which is at work.
			live := &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, name)}
			live.Annotations = map[string]string{v1alpha1.OwnerAnnotation: tc.mark.Mark()}
			live.OwnerReferences, live.Finalizers = tc.belongsTo, []string{"example.com/held"}
			if err := b.admin.Create(t.Context(), live); err != nil {
				t.Fatal(err)
			}
			if tc.isDeleted {
				if err := b.admin.Delete(t.Context(), live); err != nil {
					t.Fatal(err)
				}
			}
			b.wire.made()
			result, err := b.Apply(t.Context(), owner, step(t, configMap(owner, name, "a")))
			want := state.Result{Blocked: []state.Blocked{{Kind: "ConfigMap", Namespace: owner.Namespace, Name: name, Obstacle: tc.want}}}
			if diff := cmp.Diff(want, result); err != nil || diff != "" {
				t.Errorf("error %v; the result differs (-want +got):\n%s", err, diff)
			}
			if made := writes(b.wire.made()); len(made) != 0 {
				t.Errorf("what is not the operator's was written: %v", made)
			}
			change(t, b, live, func(m *corev1.ConfigMap) { m.Finalizers = nil })
		})
	}
}

// What is in the way may go between the refusal and the look at it: then nothing stands there.
func TestAnObjectThatWasInTheWayAndIsGoneIsTriedAgain(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-was-in-the-way")
	b.namespace(t, owner.Namespace)
	if err := b.admin.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}); err != nil {
		t.Fatal(err)
	}
	nothing := &cache{Client: b.admin, hide: true}
	result, err := New(nothing, nothing).Apply(t.Context(), owner, step(t, configMap(owner, "a", "1")))
	if !apierrors.IsAlreadyExists(err) || result.StepsDone != 0 || len(result.Blocked) != 0 {
		t.Errorf("error %v, %d steps done, blocked %v; want the server's error alone", err, result.StepsDone, result.Blocked)
	}
}

func TestWhatSomebodyAddsToAPodIsRemoved(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-guest")
	b.namespace(t, owner.Namespace)
	children := []string{deployment(owner, "stateless"), statefulSet(owner, "stateful")}
	b.apply(t, owner, children...)
	guest := func(pod *corev1.PodSpec) {
		pod.HostNetwork = true
		pod.Containers = append(pod.Containers, corev1.Container{Name: "guest", Image: "guest:1"})
	}
	stateless, stateful := &appsv1.Deployment{ObjectMeta: in(owner.Namespace, "stateless")}, &appsv1.StatefulSet{ObjectMeta: in(owner.Namespace, "stateful")}
	change(t, b, stateless, func(d *appsv1.Deployment) {
		guest(&d.Spec.Template.Spec)
		d.Spec.Paused, d.Spec.MinReadySeconds = true, 599
		d.Annotations["example.com/team"] = "stays"
	})
	change(t, b, stateful, func(s *appsv1.StatefulSet) { guest(&s.Spec.Template.Spec) })
	b.apply(t, owner, children...)
	for _, pod := range []corev1.PodSpec{read(t, b, stateless).Spec.Template.Spec, read(t, b, stateful).Spec.Template.Spec} {
		if len(pod.Containers) != 1 || pod.Containers[0].Name != "function" || pod.HostNetwork {
			t.Errorf("a guest is still there: %v, on the host's network: %v", pod.Containers, pod.HostNetwork)
		}
	}
	if stateless.Spec.Paused || stateless.Spec.MinReadySeconds != 0 {
		t.Error("the roll-out is still held up")
	}
	if stateless.Annotations["example.com/team"] != "stays" {
		t.Error("a foreign annotation must stay")
	}
}

func TestAServiceIsRestoredFromEveryType(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-service")
	b.namespace(t, owner.Namespace)
	b.apply(t, owner, service(owner, "peer-review"))
	tests := map[string]func(*corev1.Service){
		"open on every node": func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeNodePort },
		"open to the world": func(s *corev1.Service) {
			s.Spec.Type, s.Spec.ExternalTrafficPolicy = corev1.ServiceTypeLoadBalancer, corev1.ServiceExternalTrafficPolicyLocal
		},
		"an alias": func(s *corev1.Service) {
			s.Spec.Type, s.Spec.ExternalName, s.Spec.ClusterIP, s.Spec.ClusterIPs = corev1.ServiceTypeExternalName, "example.com", "", nil
		},
		"with an address": func(s *corev1.Service) { s.Spec.ExternalIPs = []string{"192.0.2.1"} },
	}
	for name, harm := range tests {
		t.Run(name, func(t *testing.T) {
			object := &corev1.Service{ObjectMeta: in(owner.Namespace, "peer-review")}
			change(t, b, object, harm)
			b.apply(t, owner, service(owner, "peer-review"))
			spec := read(t, b, object).Spec
			if spec.Type != corev1.ServiceTypeClusterIP || spec.ExternalName != "" || len(spec.ExternalIPs) != 0 || spec.Ports[0].NodePort != 0 || spec.ClusterIP == "" {
				t.Errorf("the service is %+v", spec)
			}
		})
	}
}

func TestARefusalIsAnErrorAndABlock(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-refused")
	b.namespace(t, owner.Namespace)
	wrong := document(owner, "v1", "Service", "peer-review", "spec: {ports: [{port: 99999}]}")
	result, err := b.Apply(t.Context(), owner, step(t, wrong, configMap(owner, "beside", "a")))
	if !apierrors.IsInvalid(err) {
		t.Errorf("the error is %v, want the server's: the write is worth another try", err)
	}
	if len(result.Blocked) != 1 || result.Blocked[0].Obstacle != state.Refused || !strings.Contains(result.Blocked[0].Message, "must be between 1 and 65535") {
		t.Errorf("blocked are %v, want the service, with the server's words", result.Blocked)
	}
	read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "beside")})
}

func TestAMissingNamespaceIsAnErrorAndNoBlock(t *testing.T) {
	b, owner := newBench(t), ownerIn("apply-nowhere")
	result, err := b.Apply(t.Context(), owner, step(t, configMap(owner, "a", "a")))
	if !apierrors.IsNotFound(err) || len(result.Blocked) != 0 {
		t.Errorf("error %v, blocked %v; want the server's error alone", err, result.Blocked)
	}
}

func TestAnAnswerThatIsLostLeadsToNoDuplicate(t *testing.T) {
	tests := map[string]struct {
		namespace string
		lose      string
		want      []string // the writes of the second try
	}{
		"of a creation": {"apply-lost-post", "POST", []string{"POST /api/v1/namespaces/apply-lost-post/configmaps"}},
		"of a change":   {"apply-lost-put", "PUT", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, owner := newBench(t), ownerIn(tc.namespace)
			b.namespace(t, owner.Namespace)
			if tc.lose == "PUT" {
				b.apply(t, owner, configMap(owner, "a", "before"))
			}
			b.wire.lose = tc.lose
			if _, err := b.Apply(t.Context(), owner, step(t, configMap(owner, "a", "after"))); !errors.Is(err, errLost) {
				t.Fatalf("the first try ends in %v, want %v", err, errLost)
			}
			b.cache.hide = tc.lose == "POST" // it has not seen it yet
			b.wire.made()
			b.apply(t, owner, configMap(owner, "a", "after"))
			if diff := cmp.Diff(tc.want, writes(b.wire.made())); diff != "" {
				t.Errorf("the second try writes (-want +got):\n%s", diff)
			}
			if got := read(t, b, &corev1.ConfigMap{ObjectMeta: in(owner.Namespace, "a")}).Data["value"]; got != "after" {
				t.Errorf("the value is %q", got)
			}
		})
	}
}

func TestAnAdoptedNamespaceKeepsWhatOthersGaveIt(t *testing.T) {
	b := newBench(t)
	owner := state.Owner{Kind: "Consortium", Name: "apply-adopted", UID: "1"}
	const namespace = `
apiVersion: v1
kind: Namespace
metadata:
  name: apply-adopted
  labels: {pod-security.kubernetes.io/enforce: restricted}
  annotations: {commissioning.support/retained: ""}`
	if _, err := b.Apply(t.Context(), owner, step(t, namespace)); err == nil {
		t.Fatal("a namespace that is given must not be created")
	}
	b.namespace(t, "apply-adopted")
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "apply-adopted"}}
	change(t, b, object, func(n *corev1.Namespace) {
		n.Labels["team"], n.Labels["pod-security.kubernetes.io/enforce"] = "a", "privileged"
		n.Annotations = map[string]string{v1alpha1.RetainedAnnotation: "08V", "note": "b"}
	})
	b.apply(t, owner, namespace)
	read(t, b, object)
	got := []string{object.Labels["team"], object.Labels["pod-security.kubernetes.io/enforce"], object.Annotations["note"]}
	if _, retained := object.Annotations[v1alpha1.RetainedAnnotation]; retained || !slices.Equal(got, []string{"a", "restricted", "b"}) {
		t.Errorf("labels %v, annotations %v", object.Labels, object.Annotations)
	}
}

// What a consortium left behind on purpose is the next one's of the same name, and of nobody else.
func TestR08_WhatWasRetainedIsTakenUpAgain(t *testing.T) {
	tests := map[string]struct {
		annotations map[string]string
		wantBlocked bool
	}{
		"left behind on purpose":  {map[string]string{v1alpha1.RetainedAnnotation: "08V"}, false},
		"not left behind at all":  {nil, true},
		"with an empty statement": {map[string]string{v1alpha1.RetainedAnnotation: ""}, true},
	}
	b := newBench(t)
	b.namespace(t, "apply-retained")
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			former, owner := ownerIn("apply-retained"), ownerIn("apply-retained")
			former.UID = "22222222-0000-4000-8000-000000000000"
			name := strings.ReplaceAll(name, " ", "-")
			b.apply(t, former, configMap(former, name, "a"))
			change(t, b, &corev1.ConfigMap{ObjectMeta: in("apply-retained", name)}, func(m *corev1.ConfigMap) {
				maps.Copy(m.Annotations, tc.annotations)
			})
			b.restart()
			result, err := b.Apply(t.Context(), owner, step(t, configMap(owner, name, "b")))
			if err != nil || (len(result.Blocked) > 0) != tc.wantBlocked {
				t.Errorf("error %v, blocked %v; want blocked: %v", err, result.Blocked, tc.wantBlocked)
			}
		})
	}
}
