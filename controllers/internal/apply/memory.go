package apply

import (
	"reflect"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// LagLimit is how long a write of ours stands in for a cache that does not show it. After that a
// live read decides: the object may have been deleted before the cache saw it at all.
const LagLimit = time.Second

// memory holds, by child, what was last written.
type memory struct {
	mutex  sync.Mutex
	writes map[childKey]write
}

type childKey struct{ kind, namespace, name string }

// write is one write of ours and what the server made of it.
type write struct {
	at      time.Time
	desired map[string]any             // what was rendered
	answer  *unstructured.Unstructured // what the server stored
}

func newMemory() *memory { return &memory{writes: map[childKey]write{}} }

func (m *memory) remember(key childKey, w write) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.writes[key] = w
}

func (m *memory) forget(key childKey) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.writes, key)
}

func (m *memory) last(key childKey) (write, bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	w, ok := m.writes[key]
	return w, ok
}

// isNewerThan says whether the write is newer than what the cache shows.
func (w write) isNewerThan(cached *unstructured.Unstructured) bool {
	if cached.GetUID() != w.answer.GetUID() {
		return false
	}
	order, err := resourceversion.CompareResourceVersion(w.answer.GetResourceVersion(), cached.GetResourceVersion())
	return err == nil && order > 0
}

// isSettled says that live is what the server made of this same desired state before: writing it
// again would lead to the same.
func (w write) isSettled(desired map[string]any, live *unstructured.Unstructured) bool {
	if live.GetUID() != w.answer.GetUID() || !reflect.DeepEqual(w.desired, desired) {
		return false
	}
	return reflect.DeepEqual(content(w.answer.Object), content(live.Object))
}

// content is an object without what changes by itself.
func content(object map[string]any) map[string]any {
	kept := map[string]any{}
	for key, value := range object {
		if key != "status" && key != "metadata" {
			kept[key] = prune(value)
		}
	}
	metadata, _ := object["metadata"].(map[string]any)
	kept["labels"], kept["annotations"] = metadata["labels"], metadata["annotations"]
	kept["ownerReferences"] = metadata["ownerReferences"]
	return kept
}
