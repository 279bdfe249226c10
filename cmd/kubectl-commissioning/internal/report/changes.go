package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
)

// changes since the earlier import, in words.
func (r Report) changes(p *printer) {
	c := estate.Compare(r.Plan.Before, r.Imported.Consortia)
	p.section("Changes since the earlier import (lists of %s):", Day(r.Plan.BeforeAsOf))
	suppliers := r.supplierChanges()
	if isNothing(c) && isSame(suppliers) {
		p.line("  Nothing has changed.")
		return
	}
	difference(p, c.Consortia, "consortia")
	difference(p, suppliers, "suppliers")
	difference(p, c.Localities, "localities")
	moves(p, c.Moved)
	difference(p, c.Practices, "practices")
	if c.Resized > 0 {
		p.line("  %s a different number of patients.", plural(c.Resized, "practice has", "practices have"))
	}
	p.line("  Registered patients: %s before, %s now (%s).", number(c.PatientsBefore), number(c.PatientsAfter), signed(c.PatientsAfter-c.PatientsBefore))
}

func isNothing(c estate.Changes) bool {
	return isSame(c.Consortia) && isSame(c.Localities) && isSame(c.Practices) && len(c.Moved)+c.Resized == 0
}

func isSame(d estate.Difference) bool { return len(d.New)+len(d.Gone)+len(d.Renamed) == 0 }

// supplierChanges are none if no list of support units was read.
func (r Report) supplierChanges() estate.Difference {
	if r.Units == nil {
		return estate.Difference{}
	}
	return estate.CompareSuppliers(r.Plan.BeforeSuppliers, estate.Suppliers(*r.Units))
}

func signed(n int64) string {
	if n > 0 {
		return "+" + number(n)
	}
	return number(n)
}

func difference(p *printer, d estate.Difference, kind string) {
	p.sublist("New "+kind, len(d.New), func(i int) string { return item(d.New[i]) })
	p.sublist("Gone "+kind, len(d.Gone), func(i int) string { return item(d.Gone[i]) })
	p.sublist("Renamed "+kind+", whose objects keep their names", len(d.Renamed), func(i int) string {
		return fmt.Sprintf("%s, before: %s", item(d.Renamed[i].Item), d.Renamed[i].Before)
	})
}

// item names a consortium, a supplier, a locality or a practice with its codes.
func item(i estate.Item) string {
	if i.Consortium == "" {
		return fmt.Sprintf("%s  %s", i.Code, i.Title)
	}
	if i.Code == i.Consortium {
		return fmt.Sprintf("%s  %s, with %s", i.Code, i.Title, plural(i.Localities, "locality", "localities"))
	}
	return fmt.Sprintf("%s  %s, consortium %s", cmp.Or(i.Code, "U"), i.Title, i.Consortium)
}

// moves tells practices that moved within a consortium one by one; between consortia, where a
// merger moves hundreds, by the pair.
func moves(p *printer, moved []estate.Move) {
	var within []estate.Move
	between := map[[2]string]int{}
	for _, m := range moved {
		if m.From.Consortium == m.To.Consortium {
			within = append(within, m)
		} else {
			between[[2]string{m.From.Consortium, m.To.Consortium}]++
		}
	}
	pairs := slices.SortedFunc(maps.Keys(between), func(x, y [2]string) int {
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	})
	p.sublist("Practices that moved to another consortium", len(moved)-len(within), nil)
	p.items(len(pairs), func(i int) string {
		return fmt.Sprintf("  %s from %s to %s", plural(between[pairs[i]], "practice", "practices"), pairs[i][0], pairs[i][1])
	})
	p.sublist("Practices that moved to another locality of their consortium", len(within), func(i int) string {
		m := within[i]
		return fmt.Sprintf("%s  %s, consortium %s: from %s to %s", m.Code, m.Title, m.Consortium, m.From.Title, m.To.Title)
	})
}
