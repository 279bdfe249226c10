package estate

import (
	"cmp"
	"maps"
	"slices"
)

// Item is a consortium, a locality or a practice, as a report names it.
type Item struct {
	Consortium string // code of the consortium that it is or belongs to
	Code       string // empty: the locality of the practices without a network
	Title      string
	Localities int // of a consortium
}

// Renaming is an item whose title has changed; its object keeps its name.
type Renaming struct {
	Item
	Before string
}

// Difference between what one import and the next hold of one kind of item. Localities that come
// or go with their consortium are not told one by one.
type Difference struct {
	New     []Item
	Gone    []Item
	Renamed []Renaming
}

// Move is a practice that belongs to another locality than before.
type Move struct {
	Item
	From, To Item // localities
}

// Changes between two imports. Counts alone are not listed: nearly every list changes every month.
type Changes struct {
	Consortia, Localities, Practices Difference
	Moved                            []Move
	Resized                          int // practices whose number of patients changed
	PatientsBefore, PatientsAfter    int64
}

// Compare says what has changed. Before may hold a practice twice: what is gone is kept until
// somebody lets it go, while its practices already belong elsewhere.
func Compare(before, after []Consortium) Changes {
	now := survey(after, nil)
	old := survey(before, now.practices)
	changes := Changes{
		Consortia:      diff(old.consortia, now.consortia),
		Localities:     diff(old.localitiesWithin(now), now.localitiesWithin(old)),
		Practices:      diff(old.items(), now.items()),
		PatientsBefore: old.patients(),
		PatientsAfter:  now.patients(),
	}
	for _, code := range slices.Sorted(maps.Keys(now.practices)) {
		was, found := old.practices[code]
		is := now.practices[code]
		if !found {
			continue
		}
		if was.home != is.home {
			changes.Moved = append(changes.Moved, Move{Item: is.item, From: old.localities[was.home], To: now.localities[is.home]})
		}
		if was.patients != is.patients {
			changes.Resized++
		}
	}
	return changes
}

// resident is a practice and where it belongs.
type resident struct {
	item     Item
	home     place
	patients int64 // -1: not published
}

type census struct {
	consortia  map[string]Item
	localities map[place]Item
	practices  map[string]resident
}

// survey takes stock. Of a practice that stands twice, the place that it also has in preferred
// counts; else the first.
func survey(consortia []Consortium, preferred map[string]resident) census {
	s := census{consortia: map[string]Item{}, localities: map[place]Item{}, practices: map[string]resident{}}
	for _, c := range consortia {
		s.consortia[c.Code] = Item{Consortium: c.Code, Code: c.Code, Title: c.Title, Localities: len(c.Localities)}
		for _, l := range c.Localities {
			home := place{c.Code, l.Code}
			s.localities[home] = Item{Consortium: c.Code, Code: l.Code, Title: l.Title}
			for _, p := range l.Practices {
				if _, found := s.practices[p.Code]; !found || preferred[p.Code].home == home {
					s.practices[p.Code] = resident{Item{Consortium: c.Code, Code: p.Code, Title: p.Name}, home, published(p)}
				}
			}
		}
	}
	return s
}

func published(p Practice) int64 {
	if p.Patients == nil {
		return -1
	}
	return int64(*p.Patients)
}

// localitiesWithin are those of the consortia that the other census holds as well.
func (s census) localitiesWithin(other census) map[place]Item {
	items := map[place]Item{}
	for where, item := range s.localities {
		if _, found := other.consortia[where.consortium]; found {
			items[where] = item
		}
	}
	return items
}

func (s census) items() map[string]Item {
	items := map[string]Item{}
	for code, r := range s.practices {
		items[code] = r.item
	}
	return items
}

func (s census) patients() int64 {
	var sum int64
	for _, r := range s.practices {
		sum += max(0, r.patients)
	}
	return sum
}

func diff[K comparable](before, after map[K]Item) Difference {
	var d Difference
	for key, was := range before {
		is, found := after[key]
		switch {
		case !found:
			d.Gone = append(d.Gone, was)
		case was.Title != is.Title:
			d.Renamed = append(d.Renamed, Renaming{Item: is, Before: was.Title})
		}
	}
	for key, is := range after {
		if _, found := before[key]; !found {
			d.New = append(d.New, is)
		}
	}
	slices.SortFunc(d.New, compareItems)
	slices.SortFunc(d.Gone, compareItems)
	slices.SortFunc(d.Renamed, func(x, y Renaming) int { return compareItems(x.Item, y.Item) })
	return d
}

func compareItems(x, y Item) int {
	return cmp.Or(cmp.Compare(x.Consortium, y.Consortium), cmp.Compare(x.Code, y.Code))
}
