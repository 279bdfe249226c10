package simulation_test

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// isEntitled says whether an agreement may have anything at a service now (R1, R2, R3), told from the
// objects in a second way. Of a function that left the catalogue it goes by what that was: what is
// unknown freezes.
func (w *world) isEntitled(name, service string) bool {
	return w.isEntitledAs(w.store.newest, name, service)
}

func (w *world) isEntitledAs(v view, name, service string) bool {
	agreement := read[v1alpha1.SupportAgreement](v, "agreement/"+name)
	hosted := read[v1alpha1.HostedService](v, "hosted/"+service)
	provider := read[v1alpha1.SupportProvider](v, "provider/"+service)
	if agreement == nil || hosted == nil || provider == nil || !agreement.DeletionTimestamp.IsZero() || agreement.Spec.Function != function {
		return false
	}
	i := positionOf(agreement, service)
	today, term := v1alpha1.Date(w.now.Format(time.DateOnly)), agreement.Spec.Term
	if i < 0 || today < term.Start || term.End != "" && today > term.End || w.agreementAs(v, agreement).OlderAgreement != "" {
		return false
	}
	if !slices.Contains(hosted.Spec.Accepts.Names, v1alpha1.ObjectName(agreement.Namespace)) {
		return false
	}
	catalogue := w.store.objects["function/"+function][0].object.(*v1alpha1.SupportFunction)
	if catalogue.Spec.Requires.DataSharing == v1alpha1.DataSharingRequired && agreement.Spec.Suppliers[i].DataSharing.Expires < today {
		return false
	}
	supplier := w.supplierAs(v, state.SupportAgreement{Object: agreement}, agreement.Spec.Suppliers[i])
	isIn := supplier.Place.Counts() || !supplier.HasLedger && supplier.Opening
	return len(catalogue.Spec.Requires.Assurances) == 0 || provider.Spec.Assurances[0].ValidUntil >= today ||
		catalogue.Spec.OnAssuranceLapse == v1alpha1.AssuranceLapseRefuseNew && isIn
}

func positionOf(agreement *v1alpha1.SupportAgreement, service string) int {
	return slices.IndexFunc(agreement.Spec.Suppliers, func(s v1alpha1.Supplier) bool { return string(s.Provider) == service })
}

// isFrozen says that the catalogue has lost the function: what stands is left as it is.
func (w *world) isFrozen() bool { return w.store.newest("function/"+function) == nil }

// checkStanding holds at every step: nothing is given for a member-only function (R1), and whatever an
// alias points to is open and lists the agreement, unless its supplier was to be broken with (R5).
func (w *world) checkStanding() {
	w.t.Helper()
	if w.checked == w.store.writes {
		return
	}
	w.checked = w.store.writes
	for _, name := range w.agreements {
		alias := read[string](w.store.newest, "alias/"+name)
		agreement := read[v1alpha1.SupportAgreement](w.store.newest, "agreement/"+name)
		switch {
		case alias == nil:
			continue
		case agreement == nil || agreement.Spec.Function == memberOnly:
			w.t.Fatalf("R1: %s has an alias to %s", name, *alias)
		case w.broken[pair{name, *alias}]:
			continue
		}
		if w.store.newest(openingKey(name, *alias)) == nil {
			w.t.Fatalf("R5: the alias of %s points to %s, and no opening stands", name, *alias)
		}
		if !w.isListed(w.store.newest, *alias, w.agreementAs(w.store.newest, agreement)) {
			w.t.Fatalf("R5: the alias of %s points to %s, which does not list it", name, *alias)
		}
		if w.store.newest("secret/"+name) == nil {
			w.t.Fatalf("R5: the alias of %s points to %s, and there is no Secret", name, *alias)
		}
	}
}

