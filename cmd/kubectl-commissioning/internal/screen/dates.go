package screen

import (
	"fmt"
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// datesAhead writes what ends within a year, by day.
func (p *Page) datesAhead(all []overview.Ending) {
	p.line("")
	p.line("DATES AHEAD")
	if len(all) == 0 {
		p.line("  nothing ends within a year")
		return
	}
	var rows [][]string
	for all = slices.Clone(all); len(all) > 0; {
		date, what := all[0].Date, all[0].What
		isSame := func(e overview.Ending) bool { return e.Date == date && e.What == what }
		var same []overview.Ending
		for _, e := range all {
			if isSame(e) {
				same = append(same, e)
			}
		}
		all = slices.DeleteFunc(all, isSame)
		rows = append(rows, []string{when.Day(date), fmt.Sprintf("%s (%s)", together(what, same), p.ahead(date))})
	}
	p.columns("  ", rows)
}

func (p *Page) ahead(date v1alpha1.Date) string {
	days, _ := p.Clock.Days(date)
	return when.Ahead(days)
}

// together says what ends on one day.
func together(what string, same []overview.Ending) string {
	var names []string
	for _, e := range same {
		name := e.Agreement
		switch what {
		case overview.EndsDataSharing:
			name = fmt.Sprintf("%s with %s", e.Reference, e.DisplayName)
		case overview.EndsAssurance:
			name = fmt.Sprintf("%s of %s", e.Reference, e.DisplayName)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return kinds[what] + and(names)
}

var kinds = map[string]string{
	overview.EndsTerm: "term of ", overview.EndsDataSharing: "data sharing ", overview.EndsAssurance: "assurance ",
}

func (p *Page) lastChanges(all []overview.Change) {
	if len(all) == 0 {
		return
	}
	p.line("")
	p.line("LAST CHANGES")
	rows := make([][]string, len(all))
	for i, c := range all {
		rows[i] = []string{p.Clock.Brief(c.Time.Time), c.Agreement, orNone(c.From) + " → " + orNone(c.To), p.said(c.Text)}
	}
	p.columns("  ", rows)
}

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}

// Expiring writes what ends soon, the first day first.
func (p *Page) Expiring(soon overview.Soon, days int) error {
	if len(soon.Endings) == 0 {
		p.line("Nothing ends within %s.", plural(days, "day", "days"))
	} else {
		rows := [][]string{{"ENDS", "WHEN", "NAMESPACE", "AGREEMENT", "WHAT"}}
		for _, e := range soon.Endings {
			rows = append(rows, []string{when.Day(e.Date), p.ahead(e.Date), e.Namespace, e.Agreement, ending(e)})
		}
		p.columns("", rows)
	}
	p.unread(soon.Unread)
	return p.err
}

func ending(e overview.Ending) string {
	said := together(e.What, []overview.Ending{e})
	switch {
	case e.What == overview.EndsTerm:
		return "term"
	case !e.InForce:
		return said + ", who does not supply now"
	}
	return said
}
