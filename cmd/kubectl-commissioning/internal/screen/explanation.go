package screen

import (
	"fmt"
	"strings"

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
		p.block(fmt.Sprintf("  %d. ", i+1), "", fmt.Sprintf("%s (%s/%s)%s", c.DisplayName, c.Provider, c.Service, p.standing(c, e, i == 0)))
	}
}

// standing says how a supplier stands, as what follows its name.
func (p *Page) standing(c overview.Choice, e overview.Explanation, isFirst bool) string {
	message, since, bracketed := c.Message, "", ""
	if c.Since != nil {
		since = " since " + p.Clock.Moment(c.Since.Time)
		bracketed = " (" + since[1:] + ")"
	}
	switch {
	case c.State == v1alpha1.SupplierInForce:
		return " supplies" + since + because(e.Supplier) + p.after(message)
	case c.State == v1alpha1.SupplierStandby && isFirst && e.State == overview.OnFallback && len(e.Why) > 0:
		return p.clause(c, e.Why[0]) // it could supply, and does not yet
	case strings.HasSuffix(message, "."):
		return p.clause(c, message) + bracketed
	}
	return " " + states[c.State] + since + p.after(message)
}

// clause is a sentence about a supplier without the name that it begins with.
func (p *Page) clause(c overview.Choice, sentence string) string {
	for _, name := range []string{fmt.Sprintf("%s (%s/%s) ", c.DisplayName, c.Provider, c.Service), c.DisplayName + ", the first choice, ", c.DisplayName + " "} {
		if rest, found := strings.CutPrefix(sentence, name); found {
			return " " + p.said(rest)
		}
	}
	return ": " + p.said(sentence)
}

func (p *Page) after(message string) string {
	if message == "" {
		return ""
	}
	return ": " + p.said(message)
}

// states of suppliers of which there is nothing more to say.
var states = map[v1alpha1.SupplierState]string{
	v1alpha1.SupplierStandby:       "could supply",
	v1alpha1.SupplierUnavailable:   "has not been available",
	v1alpha1.SupplierUnknown:       "cannot be judged just now",
	v1alpha1.SupplierWaiting:       "has no room; this agreement waits for a place there",
	v1alpha1.SupplierNotAccepting:  "does not accept this agreement",
	v1alpha1.SupplierFull:          "would have no room",
	v1alpha1.SupplierNotAssured:    "lacks an assurance",
	v1alpha1.SupplierNoDataSharing: "has no data sharing agreement in force",
	v1alpha1.SupplierStoodDown:     "is stood down",
	v1alpha1.SupplierNotFound:      "cannot be found",
}

// because says how the supplier in force came to supply.
func because(s *overview.Supplier) string {
	if s == nil || becauses[s.Reason] == "" {
		return ""
	}
	return ", because " + becauses[s.Reason]
}

var becauses = map[v1alpha1.SwitchReason]string{
	v1alpha1.SwitchAccepted:          "the agreement was accepted",
	v1alpha1.SwitchFailover:          "the one before was out",
	v1alpha1.SwitchFailBack:          "it was available again",
	v1alpha1.SwitchStoodDown:         "the one before was stood down",
	v1alpha1.SwitchReordered:         "the list was changed",
	v1alpha1.SwitchDrained:           "the one before moves its consortia on",
	v1alpha1.SwitchConsentWithdrawn:  "the one before no longer accepted the consortium",
	v1alpha1.SwitchDataSharingLapsed: "there was no data sharing agreement with the one before",
	v1alpha1.SwitchAssuranceLapsed:   "the one before lacked an assurance",
	v1alpha1.SwitchSupplierGone:      "the one before no longer existed",
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
