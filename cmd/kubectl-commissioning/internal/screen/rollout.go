package screen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Rollout writes all there is to say of a rollout.
func (p *Page) Rollout(r overview.Rollout) error {
	p.progress(r)
	p.layers(r)
	if len(r.Commands) > 0 {
		p.whatToDo(overview.Explanation{Commands: r.Commands})
	}
	return p.err
}

// Progress writes how far a rollout is, and what comes next.
func (p *Page) Progress(r overview.Rollout) error {
	p.progress(r)
	return p.err
}

func (p *Page) progress(r overview.Rollout) {
	p.block("", "", fmt.Sprintf("%s: %s", r.Function, p.coloured(stages[r.State].colour, p.stage(r))))
	if r.Revision > 0 {
		p.block("  ", "", strings.TrimSuffix(fmt.Sprintf("revision %d, %s", r.Revision, r.Image), ", "))
	}
	if counts := counts(r); counts != "" {
		p.block("  ", "", counts)
	}
	if r.Behind {
		p.line("  %s", notSeen)
	}
	why := r.Why
	for _, failing := range r.Failing {
		why = append(why, failingInstance(failing))
	}
	p.paragraph("WHAT STANDS IN THE WAY", why)
	next := r.Next
	if len(next) == 0 {
		next = []string{"Nothing, unless something changes."}
	}
	p.paragraph("WHAT HAPPENS NEXT", next)
}

// InOneLine is the same in one line, for a log.
func (p *Page) InOneLine(r overview.Rollout) string {
	said := p.stage(r)
	if counts := counts(r); counts != "" {
		said += "; " + counts
	}
	if r.Behind {
		said += " (the latest change of the spec has not been seen yet)"
	}
	return r.Function + ": " + said
}

// Log writes a line, and when.
func (p *Page) Log(line string) error {
	p.line("%s  %s", p.Second(p.Clock.Now), line)
	return p.err
}

// Again lets what is written next stand in the place of what was written last. It is for terminals.
func (p *Page) Again() {
	if p.rows > 0 && p.err == nil {
		_, p.err = fmt.Fprintf(p.Out, "\x1b[%dA\x1b[J", p.rows)
	}
	p.rows = 0
}

// stages of a rollout in words, and as what they are coloured.
var stages = map[overview.Stage]struct {
	text   string
	colour overview.State
}{
	overview.Complete: {"✓ complete", overview.Working},
	overview.Updating: {"… updating", overview.NotYet},
	overview.Soaking:  {"… watched", overview.NotYet},
	overview.Paused:   {"paused", overview.NotYet},
	overview.Halted:   {"✗ HALTED", overview.NotWorking},
	overview.Unusable: {"✗ CANNOT BE ROLLED OUT", overview.NotWorking},
	overview.Unseen:   {"… not seen by the operator yet", overview.Unknown},
}

// stage says how far a rollout is, and since when.
func (p *Page) stage(r overview.Rollout) string {
	said := stages[r.State].text
	switch {
	case r.Step != nil:
	case r.State == overview.Paused:
		return fmt.Sprintf("%s; revision %d waits", said, r.Revision)
	case r.Since != nil:
		return said + " since " + p.Clock.Moment(r.Since.Time)
	default:
		return said
	}
	said += fmt.Sprintf(" at step %d of %d (%s)", r.Step.Number, r.Step.Of, overview.WhomOf(r.Step.Percent, r.Step.Selector))
	if r.Step.Began != nil {
		said += ", begun " + p.Clock.Moment(r.Step.Began.Time)
	}
	if r.State == overview.Soaking && r.Since != nil {
		said += ", all working since " + p.Clock.Time(r.Since.Time)
	}
	return said
}

// counts says how many instances have been reached.
func counts(r overview.Rollout) string {
	var said []string
	if r.Step != nil && r.Chosen != nil && r.Updated != nil {
		said = append(said, fmt.Sprintf("%s of %s chosen so far %s revision %d", number(*r.Updated), plural(*r.Chosen, "instance", "instances"), runs(*r.Updated), r.Step.Revision))
	}
	if r.Instances != nil {
		said = append(said, plural(*r.Instances, "instance", "instances")+" in all")
	}
	if r.UpToDate != nil && r.Step == nil {
		said = append(said, fmt.Sprintf("%s up to date with revision %d", number(*r.UpToDate), r.Revision))
	}
	return strings.Join(said, "; ")
}

func runs(n int32) string {
	if n == 1 {
		return "works with"
	}
	return "work with"
}

func failingInstance(f overview.FailingInstance) string {
	said := fmt.Sprintf("%s %s/%s", f.Kind, f.Namespace, f.Name)
	if f.Message == "" {
		return said
	}
	return said + ": " + f.Message
}

// layers writes which revisions are in use.
func (p *Page) layers(r overview.Rollout) {
	if len(r.Layers) == 0 {
		return
	}
	p.line("")
	p.line("REVISIONS IN USE")
	rows := [][]string{{"REVISION", "INSTANCES", "IMAGE", "ASSIGNED TO"}}
	for _, layer := range r.Layers {
		instances, image := "?", layer.Image
		if layer.Instances != nil {
			instances = number(*layer.Instances)
		}
		if image == "" {
			image = "(not kept)"
		}
		rows = append(rows, []string{strconv.FormatInt(layer.Revision, 10), instances, image, layer.Who})
	}
	p.columns("  ", rows)
	if len(r.Unread) > 0 {
		p.line("  You may not read all %ss: how many are assigned each is left out.", and(r.Unread))
	}
}
