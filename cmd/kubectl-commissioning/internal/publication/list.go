package publication

import "strings"

// List is a row of the list sizes: how many patients are registered with a practice.
type List struct {
	Line       int
	Practice   string
	Consortium string // empty: the edition does not say
	Patients   int32
}

// Lists are the publication's list sizes.
type Lists struct {
	File    string
	Date    string // year-month-day
	Lists   []List
	Repeats []Repeat
}

var listColumns = []column{columnDate, columnPractice, columnListed, columnType, columnSex, columnAge, columnCount}

// ReadLists reads the list sizes: a practice's total. Rows by sex or age, and those of larger
// organisations, hold the same patients again and are passed over.
func ReadLists(file string, data []byte) (Lists, error) {
	t, err := openTable(file, data, listsRole, listColumns)
	if err != nil {
		return Lists{}, err
	}
	l := Lists{File: file}
	seen := map[string]List{}
	for t.next() {
		if !isTotal(t) {
			continue
		}
		l.Date = t.date(columnDate, l.Date)
		list := readList(t)
		if earlier, found := seen[list.Practice]; found {
			l.repeat(t, list, earlier)
			continue
		}
		seen[list.Practice] = list
		l.Lists = append(l.Lists, list)
	}
	if err := t.finish(listsRole); err != nil {
		return Lists{}, err
	}
	if len(l.Lists) == 0 {
		return Lists{}, Problem{File: file, Message: "no row holds a practice's total (TYPE GP, SEX ALL, AGE ALL): expected " + listsRole}
	}
	return l, nil
}

func isTotal(t *table) bool {
	return isOneOf(t.value(columnType), "", "GP") &&
		isOneOf(t.value(columnSex), "", "ALL") &&
		isOneOf(t.value(columnAge), "", "ALL")
}

func isOneOf(value string, wanted ...string) bool {
	for _, w := range wanted {
		if strings.EqualFold(value, w) {
			return true
		}
	}
	return false
}

func readList(t *table) List {
	list := List{
		Line:     t.line,
		Practice: t.code(columnPractice, formPractice, "A81001"),
		Patients: t.count(columnCount, maxPatients),
	}
	if t.value(columnListed) != "" {
		list.Consortium = t.code(columnListed, formConsortium, "08V or A3A8R")
	}
	return list
}

// repeat notes a practice that is listed twice. Two different totals leave open which one is right.
func (l *Lists) repeat(t *table, list, earlier List) {
	if list.Patients != earlier.Patients {
		t.refuse(columnCount, "practice %s has %d patients here and %d in line %d: delete the wrong row",
			list.Practice, list.Patients, earlier.Patients, earlier.Line)
		return
	}
	l.Repeats = append(l.Repeats, Repeat{File: l.File, Line: list.Line, Earlier: earlier.Line, Practice: list.Practice})
}
