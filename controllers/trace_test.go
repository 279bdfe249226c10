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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// trace is every version of an agreement's openings, of its alias, and of the directories that may list
// it, in the cluster's own order.
type trace struct {
	agreement types.NamespacedName
	uid       string
	shard     string // how the name of a directory ends that may list it
	mutex     sync.Mutex
	versions  []version
}

type version struct {
	at      uint64 // zero: as it stood at the beginning
	object  client.Object
	deleted bool
}

// observe records from now on, until the test ends.
func observe(t *testing.T, agreement *v1alpha1.SupportAgreement) *trace {
	t.Helper()
	watcher, err := client.NewWithWatch(env.Cluster.Config(), client.Options{Scheme: env.Client.Scheme()})
	must(t, err)
	consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: agreement.Namespace}}
	exists(t, consortium)
	tr := &trace{agreement: client.ObjectKeyFromObject(agreement), uid: string(agreement.UID), shard: plan.DirectoryName("", plan.Shard(consortium.Spec.OrganisationCode))}
	for _, list := range []client.ObjectList{&networkingv1.NetworkPolicyList{}, &corev1.ConfigMapList{}, &corev1.ServiceList{}} {
		for _, object := range find(t, list, "") {
			tr.add(version{object: object})
		}
		events, err := watcher.Watch(t.Context(), list, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}})
		must(t, err)
		go func() {
			for event := range events.ResultChan() {
				tr.follow(t, event)
			}
		}()
	}
	return tr
}

func (tr *trace) follow(t *testing.T, event watch.Event) {
	object, ok := event.Object.(client.Object)
	if !ok {
		return // the watch ends with the test
	}
	at, err := strconv.ParseUint(object.GetResourceVersion(), 10, 64)
	if err != nil {
		t.Error(err)
	}
	tr.add(version{at, object, event.Type == watch.Deleted})
}

func (tr *trace) add(v version) {
	if _, isDirectory := tr.directory(v.object); !isDirectory && !whose(v.object, tr.agreement) {
		return
	}
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.versions = append(tr.versions, v)
}

// directory names the service whose directory would list the consortium in an object.
func (tr *trace) directory(object client.Object) (service string, is bool) {
	name, is := strings.CutSuffix(object.GetName(), tr.shard)
	return name + "." + object.GetNamespace(), is
}

// gaps are the moments, since there was an alias, at which there was none, or at which it led to where
// the consortium was not let in or out (R5); and those at which it began to lead to where nobody had been
// told of the consortium.
func (tr *trace) gaps() []string {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	slices.SortStableFunc(tr.versions, func(a, b version) int { return cmp.Compare(a.at, b.at) })
	var found []string
	stands, called := map[string]bool{}, ""
	for _, v := range tr.versions {
		before := called
		switch object := v.object.(type) {
		case *corev1.Service:
			called = calledBy(object, v.deleted)
		case *corev1.ConfigMap:
			service, _ := tr.directory(object)
			stands[service+" lists"] = strings.Contains(fmt.Sprint(object.Data), tr.uid) && !v.deleted
		default:
			stands[side(object)] = !v.deleted
		}
		isNew := called != before
		if called != "" && (!stands[called+" in"] || !stands[called+" out"] || isNew && !stands[called+" lists"]) {
			found = append(found, fmt.Sprintf("at version %d: calls %q while there is %v", v.at, called, stands))
		}
	}
	if called == "" {
		found = append(found, "no alias was ever seen")
	}
	return found
}

// calledBy is the service that an alias leads to.
func calledBy(alias *corev1.Service, deleted bool) string {
	if deleted {
		return "nobody"
	}
	return strings.Join(strings.Split(alias.Spec.ExternalName, ".")[:2], ".")
}

// side is the service that an opening leads to, and whether it lets in or out.
func side(opening client.Object) string {
	parts := strings.Split(opening.GetName(), ".") // agreement, its namespace, service, its namespace
	if opening.GetNamespace() == parts[3] {
		return parts[2] + "." + parts[3] + " in"
	}
	return parts[2] + "." + parts[3] + " out"
}
