package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// Functions writes what functions there are, and who delivers them.
func (p *Page) Functions(all overview.Functions) error {
	if len(all.Functions) == 0 {
		p.line("The catalogue is empty.")
		return p.err
	}
	rows := [][]string{{"FUNCTION", "DELIVERY", "WORKING", "REVISION", "STATE", "SUPPLIERS"}}
	for _, e := range all.Functions {
		rows = append(rows, []string{e.Name, deliveries[e.Delivery], instances(e), revision(e), p.standingInShort(e.Standing), suppliersOf(e, all.Unread)})
	}
	p.columns("", rows)
	p.line("")
	p.line("What one is, and what it takes: kubectl commissioning catalogue FUNCTION")
	p.leftOut(all.Unread)
	return p.err
}

var deliveries = map[v1alpha1.Delivery]string{v1alpha1.DeliveryMemberOnly: "member-only", v1alpha1.DeliveryHosted: "hosted"}

// instances says how many of a function's instances work.
func instances(e overview.Entry) string {
	if e.Instances == nil {
		return "not counted yet"
	}
	working := int32(0)
	if e.Ready != nil {
		working = *e.Ready
	}
	return fmt.Sprintf("%s of %s", number(working), number(*e.Instances))
}

func revision(e overview.Entry) string {
	if e.Revision == 0 {
		return ""
	}
	return strconv.FormatInt(e.Revision, 10)
}

// suppliersOf names who hosts a function, and for how much more there is room.
func suppliersOf(e overview.Entry, unread []string) string {
	if e.Delivery == v1alpha1.DeliveryMemberOnly {
		return "each consortium itself"
	}
	var names []string
	for _, s := range e.Services {
		name := s.Provider
		if s.Name != e.Name {
			name += "/" + s.Name
		}
		names = append(names, fmt.Sprintf("%s (%s)", name, roomInShort(s)))
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case slices.Contains(unread, v1alpha1.HostedServiceKind):
		return "?"
	}
	return "nobody yet"
}

// roomInShort says for how many more consortia a service has room.
func roomInShort(s overview.Service) string {
	switch {
	case !s.IsOpen():
		return "no room"
	case s.Consortia.Left == nil:
		return "room not counted yet"
	}
	return "room for " + number(*s.Consortia.Left)
}

// room says for whom more a service has room, or why it has none.
func room(s overview.Service) string {
	switch {
	case s.Intake == v1alpha1.IntakeClosed:
		return "none: it takes on nobody new"
	case s.Intake == v1alpha1.IntakeDraining:
		return "none: all move on"
	case s.Consortia.Over > 0 || s.Patients.Over > 0:
		return "none: it is over its capacity" + waiting(s)
	case !s.IsOpen():
		return "none" + waiting(s)
	case s.Consortia.Left == nil && s.Patients.Left == nil:
		return "not counted yet"
	}
	var left []string
	if s.Consortia.Left != nil {
		left = append(left, plural(*s.Consortia.Left, "consortium", "consortia"))
	}
	if s.Patients.Left != nil {
		left = append(left, plural(*s.Patients.Left, "patient", "patients"))
	}
	return strings.Join(left, " with ") + waiting(s)
}

func waiting(s overview.Service) string {
	if s.Consortia.Waiting == 0 {
		return ""
	}
	return "; " + plural(s.Consortia.Waiting, "waits", "wait")
}

// standingInShort says whether an object can be used.
func (p *Page) standingInShort(s overview.Standing) string {
	words := map[overview.State]string{overview.Working: "✓ ready", overview.NotWorking: "✗ NOT READY", overview.NotYet: "… not yet ready"}[s.State]
	if words == "" {
		words = "? not known"
	}
	return p.coloured(s.State, words)
}

// standing says the same, and why it cannot.
func (p *Page) standingOf(s overview.Standing) string {
	said := p.standingInShort(s)
	if s.Trouble != "" {
		said += ": " + p.said(s.Trouble)
	}
	return said
}

// Entry writes what a function is, who delivers it, and how to use it.
func (p *Page) Entry(e overview.Entry) error {
	p.block("", "", fmt.Sprintf("%s (%s): %s", e.Title, e.Name, p.standingOf(e.Standing)))
	terms := e.Terms
	if terms.Description != "" {
		p.block("  ", "", strings.Join(strings.Fields(terms.Description), " "))
	}
	for _, sentence := range whatItIs(e) {
		p.block("  ", "", sentence)
	}
	p.line("")
	p.line("WHAT RUNS")
	p.block("  ", "", whatRuns(e))
	p.block("  ", "", fmt.Sprintf("One replica for every %s, at least %d and at most %d.",
		plural(terms.Sizing.PatientsPerReplica, "registered patient", "registered patients"), terms.Sizing.MinReplicas, terms.Sizing.MaxReplicas))
	if e.Delivery == v1alpha1.DeliveryHosted {
		p.line("")
		p.line("WHO HOSTS IT")
		p.services(e.Services, terms.Unread, true)
	}
	p.parameters(terms)
	p.line("")
	p.line("AN EXAMPLE TO COPY")
	for line := range strings.SplitSeq(strings.TrimSpace(terms.Example), "\n") {
		p.line("  %s", line)
	}
	p.leftOut(terms.Unread)
	return p.err
}

