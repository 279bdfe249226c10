package watch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// queue remembers what is added to it, and after how long.
type queue struct {
	workqueue.TypedRateLimitingInterface[reconcile.Request]
	added []string
}

func (q *queue) Add(r reconcile.Request) { q.added = append(q.added, r.String()) }

func (q *queue) AddAfter(r reconcile.Request, after time.Duration) {
	q.added = append(q.added, r.String()+" after "+after.String())
}

func child(mark string) client.Object {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.OwnerAnnotation: mark}}}
}

func TestAChildWakesItsOwner(t *testing.T) {
	tests := map[string]struct {
		child client.Object
		want  []string
	}{
		"of the kind":                  {child("MemberFunction/tower-hamlets/peer-review/1"), []string{"tower-hamlets/peer-review"}},
		"of another kind: not here":    {child("Consortium//tower-hamlets/1"), nil},
		"that nobody marked: nobody":   {&corev1.ConfigMap{}, nil},
		"with a broken mark: nobody":   {child("MemberFunction"), nil},
		"with half a mark, and nobody": {child("MemberFunction/tower-hamlets//1"), nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := &queue{}
			watch.Owner(v1alpha1.MemberFunctionKind).Delete(t.Context(), event.DeleteEvent{Object: tc.child}, q)
			if diff := cmp.Diff(tc.want, q.added); diff != "" {
				t.Errorf("others are woken (-want +got):\n%s", diff)
			}
		})
	}
}

// The owner is woken also where somebody took the mark away: by what it was before.
func TestAChildWhoseMarkIsTakenAwayWakesItsFormerOwner(t *testing.T) {
	q := &queue{}
	update := event.UpdateEvent{ObjectOld: child("MemberFunction/tower-hamlets/peer-review/1"), ObjectNew: &corev1.ConfigMap{}}
	watch.Owner(v1alpha1.MemberFunctionKind).Update(t.Context(), update, q)
	if diff := cmp.Diff([]string{"tower-hamlets/peer-review"}, q.added); diff != "" {
		t.Errorf("others are woken (-want +got):\n%s", diff)
	}
}

func TestAChildThatOnlyTheOperatorChangesWakesItsOwnerAtThePace(t *testing.T) {
	q, handler := &queue{}, watch.Child(watch.NewPace(), v1alpha1.MemberFunctionKind)
	for range 2 {
		handler.Create(t.Context(), event.CreateEvent{Object: child("MemberFunction/tower-hamlets/peer-review/1")}, q)
	}
	if len(q.added) != 2 || q.added[0] != "tower-hamlets/peer-review" || !strings.HasPrefix(q.added[1], "tower-hamlets/peer-review after ") {
		t.Errorf("woken are %v, want the owner at once, and again after a while", q.added)
	}
}

func function(of string) *v1alpha1.MemberFunction {
	return &v1alpha1.MemberFunction{Spec: v1alpha1.MemberFunctionSpec{Function: v1alpha1.ObjectName(of)}}
}

