package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Measurement is one time of fill, of one round.
type Measurement struct {
	Subject string
	N       int
	Seconds float64
}

// CurveOf puts the measurements of all rounds together, by subject and number.
func CurveOf(measurements []Measurement) []Point {
	type key struct {
		subject string
		n       int
	}
	groups := map[key][]float64{}
	for _, m := range measurements {
		groups[key{m.Subject, m.N}] = append(groups[key{m.Subject, m.N}], m.Seconds)
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b key) int {
		return cmp.Or(slices.Index(drawn, a.subject)-slices.Index(drawn, b.subject), a.n-b.n)
	})
	var points []Point
	for _, k := range order {
		points = append(points, Point{Subject: k.subject, N: k.n, Seconds: SpreadOf(groups[k])})
	}
	return points
}

// drawn are the subjects of the plot, and their colours.
var (
	drawn   = []string{Ours, ApplyFloor, CreateFloor}
	colours = map[string]string{Ours: "#005eb8", ApplyFloor: "#768692", CreateFloor: "#ae2573"}
)

// Sizes of the plot, in pixels.
const (
	width, height = 640, 400
	margin        = 60
)

// Plot draws the curve: consortia to the right, seconds upwards, with the minimum and maximum of each
// point. The dashed line is what would be linear, from the largest country back to none.
func (r Report) Plot() string {
	s := scaleOf(r.Curve)
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&svg, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, height)
	s.axes(&svg)
	for i, subject := range drawn {
		points := slices.DeleteFunc(slices.Clone(r.Curve), func(p Point) bool { return p.Subject != subject })
		if len(points) > 0 {
			s.line(&svg, points)
			fmt.Fprintf(&svg, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", margin+10, margin+16*i, colours[subject], subject)
		}
	}
	svg.WriteString("</svg>\n")
	return svg.String()
}

// scale maps numbers onto the plot.
type scale struct{ n, seconds float64 }

func scaleOf(points []Point) scale {
	s := scale{n: 1, seconds: 1}
	for _, p := range points {
		s.n, s.seconds = max(s.n, float64(p.N)), max(s.seconds, p.Seconds.Max)
	}
	return s
}

func (s scale) x(n int) float64 { return margin + float64(n)/s.n*(width-2*margin) }

func (s scale) y(seconds float64) float64 {
	return height - margin - seconds/s.seconds*(height-2*margin)
}

func (s scale) axes(svg *strings.Builder) {
	left, right, bottom := margin, width-margin, height-margin
	fmt.Fprintf(svg, `<path d="M%d,%d V%d H%d" fill="none" stroke="black"/>`+"\n", left, margin, bottom, right)
	fmt.Fprintf(svg, `<text x="%d" y="%d" text-anchor="middle">consortia</text>`+"\n", width/2, height-15)
	fmt.Fprintf(svg, `<text x="%d" y="%d">seconds until all is made and Ready</text>`+"\n", left, margin-25)
	for quarter := range 5 {
		n, seconds := s.n*float64(quarter)/4, s.seconds*float64(quarter)/4
		fmt.Fprintf(svg, `<text x="%.1f" y="%d" text-anchor="middle">%.0f</text>`+"\n", s.x(int(n)), bottom+18, n)
		fmt.Fprintf(svg, `<text x="%d" y="%.1f" text-anchor="end">%.1f</text>`+"\n", left-6, s.y(seconds)+4, seconds)
	}
}

func (s scale) line(svg *strings.Builder, points []Point) {
	colour, last := colours[points[0].Subject], points[len(points)-1]
	var path []string
	for _, p := range points {
		x := s.x(p.N)
		path = append(path, fmt.Sprintf("%.1f,%.1f", x, s.y(p.Seconds.Median)))
		fmt.Fprintf(svg, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", x, s.y(p.Seconds.Median), colour)
		fmt.Fprintf(svg, `<path d="M%.1f,%.1f V%.1f" stroke="%s"/>`+"\n", x, s.y(p.Seconds.Min), s.y(p.Seconds.Max), colour)
	}
	fmt.Fprintf(svg, `<polyline points="%s" fill="none" stroke="%s"/>`+"\n", strings.Join(path, " "), colour)
	fmt.Fprintf(svg, `<path d="M%.1f,%.1f L%.1f,%.1f" stroke="%s" stroke-dasharray="4"/>`+"\n",
		s.x(0), s.y(0), s.x(last.N), s.y(last.Seconds.Median), colour)
}
