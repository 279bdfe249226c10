package simulation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// begins is when every world begins.
var begins = time.Date(2026, time.October, 12, 9, 0, 0, 0, time.UTC)

var calendar = plan.NewCalendar(time.UTC)

const (
	function   = "data-analytics"
	memberOnly = "referral-management"
	scheme     = "DSPT"
)

// failures is where a world tells that a rule was broken.
type failures interface {
	Helper()
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// world is an API server with services, consortia and agreements, and an operator at work on them.
type world struct {
	t     failures
	store *store
	now   time.Time
	// names of all that may exist.
	services, agreements []string
	// runs are the reconciles under way, by what they reconcile.
	runs map[string]*run
	// lastNext is when each actor looks again, if nothing changes.
	lastNext map[string]time.Time
	// events counts what others than the operator did, and what it let go.
	events int
	// broken are those who were without consent, data sharing, assurance or term at some time since the
	// world came to rest: whatever was given is taken back at once, in any order.
	broken map[pair]bool
	uids   int
	// checked is up to which write all was checked.
	checked int
}

// pair is an agreement and one of its suppliers' services.
type pair struct{ agreement, service string }

func newWorld(t failures, p parameters) *world {
	w := &world{t: t, store: newStore(), now: begins, runs: map[string]*run{}, lastNext: map[string]time.Time{}, broken: map[pair]bool{}}
	w.put("function/"+function, p.function)
	w.put("function/"+memberOnly, &v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: memberOnly}, Spec: v1alpha1.SupportFunctionSpec{Delivery: v1alpha1.DeliveryMemberOnly},
	})
	for _, service := range p.services {
		w.services = append(w.services, service.hosted.Namespace)
		w.put("provider/"+service.hosted.Namespace, service.provider)
		w.put("hosted/"+service.hosted.Namespace, service.hosted)
	}
	for _, consortium := range p.consortia {
		w.put("consortium/"+consortium.Name, consortium)
	}
	for _, agreement := range p.agreements {
		w.agreements = append(w.agreements, nameOf(agreement))
		w.give(agreement)
	}
	w.store.showAll()
	return w
}

// give makes an agreement anew.
func (w *world) give(agreement *v1alpha1.SupportAgreement) {
	given := agreement.DeepCopy()
	w.uids++
	given.UID = types.UID(fmt.Sprintf("uid-%d", w.uids))
	given.CreationTimestamp = metav1.Time{Time: w.now}
	given.Status, given.DeletionTimestamp = v1alpha1.SupportAgreementStatus{}, nil
	w.put("agreement/"+nameOf(given), given)
	w.put("status/"+nameOf(given), &given.Status)
}

func nameOf(agreement *v1alpha1.SupportAgreement) string {
	return agreement.Namespace + "." + agreement.Name
}

func (w *world) put(key string, object any) bool {
	written := w.store.put(key, object, w.now)
	if written {
		w.t.Logf("%s  %s: %s", w.now.Format("2006-01-02 15:04:05"), key, describe(object))
	}
	return written
}

// describe an object in a log, as far as decisions depend on it.
func describe(object any) string {
	switch o := object.(type) {
	case *v1alpha1.HostedService:
		capacity := int32(-1)
		if o.Spec.Capacity.Consortia != nil {
			capacity = *o.Spec.Capacity.Consortia
		}
		return fmt.Sprintf("%s intake=%s capacity=%d accepts=%v deleting=%t", o.Status.Available, o.Spec.Intake, capacity, o.Spec.Accepts.Names, o.DeletionTimestamp != nil)
	case *v1alpha1.SupportAgreement:
		return fmt.Sprintf("%v %v %v deleting=%t", o.Spec.Suppliers, o.Spec.Term, o.Spec.Failover, o.DeletionTimestamp != nil)
	case *v1alpha1.SupportAgreementStatus:
		return fmt.Sprintf("%+v", o.Supplier)
	case *v1alpha1.Consortium:
		return fmt.Sprintf("%v", o.Status.Conditions)
	case *v1alpha1.SupportProvider:
		return fmt.Sprintf("%v %v", o.Spec.Assurances[0].ValidUntil, o.Status.Conditions[0].Status)
	case *v1alpha1.SupportFunction:
		return fmt.Sprintf("%+v", o.Spec)
	case *ledger:
		return fmt.Sprint(o.data)
	case *string:
		return *o
	}
	return fmt.Sprintf("%+v", object)
}

// Objects that the operator writes.
type (
	// ledger of a service, as it is stored, and read again.
	ledger struct {
		data   map[string]string
		places plan.Ledger
	}
	// directory is one shard: which agreement it lists for whom.
	directory struct {
		files  map[string]string
		listed map[v1alpha1.OrganisationCode]types.UID
	}
	// secret is what an agreement gives its consortium.
	secret struct {
		provider string
		terms    plan.TokenTerms
	}
)

