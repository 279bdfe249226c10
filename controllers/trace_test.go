package controllers_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// trace is every version of an agreement's openings and of its alias, in the cluster's own order.
type trace struct {
	agreement types.NamespacedName
	mutex     sync.Mutex
	versions  []version
}

type version struct {
	at      uint64
	object  client.Object
	deleted bool
}

// observe records from now on, until the test ends.
func observe(t *testing.T, agreement client.Object) *trace {
	t.Helper()
	watcher, err := client.NewWithWatch(env.Cluster.Config(), client.Options{Scheme: env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	tr := &trace{agreement: client.ObjectKeyFromObject(agreement)}
	for _, list := range []client.ObjectList{&networkingv1.NetworkPolicyList{}, &corev1.ServiceList{}} {
		events, err := watcher.Watch(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for event := range events.ResultChan() {
				tr.add(t, event)
			}
		}()
	}
	return tr
}

func (tr *trace) add(t *testing.T, event watch.Event) {
	object, ok := event.Object.(client.Object)
	if !ok || !whose(object, tr.agreement) {
		return
	}
	at, err := strconv.ParseUint(object.GetResourceVersion(), 10, 64)
	if err != nil {
		t.Error(err)
	}
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.versions = append(tr.versions, version{at, object, event.Type == watch.Deleted})
}

// gaps are the moments, since there was an alias, at which there was none, or at which it led to where
// the consortium was not let in or out (R5).
func (tr *trace) gaps() []string {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	slices.SortFunc(tr.versions, func(a, b version) int { return cmp.Compare(a.at, b.at) })
	var found []string
	openings, alias, began := map[string]bool{}, "", false
	for _, v := range tr.versions {
		if service, ok := v.object.(*corev1.Service); ok {
			alias, began = service.Spec.ExternalName, true
			if v.deleted {
				alias = ""
			}
		} else {
			openings[side(v.object)] = !v.deleted
		}
		if service := strings.Join(strings.Split(alias+"..", ".")[:2], "."); began && (!openings[service+" in"] || !openings[service+" out"]) {
			found = append(found, fmt.Sprintf("at version %d: calls %q, openings: %v", v.at, alias, openings))
		}
	}
	if !began {
		found = append(found, "no alias was ever seen")
	}
	return found
}

// side is the service that an opening leads to, and whether it lets in or out.
func side(opening client.Object) string {
	parts := strings.Split(opening.GetName(), ".") // agreement, its namespace, service, its namespace
	if opening.GetNamespace() == parts[3] {
		return parts[2] + "." + parts[3] + " in"
	}
	return parts[2] + "." + parts[3] + " out"
}
