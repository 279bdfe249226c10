package report

import "fmt"

// Subjects that are measured.
const (
	Ours    = "ours"
	Kubectl = "kubectl"
	Kro     = "kro"
)

var subjects = []string{Ours, Kubectl, Kro}

// Rows of the table.
const (
	Fill         = "fill"
	Requests     = "requests"
	Growth       = "growth"
	Newcomer     = "newcomer"
	Rest         = "rest"
	Restart      = "restart"
	RestartReady = "restart-ready"
	Failover     = "failover"
	Template     = "template"
	Delete       = "delete"
	Memory       = "memory"
	MemoryLarge  = "memory-large"
	CPU          = "cpu"
	Peers        = "peers"
)

// What the rows are held against.
const (
	CreateFloor = "create floor"
	ApplyFloor  = "apply floor"
	Needed      = "children + 2 × custom resources + finalizers"
	Quarter     = "fill of a quarter"
	AmongTen    = "among 10"
	PlainDelete = "the same deletes by a plain client"
	FourTimes   = "4 × memory"
)

// line is what the table says of a row, whatever is measured.
type line struct {
	row, against, unit string
	// most is what the ratio may reach, or, where nothing is compared, the value. Meaningless where
	// the row is only reported.
	most     float64
	reported bool
	// least is what the ratio must reach, by subject, where other tools are measured.
	least map[string]float64
}

// lines in the order of the table. The targets are those for 1,000 consortia on two cores.
var lines = []line{
	{row: Fill, against: ApplyFloor, unit: "s", most: 1.5},
	{row: Fill, against: CreateFloor, unit: "s", reported: true},
	{row: Requests, against: Needed, unit: "requests", most: 1.1},
	{row: Growth, against: Quarter, unit: "s", most: 4.4},
	{row: Newcomer, against: AmongTen, unit: "s (p99)", most: 1.5},
	{row: Rest, unit: "requests in 60 s", most: 0},
	{row: Restart, unit: "writes", most: 0},
	{row: RestartReady, unit: "s", most: 3},
	{row: Failover, against: ApplyFloor, unit: "s", most: 2},
	{row: Template, against: ApplyFloor, unit: "s", most: 1.5},
	{row: Delete, against: PlainDelete, unit: "s", most: 2.2},
	{row: Memory, unit: "MiB", most: 150},
	{row: MemoryLarge, against: FourTimes, unit: "MiB", most: 1},
	{row: CPU, unit: "CPU-s per consortium", reported: true},
	{row: Peers, against: Ours, unit: "s", least: map[string]float64{Kubectl: 1, Kro: 3}},
}

func (l line) target(subject string) string {
	switch {
	case l.least != nil:
		return fmt.Sprintf("≥ %g ×", l.least[subject])
	case l.reported:
		return ""
	case l.against == "":
		return fmt.Sprintf("≤ %g %s", l.most, l.unit)
	}
	return fmt.Sprintf("≤ %g ×", l.most)
}

// isMet says whether a median reaches the target.
func (l line) isMet(subject string, median float64) bool {
	if l.least != nil {
		return median >= l.least[subject]
	}
	return median <= l.most
}

// RowNames are the rows that can be asked for, in the order of the table.
func RowNames() []string {
	var names []string
	for _, l := range lines {
		if len(names) == 0 || names[len(names)-1] != l.row {
			names = append(names, l.row)
		}
	}
	return names
}
