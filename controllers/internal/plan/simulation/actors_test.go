package simulation_test

import (
	"reflect"
	"strings"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
)

const (
	// steps of an agreement's children: openings, Secret, alias.
	steps = 3
	// tokenLife is for how long a token is valid.
	tokenLife = 48 * time.Hour
)

// run is one reconcile: what it read, and the writes that it has still to make.
type run struct {
	begun  time.Time
	writes []write
	// next is when to look again; zero: when something changes.
	next time.Time
	// isFresh says that the cache showed all when it was read, events how much had happened then.
	isFresh bool
	events  int
	// check looks at what stands when all is written.
	check func(*run)
}

// write is one request to the API server, and says whether one was needed. A conflict ends the run.
type write func() (written, conflict bool)

func (w *world) actors() []string {
	var actors []string
	for _, service := range w.services {
		actors = append(actors, "hosted/"+service)
	}
	for _, agreement := range w.agreements {
		actors = append(actors, "agreement/"+agreement)
	}
	return actors
}

// act lets an actor go on up to its next write, and says whether it made one; done, that its reconcile
// is over.
func (w *world) act(actor string) (written, done bool) {
	current, isUnderWay := w.runs[actor]
	if !isUnderWay {
		current = w.begin(actor)
		w.runs[actor] = current
	}
	for len(current.writes) > 0 {
		next := current.writes[0]
		current.writes = current.writes[1:]
		written, conflict := next()
		if conflict {
			delete(w.runs, actor)
			return written, true
		}
		if written && len(current.writes) > 0 {
			return true, false
		}
		if written {
			w.end(actor, current)
			return true, true
		}
	}
	w.end(actor, current)
	return false, true
}

func (w *world) end(actor string, current *run) {
	delete(w.runs, actor)
	w.lastNext[actor] = current.next
	if current.check != nil {
		current.check(current)
	}
}

// begin reads and plans.
func (w *world) begin(actor string) *run {
	current := &run{begun: w.now, isFresh: len(w.store.lagging()) == 0, events: w.events}
	if service, isService := strings.CutPrefix(actor, "hosted/"); isService {
		w.beginService(current, service)
	} else {
		w.beginAgreement(current, strings.TrimPrefix(actor, "agreement/"))
	}
	return current
}

// die ends all reconciles where they are, and starts the operator anew: it reads everything.
func (w *world) die() {
	w.runs = map[string]*run{}
	w.store.showAll()
}

func (w *world) beginService(current *run, service string) {
	key := "hosted/" + service
	hosted := read[v1alpha1.HostedService](w.store.cached, key)
	if hosted == nil || w.store.newest(key) == nil {
		return
	}
	seen, now := w.serviceAs(w.store.cached, hosted), w.now
	settled := plan.SettleService(seen, calendar, now)
	current.next = settled.Next
	isMeant := hosted.Annotations[v1alpha1.AllowDeletionAnnotation] == "true"
	if !hosted.DeletionTimestamp.IsZero() && (isMeant || !settled.Ledger.IsServing()) {
		current.writes = w.removeService(service)
		return
	}
	current.writes = append(current.writes, w.record(service, seen, settled, now))
	for shard, files := range settled.Directory {
		current.writes = append(current.writes, func() (bool, bool) {
			return w.put(directoryKey(service, shard), newDirectory(w.t, files)), false
		})
	}
	current.check = func(r *run) { w.checkService(r, service) }
}

// record writes the ledger on the version that it was made from.
func (w *world) record(service string, seen state.HostedService, settled plan.Settlement, now time.Time) write {
	key := "ledger/" + service
	madeFrom := w.store.shown[key]
	return func() (written, conflict bool) {
		if seen.LedgerVersion != "" && reflect.DeepEqual(plan.Ledger(seen.Ledger), settled.Ledger) {
			return false, false
		}
		if w.store.version(key) != madeFrom {
			return false, true
		}
		w.checkLedger(service, seen, settled, now)
		return w.put(key, newLedger(w.t, settled.Ledger)), false
	}
}

