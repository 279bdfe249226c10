package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Applier writes children.
type Applier struct {
	client client.Client // reads from the cache, writes to the API server
	live   client.Reader // reads from the API server
	memory *memory
}

// New returns an Applier that reads through the client's cache, and live where a cache is not
// good enough: before a deletion and when the name of a child is taken.
func New(cached client.Client, live client.Reader) *Applier {
	return &Applier{client: cached, live: live, memory: newMemory()}
}

// Apply makes steps of children so, in order. A step is begun only when the one before it stands.
// It returns what it could not do: a blocked child is no error, but for a refused one, which is
// worth another try, the server's error is returned too.
func (a *Applier) Apply(ctx context.Context, owner state.Owner, steps ...[]runtime.ApplyConfiguration) (state.Result, error) {
	result := state.Result{}
	for _, step := range steps {
		var refusal error
		for _, configuration := range step {
			desired, err := toObject(configuration)
			if err != nil {
				return result, err
			}
			blocked, err := a.applyOne(ctx, owner, desired, &result)
			if blocked != nil {
				result.Blocked = append(result.Blocked, *blocked)
				refusal = errors.Join(refusal, err)
			} else if err != nil {
				return result, err
			}
		}
		if len(result.Blocked) > 0 {
			return result, refusal
		}
		result.StepsDone++
	}
	return result, nil
}

// applyOne makes one child so.
func (a *Applier) applyOne(ctx context.Context, owner state.Owner, desired *unstructured.Unstructured, result *state.Result) (*state.Blocked, error) {
	live, isWritten, err := a.current(ctx, desired, result)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", describe(desired), err)
	}
	if live == nil && !isWritten {
		live, err = a.create(ctx, desired)
	}
	switch {
	case live == nil || err != nil: // written, or not
		return refused(desired, err)
	case isMarked(desired) && !isOurs(live, owner):
		return blocked(desired, whyNotOurs(live, owner), ""), nil
	case live.GetDeletionTimestamp() != nil:
		result.Lagging = true // it is made anew when it is gone
		return nil, nil
	}
	return refused(desired, a.mend(ctx, owner, desired, live))
}

// current is the child as it stands; nil: there is none. Where the cache does not show this writer's last
// write yet, that either was of what is desired now (isWritten), or the API server is asked.
func (a *Applier) current(ctx context.Context, desired *unstructured.Unstructured, result *state.Result) (live *unstructured.Unstructured, isWritten bool, err error) {
	key := keyOf(desired)
	last, written := a.memory.last(key)
	cached, err := a.read(ctx, a.client, desired)
	if err != nil || !written {
		return cached, false, err
	}
	switch {
	case cached == nil && time.Since(last.at) >= LagLimit:
		a.memory.forget(key)
	case cached == nil || last.isNewerThan(cached):
		result.Lagging = true
		if last.desired == digestOf(desired.Object) {
			return nil, true, nil
		}
	default:
		if last.agrees {
			a.memory.forget(key) // the cache has caught up, and the server made of it what was asked
		}
		return cached, false, nil
	}
	live, err = a.read(ctx, a.live, desired)
	return live, false, err
}

// create posts the child. Where its name is taken, it returns the object that stands there; else
// nothing.
func (a *Applier) create(ctx context.Context, desired *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if !isMarked(desired) {
		return nil, fmt.Errorf("%s does not exist, and is not the operator's to create", describe(desired))
	}
	object := desired.DeepCopy()
	dropEmptyMetadata(object)
	answer, err := a.send(object, func(typed client.Object) error { return a.client.Create(ctx, typed) })
	if apierrors.IsAlreadyExists(err) {
		taken, readErr := a.read(ctx, a.live, desired)
		if taken == nil && readErr == nil {
			return nil, err // and gone meanwhile: the next try creates it
		}
		return taken, readErr
	}
	if err != nil {
		return nil, err
	}
	a.memory.remember(keyOf(desired), writeOf(desired, answer, time.Now()))
	audit(ctx, "Created", desired)
	return nil, nil
}

// mend makes a live child equal to what is desired. Where the cache is behind, as it is when the
// cluster moves the child's status meanwhile, it looks again and tries once more.
func (a *Applier) mend(ctx context.Context, owner state.Owner, desired, live *unstructured.Unstructured) error {
	err := a.update(ctx, desired, live)
	if !apierrors.IsConflict(err) {
		return err
	}
	fresh, readErr := a.read(ctx, a.live, desired)
	if readErr != nil || fresh == nil || fresh.GetUID() != live.GetUID() || (isMarked(desired) && !isOurs(fresh, owner)) {
		return err
	}
	return a.update(ctx, desired, fresh)
}

func (a *Applier) update(ctx context.Context, desired, live *unstructured.Unstructured) error {
	path := difference(desired.GetKind(), desired.Object, live.Object)
	if path == "" {
		return nil
	}
	key := keyOf(desired)
	if last, ok := a.memory.last(key); ok && last.isSettled(desired, live) {
		return nil
	}
	object := &unstructured.Unstructured{Object: merge(desired.GetKind(), desired.Object, live.Object)}
	object.SetResourceVersion(live.GetResourceVersion())
	object.SetUID(live.GetUID())
	answer, err := a.send(object, func(typed client.Object) error { return a.client.Update(ctx, typed) })
	if err != nil {
		return err
	}
	logr.FromContextOrDiscard(ctx).Info("Updated child", "kind", desired.GetKind(), "child", client.ObjectKeyFromObject(desired), "diff", path)
	a.memory.remember(key, writeOf(desired, answer, time.Now()))
	audit(ctx, "Updated", desired)
	return nil
}

