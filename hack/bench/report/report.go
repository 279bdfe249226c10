// Package report puts measurements together: medians over rounds, ratios, targets, and the forms in
// which people and programs read them.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Spread of a number over rounds.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// SpreadOf returns the spread of at least one number. Of an even count, the median is the mean of the
// two in the middle.
func SpreadOf(numbers []float64) Spread {
	sorted := slices.Sorted(slices.Values(numbers))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return Spread{Min: sorted[0], Median: median, Max: sorted[len(sorted)-1]}
}

// Percentile returns the smallest of at least one number that so many percent of them do not exceed.
func Percentile(numbers []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	rank := (len(sorted)*percent + 99) / 100 // rounded up
	return sorted[max(rank, 1)-1]
}

// Sample is one measurement, of one round.
type Sample struct {
	// Row and Against name a line of the table; Against is empty where nothing is compared.
	Row, Against string
	// Subject is what was measured; empty: the operator.
	Subject string
	// Value of the subject, and Base of what it is held against.
	Value, Base float64
}

// Row is a line of the table. Its ratio is Value ÷ Base of the same round.
type Row struct {
	Row     string  `json:"row"`
	Subject string  `json:"subject"`
	Against string  `json:"against"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	// Values are the spread of Value; Base is the median of what it is held against.
	Values Spread  `json:"values"`
	Base   float64 `json:"base,omitempty"`
	// Ratio is absent where nothing is compared.
	Ratio *Spread `json:"ratio,omitempty"`
	// Target is in words; Met says whether the median reaches it. Both are absent of what is only reported.
	Target string `json:"target,omitempty"`
	Met    *bool  `json:"met,omitempty"`
}

// Flags of the run, and what machine it ran on.
type Flags struct {
	N         int      `json:"n"`
	Rounds    int      `json:"rounds"`
	Rows      []string `json:"rows"`
	Peers     bool     `json:"peers"`
	Cores     int      `json:"cores"`
	Processor string   `json:"processor,omitempty"`
	MemoryGiB float64  `json:"memoryGiB,omitempty"`
	Version   string   `json:"kubernetes,omitempty"`
}

// Report is everything that a run found.
type Report struct {
	Flags Flags `json:"flags"`
	Rows  []Row `json:"rows"`
	// Notes say, in sentences, what a number cannot.
	Notes []string `json:"notes,omitempty"`
	// Curve is the time of fill by number of consortia.
	Curve []Point `json:"curve,omitempty"`
}

// Point of the curve: so many consortia took a subject so many seconds.
type Point struct {
	Subject string `json:"subject"`
	N       int    `json:"n"`
	Seconds Spread `json:"seconds"`
}

// RowsOf puts the samples of all rounds together, in the order of the table.
func RowsOf(samples []Sample) []Row {
	type key struct{ row, against, subject string }
	groups := map[key][]Sample{}
	for _, s := range samples {
		s.Subject = cmp.Or(s.Subject, Ours)
		k := key{s.Row, s.Against, s.Subject}
		groups[k] = append(groups[k], s)
	}
	var rows []Row
	for _, l := range lines {
		for _, subject := range subjects {
			if group := groups[key{l.row, l.against, subject}]; len(group) > 0 {
				rows = append(rows, l.rowOf(subject, group))
			}
		}
	}
	return rows
}

func (l line) rowOf(subject string, group []Sample) Row {
	values, bases, ratios := make([]float64, len(group)), make([]float64, len(group)), make([]float64, len(group))
	for i, s := range group {
		values[i], bases[i] = s.Value, s.Base
		if s.Base > 0 {
			ratios[i] = s.Value / s.Base
		}
	}
	row := Row{Row: l.row, Subject: subject, Against: l.against, Unit: l.unit, Values: SpreadOf(values), Target: l.target(subject)}
	row.Value = row.Values.Median
	judged := row.Value
	if l.against != "" {
		row.Base, row.Ratio = SpreadOf(bases).Median, new(SpreadOf(ratios))
		judged = row.Ratio.Median
	}
	if row.Target != "" {
		row.Met = new(l.isMet(subject, judged))
	}
	return row
}

// JSON is the report for programs.
func (r Report) JSON() ([]byte, error) {
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the report: %w", err)
	}
	return append(encoded, '\n'), nil
}
