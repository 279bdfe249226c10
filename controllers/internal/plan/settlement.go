package plan

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Settlement is who has a place at a service from now on, and whom its pods are told to serve.
type Settlement struct {
	Ledger    Ledger
	Room      Room
	Directory Directory
	// Next is when to look again, if nothing changes; zero: never.
	Next time.Time
}

// SettleService settles the ledger of a service, by all the agreements that name it and those that did.
// Where it is not known whose the service is, nobody's place changes.
func SettleService(seen state.HostedService, calendar Calendar, now time.Time) Settlement {
	settlement := Settlement{Ledger: seen.Ledger, Room: CapacityOf(seen.Object)}
	if seen.Home.Provider == nil {
		return settlement
	}
	judged := make([]Agreement, len(seen.Agreements))
	applicants := make([]Applicant, 0, len(seen.Agreements))
	names := map[types.NamespacedName]bool{}
	for i, agreement := range seen.Agreements {
		judged[i] = JudgeAgreement(agreement, calendar, now)
		applicants = append(applicants, ApplicantAt(agreement, judged[i], seen.Positions[i], now))
		names[agreement.Key()] = true
		settlement.Next = nextOf(now, settlement.Next, judged[i].Next)
	}
	applicants = append(applicants, departed(seen, names)...)
	var next time.Time
	settlement.Ledger, next = Settle(seen.Ledger, applicants, settlement.Room, now)
	settlement.Next = nextOf(now, settlement.Next, next)
	settlement.Directory = settlement.directory(seen, judged)
	return settlement
}

// departed are those that stand in the ledger and no longer name the service.
func departed(seen state.HostedService, names map[types.NamespacedName]bool) []Applicant {
	service := types.NamespacedName{Namespace: seen.Object.Namespace, Name: seen.Object.Name}
	var gone []Applicant
	for key, place := range seen.Ledger {
		if !names[key] {
			gone = append(gone, Departed(key, place.UID, seen.Openings[OpeningName(key, service)]))
		}
	}
	return gone
}

// directory lists those who may bind, and who may just have done so although they leave. Whoever's
// consent, assurance, data sharing or term is gone is out of it at once, also while a place still counts
// for them.
func (s Settlement) directory(seen state.HostedService, judged []Agreement) Directory {
	var entries []DirectoryEntry
	for i, agreement := range seen.Agreements {
		place := s.Ledger[agreement.Key()]
		mayBind := place.IsUsable() || place.State == state.PlaceLeaving
		if !judged[i].Wishes[seen.Positions[i]].isForHere() || !mayBind || agreement.Home.Consortium == nil {
			continue
		}
		consortium := agreement.Home.Consortium
		entries = append(entries, DirectoryEntry{
			Code: consortium.Spec.OrganisationCode, Name: consortium.Spec.DisplayName, Patients: place.Patients,
			Agreement: agreement.Object.UID, TokensNotBefore: agreement.Object.Spec.TokensNotBefore,
		})
	}
	slices.SortFunc(entries, func(a, b DirectoryEntry) int { return cmp.Compare(a.Code, b.Code) })
	return DirectoryOf(entries)
}

// IsServing says whether anybody has a place that counts.
func (l Ledger) IsServing() bool { return l.Taken().Consortia > 0 }
