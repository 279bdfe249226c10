package controllers_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// bookkeeping is every version of a ledger since it was followed.
type bookkeeping struct {
	mutex    sync.Mutex
	versions []plan.Ledger
}

// follow records every version of a service's ledger until the test ends.
func follow(t *testing.T, service *v1alpha1.HostedService) *bookkeeping {
	t.Helper()
	watcher, err := client.NewWithWatch(env.Cluster.Config(), client.Options{Scheme: env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	events, err := watcher.Watch(t.Context(), &corev1.ConfigMapList{}, client.InNamespace("commissioning-system"),
		client.MatchingFields{"metadata.name": plan.LedgerName(client.ObjectKeyFromObject(service))})
	if err != nil {
		t.Fatal(err)
	}
	b := &bookkeeping{}
	go func() {
		for event := range events.ResultChan() {
			b.add(t, event)
		}
	}()
	return b
}

func (b *bookkeeping) add(t *testing.T, event watch.Event) {
	object, ok := event.Object.(*corev1.ConfigMap)
	if !ok || event.Type == watch.Deleted {
		return
	}
	ledger, err := plan.ReadLedger(object.Data)
	if err != nil {
		t.Error(err)
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.versions = append(b.versions, ledger)
}

// most is how many had a place that counts, at any version; and how many versions there are.
func (b *bookkeeping) most() (most int64, versions int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, ledger := range b.versions {
		most = max(most, ledger.Taken().Consortia)
	}
	return most, len(b.versions)
}

// TestR04_NobodyIsAdmittedBeyondCapacityWhoeverAppliesAtOnce follows five consortia that apply together
// where there is room for two.
func TestR04_NobodyIsAdmittedBeyondCapacityWhoeverAppliesAtOnce(t *testing.T) {
	t.Parallel()
	hosting(t, "cap-csu", 440, assured)
	service := makeHosted("cap-csu", "cap-function", carrying(2))
	var agreements []*v1alpha1.SupportAgreement
	for i := range 5 {
		name := fmt.Sprintf("cap-%d", i+1)
		create(t, makeConsortium(name, 441+i))
		agreements = append(agreements, makeAgreement(name, "cap-function", []string{"cap-csu"}))
	}
	create(t, makeFunction("cap-function", hostedFunction), service)
	ledger := follow(t, service)
	ready(t, service)
	apply(t, agreements)
	g := gomega.NewWithT(t)
	g.Eventually(func() []string { return waiting(t, agreements) }).Should(gomega.ConsistOf("place 1", "place 2", "place 3"))
	queue := queued(t, agreements)
	if most, versions := ledger.most(); most != 2 || versions < 2 {
		t.Errorf("at most %d had a place, at %d versions of the ledger; want 2", most, versions)
	}

	change(t, service, carrying(4))
	g.Eventually(func() map[string]string { return queued(t, agreements) }).WithTimeout(soon).Should(gomega.Equal(map[string]string{"place 1": queue["place 3"]}),
		"two of three are admitted, in the order of the queue %v", queue)
	ready(t, makeAgreement(queue["place 1"], "cap-function", nil), makeAgreement(queue["place 2"], "cap-function", nil))

	change(t, service, carrying(1))
	eventually(t, soon, service, v1alpha1.OverCapacityCondition,
		"True Over: 4 consortia are served or kept a place, 3 more than the capacity of 1: nobody more is admitted, nobody is put out.")
	before := places(t, service)
	g.Consistently(func() map[string]string { return places(t, service) }).WithTimeout(soon/2).Should(gomega.Equal(before), "nobody is turned out, nobody is let in")
	if most, _ := ledger.most(); most != 4 {
		t.Errorf("at most %d had a place, want 4", most)
	}
	for _, agreement := range agreements {
		if agreement.Namespace != queue["place 3"] {
			eventually(t, soon, agreement, v1alpha1.ReadyCondition, "True InForce")
		}
	}
	aPlaceThatIsLeftGoesToWhoWaits(t, service, agreements, queue["place 3"])
}

// apply makes the consortia known, and creates their agreements at once.
func apply(t *testing.T, agreements []*v1alpha1.SupportAgreement) {
	t.Helper()
	for i, agreement := range agreements {
		consortium := &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: agreement.Namespace}}
		ready(t, consortium)
		create(t, makeLocality(agreement.Namespace, "members", map[string]int32{fmt.Sprintf("P%05d", 441+i): 1000}))
		eventually(t, settled, consortium, v1alpha1.PopulationKnownCondition, "True")
	}
	var together sync.WaitGroup
	for _, agreement := range agreements {
		together.Go(func() {
			if err := env.Client.Create(t.Context(), agreement); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
}

// queued is who waits at which place, as their agreements say.
func queued(t *testing.T, agreements []*v1alpha1.SupportAgreement) map[string]string {
	t.Helper()
	queue := map[string]string{}
	for _, agreement := range agreements {
		message := condition(t, agreement, v1alpha1.ReadyCondition)
		_, place, waits := strings.Cut(message, "False WaitingForRoom: NHS cap-csu (cap-csu/cap-function) has no room: ")
		if waits {
			queue[strings.TrimSuffix(place, " in the queue.")] = agreement.Namespace
		}
	}
	return queue
}

func waiting(t *testing.T, agreements []*v1alpha1.SupportAgreement) []string {
	t.Helper()
	var all []string
	for place := range maps.Keys(queued(t, agreements)) {
		all = append(all, place)
	}
	return all
}

// aPlaceThatIsLeftGoesToWhoWaits: as soon as nothing uses it any more, and nobody is about to.
func aPlaceThatIsLeftGoesToWhoWaits(t *testing.T, service *v1alpha1.HostedService, agreements []*v1alpha1.SupportAgreement, next string) {
	t.Helper()
	change(t, service, carrying(4))
	for _, agreement := range agreements {
		if agreement.Namespace != next {
			remove(t, agreement)
			break
		}
	}
	ready(t, makeAgreement(next, "cap-function", nil))
}

// TestR04_NobodyIsAdmittedBeforeTheirPopulationIsKnown: patients are what a service has room for.
func TestR04_NobodyIsAdmittedBeforeTheirPopulationIsKnown(t *testing.T) {
	t.Parallel()
	established(t, "cap-uncounted", 446)
	hosting(t, "cap-two", 447, assured)
	service := makeHosted("cap-two", "cap-counted", func(h *v1alpha1.HostedService) { h.Spec.Capacity.Patients = new(int64(1000)) })
	agreement := makeAgreement("cap-uncounted", "cap-counted", []string{"cap-two"})
	create(t, makeFunction("cap-counted", hostedFunction), service)
	ready(t, service)
	create(t, agreement)
	eventually(t, soon, agreement, v1alpha1.ReadyCondition, "False PopulationUnknown: The registered patients of NHS cap-uncounted are not known yet")
	locality := makeLocality("cap-uncounted", "members", map[string]int32{"P00446": 1001})
	create(t, locality)
	eventually(t, soon, agreement, v1alpha1.ReadyCondition,
		"False WaitingForRoom: NHS cap-two (cap-two/cap-counted) has no room for as many registered patients as NHS cap-uncounted has.")
	change(t, locality, func(l *v1alpha1.Locality) { l.Spec.Practices[0].RegisteredPatients = new(int32(1000)) })
	eventually(t, soon, agreement, v1alpha1.ReadyCondition, "True InForce")

	change(t, locality, func(l *v1alpha1.Locality) { l.Spec.Practices[0].RegisteredPatients = new(int32(1500)) })
	eventually(t, soon, service, v1alpha1.OverCapacityCondition,
		"True Over: 1 consortium is served or kept a place, with 1,500 registered patients, 500 more than the capacity of 1,000: nobody more is admitted, nobody is put out.")
	eventually(t, soon, agreement, v1alpha1.ReadyCondition, "True InForce")
}
