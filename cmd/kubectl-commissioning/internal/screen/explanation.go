package screen

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Explanation writes all there is to say of one agreement.
func (p *Page) Explanation(e overview.Explanation) error {
	p.block("", "", fmt.Sprintf("%s, by SupportAgreement %s/%s: %s", e.Function.Function, e.Namespace, e.Name, p.state(e.Function)))
	if e.Sum != "" {
		p.block("  ", "", p.Clock.Localise(e.Sum))
	}
	p.behind(e.Function)
	p.choices(e)
	if !e.State.Works() {
		p.paragraph("WHAT STANDS IN THE WAY", e.InTheWay)
	}
	next := e.Next
	if len(next) == 0 {
		next = []string{"Nothing, unless something changes."}
	}
	if e.IfItFails != "" {
		next = append(next, e.IfItFails)
	}
	p.paragraph("WHAT HAPPENS NEXT", next)
	p.whatToDo(e)
	p.paragraph("TERMS", e.Terms)
	p.lastChanges(e.History)
	p.unread(e.Unread)
	return p.err
}

// choices writes the suppliers in order, and of each before the one in force why it was passed over.
func (p *Page) choices(e overview.Explanation) {
	p.line("")
	p.line("SUPPLIERS, IN ORDER OF PREFERENCE")
	for i, c := range e.Choices {
		name := c.DisplayName
		if name != c.Provider || c.Service != e.Function.Function {
			name = fmt.Sprintf("%s (%s/%s)", c.DisplayName, c.Provider, c.Service)
		}
		p.block(fmt.Sprintf("  %d. ", i+1), "", fmt.Sprintf("%s %s", name, p.standing(c, e)))
	}
}

// standing says how a supplier stands, as what follows its name.
func (p *Page) standing(c overview.Choice, e overview.Explanation) string {
	since := ""
	if c.Since != nil {
		since = " since " + p.Clock.Moment(c.Since.Time)
	}
	switch c.State {
	case v1alpha1.SupplierInForce:
		return "supplies" + since + p.chosen(e) + p.because(c.Message)
	case v1alpha1.SupplierStandby:
		return "could supply" + p.because(c.Message)
	case v1alpha1.SupplierUnavailable:
		return "has not been available" + since + p.because(c.Message)
	case v1alpha1.SupplierUnknown:
		return "cannot be judged just now" + p.because(c.Message)
	case v1alpha1.SupplierWaiting, v1alpha1.SupplierNotAccepting, v1alpha1.SupplierFull, v1alpha1.SupplierNotAssured,
		v1alpha1.SupplierNoDataSharing, v1alpha1.SupplierStoodDown, v1alpha1.SupplierNotFound:
	}
	return passedOver[c.State] + since + p.because(c.Message)
}

var passedOver = map[v1alpha1.SupplierState]string{
	v1alpha1.SupplierWaiting:       "has no room; this agreement waits for a place there",
	v1alpha1.SupplierNotAccepting:  "does not accept this agreement",
	v1alpha1.SupplierFull:          "would have no room",
	v1alpha1.SupplierNotAssured:    "lacks an assurance",
	v1alpha1.SupplierNoDataSharing: "has no data sharing agreement in force",
	v1alpha1.SupplierStoodDown:     "is stood down",
	v1alpha1.SupplierNotFound:      "cannot be found",
}

// chosen says how the supplier in force came to supply.
func (p *Page) chosen(e overview.Explanation) string {
	if len(e.History) == 0 || e.History[0].To == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", p.said(e.History[0].Text))
}

func (p *Page) because(message string) string {
	if message == "" {
		return ""
	}
	return ": " + p.said(message)
}

func (p *Page) paragraph(title string, texts []string) {
	if len(texts) == 0 {
		return
	}
	p.line("")
	p.line("%s", title)
	for _, text := range texts {
		p.block("  ", "", p.Clock.Localise(text))
	}
}

func (p *Page) whatToDo(e overview.Explanation) {
	p.line("")
	p.line("WHAT YOU CAN DO")
	for _, advice := range e.You {
		p.block("  ", "", p.Clock.Localise(advice))
	}
	for _, command := range e.Commands {
		p.line("  - %s:", command.For)
		p.line("      %s", command.Run)
	}
	if len(e.You)+len(e.Commands) == 0 {
		p.line("  Nothing is wanted of you.")
	}
}
