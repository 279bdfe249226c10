package publication

import (
	"cmp"
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
	file       string
	reader     *csv.Reader
	header     []string
	headerLine int
	record     []string
	line       int
	rows       int
	told       []int // columns of the current row that have been refused
	short      int   // rows of the wrong length, which nobody has read
	problems   Problems
}

// openTable reads the header of a CSV file and checks that every needed column is there. The role
// says which file of the publication is expected.
func openTable(file string, data []byte, role string, columns []column) (*table, error) {
	text, err := decode(data)
	if err != nil {
		return nil, Problem{File: file, Message: err.Error()}
	}
	text = withoutRemarks(text)
	t := &table{file: file, reader: csv.NewReader(strings.NewReader(text))}
	t.reader.ReuseRecord = true
	t.reader.Comma = separatorOf(text)
	header, err := t.reader.Read()
	if err != nil {
		return nil, Problem{File: file, Message: "the file holds no header: expected " + role}
	}
	t.headerLine, _ = t.reader.FieldPos(0)
	for _, name := range header {
		t.header = append(t.header, strings.ToUpper(strings.Join(strings.FieldsFunc(name, isSeparator), "_")))
	}
	for _, c := range columns {
		if !c.optional && t.position(c) < 0 {
			return nil, Problem{File: file, Line: t.headerLine, Message: fmt.Sprintf("no column with %s (%s): expected %s; the columns are %s",
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

// withoutRemarks blanks the lines above the header that begin with #, and keeps the count of lines.
// Spreadsheets put quotes around such a line when it holds a separator.
func withoutRemarks(text string) string {
	remarks := 0
	for strings.HasPrefix(strings.TrimPrefix(text, `"`), "#") {
		_, text, _ = strings.Cut(text, "\n")
		remarks++
	}
	return strings.Repeat("\n", remarks) + text
}

// separatorOf a file is the semicolon where the header holds no comma: so do spreadsheets write it
// where the comma is for decimals.
func separatorOf(text string) rune {
	header, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	if strings.Contains(header, ";") && !strings.Contains(header, ",") {
		return ';'
	}
	return ','
}

// next reads the next row that holds anything. It returns false at the end, and at a row that is
// not CSV: what follows such a row cannot be trusted. A row of the wrong length is passed over.
func (t *table) next() bool {
	for {
		record, err := t.reader.Read()
		if err != nil {
			t.syntaxProblem(err)
			if errors.Is(err, csv.ErrFieldCount) {
				t.rows++
				t.short++
				continue
			}
			return false
		}
		if slices.ContainsFunc(record, func(value string) bool { return strings.TrimSpace(value) != "" }) {
			t.record = record
			t.line, _ = t.reader.FieldPos(0)
			t.rows++
			t.told = t.told[:0]
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
		slices.SortStableFunc(t.problems.First, func(x, y Problem) int {
			return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
		})
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
	if t.isTold(c) {
		return
	}
	i := t.position(c)
	t.told = append(t.told, i)
	_, position := t.reader.FieldPos(i)
	t.problems.add(Problem{File: t.file, Line: t.line, Column: position,
		Message: t.header[i] + ": " + fmt.Sprintf(format, args...)})
}

func (t *table) isTold(c column) bool { return slices.Contains(t.told, t.position(c)) }

// refuseAt records a problem of an earlier row, once all rows are known.
func (t *table) refuseAt(where position, c column, format string, args ...any) {
	t.problems.add(Problem{File: t.file, Line: where.line, Column: where.column,
		Message: t.header[t.position(c)] + ": " + fmt.Sprintf(format, args...)})
}

// position in the file.
type position struct{ line, column int }

// where the value of a column stands in the current row.
func (t *table) where(c column) position {
	_, column := t.reader.FieldPos(t.position(c))
	return position{t.line, column}
}

// unknown are the columns that nobody reads. A column that stands twice is refused: nobody knows
// which one is meant.
func (t *table) unknown(columns []column) []string {
	var unknown []string
	for i, name := range t.header {
		isRead := slices.ContainsFunc(columns, func(c column) bool { return slices.Contains(c.names, name) })
		switch {
		case name == "":
		case !isRead:
			unknown = append(unknown, name)
		case slices.Index(t.header, name) < i:
			t.problems.add(Problem{File: t.file, Line: t.headerLine, Message: fmt.Sprintf("the column %s stands twice: delete one", name)})
		}
	}
	return unknown
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
