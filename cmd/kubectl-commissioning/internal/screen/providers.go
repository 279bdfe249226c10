package screen

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// Providers writes who may supply, a line each, and then who depends on whom.
func (p *Page) Providers(all overview.Providers) error {
	if len(all.Providers) == 0 {
		p.line("There is no supplier yet.")
		return p.err
	}
	rows := [][]string{{"PROVIDER", "SERVICES", "SERVES", "PATIENTS", "ASSURED UNTIL", "STATE", "ROOM LEFT FOR"}}
	for _, one := range all.Providers {
		rows = append(rows, []string{
			one.Name, number(one.Services), number(one.Consortia), numberOr(one.RegisteredPatients), assured(one), p.standingInShort(one.Standing), roomByFunction(one),
		})
	}
	p.columns("", rows)
	p.dependences(all)
	p.line("")
	p.line("Whom one serves: kubectl commissioning providers PROVIDER")
	p.leftOut(all.Unread)
	return p.err
}

// numberOr writes a question mark where nothing is known.
func numberOr(n *int64) string {
	if n == nil {
		return "?"
	}
	return number(*n)
}

func assured(one overview.Provider) string {
	if one.AssuredUntil == "" {
		return "no assurance"
	}
	return when.Day(one.AssuredUntil)
}

func roomByFunction(one overview.Provider) string {
	if len(one.Hosts) == 0 && one.Services > 0 {
		return "?"
	}
	var said []string
	for i, s := range one.Hosts {
		if i > 0 && one.Hosts[i-1].Function == s.Function {
			continue
		}
		if left := roomFor(one.Hosts, s.Function); left > 0 {
			said = append(said, s.Function+": "+number(left))
		} else {
			said = append(said, s.Function+": nobody")
		}
	}
	return strings.Join(said, ", ")
}

// roomFor is for how many more consortia there is room in all services of a function.
func roomFor(hosts []overview.Service, function string) int64 {
	var sum int64
	for _, s := range hosts {
		if s.Function == function && s.IsOpen() && s.Consortia.Left != nil {
			sum += *s.Consortia.Left
		}
	}
	return sum
}

// dependences writes who would be without a function if a supplier failed.
func (p *Page) dependences(all overview.Providers) {
	var rows [][]string
	for _, one := range all.Providers {
		for _, d := range one.Concentration {
			if d.Consortia > 0 {
				rows = append(rows, append([]string{one.Name}, dependence(d)...))
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	p.line("")
	p.line("WHO DEPENDS ON THEM")
	p.columns("  ", append([][]string{{"PROVIDER", "FUNCTION", "CONSORTIA", "PATIENTS", "WITHOUT A FALLBACK"}}, rows...))
	if all.Country != nil {
		p.line("  Shares are of the country: %s with %s.", plural(all.Country.Consortia, "consortium", "consortia"), plural(all.Country.RegisteredPatients, "registered patient", "registered patients"))
	}
}

func dependence(d overview.Dependence) []string {
	without := "?"
	if d.WithoutFallback != nil {
		without = inBrief(*d.WithoutFallback)
	}
	return []string{d.Function, number(d.Consortia) + share(d.ConsortiaPercent), number(d.RegisteredPatients) + share(d.PatientsPercent), without}
}

func share(percent *float64) string {
	if percent == nil {
		return ""
	}
	return fmt.Sprintf(" (%g %%)", *percent)
}

// inBrief counts names, and says the first.
func inBrief(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	said := strings.Join(names[:min(len(names), few)], ", ")
	if more := len(names) - few; more > 0 {
		said += fmt.Sprintf(" and %s more", number(more))
	}
	return fmt.Sprintf("%s: %s", number(len(names)), said)
}

var sectors = map[v1alpha1.Sector]string{
	v1alpha1.SectorNHS: "An organisation of the NHS", v1alpha1.SectorPrivate: "A company", v1alpha1.SectorThirdSector: "A charity or social enterprise", v1alpha1.SectorLocalAuthority: "A local authority",
}

// Provider writes whom a provider serves, and what depends on it.
func (p *Page) Provider(all overview.Providers) error {
	one := all.Providers[0]
	code := one.Name
	if one.OrganisationCode != "" {
		code += ", " + one.OrganisationCode
	}
	p.block("", "", fmt.Sprintf("%s (%s): %s", one.DisplayName, code, p.standingOf(one.Standing)))
	p.block("  ", "", whoItIs(one))
	p.block("  ", "", whatItCarries(one))
	p.line("  %s", p.assurances(one))
	p.line("")
	p.line("WHAT IT HOSTS")
	p.services(one.Hosts, all.Unread, false)
	p.servedBy(one)
	p.dependences(all)
	p.leftOut(all.Unread)
	return p.err
}

func whoItIs(one overview.Provider) string {
	said := sectors[one.Sector] + fmt.Sprintf(", with the namespace %s", one.Namespace)
	if len(one.HostedBy) > 0 {
		said += ", hosted by " + and(one.HostedBy)
	}
	return said + "."
}

func whatItCarries(one overview.Provider) string {
	said := fmt.Sprintf("%s; it serves %s", plural(one.Services, "service", "services"), plural(one.Consortia, "consortium", "consortia"))
	if one.RegisteredPatients != nil {
		said += " with " + plural(*one.RegisteredPatients, "registered patient", "registered patients")
	}
	return said + "."
}

// assurances says until when they hold, and how soon that is.
func (p *Page) assurances(one overview.Provider) string {
	const soon = 365
	days, _ := p.Clock.Days(one.AssuredUntil)
	switch {
	case one.AssuredUntil == "":
		return "It has passed no assurance."
	case days > soon:
		return fmt.Sprintf("Its assurances hold until %s.", when.Day(one.AssuredUntil))
	}
	return fmt.Sprintf("Its assurances hold until %s (%s).", when.Day(one.AssuredUntil), when.Ahead(days))
}

// servedBy writes the agreements that a provider supplies.
func (p *Page) servedBy(one overview.Provider) {
	if len(one.Serves) == 0 {
		return
	}
	p.line("")
	p.line("WHOM IT SERVES")
	rows := [][]string{{"FUNCTION", "CONSORTIUM", "PATIENTS", "SINCE", "CHOICE", "IF IT FAILS"}}
	for _, s := range one.Serves {
		since := ""
		if s.Since != nil {
			since = p.Clock.Brief(s.Since.Time)
		}
		rows = append(rows, []string{s.Function, s.Namespace, numberOr(s.RegisteredPatients), since, ordinal(s.Choice), p.said(s.IfItFails)})
	}
	p.columns("  ", rows)
}
