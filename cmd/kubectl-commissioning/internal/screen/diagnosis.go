package screen

import (
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// marks of verdicts, and as what they are coloured.
var marks = map[diagnosis.Verdict]struct {
	mark   string
	colour overview.State
}{
	diagnosis.Sound:      {"✓", overview.Working},
	diagnosis.Noticed:    {"!", overview.NotYet},
	diagnosis.Broken:     {"✗", overview.NotWorking},
	diagnosis.NotChecked: {"?", overview.Unknown},
}

var verdicts = map[diagnosis.Verdict]string{
	diagnosis.Sound:      "The installation is sound.",
	diagnosis.Noticed:    "The installation is sound; what is marked with ! should be known.",
	diagnosis.Broken:     "The installation is broken: what is marked with ✗ has to be mended.",
	diagnosis.NotChecked: "Nothing is broken as far as it could be checked; what is marked with ? could not.",
}

// Diagnosis writes what was checked, a line each, and what to do about it.
func (p *Page) Diagnosis(d diagnosis.Diagnosis) error {
	widest := 0
	for _, check := range d.Checks {
		widest = max(widest, length(check.Part))
	}
	for _, check := range d.Checks {
		mark := marks[check.Verdict]
		p.block(p.coloured(mark.colour, mark.mark)+" "+padded(check.Part, widest)+"  ", "", p.Clock.Localise(check.Message))
		if check.Do != "" {
			p.block(padded("", widest+4)+"→ ", "", check.Do)
		}
	}
	p.line("")
	p.line("%s", verdicts[d.Verdict])
	return p.err
}
