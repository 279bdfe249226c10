package screen

import (
	"fmt"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Line is what a log holds of one thing.
type Line struct{ Of, Text string }

// TreeLines are what a log holds of a consortium: first the sum, then each function.
func (p *Page) TreeLines(t overview.Tree) []Line {
	lines := []Line{{"", fmt.Sprintf("%s: %s", t.Consortium.Name, summary(t.Summary))}}
	if t.Consortium.Trouble != "" {
		lines = append(lines, Line{"namespace", "namespace: " + p.said(t.Consortium.Trouble)})
	}
	for _, f := range t.Functions {
		lines = append(lines, p.inALog(f.Name, f))
	}
	return lines
}

// CountryLines are what a log holds of all consortia: first the figures, then whoever needs somebody.
func (p *Page) CountryLines(c overview.Country) []Line {
	lines := []Line{{"", strings.Join(figures(p, c), " · ")}}
	for _, trouble := range c.NeedSomebody {
		name := trouble.Consortium.Name
		if trouble.Consortium.Trouble != "" {
			lines = append(lines, Line{name, name + ": " + p.said(trouble.Consortium.Trouble)})
		}
		for _, f := range trouble.Functions {
			lines = append(lines, p.inALog(name+"/"+f.Name, f))
		}
	}
	return lines
}

func (p *Page) inALog(of string, f overview.Function) Line {
	by := doneBy(f)
	if f.Kind == v1alpha1.MemberFunctionKind {
		by = "the consortium itself"
	}
	return Line{of, fmt.Sprintf("%s by %s: %s", of, by, p.inShort(f))}
}

// Watched says at the foot of what is shown that it goes on.
func (p *Page) Watched() {
	p.line("")
	p.line("As of %s. Ctrl-C ends the watch.", p.Second(p.Clock.Now))
}
