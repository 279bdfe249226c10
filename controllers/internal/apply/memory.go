package apply

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
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

// write is one write of ours and what the server made of it: no more than tells whether either is so
// still, since there may be tens of thousands.
type write struct {
	at      time.Time
	uid     types.UID
	version string
	desired digest // of what was rendered
	stored  digest // of what the server stored
	agrees  bool   // what the server stored is what was asked for
}

type digest [sha256.Size]byte

// digestOf takes the digest of fields, whose order does not matter.
func digestOf(fields map[string]any) digest {
	encoded, err := json.Marshal(fields)
	if err != nil {
		return digest{} // fields were decoded from JSON, so it cannot fail
	}
	return sha256.Sum256(encoded)
}

func writeOf(desired, answer *unstructured.Unstructured, at time.Time) write {
	return write{
		at: at, uid: answer.GetUID(), version: answer.GetResourceVersion(),
		desired: digestOf(desired.Object), stored: digestOf(content(answer.Object)),
		agrees: difference(desired.GetKind(), desired.Object, answer.Object) == "",
	}
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
	if cached.GetUID() != w.uid {
		return false
	}
	order, err := resourceversion.CompareResourceVersion(w.version, cached.GetResourceVersion())
	return err == nil && order > 0
}

// isSettled says that live is what the server made of this same desired state before: writing it
// again would lead to the same.
func (w write) isSettled(desired, live *unstructured.Unstructured) bool {
	return live.GetUID() == w.uid && w.desired == digestOf(desired.Object) && w.stored == digestOf(content(live.Object))
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
