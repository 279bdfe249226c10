package status

import (
	"testing"
	"time"
)

func TestDurationsAreWrittenShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10 * time.Second:        "10s",
		90 * time.Second:        "1m30s",
		30 * time.Minute:        "30m",
		90 * time.Minute:        "1h30m",
		72 * time.Hour:          "72h",
		time.Hour + time.Second: "1h0m1s",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestInstantsAreWrittenInFull(t *testing.T) {
	summer := time.FixedZone("BST", 3600)
	if got, want := clock(time.Date(2026, 7, 1, 0, 30, 59, 1, summer)), "23:30 UTC on 2026-06-30"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := stamp(time.Date(2026, 7, 1, 0, 30, 59, 999, summer)).Time, time.Date(2026, 6, 30, 23, 30, 59, 0, time.UTC); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOnlyPlainNamesAreCapitalised(t *testing.T) {
	for clause, want := range map[string]string{
		"supplier nel-csu does not exist (yet)": "Supplier nel-csu does not exist (yet).",
		"eHealth Ltd takes on nobody new":       "eHealth Ltd takes on nobody new.",
		"supplierless Ltd takes on nobody new":  "supplierless Ltd takes on nobody new.",
	} {
		if got := sentence(clause); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
