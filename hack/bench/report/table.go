package report

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Table is the report for people.
func (r Report) Table() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d consortia, %d rounds, %d cores; ratios as minimum / median / maximum\n\n", r.Flags.N, r.Flags.Rounds, r.Flags.Cores)
	writer := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(writer, "ROW\tSUBJECT\tMEASURED\tAGAINST\t\tRATIO\tTARGET\tMET")
	for _, row := range r.Rows {
		_, _ = fmt.Fprintln(writer, strings.Join(row.cells(), "\t"))
	}
	_ = writer.Flush()
	for i, note := range r.Notes {
		if i == 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "- %s\n", note)
	}
	return text.String()
}

func (r Row) cells() []string {
	base, ratio, met := "", "", ""
	if r.Ratio != nil {
		base = number(r.Base)
		ratio = fmt.Sprintf("%.2f / %.2f / %.2f", r.Ratio.Min, r.Ratio.Median, r.Ratio.Max)
	}
	if r.Met != nil {
		met = map[bool]string{true: "yes", false: "no"}[*r.Met]
	}
	return []string{r.Row, r.Subject, number(r.Value) + " " + r.Unit, r.Against, base, ratio, r.Target, met}
}

// number prints three digits that count, and all before the point.
func number(n float64) string {
	switch {
	case n == 0:
		return "0"
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	case n >= 1:
		return fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%.3f", n)
}
