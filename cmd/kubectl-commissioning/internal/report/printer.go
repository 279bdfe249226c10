package report

import (
	"fmt"
	"io"
)

// printer writes lines and remembers the first error.
type printer struct {
	out     io.Writer
	verbose bool
	err     error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

// section begins a part of the report.
func (p *printer) section(format string, args ...any) {
	p.line("")
	p.line(format, args...)
}

// list is a part of the report that says how many there are and shows the first of them.
func (p *printer) list(what string, n int, one, many string, item func(i int) string) {
	if n == 0 {
		return
	}
	p.section("%s %s:", plural(n, one, many), what)
	p.items(n, item)
}

// sublist is a list within a part.
func (p *printer) sublist(what string, n int, item func(i int) string) {
	if n == 0 {
		return
	}
	p.line("  %s: %s", what, number(n))
	if item != nil {
		p.items(n, func(i int) string { return "  " + item(i) })
	}
}

func (p *printer) items(n int, item func(i int) string) {
	shown := n
	if !p.verbose {
		shown = min(n, few)
	}
	for i := range shown {
		p.line("  %s", item(i))
	}
	if shown < n {
		p.line("    … and %s more (--verbose shows all)", number(n-shown))
	}
}
