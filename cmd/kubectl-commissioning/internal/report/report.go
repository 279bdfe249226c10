// Package report says in words what an import has read, what has changed since the earlier one and
// what waits for a decision.
package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/gitops"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// few is how many items of a list are shown unless all are asked for.
const few = 5

// Report is what there is to say.
type Report struct {
	All      estate.Estate // what the publication holds
	Imported estate.Estate // the part that was imported
	Findings estate.Findings
	Units    *publication.SupportUnits // nil: no list of support units was asked for
	Plan     gitops.Plan
	Written  *gitops.Written // nil: to the standard output
	Dir      string
	Removed  bool // what is gone was let go
	Verbose  bool
}

// Write writes the report.
func (r Report) Write(out io.Writer) error {
	p := &printer{out: out, verbose: r.Verbose}
	r.summary(p)
	r.findings(p)
	r.leftOut(p)
	if r.Plan.BeforeAsOf != "" {
		r.changes(p)
	}
	written(p, r.Dir, r.Written, r.bare)
	if r.Plan.Gone.Len() > 0 {
		r.gone(p)
	}
	return p.err
}

func (r Report) summary(p *printer) {
	p.line("Patients registered at GP practices: lists of %s, map of %s.", Day(r.Imported.AsOf), Day(r.Findings.MapDate))
	p.line("")
	all := count(r.Imported)
	p.line("  %s, %s, %s, %s.", plural(len(r.Imported.Consortia), "consortium", "consortia"),
		plural(all.localities, "locality", "localities"), plural(all.practices, "practice", "practices"),
		plural(all.patients, "registered patient", "registered patients"))
	if all.unallocated > 0 {
		p.line("  In no network: %s with %s, as the locality `unallocated` of %s.", plural(all.unallocatedPractices, "practice", "practices"),
			plural(all.unallocatedPatients, "registered patient", "registered patients"), plural(all.unallocated, "consortium", "consortia"))
	}
	if all.spanning > 0 {
		p.line("  In more than one consortium: %s, with a locality in each.", plural(all.spanning, "network", "networks"))
	}
	if left := len(r.All.Consortia) - len(r.Imported.Consortia); left > 0 {
		p.line("  In regions that were not asked for: %s.", plural(left, "consortium", "consortia"))
	}
	if r.Units != nil {
		p.line("  Suppliers: %s.", plural(len(r.Units.Units), "commissioning support unit", "commissioning support units"))
	}
}

type figures struct {
	localities, practices, unallocated, unallocatedPractices, spanning int
	patients, unallocatedPatients                                      int64
}

func count(e estate.Estate) figures {
	var f figures
	seen := map[string]int{}
	for _, l := range e.Localities() {
		f.localities++
		f.practices += len(l.Practices)
		f.patients += l.Patients()
		if l.Code == "" {
			f.unallocated++
			f.unallocatedPractices += len(l.Practices)
			f.unallocatedPatients += l.Patients()
			continue
		}
		if seen[l.Code]++; seen[l.Code] == 2 {
			f.spanning++
		}
	}
	return f
}

// findings of the publication that a person should know about, whatever part was imported.
func (r Report) findings(p *printer) {
	f := r.Findings
	p.list("in the map alone: placed, with no patients published", len(f.MapOnly), "practice", "practices", func(i int) string {
		return fmt.Sprintf("%s  %s, consortium %s", f.MapOnly[i].Practice, f.MapOnly[i].Name, f.MapOnly[i].Consortium)
	})
	p.list("in the lists alone: left out, since the map does not say where they belong", len(f.ListOnly), "practice", "practices", func(i int) string {
		s := f.ListOnly[i]
		return fmt.Sprintf("%s  %s%s", s.Practice, plural(s.Patients, "registered patient", "registered patients"), inConsortium(s.Consortium))
	})
	p.list("with another consortium in the lists than in the map, which decides", len(f.Elsewhere), "practice", "practices", func(i int) string {
		s := f.Elsewhere[i]
		return fmt.Sprintf("%s  %s: %s in the map, %s in the lists", s.Practice, s.Name, s.Consortium, s.Listed)
	})
	p.list("for a practice that an earlier row names: counted once, as the first row says", len(f.Repeats), "row", "rows", func(i int) string {
		return fmt.Sprintf("%s  %s:%d repeats line %d", f.Repeats[i].Practice, f.Repeats[i].File, f.Repeats[i].Line, f.Repeats[i].Earlier)
	})
	p.list("with two names in the map: the first counts", len(f.Retitled), "organisation", "organisations", func(i int) string {
		return fmt.Sprintf("%s  %s, and in line %d %s", f.Retitled[i].Code, f.Retitled[i].First, f.Retitled[i].Line, f.Retitled[i].Other)
	})
}

