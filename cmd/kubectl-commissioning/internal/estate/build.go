package estate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// Limits of the API.
const (
	maxConsortiumPractices = 1000
	maxLocalityPractices   = 500
)

// Stray is a practice that stands in one of the two files alone, or differently in each.
type Stray struct {
	Practice   string
	Name       string // empty for a practice of the lists alone
	Consortium string // the code that the file gives, if any
	Listed     string // the code that the lists give, where it differs
	Patients   int32
}

// Findings are the facts of the two files that a person should know about.
type Findings struct {
	MapDate   string
	MapOnly   []Stray // placed, with no patients published
	ListOnly  []Stray // left out: nobody says where they belong
	Elsewhere []Stray // the lists name another consortium; the map decides
	Repeats   []publication.Repeat
	Retitled  []Retitling
}

// Retitling is an organisation that has two names in one file. The first counts.
type Retitling struct {
	Code  string
	First string
	Other string
	Line  int
}

// Build puts the two files of the publication together.
func Build(m publication.Map, l publication.Lists) (Estate, Findings, error) {
	b := builder{lists: map[string]publication.List{}, consortia: map[string]*Consortium{}, localities: map[place]*Locality{}, titles: map[place]string{}}
	b.findings.MapDate = m.Date
	b.findings.Repeats = slices.Concat(m.Repeats, l.Repeats)
	for _, list := range l.Lists {
		b.lists[list.Practice] = list
	}
	for _, p := range m.Placements {
		b.place(p)
	}
	if len(b.findings.MapOnly) == len(m.Placements) {
		return Estate{}, Findings{}, fmt.Errorf("%s and %s have no practice in common: take both from the publication, of the same or neighbouring months", m.File, l.File)
	}
	for _, code := range slices.Sorted(maps.Keys(b.lists)) { // what the map has not taken
		list := b.lists[code]
		b.findings.ListOnly = append(b.findings.ListOnly, Stray{Practice: code, Consortium: list.Consortium, Patients: list.Patients})
	}
	e := b.estate(l.Date)
	return e, b.findings, checkSizes(e)
}

type place struct{ consortium, locality string }

type builder struct {
	lists      map[string]publication.List
	consortia  map[string]*Consortium
	localities map[place]*Locality
	titles     map[place]string // of consortia and, under no consortium, of networks
	findings   Findings
}

func (b *builder) place(p publication.Placement) {
	consortium, network := place{consortium: p.Consortium}, place{locality: p.Network}
	b.noteTitle(consortium, p.Consortium, p.ConsortiumName, p.Line)
	if b.consortia[p.Consortium] == nil {
		b.consortia[p.Consortium] = &Consortium{Code: p.Consortium, Title: naming.Display(b.titles[consortium]), Region: p.Region}
	}
	where := place{p.Consortium, p.Network}
	if b.localities[where] == nil {
		b.localities[where] = &Locality{Code: p.Network, Title: UnallocatedTitle}
	}
	if p.Network != "" {
		b.noteTitle(network, p.Network, p.NetworkName, p.Line)
		b.localities[where].Title = naming.Display(b.titles[network])
	}
	b.localities[where].Practices = append(b.localities[where].Practices, b.practice(p))
}

func (b *builder) practice(p publication.Placement) Practice {
	practice := Practice{Code: p.Practice, Name: naming.Display(p.PracticeName)}
	list, found := b.lists[p.Practice]
	if !found {
		b.findings.MapOnly = append(b.findings.MapOnly, Stray{Practice: p.Practice, Name: practice.Name, Consortium: p.Consortium})
		return practice
	}
	delete(b.lists, p.Practice)
	if list.Consortium != "" && list.Consortium != p.Consortium {
		b.findings.Elsewhere = append(b.findings.Elsewhere,
			Stray{Practice: p.Practice, Name: practice.Name, Consortium: p.Consortium, Listed: list.Consortium, Patients: list.Patients})
	}
	practice.Patients = &list.Patients
	return practice
}

func (b *builder) noteTitle(of place, code, title string, line int) {
	first, found := b.titles[of]
	if !found {
		b.titles[of] = title
		return
	}
	again := slices.ContainsFunc(b.findings.Retitled, func(r Retitling) bool { return r.Code == code && r.Other == title })
	if first != title && !again {
		b.findings.Retitled = append(b.findings.Retitled, Retitling{Code: code, First: first, Other: title, Line: line})
	}
}

func (b *builder) estate(asOf string) Estate {
	for where, l := range b.localities {
		slices.SortFunc(l.Practices, func(x, y Practice) int { return cmp.Compare(x.Code, y.Code) })
		c := b.consortia[where.consortium]
		c.Localities = append(c.Localities, *l)
	}
	e := Estate{AsOf: asOf}
	for _, code := range slices.Sorted(maps.Keys(b.consortia)) {
		c := *b.consortia[code]
		slices.SortFunc(c.Localities, func(x, y Locality) int { return cmp.Compare(x.Code, y.Code) })
		e.Consortia = append(e.Consortia, c)
	}
	slices.SortFunc(b.findings.MapOnly, func(x, y Stray) int { return cmp.Compare(x.Practice, y.Practice) })
	slices.SortFunc(b.findings.Elsewhere, func(x, y Stray) int { return cmp.Compare(x.Practice, y.Practice) })
	return e
}

// checkSizes refuses what the API would refuse later, one object at a time.
func checkSizes(e Estate) error {
	for c, l := range e.Localities() {
		if n := len(l.Practices); n > maxLocalityPractices {
			return fmt.Errorf("%s of %s (%s) has %d practices: a Locality holds at most %d; is the map right?", l.Title, c.Title, c.Code, n, maxLocalityPractices)
		}
	}
	for _, c := range e.Consortia {
		if n := len(c.PracticeCodes()); n > maxConsortiumPractices {
			return fmt.Errorf("%s (%s) has %d practices: a Consortium holds at most %d; is the map right?", c.Title, c.Code, n, maxConsortiumPractices)
		}
	}
	return nil
}
