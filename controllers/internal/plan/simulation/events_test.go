package simulation_test

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// event is something that others than the operator do; what it means of the numbers is its own affair.
type event struct {
	kind    string
	a, b, c int
}

// happenings are the kinds of events.
var happenings = map[string]func(*world, event){
	"up":         func(w *world, e event) { w.turn(e, v1alpha1.ServiceAvailable) },
	"down":       func(w *world, e event) { w.turn(e, v1alpha1.ServiceNotAvailable) },
	"unknown":    func(w *world, e event) { w.turn(e, v1alpha1.ServiceUnknown) },
	"accept":     (*world).accept,
	"refuse":     (*world).refuse,
	"capacity":   (*world).resize,
	"intake":     (*world).openOrClose,
	"reorder":    (*world).reorder,
	"stand down": func(w *world, e event) { w.stand(e, v1alpha1.StandingStoodDown) },
	"reinstate":  func(w *world, e event) { w.stand(e, v1alpha1.StandingGood) },
	"population": (*world).count,
	"share":      (*world).share,
	"assure":     (*world).assure,
	"namespace":  (*world).own,
	"catalogue":  (*world).catalogue,
	"delete":     (*world).deleteService,
	"create":     (*world).createService,
	"end":        (*world).endAgreement,
	"agree":      (*world).agreeAnew,
	"succeed":    (*world).succeed,
	"lose":       (*world).loseLedger,
}

// happen lets an event happen.
func (w *world) happen(e event) {
	w.events++
	happenings[e.kind](w, e)
	w.look()
}

// look notes who has to be broken with at once. Until the world has come to rest, that goes on in any
// order.
func (w *world) look() {
	for _, name := range w.agreements {
		for _, service := range w.services {
			if !w.isEntitled(name, service) {
				w.broken[pair{name, service}] = true
			}
		}
	}
}

// change replaces an object by a changed copy; nothing, where there is none.
func change[T any, P interface {
	*T
	DeepCopy() P
}](w *world, key string, to func(P)) {
	if object := read[T](w.store.newest, key); object != nil {
		changed := P(object).DeepCopy()
		to(changed)
		w.put(key, (*T)(changed))
	}
}

func (w *world) service(e event) string   { return w.services[e.a%len(w.services)] }
func (w *world) agreement(e event) string { return w.agreements[e.a%len(w.agreements)] }
func (w *world) consortium(n int) string {
	key, _ := plan.AgreementOf(w.agreements[n%len(w.agreements)])
	return key.Namespace
}

// turn changes a service's availability as the HostedService controller tells it: what is unknown
// starts no clock and stops none.
func (w *world) turn(e event, to v1alpha1.Availability) {
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) { available(h, to, w.now) })
}

func available(h *v1alpha1.HostedService, is v1alpha1.Availability, now time.Time) {
	at := &metav1.Time{Time: now.Truncate(time.Second)}
	h.Status.Available = is
	switch is {
	case v1alpha1.ServiceAvailable:
		h.Status.UnavailableSince = nil
		if h.Status.AvailableSince == nil {
			h.Status.AvailableSince = at
		}
	case v1alpha1.ServiceNotAvailable:
		h.Status.AvailableSince = nil
		if h.Status.UnavailableSince == nil {
			h.Status.UnavailableSince = at
		}
	case v1alpha1.ServiceUnknown:
	}
}

func (w *world) refuse(e event) {
	name := v1alpha1.ObjectName(w.consortium(e.b))
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) {
		h.Spec.Accepts.Names = slices.DeleteFunc(slices.Clone(h.Spec.Accepts.Names), func(n v1alpha1.ObjectName) bool { return n == name })
	})
}

func (w *world) accept(e event) {
	name := v1alpha1.ObjectName(w.consortium(e.b))
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) {
		if !slices.Contains(h.Spec.Accepts.Names, name) {
			h.Spec.Accepts.Names = append(slices.Clone(h.Spec.Accepts.Names), name)
		}
	})
}

func (w *world) resize(e event) {
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) { h.Spec.Capacity = capacityOf(e.b, e.c) })
}

func capacityOf(consortia, patients int) v1alpha1.Capacity {
	capacity := v1alpha1.Capacity{}
	if limit := int32(consortia % 6); limit < 5 { //nolint:gosec // below six
		capacity.Consortia = &limit
	}
	if limit := int64(patients % 8); limit < 5 {
		patients := limit * 150
		capacity.Patients = &patients
	}
	return capacity
}

func (w *world) openOrClose(e event) {
	intakes := []v1alpha1.Intake{v1alpha1.IntakeOpen, v1alpha1.IntakeClosed, v1alpha1.IntakeOpen, v1alpha1.IntakeDraining}
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) { h.Spec.Intake = intakes[e.b%len(intakes)] })
}