func newLedger(t failures, settled plan.Ledger) *ledger {
	data := settled.Data()
	places, err := plan.ReadLedger(data)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return &ledger{data, places}
}

// newDirectory is a shard; nil where it lists nobody.
func newDirectory(t failures, files map[string]string) any {
	if len(files) == 0 {
		return nil
	}
	shard := &directory{files, map[v1alpha1.OrganisationCode]types.UID{}}
	for _, content := range files {
		entry := plan.DirectoryEntry{}
		if err := json.Unmarshal([]byte(content), &entry); err != nil {
			t.Fatalf("%v", err)
		}
		shard.listed[entry.Code] = entry.Agreement
	}
	return shard
}

func serviceKey(service string) types.NamespacedName {
	return types.NamespacedName{Namespace: service, Name: function}
}

func supplierName(service string) string { return plan.SupplierName(service, function) }

func openingKey(agreement, service string) string { return "opening/" + agreement + "/" + service }

func directoryKey(service string, shard int) string {
	return fmt.Sprintf("directory/%s/%02d", service, shard)
}

// agreementAs is all that an agreement is judged by, as a view shows it.
func (w *world) agreementAs(v view, object *v1alpha1.SupportAgreement) state.SupportAgreement {
	seen := state.SupportAgreement{Object: object}
	seen.Home = state.Home{Namespace: object.Namespace, Consortium: read[v1alpha1.Consortium](v, "consortium/"+object.Namespace)}
	seen.Function = read[v1alpha1.SupportFunction](v, "function/"+string(object.Spec.Function))
	oldest := object
	for _, name := range w.agreements {
		other := read[v1alpha1.SupportAgreement](v, "agreement/"+name)
		if other != nil && other.Namespace == object.Namespace && other.Spec.Function == object.Spec.Function && other.DeletionTimestamp.IsZero() &&
			plan.Overlap(other.Spec.Term, object.Spec.Term) && plan.IsOlder(other, oldest) {
			oldest = other
		}
	}
	if oldest.Name != object.Name {
		seen.OlderAgreement = oldest.Name
	}
	for _, named := range object.Spec.Suppliers {
		seen.Suppliers = append(seen.Suppliers, w.supplierAs(v, seen, named))
	}
	return seen
}

func (w *world) supplierAs(v view, seen state.SupportAgreement, named v1alpha1.Supplier) state.Supplier {
	service, agreement := string(named.Provider), nameOf(seen.Object)
	supplier := state.Supplier{Named: named, Service: serviceKey(service)}
	supplier.Provider = read[v1alpha1.SupportProvider](v, "provider/"+service)
	supplier.Hosted = read[v1alpha1.HostedService](v, "hosted/"+service)
	if book := read[ledger](v, "ledger/"+service); book != nil {
		supplier.HasLedger = true
		if place := book.places[seen.Key()]; place.UID == seen.Object.UID {
			supplier.Place = place
		}
	}
	supplier.Opening = v(openingKey(agreement, service)) != nil
	supplier.Listed = w.isListed(v, service, seen)
	return supplier
}

func (w *world) isListed(v view, service string, seen state.SupportAgreement) bool {
	if seen.Home.Consortium == nil {
		return false
	}
	code := seen.Home.Consortium.Spec.OrganisationCode
	shard := read[directory](v, directoryKey(service, plan.Shard(code)))
	return shard != nil && shard.listed[code] == seen.Object.UID
}

// serviceAs is all that a service's ledger is settled by, as a view shows it.
func (w *world) serviceAs(v view, hosted *v1alpha1.HostedService) state.HostedService {
	service := hosted.Namespace
	seen := state.HostedService{Object: hosted, Openings: map[string]bool{}}
	seen.Home = state.ProviderHome{Namespace: service, Provider: read[v1alpha1.SupportProvider](v, "provider/"+service)}
	seen.Function = read[v1alpha1.SupportFunction](v, "function/"+string(hosted.Spec.Function))
	if book := read[ledger](v, "ledger/"+service); book != nil {
		seen.Ledger, seen.LedgerVersion = book.places, "stands"
	}
	for _, name := range w.agreements {
		if key, _ := plan.AgreementOf(name); v(openingKey(name, service)) != nil {
			seen.Openings[plan.OpeningName(key, serviceKey(service))] = true
		}
		object := read[v1alpha1.SupportAgreement](v, "agreement/"+name)
		if object == nil {
			continue
		}
		agreement := w.agreementAs(v, object)
		position := slices.IndexFunc(agreement.Suppliers, func(s state.Supplier) bool { return s.Name() == supplierName(service) })
		if position >= 0 {
			seen.Agreements = append(seen.Agreements, agreement)
			seen.Positions = append(seen.Positions, position)
		}
	}
	return seen
}