func TestAnAggregateIsWokenByWhatWasAndWhatIs(t *testing.T) {
	counts := func(_ context.Context, object client.Object) []reconcile.Request {
		return watch.InNamespace("", string(object.(*v1alpha1.MemberFunction).Spec.Function))
	}
	tests := map[string]struct {
		send func(handler.EventHandler, *queue)
		want []string
	}{
		"created": {func(h handler.EventHandler, q *queue) {
			h.Create(t.Context(), event.CreateEvent{Object: function("a")}, q)
		}, []string{"/a"}},
		"there from the start": {func(h handler.EventHandler, q *queue) {
			h.Create(t.Context(), event.CreateEvent{Object: function("a"), IsInInitialList: true}, q)
		}, nil},
		"changed": {func(h handler.EventHandler, q *queue) {
			h.Update(t.Context(), event.UpdateEvent{ObjectOld: function("a"), ObjectNew: function("b")}, q)
		}, []string{"/a", "/b"}},
		"deleted": {func(h handler.EventHandler, q *queue) {
			h.Delete(t.Context(), event.DeleteEvent{Object: function("b")}, q)
		}, []string{"/b"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := &queue{}
			tc.send(watch.Aggregate(watch.NewPace(), counts), q)
			if diff := cmp.Diff(tc.want, q.added); diff != "" {
				t.Errorf("others are woken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	predicate := watch.Changed(func(f *v1alpha1.MemberFunction) v1alpha1.ObjectName { return f.Spec.Function })
	labelled := function("a")
	labelled.Labels = map[string]string{"a": "b"}
	tests := map[string]struct {
		got, want bool
	}{
		"what is read changed":            {predicate.Update(event.UpdateEvent{ObjectOld: function("a"), ObjectNew: function("b")}), true},
		"something else changed":          {predicate.Update(event.UpdateEvent{ObjectOld: function("a"), ObjectNew: labelled}), false},
		"an object of an unexpected type": {predicate.Update(event.UpdateEvent{ObjectOld: &corev1.ConfigMap{}, ObjectNew: &corev1.ConfigMap{}}), true},
		"a creation":                      {predicate.Create(event.CreateEvent{Object: function("a")}), true},
		"a deletion":                      {predicate.Delete(event.DeleteEvent{Object: function("a")}), true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("it passes: %v, want %v", tc.got, tc.want)
			}
		})
	}
}

func TestANamespaceChangesHands(t *testing.T) {
	labelled := func(labels map[string]string) *corev1.Namespace {
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: labels}}
	}
	goes := labelled(map[string]string{v1alpha1.ConsortiumLabel: "newham"})
	goes.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	forms := map[string]*corev1.Namespace{
		"nobody's":        labelled(nil),
		"a consortium's":  labelled(map[string]string{v1alpha1.ConsortiumLabel: "newham"}),
		"another's":       labelled(map[string]string{v1alpha1.ConsortiumLabel: "tower-hamlets"}),
		"a supplier's":    labelled(map[string]string{v1alpha1.ProviderLabel: "newham"}),
		"said to be both": labelled(map[string]string{v1alpha1.ConsortiumLabel: "newham", v1alpha1.ProviderLabel: "newham"}),
		"going":           goes,
	}
	predicate := watch.Changed(watch.Belonging)
	for before, old := range forms {
		for after, now := range forms {
			if got, want := predicate.Update(event.UpdateEvent{ObjectOld: old, ObjectNew: now}), before != after; got != want {
				t.Errorf("from %s to %s it passes: %v, want %v", before, after, got, want)
			}
		}
	}
	relabelled := labelled(map[string]string{"a": "b"})
	if predicate.Update(event.UpdateEvent{ObjectOld: forms["nobody's"], ObjectNew: relabelled}) {
		t.Error("a label of no meaning passes")
	}
}

func TestOwn(t *testing.T) {
	with := func(mutate func(*v1alpha1.MemberFunction)) *v1alpha1.MemberFunction {
		f := function("a")
		mutate(f)
		return f
	}
	tests := map[string]struct {
		now  *v1alpha1.MemberFunction
		want bool
	}{
		"a new spec, or a deletion": {with(func(f *v1alpha1.MemberFunction) { f.Generation = 2 }), true},
		"a label":                   {with(func(f *v1alpha1.MemberFunction) { f.Labels = map[string]string{"a": "b"} }), true},
		"an annotation":             {with(func(f *v1alpha1.MemberFunction) { f.Annotations = map[string]string{"a": "b"} }), true},
		"the operator's own status": {with(func(f *v1alpha1.MemberFunction) { f.Status.ObservedGeneration = new(int64(1)) }), false},
		"the operator's finalizer":  {with(func(f *v1alpha1.MemberFunction) { f.Finalizers = []string{v1alpha1.Finalizer} }), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := watch.Own().Update(event.UpdateEvent{ObjectOld: function("a"), ObjectNew: tc.now}); got != tc.want {
				t.Errorf("it passes: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestNext(t *testing.T) {
	failure := errors.New("no")
	blocked := state.Result{Blocked: []state.Blocked{{Kind: "ConfigMap"}}}
	tests := map[string]struct {
		done     state.Result
		again    time.Duration
		failures []error
		want     time.Duration
		wantErr  error
	}{
		"all is well: not before something changes":     {},
		"somebody else wrote the status: at once":       {again: 200 * time.Millisecond, want: 200 * time.Millisecond},
		"the cache lags: when it should have caught up": {done: state.Result{Lagging: true}, want: 1100 * time.Millisecond},
		"something is in the way: soon":                 {done: blocked, want: 5 * time.Second},
		"in the way, and a conflict: at once":           {done: blocked, again: 200 * time.Millisecond, want: 200 * time.Millisecond},
		"an error: with the queue's backoff":            {done: blocked, again: time.Second, failures: []error{nil, failure}, wantErr: failure},
		"errors that are none":                          {failures: []error{nil, nil}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := watch.Next(tc.done, tc.again, tc.failures...)
			if got.RequeueAfter != tc.want || !errors.Is(err, tc.wantErr) {
				t.Errorf("again after %s with error %v, want %s and %v", got.RequeueAfter, err, tc.want, tc.wantErr)
			}
		})
	}
}

func TestWhatIsUnfinishedGoesFirstWhenTheOperatorStarts(t *testing.T) {
	q := priorityqueue.New[reconcile.Request]("test")
	defer q.ShutDown()
	agreement := func(name string, ready metav1.ConditionStatus, observed int64) *v1alpha1.SupportAgreement {
		a := &v1alpha1.SupportAgreement{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 2}}
		if ready != "" {
			a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: ready, ObservedGeneration: observed}}
		}
		return a
	}
	deleted := agreement("deleted", metav1.ConditionTrue, 2)
	deleted.DeletionTimestamp = new(metav1.Now())
	for _, a := range []*v1alpha1.SupportAgreement{
		agreement("works", metav1.ConditionTrue, 2), agreement("new", "", 0), agreement("failed", metav1.ConditionFalse, 2),
		agreement("works-too", metav1.ConditionTrue, 2), agreement("changed", metav1.ConditionTrue, 1), deleted,
	} {
		e := event.CreateEvent{Object: a, IsInInitialList: true}
		(&handler.EnqueueRequestForObject{}).Create(t.Context(), e, q)
		watch.Unfinished().Create(t.Context(), e, q)
	}
	var order []string
	for range 6 {
		request, priority, _ := q.GetWithPriority()
		order = append(order, fmt.Sprintf("%s %d", request.Name, priority))
	}
	want := []string{"new 0", "failed 0", "changed 0", "deleted 0", "works -100", "works-too -100"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("the order differs (-want +got):\n%s", diff)
	}
	watch.Unfinished().Create(t.Context(), event.CreateEvent{Object: agreement("later", "", 0)}, q)
	if q.Len() != 0 {
		t.Error("what comes later is queued twice")
	}
}