// removeService removes the ledger, and then lets the service go; what it owns goes with it.
func (w *world) removeService(service string) []write {
	return []write{
		func() (bool, bool) { return w.put("ledger/"+service, nil), false },
		func() (bool, bool) {
			written := w.put("hosted/"+service, nil)
			w.events++
			for shard := range plan.DirectoryShards {
				w.put(directoryKey(service, shard), nil)
			}
			w.look()
			return written, false
		},
	}
}

func (w *world) beginAgreement(current *run, name string) {
	object := read[v1alpha1.SupportAgreement](w.store.cached, "agreement/"+name)
	newest := read[v1alpha1.SupportAgreement](w.store.newest, "agreement/"+name)
	if object == nil || newest == nil || newest.UID != object.UID {
		return
	}
	if !object.DeletionTimestamp.IsZero() {
		current.writes = append(w.takeBack(name, nil), func() (bool, bool) {
			w.put("status/"+name, nil)
			return w.put("agreement/"+name, nil), false
		})
		return
	}
	object = object.DeepCopy()
	object.Status = *read[v1alpha1.SupportAgreementStatus](w.store.newest, "status/"+name).DeepCopy()
	seen, now := w.agreementAs(w.store.cached, object), w.now
	judged := plan.JudgeAgreement(seen, calendar, now)
	choice := plan.Choose(seen, judged, now)
	current.next = choice.Next
	w.checkChoice(name, seen, choice)
	current.writes = append(w.giveAndTake(name, seen, judged, choice, now), func() (bool, bool) {
		return w.tell(current, seen, judged, choice), false
	})
	current.check = func(r *run) { w.checkAgreement(r, name, seen) }
}

// giveAndTake gives what the goal entitles to, openings first and the name last, and then takes back
// the rest.
func (w *world) giveAndTake(name string, seen state.SupportAgreement, judged plan.Agreement, choice plan.Choice, now time.Time) []write {
	switch {
	case judged.Standing == plan.AgreementFunctionMissing:
		return nil
	case choice.Goal < 0:
		return w.takeBack(name, nil)
	}
	goal := seen.Suppliers[choice.Goal]
	kept := map[string]bool{goal.Service.Namespace: true, "": true}
	if choice.Draining >= 0 {
		kept[seen.Suppliers[choice.Draining].Service.Namespace] = true
	}
	var writes []write
	for _, service := range w.services {
		if kept[service] {
			writes = append(writes, func() (bool, bool) { return w.put(openingKey(name, service), &object{seen.Object.UID}), false })
		}
	}
	terms := plan.TokenTermsFor(seen, judged, choice.Goal, tokenLife, now)
	writes = append(writes,
		func() (bool, bool) { return w.put("secret/"+name, &secret{string(goal.Named.Provider), terms}), false },
		func() (bool, bool) {
			service := goal.Service.Namespace
			return w.put("alias/"+name, &service), false
		})
	return append(writes, w.takeBack(name, kept)...)
}

// takeBack removes what stands of an agreement, as the cache shows it, and is not kept. Openings,
// Secret and alias are kept under the service's name and "".
func (w *world) takeBack(name string, kept map[string]bool) []write {
	var writes []write
	remove := func(key string) {
		if w.store.cached(key) != nil {
			writes = append(writes, func() (bool, bool) { return w.put(key, nil), false })
		}
	}
	for _, service := range w.services {
		if !kept[service] {
			remove(openingKey(name, service))
		}
	}
	if !kept[""] {
		remove("secret/" + name)
		remove("alias/" + name)
	}
	return writes
}

// tell writes the agreement's status.
func (w *world) tell(current *run, seen state.SupportAgreement, judged plan.Agreement, choice plan.Choice) bool {
	name, before, told := nameOf(seen.Object), seen.Object.Status.DeepCopy(), seen.Object.DeepCopy()
	warning := status.SupportAgreement(told, seen, judged, choice, state.Result{StepsDone: steps}, nil, current.begun)
	if !warning.IsZero() && (current.next.IsZero() || warning.Before(current.next)) {
		current.next = warning
	}
	if reflect.DeepEqual(before, &told.Status) {
		return false
	}
	w.checkHistory(name, before, &told.Status)
	return w.put("status/"+name, &told.Status)
}

// object is one of which no more than whose it is matters here.
type object struct{ owner any }
