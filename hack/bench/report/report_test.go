package report

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is out of date (-update writes it; -want +got):\n%s", path, diff)
	}
}

func TestSpread(t *testing.T) {
	for name, tc := range map[string]struct {
		numbers []float64
		want    Spread
	}{
		"one":   {[]float64{4}, Spread{4, 4, 4}},
		"odd":   {[]float64{3, 9, 1}, Spread{1, 3, 9}},
		"even":  {[]float64{8, 2, 4, 1}, Spread{1, 3, 8}},
		"equal": {[]float64{2, 2, 2, 2}, Spread{2, 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := SpreadOf(tc.numbers); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for _, tc := range []struct {
		numbers []float64
		percent int
		want    float64
	}{
		{hundred, 99, 99}, {hundred, 50, 50}, {hundred, 100, 100}, {hundred, 0, 1},
		{hundred[:20], 99, 100}, {[]float64{7}, 99, 7}, {[]float64{7, 5}, 50, 5},
	} {
		if got := Percentile(tc.numbers, tc.percent); got != tc.want {
			t.Errorf("%d %% of %d numbers: %g, want %g", tc.percent, len(tc.numbers), got, tc.want)
		}
	}
}

func country() Report {
	return Report{
		Flags: Flags{N: 200, Rounds: 3, Rows: []string{Fill, Requests, Rest, Memory, CPU}, Cores: 2, Version: "v1.36.3"},
		Notes: []string{"A sentence about what was found."},
		Rows: RowsOf([]Sample{
			{Row: CPU, Value: 0.0104}, {Row: CPU, Value: 0.0102}, {Row: CPU, Value: 0.0111},
			{Row: Fill, Against: ApplyFloor, Value: 13, Base: 10}, {Row: Fill, Against: ApplyFloor, Value: 12, Base: 10}, {Row: Fill, Against: ApplyFloor, Value: 16, Base: 10},
			{Row: Fill, Against: CreateFloor, Value: 13, Base: 6.5}, {Row: Fill, Against: CreateFloor, Value: 12, Base: 6}, {Row: Fill, Against: CreateFloor, Value: 16, Base: 7},
			{Row: Requests, Against: Needed, Value: 6000, Base: 5000}, {Row: Requests, Against: Needed, Value: 6010, Base: 5000}, {Row: Requests, Against: Needed, Value: 6020, Base: 5000},
			{Row: Rest, Value: 0}, {Row: Rest, Value: 0}, {Row: Rest, Value: 1},
			{Row: Memory, Value: 151}, {Row: Memory, Value: 149}, {Row: Memory, Value: 152},
		}),
	}
}

func TestTable(t *testing.T) { checkGolden(t, "testdata/table.golden", country().Table()) }

func TestJSON(t *testing.T) {
	got, err := country().JSON()
	if err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "testdata/report.json", string(got))
}

// The median is held against the target, never the best round.
func TestTargets(t *testing.T) {
	met := map[string]bool{}
	for _, row := range country().Rows {
		if row.Met != nil {
			met[row.Row] = *row.Met
		}
	}
	if diff := cmp.Diff(map[string]bool{Fill: true, Requests: false, Rest: true, Memory: false}, met); diff != "" {
		t.Errorf("targets that are met (-want +got):\n%s", diff)
	}
}

func TestRowNames(t *testing.T) {
	names := RowNames()
	if len(names) != len(slices.Compact(slices.Sorted(slices.Values(names)))) || names[0] != Fill {
		t.Errorf("rows that can be asked for: %v", names)
	}
}
