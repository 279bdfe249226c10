package publication

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxSuppliers of an agreement, a limit of the API.
const maxSuppliers = 5

// maxObjectName is the longest name of an object that becomes a Service.
const maxObjectName = 50

var formObjectName = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

// Offer is a row of the spreadsheet: one choice of a consortium for a function, on its terms.
type Offer struct {
	Line       int
	Consortium string // the code
	Function   string
	Order      int    // 1 is the first choice
	Provider   string // the supplier's name
	Service    string // empty: named as the function
	Start, End string // year-month-day; no end: the agreement runs on
	Reference  string // of the data sharing agreement; empty: there is none
	Expires    string
}

// Agreements is the spreadsheet of who serves whom.
type Agreements struct {
	File    string
	Offers  []Offer
	Unknown []string // columns that nobody reads
}

// Parties are the consortia and suppliers that a spreadsheet may name.
type Parties struct {
	Where     string              // the folder that holds them
	Consortia map[string]string   // names, by organisation code
	Providers map[string]string   // names, by organisation code and by name
	Own       map[string][]string // functions that a consortium runs itself, by its code
}

var agreementColumns = []column{columnBuyer, columnFunction, columnOrder, columnProvider, columnService, columnStart, columnEnd, columnReference, columnExpires}

// ReadAgreements reads the spreadsheet and checks it against the parties. The error names every row
// that is wrong.
func ReadAgreements(file string, data []byte, parties Parties) (Agreements, error) {
	t, err := openTable(file, data, agreementsRole, agreementColumns)
	if err != nil {
		return Agreements{}, err
	}
	r := offers{table: t, parties: parties, lists: map[listKey]*list{}}
	sheet := Agreements{File: file, Unknown: t.unknown(agreementColumns)}
	for t.next() {
		sheet.Offers = append(sheet.Offers, r.read())
	}
	r.checkGaps()
	if err := t.finish(agreementsRole); err != nil {
		return Agreements{}, err
	}
	return sheet, nil
}

// listKey says whose list of suppliers a row belongs to, as the row has it.
type listKey struct{ consortium, function string }

// list is the rows of one agreement so far.
type list struct {
	line    int    // of its first row
	term    *Offer // the first row whose term is understood
	byOrder map[int]position
	lines   map[[2]string]int // by provider and service
	isWrong bool              // the order of some row is not known
}

type offers struct {
	*table
	parties Parties
	lists   map[listKey]*list
}

func (r offers) read() Offer {
	o := Offer{Line: r.line, Consortium: r.consortium(), Function: r.objectName(columnFunction, "data-analytics"), Order: r.order(),
		Provider: r.provider(), Start: r.day(columnStart), End: r.day(columnEnd), Expires: r.day(columnExpires), Reference: r.reference()}
	if r.value(columnService) != "" {
		o.Service = r.objectName(columnService, "analytics-gold")
	}
	if o.Service == o.Function {
		o.Service = ""
	}
	switch {
	case r.value(columnStart) == "":
		r.refuse(columnStart, "is empty: expected the first day of the term, such as 2026-04-01")
	case o.Start != "" && o.End != "" && o.End < o.Start:
		r.refuse(columnEnd, "%s is before the start, %s: correct one of them", o.End, o.Start)
	}
	if slices.Contains(r.parties.Own[o.Consortium], o.Function) {
		r.refuse(columnFunction, "%s runs %s itself: a member-only function has no suppliers; delete the row", r.parties.Consortia[o.Consortium], o.Function)
	}
	r.fit(o)
	return o
}

// fit checks a row against the rows above that belong to the same agreement.
func (r offers) fit(o Offer) {
	key := listKey{strings.ToUpper(r.value(columnBuyer)), r.value(columnFunction)}
	l := r.lists[key]
	if l == nil {
		l = &list{line: o.Line, byOrder: map[int]position{}, lines: map[[2]string]int{}}
		r.lists[key] = l
	}
	switch {
	case r.isTold(columnStart) || r.isTold(columnEnd):
	case l.term == nil:
		l.term = &o
	default:
		r.fitTerm(o, *l.term)
	}
	if o.Order == 0 {
		l.isWrong = true
	} else if earlier, twice := l.byOrder[o.Order]; twice {
		r.refuse(columnOrder, "%d stands in line %d already, for the same agreement (%s, %s): give each supplier a number of its own", o.Order, earlier.line, o.Consortium, o.Function)
	} else {
		l.byOrder[o.Order] = r.where(columnOrder)
	}
	supplier := [2]string{o.Provider, o.Service}
	if earlier, twice := l.lines[supplier]; twice && o.Provider != "" {
		r.refuse(columnProvider, "%s stands in line %d already, for the same agreement (%s, %s) and the same service: delete one row", o.Provider, earlier, o.Consortium, o.Function)
	}
	l.lines[supplier] = o.Line
}

