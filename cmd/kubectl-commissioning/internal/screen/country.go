package screen

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// onOneScreen is how many consortia fit.
const onOneScreen = 20

// Country writes the overview of all consortia: one line of figures, and those that need somebody. all
// shows every one of them.
func (p *Page) Country(c overview.Country, all bool) error {
	p.block("", "", strings.Join(figures(p, c), " · "))
	if len(c.NeedSomebody) == 0 {
		p.line("Nobody is needed.")
		p.unread(c.Unread)
		return p.err
	}
	p.line("")
	shown := c.NeedSomebody
	if !all {
		shown = shown[:min(len(shown), onOneScreen)]
	}
	rows := [][]string{{"CONSORTIUM", "FUNCTION", "DONE BY", "STATE"}}
	for _, trouble := range shown {
		rows = append(rows, p.troubles(trouble)...)
	}
	p.columns("", rows)
	if more := len(c.NeedSomebody) - len(shown); more > 0 {
		p.line("… and %s (--all shows them)", plural(more, "more consortium", "more consortia"))
	}
	p.line("")
	p.line("What, why and what to do: kubectl commissioning status CONSORTIUM")
	p.unread(c.Unread)
	return p.err
}

func figures(p *Page, c overview.Country) []string {
	s := c.Summary
	said := []string{
		plural(s.Consortia, "consortium", "consortia"),
		plural(s.RegisteredPatients, "registered patient", "registered patients"),
		fmt.Sprintf("%s of %s", number(s.Working), plural(s.Functions, "function works", "functions work")),
	}
	if s.OnFallback > 0 {
		said = append(said, fmt.Sprintf("%s on fallback (%s)", number(s.OnFallback), p.fallbacks(c.Fallbacks)))
	}
	if s.WaitingForRoom > 0 {
		said = append(said, number(s.WaitingForRoom)+" waiting for room")
	}
	if s.DatesWithin30Days > 0 {
		said = append(said, plural(s.DatesWithin30Days, "date", "dates")+" within 30 days")
	}
	return said
}

// few is how many suppliers are named.
const few = 3

func (p *Page) fallbacks(all []overview.Fallback) string {
	var said []string
	for _, f := range all[:min(len(all), few)] {
		name := f.Provider
		if f.Since != nil {
			name += " since " + p.Clock.Time(f.Since.Time)
		}
		said = append(said, name)
	}
	if more := len(all) - few; more > 0 {
		said = append(said, fmt.Sprintf("%d more", more))
	}
	return strings.Join(said, ", ")
}

// troubles of one consortium, a row each; its name stands in the first.
func (p *Page) troubles(t overview.Trouble) [][]string {
	var rows [][]string
	if t.Consortium.Trouble != "" {
		rows = append(rows, []string{t.Consortium.Name, "(namespace)", "", p.said(t.Consortium.Trouble)})
	}
	for _, f := range t.Functions {
		name := t.Consortium.Name
		if len(rows) > 0 {
			name = ""
		}
		rows = append(rows, []string{name, f.Name, doneBy(f), p.inShort(f)})
	}
	return rows
}

// inShort is the state, and the first thing that there is to say of it.
func (p *Page) inShort(f overview.Function) string {
	said := p.state(f)
	switch {
	case f.State.Works() && len(f.You) > 0:
		return said + ": " + p.said(f.You[0])
	case len(f.Why) > 0:
		return said + ": " + p.said(f.Why[0])
	}
	return said
}