func inConsortium(code string) string {
	if code == "" {
		return ""
	}
	return ", consortium " + code
}

// leftOut are the rows of the list of support units that make no supplier.
func (r Report) leftOut(p *printer) {
	if r.Units == nil {
		return
	}
	others, closed := r.Units.Others, r.Units.Closed
	p.list("in the list of support units that is none: left out", len(others), "organisation", "organisations", func(i int) string {
		if others[i].Role == "" {
			return fmt.Sprintf("%s  %s: the code is not one of a support unit, such as 0DJ", others[i].Code, naming.Display(others[i].Name))
		}
		return fmt.Sprintf("%s  %s: its role is %s", others[i].Code, naming.Display(others[i].Name), others[i].Role)
	})
	p.list("closed: left out", len(closed), "support unit is", "support units are", func(i int) string {
		return fmt.Sprintf("%s  %s, on %s", closed[i].Code, naming.Display(closed[i].Name), Day(closed[i].Closed))
	})
}

// written says what became of the files, and what to do with them.
func written(p *printer, dir string, w *gitops.Written, more func(p *printer)) {
	p.line("")
	if w == nil {
		p.line("Written to the standard output. With --out DIR the files go to a folder, and the next import keeps their names.")
		return
	}
	p.line("Written to %s: %s, %s changed, %s as before, %s removed.",
		dir, plural(w.Created, "new file", "new files"), number(w.Changed), number(w.Unchanged), number(w.Removed))
	for _, folder := range w.LeftBehind {
		p.line("  %s still holds files that the import did not write.", folder)
	}
	more(p)
	p.line("Apply with: kubectl apply --server-side -k %s", dir)
}

func (r Report) bare(p *printer) {
	if n := len(r.Plan.Bare); n > 0 {
		p.line("  %s neither people nor functions yet, though others do: name the groups and --member-functions as in the first import.", plural(n, "new consortium has", "new consortia have"))
	}
}

// gone lists what the publication no longer holds, and what to do about it.
func (r Report) gone(p *printer) {
	g := r.Plan.Gone
	title := "gone from the publication and kept until you let go"
	if r.Removed {
		title = "gone from the publication and removed"
	}
	p.section("%s %s:", plural(g.Len(), "object is", "objects are"), title)
	p.items(len(g.Consortia), func(i int) string {
		f := g.Consortia[i]
		return fmt.Sprintf("Consortium %s  %s (%s)", f.Name(), f.Consortium.Spec.DisplayName, f.Code())
	})
	p.items(len(g.Localities), func(i int) string {
		l := g.Localities[i]
		return fmt.Sprintf("Locality %s/%s  %s%s", l.Folder, l.Locality.Name, l.Locality.Spec.DisplayName, inBrackets(string(l.Locality.Spec.OrganisationCode)))
	})
	p.items(len(g.Suppliers), func(i int) string {
		s := g.Suppliers[i]
		return fmt.Sprintf("SupportProvider %s  %s (%s)%s", s.Name(), s.Provider.Spec.DisplayName, s.Code(), r.customers(s.Name()))
	})
	if r.Removed {
		return
	}
	if len(g.Consortia)+len(g.Localities) > 0 {
		p.line("Until then their practices go on counting with them. To let go, run the same import with --accept-removals.")
	} else {
		p.line("To let go, run the same import with --accept-removals.")
	}
	if len(g.Consortia) > 0 {
		p.line("If another consortium takes over from one that is gone, set its spec.succeededBy and apply that first.")
	}
}

// customers says how many agreements of the folder name a supplier.
func (r Report) customers(supplier string) string {
	n := r.Plan.Customers(supplier)
	if n == 0 {
		return ""
	}
	return ": named by " + plural(n, "agreement", "agreements") + " here"
}

func inBrackets(code string) string {
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}

// Day writes a year-month-day as people say it.
func Day(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 January 2006")
}

// number writes thousands apart.
func number[N int | int32 | int64](n N) string {
	if n < 0 {
		return "-" + number(-n)
	}
	digits := strconv.FormatInt(int64(n), 10)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, groups...), ",")
}

func plural[N int | int32 | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}