// reorder moves one supplier to another position, or out of the list.
func (w *world) reorder(e event) {
	change(w, "agreement/"+w.agreement(e), func(a *v1alpha1.SupportAgreement) {
		list := slices.Clone(a.Spec.Suppliers)
		from, to := e.b%len(list), e.c%(len(list)+1)
		moved := list[from]
		list = slices.Delete(list, from, from+1)
		if to <= len(list) {
			list = slices.Insert(list, to, moved)
		}
		if len(list) > 0 {
			a.Spec.Suppliers = list
		}
	})
}

func (w *world) stand(e event, standing v1alpha1.Standing) {
	w.changeSupplier(e, func(s *v1alpha1.Supplier) { s.Standing = standing })
}

func (w *world) share(e event) {
	w.changeSupplier(e, func(s *v1alpha1.Supplier) { s.DataSharing.Expires = dayAfter(w.now, days[e.c%len(days)]) })
}

func (w *world) changeSupplier(e event, to func(*v1alpha1.Supplier)) {
	change(w, "agreement/"+w.agreement(e), func(a *v1alpha1.SupportAgreement) {
		a.Spec.Suppliers = slices.Clone(a.Spec.Suppliers)
		to(&a.Spec.Suppliers[e.b%len(a.Spec.Suppliers)])
	})
}

func (w *world) count(e event) {
	change(w, "consortium/"+w.consortium(e.a), func(c *v1alpha1.Consortium) { populate(c, e.b%12-1) })
}

// populate counts so many hundreds of patients; below zero, they are not known.
func populate(c *v1alpha1.Consortium, hundreds int) {
	patients, known := int64(max(hundreds, 0))*50, metav1.ConditionTrue
	if hundreds < 0 {
		known = metav1.ConditionFalse
	}
	c.Status.RegisteredPatients = &patients
	c.Status.Conditions = []metav1.Condition{{Type: v1alpha1.PopulationKnownCondition, Status: known}}
}

func (w *world) assure(e event) {
	change(w, "provider/"+w.service(e), func(p *v1alpha1.SupportProvider) {
		p.Spec.Assurances = assurances(dayAfter(w.now, days[e.b%len(days)]))
	})
}

func assurances(until v1alpha1.Date) []v1alpha1.Assurance {
	return []v1alpha1.Assurance{{Scheme: scheme, Result: "StandardsMet", ValidUntil: until}}
}

func (w *world) own(e event) {
	statuses := []metav1.ConditionStatus{metav1.ConditionTrue, metav1.ConditionUnknown, metav1.ConditionTrue, metav1.ConditionFalse, metav1.ConditionTrue}
	change(w, "provider/"+w.service(e), func(p *v1alpha1.SupportProvider) {
		p.Status.Conditions = nil
		meta.SetStatusCondition(&p.Status.Conditions, metav1.Condition{
			Type: v1alpha1.NamespaceAvailableCondition, Status: statuses[e.b%len(statuses)],
			LastTransitionTime: metav1.Time{Time: begins},
		})
	})
}

// catalogue takes the function out of the catalogue, or puts it back.
func (w *world) catalogue(e event) {
	key := "function/" + function
	if w.store.newest(key) == nil {
		w.put(key, w.store.objects[key][0].object)
	} else if e.a%4 == 0 {
		w.put(key, nil)
	}
}

func (w *world) deleteService(e event) {
	change(w, "hosted/"+w.service(e), func(h *v1alpha1.HostedService) {
		h.DeletionTimestamp = &metav1.Time{Time: w.now}
		if e.b%2 == 0 {
			h.Annotations = map[string]string{v1alpha1.AllowDeletionAnnotation: "true"}
		}
	})
}

// createService makes a service that is gone anew.
func (w *world) createService(e event) {
	key := "hosted/" + w.service(e)
	if w.store.newest(key) == nil {
		w.put(key, w.store.objects[key][0].object)
	}
}

func (w *world) endAgreement(e event) {
	change(w, "agreement/"+w.agreement(e), func(a *v1alpha1.SupportAgreement) {
		a.DeletionTimestamp = &metav1.Time{Time: w.now}
	})
}

// agreeAnew makes an agreement that is gone anew.
func (w *world) agreeAnew(e event) {
	if key := "agreement/" + w.agreement(e); w.store.newest(key) == nil {
		w.give(w.store.objects[key][0].object.(*v1alpha1.SupportAgreement))
	}
}

func (w *world) succeed(e event) {
	change(w, "consortium/"+w.consortium(e.a), func(c *v1alpha1.Consortium) {
		c.Spec.SucceededBy = ""
		if e.b%4 == 0 {
			c.Spec.SucceededBy = "successor"
		}
	})
}

// loseLedger removes a ledger, when nobody is just about to bind by it.
func (w *world) loseLedger(e event) {
	w.finishAll()
	w.put("ledger/"+w.service(e), nil)
	w.store.showAll()
}

// days from now at which something ends.
var days = []int{800, 800, 800, 800, 30, 2, 0, -1}

func dayAfter(now time.Time, days int) v1alpha1.Date {
	return v1alpha1.Date(now.AddDate(0, 0, days).Format(time.DateOnly))
}