// refused turns the server's refusal of a child into a block; other errors stay what they are.
func refused(desired *unstructured.Unstructured, err error) (*state.Blocked, error) {
	if err == nil {
		return nil, nil
	}
	wrapped := fmt.Errorf("write %s: %w", describe(desired), err)
	if apierrors.IsForbidden(err) || apierrors.IsInvalid(err) {
		return blocked(desired, state.Refused, err.Error()), wrapped
	}
	return nil, wrapped
}

// read gets a child through its Go type, so that the cache serves it; nil where there is none.
func (a *Applier) read(ctx context.Context, reader client.Reader, desired *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	object, err := a.typed(desired)
	if err != nil {
		return nil, err
	}
	err = reader.Get(ctx, client.ObjectKeyFromObject(desired), object)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return untyped(desired.GroupVersionKind(), object)
}

// send writes an object through its Go type, so that it travels as protobuf where its kind has that,
// and returns what the server stored.
func (a *Applier) send(object *unstructured.Unstructured, write func(client.Object) error) (*unstructured.Unstructured, error) {
	typed, err := a.typed(object)
	if err != nil {
		return nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		return nil, fmt.Errorf("convert %s: %w", describe(object), err)
	}
	if err := write(typed); err != nil {
		return nil, err
	}
	return untyped(object.GroupVersionKind(), typed)
}

// typed makes an empty object of the Go type of a child.
func (a *Applier) typed(child *unstructured.Unstructured) (client.Object, error) {
	made, err := a.client.Scheme().New(child.GroupVersionKind())
	if err != nil {
		return nil, fmt.Errorf("kind of %s: %w", describe(child), err)
	}
	return made.(client.Object), nil
}

func untyped(kind schema.GroupVersionKind, object client.Object) (*unstructured.Unstructured, error) {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("convert %s %s: %w", kind.Kind, client.ObjectKeyFromObject(object), err)
	}
	live := &unstructured.Unstructured{Object: fields}
	live.SetGroupVersionKind(kind)
	return stripped(live), nil
}

// toObject turns a typed intent into the object to write: only fields that the intent holds.
func toObject(configuration runtime.ApplyConfiguration) (*unstructured.Unstructured, error) {
	encoded, err := json.Marshal(configuration)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", configuration, err)
	}
	object := &unstructured.Unstructured{}
	if err := json.Unmarshal(encoded, &object.Object); err != nil {
		return nil, fmt.Errorf("decode %T: %w", configuration, err)
	}
	return object, nil
}

func keyOf(object *unstructured.Unstructured) childKey {
	return childKey{kind: object.GetKind(), namespace: object.GetNamespace(), name: object.GetName()}
}

func describe(object *unstructured.Unstructured) string {
	return state.Blocked{Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName()}.String()
}

func blocked(object *unstructured.Unstructured, why state.Obstacle, message string) *state.Blocked {
	return &state.Blocked{Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName(), Obstacle: why, Message: message}
}

// stripped is an object without what depends on how it was read: a cache shows neither who manages
// its fields nor of what kind the claims of a StatefulSet are.
func stripped(object *unstructured.Unstructured) *unstructured.Unstructured {
	object.SetManagedFields(nil)
	found, _ := lookUp(object.Object, "spec.volumeClaimTemplates")
	claims, _ := found.([]any)
	for _, claim := range claims {
		if fields, ok := claim.(map[string]any); ok {
			delete(fields, "apiVersion")
			delete(fields, "kind")
		}
	}
	return object
}

// dropEmptyMetadata removes labels and annotations that are rendered empty: they mean "absent".
func dropEmptyMetadata(object *unstructured.Unstructured) {
	object.Object = merge(object.GetKind(), object.Object, map[string]any{})
}

// whyNotOurs tells what goes by itself from what is in the way: it was made for an earlier owner of this kind
// and name, and is being deleted, or belongs to that one still. The garbage collector removes what belongs
// to nobody who is there.
func whyNotOurs(live metav1.Object, owner state.Owner) state.Obstacle {
	marked, ok := state.MarkedOwner(live)
	if !ok || marked.Kind != owner.Kind || marked.Key() != owner.Key() {
		return state.InTheWay
	}
	belongs := slices.ContainsFunc(live.GetOwnerReferences(), func(r metav1.OwnerReference) bool {
		return r.UID == marked.UID && r.Kind == owner.Kind && r.Name == owner.Name
	})
	if belongs || live.GetDeletionTimestamp() != nil {
		return state.Leaving
	}
	return state.InTheWay
}

// isMarked says whether an intent carries our mark: whether the object is ours alone. One without
// it, such as a namespace that was given to a consortium, is shared: mended, never created.
func isMarked(desired metav1.Object) bool {
	_, marked := state.MarkedOwner(desired)
	return marked
}

// isOurs says whether a live object was made for this owner, or for an earlier owner of the same
// kind and name, whose consortium left it behind on purpose.
func isOurs(live metav1.Object, owner state.Owner) bool {
	marked, ok := state.MarkedOwner(live)
	if !ok || marked.Kind != owner.Kind || marked.Key() != owner.Key() {
		return false
	}
	return marked.UID == owner.UID || live.GetAnnotations()[v1alpha1.RetainedAnnotation] != ""
}
