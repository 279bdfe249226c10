package simulation_test

import (
	"reflect"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// lagLimit is how long the operator's cache lags behind the API server at most. Together with the
// longest reconcile it stays below the grace that a ledger gives to one who leaves.
const lagLimit = 3 * time.Second

// version is an object as it stood from an instant on; nil: it did not.
type version struct {
	at     time.Time
	object any
}

// store is the API server, all versions of all objects, and the operator's cache, which shows one of
// them each and never goes back. Objects are never changed, only replaced.
type store struct {
	objects map[string][]version
	shown   map[string]int
	writes  int
}

func newStore() *store {
	return &store{objects: map[string][]version{}, shown: map[string]int{}}
}

// put writes an object, nil to delete it, and returns whether that says something new.
func (s *store) put(key string, object any, now time.Time) bool {
	if reflect.DeepEqual(s.newest(key), object) {
		return false
	}
	s.objects[key] = append(s.objects[key], version{now, object})
	s.writes++
	return true
}

func (s *store) newest(key string) any {
	if versions := s.objects[key]; len(versions) > 0 {
		return versions[len(versions)-1].object
	}
	return nil
}

// version is the number of an object's newest version; that of the cached one may be lower.
func (s *store) version(key string) int { return len(s.objects[key]) }

func (s *store) cached(key string) any {
	if shown := s.shown[key]; shown > 0 {
		return s.objects[key][shown-1].object
	}
	return nil
}

// lagging are the objects that the cache shows in an older version.
func (s *store) lagging() []string {
	var keys []string
	for key, versions := range s.objects {
		if s.shown[key] < len(versions) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// show lets the cache catch up with one version of one object.
func (s *store) show(key string) { s.shown[key]++ }

// showAll lets the cache catch up.
func (s *store) showAll() {
	for key, versions := range s.objects {
		s.shown[key] = len(versions)
	}
}

// showOverdue lets the cache catch up with what is older than it may lag.
func (s *store) showOverdue(now time.Time) {
	for key, versions := range s.objects {
		for s.shown[key] < len(versions) && now.Sub(versions[s.shown[key]].at) >= lagLimit {
			s.shown[key]++
		}
	}
}

// standing is all that stands.
func (s *store) standing() map[string]any {
	standing := map[string]any{}
	for key := range s.objects {
		if newest := s.newest(key); newest != nil {
			standing[key] = newest
		}
	}
	return standing
}

// exported lets what stands be compared. Conditions carry the time of day.
var exported = cmp.Options{
	cmp.AllowUnexported(ledger{}, directory{}, secret{}, object{}),
	cmpopts.IgnoreFields(metav1.Condition{}, "LastTransitionTime"),
}

// view reads an object, from the cache or from the API server.
type view func(key string) any

// read reads an object of a kind; nil where there is none.
func read[T any](v view, key string) *T {
	object, _ := v(key).(*T)
	return object
}
