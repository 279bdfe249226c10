package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// Agreements is what there is to say about an import of agreements.
type Agreements struct {
	Sheet   publication.Agreements
	List    []estate.Agreement
	Names   map[string]string // of the consortia, by organisation code
	Plan    gitops.AgreementPlan
	Written gitops.Written
	Dir     string
	Removed bool // what is gone was let go
	Verbose bool
}

// Write writes the report.
func (a Agreements) Write(out io.Writer) error {
	p := &printer{out: out, verbose: a.Verbose}
	a.summary(p)
	p.list("that the import does not know: left out", len(a.Sheet.Unknown), "column", "columns", func(i int) string { return a.Sheet.Unknown[i] })
	if len(a.Plan.Before) > 0 {
		a.changes(p)
	}
	written(p, a.Dir, &a.Written, func(*printer) {})
	if len(a.Plan.Gone) > 0 {
		a.gone(p)
	}
	return p.err
}

func (a Agreements) summary(p *printer) {
	consortia, functions, suppliers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, agreement := range a.List {
		consortia[agreement.Consortium], functions[agreement.Function] = true, true
		for _, choice := range agreement.Choices {
			suppliers[choice.Provider] = true
		}
	}
	p.line("Support agreements: %s of %s.", plural(len(a.Sheet.Offers), "row", "rows"), a.Sheet.File)
	p.line("")
	p.line("  %s of %s with %s, for %s.", plural(len(a.List), "agreement", "agreements"), plural(len(consortia), "consortium", "consortia"),
		plural(len(suppliers), "supplier", "suppliers"), plural(len(functions), "function", "functions"))
}

// changes since the earlier import, in words.
func (a Agreements) changes(p *printer) {
	c := estate.CompareAgreements(a.Plan.Before, a.List)
	p.section("Changes since the earlier import:")
	if c.Changed() == 0 {
		p.line("  Nothing has changed.")
		return
	}
	p.sublist("New agreements", len(c.New), func(i int) string {
		return fmt.Sprintf("%s: %s, %s", a.name(c.New[i]), choices(c.New[i]), term(c.New[i]))
	})
	p.sublist("Gone agreements", len(c.Gone), func(i int) string {
		return fmt.Sprintf("%s: %s, %s", a.name(c.Gone[i]), choices(c.Gone[i]), term(c.Gone[i]))
	})
	a.changed(p, "Another order of suppliers", c.Reordered, choices)
	a.changed(p, "Other suppliers", c.Resupplied, choices)
	a.changed(p, "Other dates", c.Redated, term)
	p.sublist("Other data sharing", len(c.Reshared), func(i int) string {
		return a.name(c.Reshared[i].Now) + ": " + sharing(c.Reshared[i])
	})
}

// changed tells what a part of some agreements is and was.
func (a Agreements) changed(p *printer, what string, changes []estate.AgreementChange, part func(estate.Agreement) string) {
	p.sublist(what, len(changes), func(i int) string {
		return fmt.Sprintf("%s: %s, before: %s", a.name(changes[i].Now), part(changes[i].Now), part(changes[i].Before))
	})
}

// name of an agreement, as kubectl has it.
func (a Agreements) name(of estate.Agreement) string {
	return a.Names[of.Consortium] + "/" + of.Function
}

// choices in order, as provider/service.
func choices(a estate.Agreement) string {
	var all []string
	for _, choice := range a.Choices {
		all = append(all, supplier(a, choice))
	}
	return strings.Join(all, ", then ")
}

func supplier(a estate.Agreement, choice estate.Choice) string {
	return choice.Provider + "/" + cmp.Or(choice.Service, a.Function)
}

func term(a estate.Agreement) string {
	if a.End == "" {
		return fmt.Sprintf("from %s on", Day(a.Start))
	}
	return fmt.Sprintf("%s to %s", Day(a.Start), Day(a.End))
}

func sharing(change estate.AgreementChange) string {
	var all []string
	for _, pair := range change.Reshared() {
		all = append(all, fmt.Sprintf("with %s %s, before: %s", supplier(change.Now, pair[1]), shared(pair[1]), shared(pair[0])))
	}
	return strings.Join(all, "; ")
}

func shared(choice estate.Choice) string {
	if choice.Reference == "" {
		return "none"
	}
	return fmt.Sprintf("%s until %s", choice.Reference, Day(choice.Expires))
}

// gone lists what the spreadsheet no longer holds, and what to do about it.
func (a Agreements) gone(p *printer) {
	title := "gone from the spreadsheet and kept until you let go"
	if a.Removed {
		title = "gone from the spreadsheet and removed"
	}
	p.section("%s %s:", plural(len(a.Plan.Gone), "agreement is", "agreements are"), title)
	p.items(len(a.Plan.Gone), func(i int) string {
		g := a.Plan.Gone[i]
		return fmt.Sprintf("SupportAgreement %s/%s  %s (%s)", g.Folder.Name(), g.Agreement.Name, g.Folder.Consortium.Spec.DisplayName, g.Folder.Code())
	})
	if !a.Removed {
		p.line("Agreements that are kept stay in force. To let go, run the same import with --accept-removals.")
	}
}