// checkChoice is R5: whoever keeps consent is replaced only after a confirmed outage, because it was
// stood down, or with leave, and only by one that serves and stands ready for the agreement.
func (w *world) checkChoice(name string, seen state.SupportAgreement, choice plan.Choice) {
	w.t.Helper()
	if choice.Goal == choice.Current {
		return
	}
	if choice.Goal >= 0 {
		goal := seen.Suppliers[choice.Goal]
		isReady := goal.Hosted.Status.Available == v1alpha1.ServiceAvailable && goal.Listed
		wasBegun := seen.Object.Status.Supplier.Provider == "" && goal.Opening
		if !w.isEntitledAs(w.store.cached, name, goal.Service.Namespace) || !goal.Place.IsUsable() || !isReady && !wasBegun {
			w.t.Fatalf("R5: %s turns to %s, which does not stand ready: %+v", name, goal.Name(), goal)
		}
	}
	if choice.Current < 0 {
		return
	}
	current := seen.Suppliers[choice.Current]
	if !w.isEntitledAs(w.store.cached, name, current.Service.Namespace) {
		return
	}
	mayReplace := current.Place.State == state.PlaceMoving || current.Named.Standing == v1alpha1.StandingStoodDown || isOut(seen, current, w.now)
	if choice.Goal < 0 || !mayReplace {
		w.t.Fatalf("R5: %s leaves %s without need: %+v", name, current.Name(), current)
	}
}

// isOut says that an outage is confirmed, and is to be acted upon.
func isOut(seen state.SupportAgreement, current state.Supplier, now time.Time) bool {
	failover, status := seen.Object.Spec.Failover, current.Hosted.Status
	patience, _ := time.ParseDuration(string(failover.AfterOutage))
	return failover.Mode == v1alpha1.FailoverAutomatic && status.Available == v1alpha1.ServiceNotAvailable &&
		!now.Before(status.UnavailableSince.Add(patience))
}

// checkHistory: every change of supplier is recorded once, and nothing else is.
func (w *world) checkHistory(name string, before, after *v1alpha1.SupportAgreementStatus) {
	w.t.Helper()
	if len(after.History) > 20 {
		w.t.Fatalf("the history of %s has %d entries", name, len(after.History))
	}
	from, to := textOf(before.Supplier), textOf(after.Supplier)
	added := after.History
	if from != to {
		if newest := added[0]; newest.From != from || newest.To != to || newest.Reason == "" {
			w.t.Fatalf("the change of %s from %s to %s is recorded as %+v", name, from, to, newest)
		}
		added = added[1:]
	}
	kept := before.History
	if len(after.History) == 20 {
		kept = kept[:min(len(added), len(kept))]
	}
	if !equality.Semantic.DeepEqual(added, kept) {
		w.t.Fatalf("the history of %s was %+v and is %+v", name, before.History, after.History)
	}
}

func textOf(inForce v1alpha1.SupplierInForceStatus) string {
	if inForce.Provider == "" {
		return ""
	}
	return inForce.Provider + "/" + inForce.Service
}

// checkAgreement is R2 and R3, after a reconcile that saw all there was: nothing is left for a supplier
// without consent, data sharing, assurance or term.
func (w *world) checkAgreement(r *run, name string, seen state.SupportAgreement) {
	w.t.Helper()
	if !r.isFresh || r.events != w.events || w.isFrozen() {
		return
	}
	for _, service := range w.services {
		if w.store.newest(openingKey(name, service)) != nil && !w.isEntitled(name, service) {
			w.t.Fatalf("R3: %s has an opening to %s", name, service)
		}
	}
	given := read[secret](w.store.newest, "secret/"+name)
	if given == nil {
		return
	}
	for _, audience := range given.terms.Audience {
		i := slices.IndexFunc(seen.Suppliers, func(s state.Supplier) bool { return s.Name() == audience })
		if i < 0 || !w.isEntitled(name, seen.Suppliers[i].Service.Namespace) {
			w.t.Fatalf("R3: the token of %s is for %s", name, audience)
		}
	}
}

// checkService is R2 and R3 for the directory of a service.
func (w *world) checkService(r *run, service string) {
	w.t.Helper()
	if !r.isFresh || r.events != w.events || w.isFrozen() {
		return
	}
	listed := map[types.UID]bool{}
	for shard := range plan.DirectoryShards {
		if files := read[directory](w.store.newest, directoryKey(service, shard)); files != nil {
			for _, agreement := range files.listed {
				listed[agreement] = true
			}
		}
	}
	for _, name := range w.agreements {
		agreement := read[v1alpha1.SupportAgreement](w.store.newest, "agreement/"+name)
		if agreement != nil && listed[agreement.UID] && !w.isEntitled(name, service) {
			w.t.Fatalf("R3: %s lists %s", service, name)
		}
		if agreement != nil {
			delete(listed, agreement.UID)
		}
	}
	if len(listed) > 0 {
		w.t.Fatalf("R3: %s lists agreements that are gone: %v", service, listed)
	}
}
