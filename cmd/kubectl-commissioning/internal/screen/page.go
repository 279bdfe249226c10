// Package screen writes overviews as text, for a terminal or a file.
package screen

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// Page is what a text is written on.
type Page struct {
	Out   io.Writer
	Clock when.Clock
	// ASCII leaves out every letter that old terminals lack.
	ASCII bool
	// Colour marks states. It is for terminals.
	Colour bool
	// Width of a terminal, to break lines at; 0: lines are not broken.
	Width int
	// Rewrites says that what was written may be written again in its place.
	Rewrites bool

	err error
	// rows that have been written since then.
	rows int
}

// line writes a line, without blanks at its end.
func (p *Page) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if p.ASCII {
		text = ascii(text)
	}
	p.rows++
	if p.Width > 0 {
		p.rows += max(0, length(text)-1) / p.Width
	}
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.Out, text)
	}
}

// colour takes no room.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// block writes a text behind a head; what does not fit into the width goes on below it, behind the
// same number of columns, which begin with rest.
func (p *Page) block(head, rest, text string) {
	indent := length(head)
	rest += strings.Repeat(" ", max(0, indent-length(rest)))
	for i, part := range p.broken(text, indent) {
		if i == 0 {
			p.line("%s%s", head, part)
		} else {
			p.line("%s%s", rest, part)
		}
	}
}

// least is how many columns a text is given, however narrow the terminal.
const least = 30

// broken breaks a text at blanks, for what is left of the width.
func (p *Page) broken(text string, indent int) []string {
	most := max(p.Width-indent, least)
	if p.Width == 0 || length(text) <= most {
		return []string{text}
	}
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(text) {
		if current != "" && length(current)+1+length(word) > most {
			lines, current = append(lines, current), ""
		}
		if current != "" {
			current += " "
		}
		current += word
	}
	return append(lines, current)
}

// said is a sentence of the operator, made local, without the dot at its end: it stands alone.
func (p *Page) said(text string) string {
	return strings.TrimSuffix(p.Clock.Localise(text), ".")
}

var colours = map[overview.State]string{
	overview.Working: "\x1b[32m", overview.OnFallback: "\x1b[33m", overview.NotWorking: "\x1b[1;31m",
	overview.WaitingForRoom: "\x1b[33m", overview.NotYet: "\x1b[33m", overview.Unknown: "\x1b[33m",
}

func (p *Page) coloured(state overview.State, text string) string {
	if !p.Colour {
		return text
	}
	return colours[state] + text + "\x1b[0m"
}

var inASCII = strings.NewReplacer("├─", "|-", "└─", "`-", "│", "|", "✓", "+", "✗", "x", "…", "...", "→", "->", "·", "-", "’", "'", "‘", "'", "–", "-")

// ascii writes what is left with question marks.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, inASCII.Replace(text))
}

func length(text string) int { return utf8.RuneCountInString(colour.ReplaceAllString(text, "")) }

// padded to a width, and a gap.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-length(text)))
}

// columns writes rows below one another; the last cell is as long as it is.
func (p *Page) columns(indent string, rows [][]string) {
	widths := make([]int, 16)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], length(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for _, i := range indexes(row[:len(row)-1]) {
			b.WriteString(padded(row[i], widths[i]+2))
		}
		p.block(indent+b.String(), "", row[len(row)-1])
	}
}

func indexes(row []string) []int {
	all := make([]int, len(row))
	for i := range row {
		all[i] = i
	}
	return all
}

var thousand = regexp.MustCompile(`(\d)(\d{3})(,|$)`)

// number writes thousands apart.
func number[N int | int32 | int64](n N) string {
	text := strconv.FormatInt(int64(n), 10)
	for thousand.MatchString(text) {
		text = thousand.ReplaceAllString(text, "$1,$2$3")
	}
	return text
}

func plural[N int | int32 | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// and joins names.
func and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
