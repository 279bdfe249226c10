package e2e_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// version is an object as it was written, or deleted, at a point of the cluster's own order.
type version struct {
	at      uint64
	object  client.Object
	deleted bool
}

// trace is every version of what says who may use a service, and of who does: the ledgers, the openings
// in the network, and the names that consortia call.
type trace struct {
	mutex    sync.Mutex
	versions []version
	err      error
}

// follow records every version from now on, until the test ends.
func follow(t *testing.T, env *testenv.Env) *trace {
	t.Helper()
	watcher, err := client.NewWithWatch(env.Cluster.Config(), client.Options{Scheme: env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	tr, owned := &trace{}, client.HasLabels{v1alpha1.OwnerLabel}
	for _, list := range []client.ObjectList{&corev1.ConfigMapList{}, &networkingv1.NetworkPolicyList{}, &corev1.ServiceList{}} {
		if err := tr.follow(t.Context(), watcher, list, owned); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

func (tr *trace) follow(ctx context.Context, c client.WithWatch, list client.ObjectList, owned client.ListOption) error {
	if err := c.List(ctx, list, owned); err != nil {
		return fmt.Errorf("list %T: %w", list, err)
	}
	events, err := c.Watch(ctx, list, owned, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}})
	if err != nil {
		return fmt.Errorf("watch %T: %w", list, err)
	}
	stand, err := meta.ExtractList(list)
	if err != nil {
		return fmt.Errorf("read %T: %w", list, err)
	}
	for _, object := range stand {
		tr.add(watch.Event{Type: watch.Added, Object: object})
	}
	go func() {
		for event := range events.ResultChan() {
			tr.add(event)
		}
		if ctx.Err() == nil {
			tr.fail(fmt.Errorf("the watch on %T ended", list))
		}
	}()
	return nil
}

func (tr *trace) add(event watch.Event) {
	object, ok := event.Object.(client.Object)
	if !ok {
		tr.fail(fmt.Errorf("unexpected event %v", event))
		return
	}
	at, err := strconv.ParseUint(object.GetResourceVersion(), 10, 64)
	if err != nil {
		tr.fail(err)
	}
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.versions = append(tr.versions, version{at: at, object: object, deleted: event.Type == watch.Deleted})
}

func (tr *trace) fail(err error) {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.err = errors.Join(tr.err, err)
}

// replay goes through what was recorded so far.
func (tr *trace) replay(rooms map[string]v1alpha1.Capacity) (*replay, error) {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	slices.SortFunc(tr.versions, func(a, b version) int { return cmp.Compare(a.at, b.at) })
	r := &replay{
		rooms: rooms, counting: map[string]map[string]bool{}, openings: map[opening]bool{}, aliases: map[string]string{},
		mostMoving: map[string]int{},
	}
	for _, v := range tr.versions {
		r.step(v)
	}
	return r, tr.err
}

// replay is the state at one version, and what broke a rule until then.
type replay struct {
	rooms      map[string]v1alpha1.Capacity
	counting   map[string]map[string]bool // by ledger: who had a place that counts
	openings   map[opening]bool
	aliases    map[string]string // by agreement: the supplier's namespace that it calls
	ledgers    int               // versions of ledgers
	mostMoving map[string]int    // by ledger
	broken     []string
}

// opening lets the consortium of an agreement, namespace/name, into a supplier's namespace.
type opening struct{ agreement, namespace string }

func (r *replay) step(v version) {
	owner := strings.Split(v.object.GetAnnotations()[v1alpha1.OwnerAnnotation], "/")
	if len(owner) != 4 {
		return
	}
	key := owner[1] + "/" + owner[2]
	switch object := v.object.(type) {
	case *corev1.ConfigMap:
		if strings.HasPrefix(object.Name, "ledger.") && !v.deleted {
			r.ledger(v.at, object)
		}
	case *networkingv1.NetworkPolicy:
		if owner[0] == v1alpha1.SupportAgreementKind {
			r.opening(v, opening{key, object.Namespace})
		}
	case *corev1.Service:
		if owner[0] == v1alpha1.SupportAgreementKind {
			r.alias(v, key, object)
		}
	}
}

// place is what the ledger says of one agreement.
type place struct {
	State    string `json:"state"`
	Patients int64  `json:"patients"`
}

// ledger: nobody is admitted beyond the capacity, whoever has grown or was in before (R4); and ten move
// at a time, until they may use the supplier that they move to.
func (r *replay) ledger(at uint64, object *corev1.ConfigMap) {
	r.ledgers++
	counting, patients, moving := map[string]bool{}, int64(0), 0
	for name, content := range object.Data {
		p := place{}
		if err := json.Unmarshal([]byte(content), &p); err != nil {
			r.breaks(at, "%s: %s: %v", object.Name, name, err)
		}
		if slices.Contains([]string{"Admitted", "Moving", "Held", "Leaving"}, p.State) {
			counting[name] = true
			patients += p.Patients
		}
		if p.State == "Moving" && !r.hasMoved(strings.Replace(name, ".", "/", 1), strings.Split(object.Name, ".")[1]) {
			moving++
		}
	}
	room := r.rooms[object.Name]
	isOver := room.Consortia != nil && len(counting) > int(*room.Consortia) || room.Patients != nil && patients > *room.Patients
	for name := range counting {
		if isOver && !r.counting[object.Name][name] {
			r.breaks(at, "%s admits %s beyond the capacity: %d consortia, %d patients", object.Name, name, len(counting), patients)
		}
	}
	if moving > 10 {
		r.breaks(at, "%s lets %d move at a time", object.Name, moving)
	}
	r.counting[object.Name] = counting
	r.mostMoving[object.Name] = max(r.mostMoving[object.Name], moving)
}

// hasMoved says whether an agreement may use another supplier than the one in a namespace.
func (r *replay) hasMoved(agreement, from string) bool {
	for o := range r.openings {
		if o.agreement == agreement && o.namespace != from && o.namespace != strings.Split(agreement, "/")[0] {
			return true
		}
	}
	return false
}

// opening: none is closed while the consortium still calls there (R5).
func (r *replay) opening(v version, o opening) {
	if !v.deleted {
		r.openings[o] = true
		return
	}
	delete(r.openings, o)
	if r.aliases[o.agreement] == o.namespace {
		r.breaks(v.at, "%s is shut out of %s, which it calls", o.agreement, o.namespace)
	}
}

// alias: none leads to where its consortium is not let in (R5).
func (r *replay) alias(v version, agreement string, service *corev1.Service) {
	if v.deleted {
		delete(r.aliases, agreement)
		r.breaks(v.at, "%s has no name to call any more", agreement)
		return
	}
	namespace := strings.Split(service.Spec.ExternalName, ".")[1]
	r.aliases[agreement] = namespace
	if !r.openings[opening{agreement, namespace}] {
		r.breaks(v.at, "%s calls %s, which does not let it in", agreement, namespace)
	}
}

func (r *replay) breaks(at uint64, format string, arguments ...any) {
	r.broken = append(r.broken, fmt.Sprintf("at version %d: ", at)+fmt.Sprintf(format, arguments...))
}

// check fails the test where a rule was broken at any version.
func (tr *trace) check(t *testing.T, rooms map[string]v1alpha1.Capacity) {
	t.Helper()
	r, err := tr.replay(rooms)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range r.broken {
		t.Error(broken)
	}
	most := 0
	if len(r.mostMoving) > 0 {
		most = slices.Max(slices.Collect(maps.Values(r.mostMoving)))
	}
	t.Logf("%d versions of the ledgers were looked at; at most %d agreements of one service moved at a time", r.ledgers, most)
}
