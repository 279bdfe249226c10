package publication

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// column is one fact of a row and the names that it has had over the years.
type column struct {
	what     string
	names    []string
	optional bool
}

// table reads the rows of one CSV file and collects what cannot be understood.
type table struct {
	file     string
	reader   *csv.Reader
	header   []string
	record   []string
	line     int
	rows     int
	problems Problems
}

// openTable reads the header of a CSV file and checks that every needed column is there. The role
// says which file of the publication is expected.
func openTable(file string, data []byte, role string, columns []column) (*table, error) {
	text, err := decode(data)
	if err != nil {
		return nil, Problem{File: file, Message: err.Error()}
	}
	t := &table{file: file, reader: csv.NewReader(strings.NewReader(text))}
	t.reader.ReuseRecord = true
	header, err := t.reader.Read()
	if err != nil {
		return nil, Problem{File: file, Message: "the file holds no header: expected " + role}
	}
	for _, name := range header {
		t.header = append(t.header, strings.ToUpper(strings.Join(strings.FieldsFunc(name, isSeparator), "_")))
	}
	for _, c := range columns {
		if !c.optional && t.position(c) < 0 {
			return nil, Problem{File: file, Line: 1, Message: fmt.Sprintf("no column with %s (%s): expected %s; the columns are %s",
				c.what, strings.Join(c.names, " or "), role, strings.Join(t.header, ", "))}
		}
	}
	return t, nil
}

func isSeparator(r rune) bool { return strings.ContainsRune(" \t_-\u00a0", r) }

// position of a column in the file, -1 if the file has none.
func (t *table) position(c column) int {
	for _, name := range c.names {
		if i := slices.Index(t.header, name); i >= 0 {
			return i
		}
	}
	return -1
}

// next reads the next row that holds anything. It returns false at the end, and at a row that is
// not CSV: what follows such a row cannot be trusted.
func (t *table) next() bool {
	for {
		record, err := t.reader.Read()
		if err != nil {
			t.syntaxProblem(err)
			return false
		}
		if slices.ContainsFunc(record, func(value string) bool { return strings.TrimSpace(value) != "" }) {
			t.record = record
			t.line, _ = t.reader.FieldPos(0)
			t.rows++
			return true
		}
	}
}

func (t *table) syntaxProblem(err error) {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
	case errors.Is(err, csv.ErrFieldCount) && errors.As(err, &parse):
		t.problems.add(Problem{File: t.file, Line: parse.Line, Column: parse.Column,
			Message: fmt.Sprintf("the row does not have %d columns as the header has", len(t.header))})
	case errors.As(err, &parse):
		line, position := parse.Line, parse.Column
		if parse.StartLine < parse.Line { // a quote left open is noticed lines later
			line, position = parse.StartLine, 1
		}
		t.problems.add(Problem{File: t.file, Line: line, Column: position, Message: "the row is not valid CSV: " + parse.Err.Error()})
	default:
		t.problems.add(Problem{File: t.file, Message: err.Error()})
	}
}

// finish returns what could not be understood, or that there was nothing to read.
func (t *table) finish(role string) error {
	if len(t.problems.First) > 0 {
		return &t.problems
	}
	if t.rows == 0 {
		return Problem{File: t.file, Message: "the file holds a header and no rows: expected " + role}
	}
	return nil
}

// refuse records that a value of the current row cannot be understood. One problem a value is
// enough: what is invisible is not also told to be empty.
func (t *table) refuse(c column, format string, args ...any) {
	i := t.position(c)
	_, position := t.reader.FieldPos(i)
	if last := len(t.problems.First) - 1; last >= 0 && t.problems.First[last].Line == t.line && t.problems.First[last].Column == position {
		return
	}
	t.problems.add(Problem{File: t.file, Line: t.line, Column: position,
		Message: t.header[i] + ": " + fmt.Sprintf(format, args...)})
}

// value of a column in the current row, trimmed; empty if the file has no such column.
func (t *table) value(c column) string {
	i := t.position(c)
	if i < 0 {
		return ""
	}
	if r, found := invisible(t.record[i]); found {
		t.refuse(c, "%q holds the invisible character %U", t.record[i], r)
		return ""
	}
	return clean(t.record[i])
}

// code of an organisation, in capitals.
func (t *table) code(c column, form *regexp.Regexp, example string) string {
	code := strings.ToUpper(t.value(c))
	if !form.MatchString(code) {
		t.refuse(c, "%q is not %s, such as %s", code, c.what, example)
	}
	return code
}

// name for people: not empty, not too long, and nothing in it that may be an NHS number.
func (t *table) name(c column, limit int) string {
	name := t.value(c)
	switch {
	case name == "":
		t.refuse(c, "is empty: expected %s", c.what)
	case utf8.RuneCountInString(name) > limit:
		t.refuse(c, "%q has more than %d characters", name, limit)
	case tenDigits.MatchString(name):
		t.refuse(c, "the name holds a ten-digit number, which may be an NHS number: nothing about a patient belongs here")
	}
	return name
}

// count of patients.
func (t *table) count(c column, limit int) int32 {
	value := t.value(c)
	count, err := strconv.ParseUint(value, 10, 31)
	if err != nil || count > uint64(limit) {
		t.refuse(c, "%q is not a number of patients from 0 to %d", value, limit)
	}
	return int32(count)
}

// date of the extract, as year-month-day. A file is of one day: two editions joined together would
// count patients twice.
func (t *table) date(c column, before string) string {
	value := t.value(c)
	day, ok := parseDate(value)
	switch {
	case !ok:
		t.refuse(c, "%q is not a date, such as 2026-04-01, 01JAN2021 or 01-Sep-20", value)
	case before != "" && day != before:
		t.refuse(c, "%s, but rows above are of %s: the file joins two editions", day, before)
	}
	if before != "" {
		return before
	}
	return day
}