// whatItIs says who may deliver a function, and on which terms.
func whatItIs(e overview.Entry) []string {
	data := map[v1alpha1.DataClass]string{
		v1alpha1.DataAggregate: "counts and rates", v1alpha1.DataPseudonymised: "records of patients whose identity is replaced", v1alpha1.DataIdentifiable: "records of patients who can be identified",
	}[e.Terms.DataClass]
	if e.Delivery == v1alpha1.DeliveryMemberOnly {
		return []string{"Member-only: a consortium does it itself, in its own namespace, and nobody else. Its data: " + data + "."}
	}
	all := []string{"Hosted: a supplier does it for many consortia. Its data: " + data + "."}
	if e.Terms.Continuity == v1alpha1.ContinuityHoldsRecords {
		all = append(all, "Its supplier holds records: the return to a first choice is a handover by people.")
	} else {
		all = append(all, "Any supplier can continue it.")
	}
	return append(all, whatItRequires(*e.Terms.Requires)...)
}

func whatItRequires(r overview.EntryRequirements) []string {
	var all []string
	if r.DataSharing {
		all = append(all, "An agreement needs a data sharing agreement with each supplier.")
	}
	for _, a := range r.Assurances {
		lapse := "when that lapses, access ends"
		if r.OnAssuranceLapse == v1alpha1.AssuranceLapseRefuseNew {
			lapse = "when that lapses, those whom it serves stay, and nobody comes"
		}
		all = append(all, fmt.Sprintf("A supplier needs %s (%s); %s.", a.Scheme, strings.Join(a.Results, " or "), lapse))
	}
	return all
}

func whatRuns(e overview.Entry) string {
	said := e.Image
	if e.Revision > 0 {
		said = fmt.Sprintf("Revision %d, %s", e.Revision, e.Image)
	}
	if e.Instances == nil {
		return said
	}
	said += fmt.Sprintf("; %s work", instances(e))
	if e.UpToDate != nil && *e.UpToDate < *e.Instances {
		said += fmt.Sprintf(", %s of them up to date: kubectl commissioning rollout status %s", number(*e.UpToDate), e.Name)
	}
	return said
}

// services writes who hosts what. byProvider names the supplier, not the function.
func (p *Page) services(all []overview.Service, unread []string, byProvider bool) {
	if len(all) == 0 {
		said := "Nothing yet."
		if slices.Contains(unread, v1alpha1.HostedServiceKind) {
			said = "Not known: see below."
		}
		p.line("  %s", said)
		return
	}
	first := "FUNCTION"
	if byProvider {
		first = "SUPPLIER"
	}
	rows := [][]string{{first, "SERVICE", "SERVES", "PATIENTS", "ASSURED UNTIL", "STATE", "ROOM LEFT"}}
	for _, s := range all {
		name := s.Function
		if byProvider {
			name = s.Provider
		}
		rows = append(rows, []string{name, s.Name, number(s.Consortia.Served), number(s.Patients.Served), when.Day(s.AssuredUntil), p.availability(s), room(s)})
	}
	p.columns("  ", rows)
}

// availability says whether a service serves.
func (p *Page) availability(s overview.Service) string {
	switch s.Available {
	case v1alpha1.ServiceAvailable:
		return p.coloured(overview.Working, "✓ available")
	case v1alpha1.ServiceNotAvailable:
		return p.coloured(overview.NotWorking, "✗ NOT AVAILABLE")
	case v1alpha1.ServiceUnknown:
	}
	return p.coloured(overview.Unknown, "? not known")
}

func (p *Page) parameters(terms *overview.EntryTerms) {
	p.line("")
	p.line("PARAMETERS")
	switch {
	case terms.Problem != "":
		p.block("  ", "", terms.Problem)
	case len(terms.Parameters) == 0:
		p.line("  It takes none.")
	}
	for _, one := range terms.Parameters {
		said := one.Is
		if one.Required {
			said += "; required"
		}
		if one.Default != nil {
			said += fmt.Sprintf("; %v if it is left out", one.Default)
		}
		p.block("  "+one.Name+": ", "", said)
		if one.Description != "" {
			p.block("      ", "", strings.Join(strings.Fields(one.Description), " "))
		}
	}
}

// missing is what a reader is not told who may not read all objects of a kind.
var missing = []struct{ kind, plural, what string }{
	{v1alpha1.SupportProviderKind, "SupportProviders", "names and assurances of suppliers are left out"},
	{v1alpha1.HostedServiceKind, "HostedServices", "services and their room are shown of the chosen namespace at most"},
	{v1alpha1.SupportAgreementKind, "SupportAgreements", "whom suppliers serve is shown of the chosen namespace at most, and who has no fallback is left out"},
	{v1alpha1.ConsortiumKind, "Consortia", "patients of those whom suppliers serve, and shares of the country, are left out"},
}

// leftOut says what is missing because the reader may not see it.
func (p *Page) leftOut(unread []string) {
	if len(unread) > 0 {
		p.line("")
	}
	for _, one := range missing {
		if slices.Contains(unread, one.kind) {
			p.block("", "", fmt.Sprintf("You may not read all %s: %s.", one.plural, one.what))
		}
	}
}
