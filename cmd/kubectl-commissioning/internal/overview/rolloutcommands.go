package overview

import (
	"fmt"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// commands that fit how the rollout stands.
func (r rollout) commands(stage Stage, kept []v1alpha1.SupportFunctionRevision) []Command {
	command := func(what, does string) Command {
		return Command{For: what, Run: "kubectl commissioning rollout " + does + " " + r.Name}
	}
	resume := command("let it go on", "resume")
	undo := command("put back what the entry said before", "undo")
	if r.isUnderWay() && !r.waits() {
		undo.For += "; those reached go back at once"
	}
	switch stage {
	case Updating, Soaking:
		return []Command{command("let no further step begin", "pause"), undo}
	case Paused:
		return []Command{resume, undo}
	case Halted, Unusable:
		if r.isPaused() {
			return []Command{undo, resume}
		}
		return []Command{undo}
	case Complete:
		if len(kept) > 1 {
			undo.For += ", in steps"
			return []Command{undo}
		}
	case Unseen:
	}
	return []Command{}
}

// AfterUndo says what comes of it when an entry is put back to a revision.
func AfterUndo(facts RolloutFacts, to int64) []string {
	r := rolloutOf(facts.Function)
	at := -1
	for i, layer := range r.is.Layers {
		if layer.Revision == to {
			at = i
		}
	}
	switch {
	case at < 0 && r.isPaused():
		return []string{fmt.Sprintf("It waits, because the rollout is paused. When it is resumed, it begins with %s.", r.terms.named(1))}
	case at < 0:
		return []string{fmt.Sprintf("It reaches the instances in steps, as every change: first %s. Whoever runs another revision then goes straight to it.", r.terms.named(1))}
	}
	said := []string{"What had not begun never begins: no instance is touched."}
	if at > 0 {
		said = []string{r.goingBack(facts, r.is.Layers[:at])}
	}
	switch {
	case at == len(r.is.Layers)-1:
	case r.isPaused():
		said = append(said, fmt.Sprintf("The rollout of revision %d goes on when it is resumed.", to))
	default:
		said = append(said, fmt.Sprintf("The rollout of revision %d goes on.", to))
	}
	return said
}

// goingBack counts the instances that some layers have reached.
func (r rollout) goingBack(facts RolloutFacts, ended []v1alpha1.RolloutLayer) string {
	if len(facts.Unread) > 0 {
		return "The instances that were reached go back at once, whatever they do now; the others are not touched."
	}
	touched := 0
	for _, instance := range facts.Instances {
		for _, layer := range ended {
			if instance.Pinned == 0 && instance.Revision == layer.Revision {
				touched++
			}
		}
	}
	switch touched {
	case 0:
		return "No instance had been reached: none is touched."
	case 1:
		return "The one instance that was reached goes back at once, whatever it does now; the others are not touched."
	}
	return fmt.Sprintf("The %d instances that were reached go back at once, whatever they do now; the others are not touched.", touched)
}
