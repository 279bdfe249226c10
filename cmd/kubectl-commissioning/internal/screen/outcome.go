package screen

import (
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Verbatim writes a text as it is: it is meant for a file.
func (p *Page) Verbatim(text string) error {
	_, err := fmt.Fprint(p.Out, text)
	return err
}

// Say writes one sentence.
func (p *Page) Say(sentence string) { p.block("", "", sentence) }

// Second writes an instant of today to the second.
func (p *Page) Second(t time.Time) string {
	return t.In(p.Clock.Zone).Format("15:04:05")
}

// Outcome says who supplies after a change.
func (p *Page) Outcome(e overview.Explanation) error {
	if e.Sum != "" {
		p.block("Now: ", "", p.Clock.Localise(e.Sum))
	}
	p.behind(e.Function)
	return p.err
}

// Tokens says what became of the token after a revocation, as far as the status tells.
func (p *Page) Tokens(s v1alpha1.SupportAgreementStatus, isRenewed bool) error {
	switch {
	case isRenewed:
		p.Say(fmt.Sprintf("Secret %s holds a new token; functions that mount it read it within about a minute.", s.Binding.Name))
	case s.Binding.Name == "":
		p.Say("No Secret gives access now, so there is no token to renew.")
	default:
		p.Say(fmt.Sprintf("The operator has not said yet that Secret %s holds a new token.", s.Binding.Name))
	}
	return p.err
}