// fitTerm finds rows of one agreement that do not agree on its term.
func (r offers) fitTerm(o, first Offer) {
	const contradicts = "%s here and %s in line %d, for the same agreement (%s, %s): give both rows the same term"
	if o.Start != first.Start {
		r.refuse(columnStart, contradicts, o.Start, first.Start, first.Line, o.Consortium, o.Function)
	}
	if o.End != first.End {
		r.refuse(columnEnd, contradicts, cmp.Or(o.End, "no end"), cmp.Or(first.End, "no end"), first.Line, o.Consortium, o.Function)
	}
}

// checkGaps finds lists of suppliers that leave a number out.
func (r offers) checkGaps() {
	if r.short > 0 { // the missing number may stand in a row that was passed over
		return
	}
	for _, key := range slices.SortedFunc(maps.Keys(r.lists), func(x, y listKey) int {
		return cmp.Compare(r.lists[x].line, r.lists[y].line)
	}) {
		l := r.lists[key]
		missing := 1
		for l.byOrder[missing].line > 0 {
			missing++
		}
		orders := slices.Sorted(maps.Keys(l.byOrder))
		if next := slices.IndexFunc(orders, func(order int) bool { return order > missing }); next >= 0 && !l.isWrong {
			r.refuseAt(l.byOrder[orders[next]], columnOrder, "%d, but no row has %d, for the same agreement (%s, %s): number the suppliers from 1 without a gap",
				orders[next], missing, key.consortium, key.function)
		}
	}
}

func (r offers) consortium() string {
	code := r.code(columnBuyer, formConsortium, "08V or A3A8R")
	if _, known := r.parties.Consortia[code]; !known && formConsortium.MatchString(code) {
		r.refuse(columnBuyer, "%s holds no consortium with the code %q: import it with gp-registrations, or correct the code", r.parties.Where, code)
	}
	return code
}

// provider is a supplier's name. Some have no code: they are named.
func (r offers) provider() string {
	value := r.value(columnProvider)
	name, known := r.parties.Providers[strings.ToUpper(value)]
	if !known {
		name, known = r.parties.Providers[value]
	}
	switch {
	case value == "":
		r.refuse(columnProvider, "is empty: expected a supplier's code, such as 0DJ, or the name of its SupportProvider")
	case !known:
		r.refuse(columnProvider, "%s holds no supplier with the code or name %q: import it with gp-registrations --providers, write its SupportProvider there, or correct the code",
			r.parties.Where, value)
	}
	return name
}

// order of preference; 0 if it cannot be understood.
func (r offers) order() int {
	value := r.value(columnOrder)
	if len(value) == 1 && '1' <= value[0] && value[0] <= '0'+maxSuppliers {
		return int(value[0] - '0')
	}
	r.refuse(columnOrder, "%q is not a number from 1, the first choice, to %d", value, maxSuppliers)
	return 0
}

// objectName is a name that machines read.
func (r offers) objectName(c column, example string) string {
	name := r.value(c)
	switch {
	case len(name) > maxObjectName:
		r.refuse(c, "%q has more than %d characters", name, maxObjectName)
	case !formObjectName.MatchString(name):
		r.refuse(c, "%q is not %s, such as %s: lower-case letters, digits and hyphens", name, c.what, example)
	}
	return name
}

// day of a term, year-month-day. Others are refused: 04/05/2026 is a day in April to some and in
// May to others.
func (r offers) day(c column) string {
	value := r.value(c)
	if value == "" {
		return ""
	}
	if day, err := time.Parse(time.DateOnly, value); err != nil || day.Year() < 2000 {
		r.refuse(c, "%q is not a day written year-month-day, such as 2026-04-01", value)
		return ""
	}
	return value
}

// reference of a data sharing agreement, which comes with the last day of it.
func (r offers) reference() string {
	reference, expires := r.value(columnReference), r.value(columnExpires)
	switch {
	case reference != "" && expires == "":
		r.refuse(columnExpires, "is empty, but there is a DSA_REFERENCE: expected the last day of that agreement, such as 2027-03-31")
	case reference == "" && expires != "":
		r.refuse(columnReference, "is empty, but there is a DSA_EXPIRES: expected the reference of that agreement, such as DSA-2026-114")
	case utf8.RuneCountInString(reference) > maxTitle:
		r.refuse(columnReference, "has more than %d characters", maxTitle)
	case holdsNHSNumber(reference):
		r.refuse(columnReference, "holds what may be an NHS number: nothing about a patient belongs here; give the reference alone")
	}
	return reference
}
