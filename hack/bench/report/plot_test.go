package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func curve() []Point {
	return CurveOf([]Measurement{
		{ApplyFloor, 1000, 100},
		{Ours, 1000, 150}, {Ours, 250, 35}, {Ours, 1000, 140}, {Ours, 250, 33}, {Ours, 1000, 170}, {Ours, 250, 34},
	})
}

func TestCurve(t *testing.T) {
	want := []Point{
		{Ours, 250, Spread{33, 34, 35}}, {Ours, 1000, Spread{140, 150, 170}}, {ApplyFloor, 1000, Spread{100, 100, 100}},
	}
	if diff := cmp.Diff(want, curve()); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

func TestPlot(t *testing.T) { checkGolden(t, "testdata/plot.svg", Report{Curve: curve()}.Plot()) }

func TestPlotOfNothing(t *testing.T) { checkGolden(t, "testdata/empty.svg", Report{}.Plot()) }
