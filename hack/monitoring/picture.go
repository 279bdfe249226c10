package monitoring

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// picture draws a dashboard's panels from what Prometheus answered.
type picture struct {
	title      string
	begin, end time.Time
	panels     []drawn
}

// drawn is one panel with its lines.
type drawn struct {
	title string
	lines []line
}

// line is one series: its value holds until the next point.
type line struct {
	name   string
	points []point
}

type point struct {
	at    time.Time
	value float64
}

// Sizes in pixels.
const (
	columns     = 3
	panelWidth  = 320
	panelHeight = 190
	plotLeft    = 40
	plotTop     = 34
	plotWidth   = 264
	plotHeight  = 92
	legendRows  = 3
)

// colours are those of lines, in order; they differ in lightness too.
var colours = []string{"#1f5fa8", "#d1730f", "#2f8f4e", "#8a3fa0", "#b3261e", "#5d6b78"}

// svg is the picture in SVG 1.1 (https://www.w3.org/TR/SVG11/).
func (p picture) svg() string {
	rows := (len(p.panels) + columns - 1) / columns
	width, height := columns*panelWidth, 30+rows*panelHeight
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="10">`+"\n", width, height, width, height)
	fmt.Fprintf(&out, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	fmt.Fprintf(&out, `<text x="8" y="20" font-size="14" font-weight="bold">%s</text>`+"\n", html.EscapeString(p.title))
	for i, panel := range p.panels {
		fmt.Fprintf(&out, `<g transform="translate(%d,%d)">`+"\n", i%columns*panelWidth, 30+i/columns*panelHeight)
		panel.draw(&out, p.begin, p.end)
		out.WriteString("</g>\n")
	}
	out.WriteString("</svg>\n")
	return out.String()
}

func (d drawn) draw(out *strings.Builder, begin, end time.Time) {
	top := d.top()
	fmt.Fprintf(out, `<rect x="4" y="4" width="%d" height="%d" fill="none" stroke="#ccd" rx="3"/>`+"\n", panelWidth-8, panelHeight-8)
	fmt.Fprintf(out, `<text x="12" y="22" font-size="12">%s</text>`+"\n", html.EscapeString(d.title))
	for _, grid := range []float64{0, 0.5, 1} {
		y := plotTop + plotHeight*(1-grid)
		fmt.Fprintf(out, `<path d="M%d %.1fh%d" stroke="#e4e4ea"/><text x="%d" y="%.1f" text-anchor="end" fill="#556">%s</text>`+"\n",
			plotLeft, y, plotWidth, plotLeft-4, y+3, shown(grid*top))
	}
	fmt.Fprintf(out, `<text x="%d" y="%d" fill="#556">0 s</text><text x="%d" y="%d" text-anchor="end" fill="#556">%.0f s</text>`+"\n",
		plotLeft, plotTop+plotHeight+12, plotLeft+plotWidth, plotTop+plotHeight+12, end.Sub(begin).Seconds())
	for i, l := range d.lines {
		colour := colours[i%len(colours)]
		fmt.Fprintf(out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.6"/>`+"\n", l.path(begin, end, top), colour)
		if i < 2*legendRows {
			x, y := 12+i/legendRows*(panelWidth/2), plotTop+plotHeight+28+i%legendRows*11
			fmt.Fprintf(out, `<path d="M%d %dh10" stroke="%s" stroke-width="3"/><text x="%d" y="%d">%s</text>`+"\n",
				x, y-3, colour, x+14, y, html.EscapeString(shortened(l.name)))
		}
	}
}

// top is a round value above all.
func (d drawn) top() float64 {
	top := 0.0
	for _, l := range d.lines {
		for _, p := range l.points {
			top = max(top, p.value)
		}
	}
	if top <= 0 {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(top)))
	return math.Ceil(top/step) * step
}

func (l line) path(begin, end time.Time, top float64) string {
	span := max(end.Sub(begin).Seconds(), 1)
	var path strings.Builder
	for i, p := range l.points {
		x := plotLeft + plotWidth*p.at.Sub(begin).Seconds()/span
		y := plotTop + plotHeight*(1-p.value/top)
		if i == 0 {
			fmt.Fprintf(&path, "M%.1f %.1f", x, y)
		} else {
			fmt.Fprintf(&path, "H%.1fV%.1f", x, y)
		}
	}
	return path.String()
}

func shown(value float64) string {
	if value >= 1000 {
		return strconv.FormatFloat(value/1000, 'g', 3, 64) + "k"
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}

func shortened(name string) string {
	const longest = 24
	if len(name) <= longest {
		return name
	}
	return name[:longest-1] + "…"
}
