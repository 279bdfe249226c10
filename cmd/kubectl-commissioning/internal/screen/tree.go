package screen

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// Tree writes the overview of one consortium.
func (p *Page) Tree(t overview.Tree) error {
	p.header(t)
	if len(t.Functions) > 0 {
		p.line("")
		p.functions(t.Functions)
		p.datesAhead(t.DatesAhead)
	}
	p.lastChanges(t.LastChanges)
	p.unread(t.Unread)
	return p.err
}

func (p *Page) header(t overview.Tree) {
	c := t.Consortium
	name := fmt.Sprintf("%s (%s)", c.DisplayName, c.OrganisationCode)
	p.block(padded(name, 60)+" ", "", population(c))
	if c.SucceededBy != "" {
		p.line("It is succeeded by %s.", c.SucceededBy)
	}
	if c.Trouble != "" {
		p.block("Its namespace is not ready: ", "", p.Clock.Localise(c.Trouble))
	}
	p.line("%s", summary(t.Summary))
}

func population(c overview.Consortium) string {
	if c.RegisteredPatients == nil {
		return "registered patients not known yet"
	}
	said := fmt.Sprintf("%s, %s, %s", plural(c.Localities, "locality", "localities"), plural(c.Practices, "practice", "practices"),
		plural(*c.RegisteredPatients, "registered patient", "registered patients"))
	if c.RegisteredAsOf != "" {
		said += fmt.Sprintf(" (lists of %s)", when.Day(c.RegisteredAsOf))
	}
	return said
}

func summary(s overview.Summary) string {
	if s.Functions == 0 {
		return "No function is asked for yet. What there is: kubectl commissioning catalogue"
	}
	said := fmt.Sprintf("%d of %s.", s.Working, plural(s.Functions, "function works", "functions work"))
	if s.OnFallback > 0 {
		said += fmt.Sprintf(" %d of them on a fallback supplier.", s.OnFallback)
	}
	if s.WaitingForRoom > 0 {
		said += fmt.Sprintf(" %s for room.", plural(s.WaitingForRoom, "waits", "wait"))
	}
	if s.NeedYou > 0 {
		said += fmt.Sprintf(" %s you.", plural(s.NeedYou, "needs", "need"))
	}
	return said
}

// functions writes the tree itself.
func (p *Page) functions(all []overview.Function) {
	rows := make([][4]string, len(all))
	widths := [4]int{len("FUNCTION"), len("DONE BY"), len("SINCE")}
	for i, f := range all {
		rows[i] = [4]string{p.branch(i == len(all)-1) + f.Name, doneBy(f), p.since(f), p.state(f)}
		for n := range 3 {
			widths[n] = max(widths[n], length(rows[i][n]))
		}
	}
	write := func(row [4]string) {
		p.line("%s  %s  %s  %s", padded(row[0], widths[0]), padded(row[1], widths[1]), padded(row[2], widths[2]), row[3])
	}
	write([4]string{"FUNCTION", "DONE BY", "SINCE", "STATE"})
	for i, f := range all {
		write(rows[i])
		bar := "│"
		if i == len(all)-1 {
			bar = " "
		}
		for _, remark := range p.remarks(f) {
			head := padded(bar, widths[0]+2) + remark.label
			p.block(head, bar, remark.text)
		}
	}
}

func (p *Page) branch(isLast bool) string {
	if isLast {
		return "└─ "
	}
	return "├─ "
}

func doneBy(f overview.Function) string {
	switch s := f.Supplier; {
	case f.Kind == v1alpha1.MemberFunctionKind:
		return "we ourselves (member-only)"
	case s == nil:
		return "nobody"
	case s.Choice < 2:
		return s.Provider
	default:
		return fmt.Sprintf("%s, %s choice", s.Provider, ordinal(s.Choice))
	}
}

func ordinal(n int) string {
	return []string{"", "first", "second", "third", "fourth", "fifth"}[min(n, 5)]
}

func (p *Page) since(f overview.Function) string {
	if f.Since == nil {
		return ""
	}
	return p.Clock.Moment(f.Since.Time)
}

func (p *Page) state(f overview.Function) string {
	return p.coloured(f.State, p.stateText(f))
}

func (p *Page) stateText(f overview.Function) string {
	since := ""
	if f.StateSince != nil {
		since = " since " + p.Clock.Time(f.StateSince.Time)
	}
	switch f.State {
	case overview.Working:
		if r := f.Replicas; r != nil {
			return fmt.Sprintf("✓ working, %d of %s", r.Available, plural(r.Desired, "replica", "replicas"))
		}
		return "✓ working"
	case overview.OnFallback:
		return "✓ working on fallback"
	case overview.NotWorking:
		return "✗ NOT WORKING" + since
	case overview.WaitingForRoom:
		return "… waiting for room" + since
	case overview.NotYet:
		if f.Reason == v1alpha1.ReasonNotYetInTerm {
			return "… not yet in term"
		}
		return "… not yet working"
	case overview.Unknown:
	}
	return "? not known" + since
}

// remark is a line below a function.
type remark struct{ label, text string }

// remarks say what the first line leaves open.
func (p *Page) remarks(f overview.Function) []remark {
	var all []remark
	if f.Function != f.Name || f.Locality != "" {
		all = append(all, remark{"", whatFor(f)})
	}
	if s := f.Supplier; s != nil {
		all = append(all, remark{"", supplier(*s, f.Function)})
	}
	all = append(all, p.labelled("why   ", f.Why)...)
	all = append(all, p.labelled("next  ", f.Next)...)
	if f.IfItFails != "" {
		all = append(all, remark{"", p.said(f.IfItFails)})
	}
	if f.Behind {
		all = append(all, remark{"", strings.TrimSuffix(notSeen, ".")})
	}
	return append(all, p.labelled("you   ", f.You)...)
}

// notSeen is said of a status that speaks of an older spec.
const notSeen = "The operator has not seen the latest change of the spec yet."

func (p *Page) behind(f overview.Function) {
	if f.Behind {
		p.line("%s", notSeen)
	}
}

func whatFor(f overview.Function) string {
	if f.Locality == "" {
		return f.Function
	}
	return fmt.Sprintf("%s, for the locality %s", f.Function, f.Locality)
}

// supplier names who supplies for people, and the service where that is not named as the function.
func supplier(s overview.Supplier, function string) string {
	said := s.DisplayName
	if s.Service != function {
		said += fmt.Sprintf(" (%s/%s)", s.Provider, s.Service)
	}
	if s.HostsFor > 0 {
		said += fmt.Sprintf(", hosting for %s", plural(s.HostsFor, "consortium", "consortia"))
	}
	if s.Remark != "" && !strings.HasSuffix(s.Remark, ".") {
		said += ", " + s.Remark
	}
	return said
}

func (p *Page) labelled(label string, texts []string) []remark {
	var all []remark
	for i, text := range texts {
		if i > 0 {
			label = strings.Repeat(" ", len(label))
		}
		all = append(all, remark{label, p.said(text)})
	}
	return all
}

// unread says what is missing because the reader may not see it.
func (p *Page) unread(kinds []string) {
	if len(kinds) == 0 {
		return
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = kind + "s"
	}
	p.line("")
	p.line("You may not read %s: names and assurances of suppliers are left out.", and(names))
}
