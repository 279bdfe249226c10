package overview

import (
	"fmt"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// why a rollout does not go on.
func (r rollout) why(stage Stage) []string {
	switch stage {
	case Unusable:
		return []string{r.conditions.of(v1alpha1.SchemaValidCondition).Message}
	case Halted:
		return []string{r.whyHalted()}
	case Paused:
		return []string{"Somebody paused it: spec.rollout.state is Paused."}
	case Complete, Updating, Soaking, Unseen:
	}
	return nil
}

func (r rollout) whyHalted() string {
	switch r.is.Halted {
	case v1alpha1.HaltInstancesFailed:
		return fmt.Sprintf("More instances than allowed (%d) say that they cannot run revision %d.", r.terms.maxFailed, r.is.Layers[0].Revision)
	case v1alpha1.HaltDeadlineExceeded:
		return fmt.Sprintf("No further instance came to work within %s.", lasting(r.terms.deadline))
	case v1alpha1.HaltFinishOrUndo:
	}
	return fmt.Sprintf("%d revisions are under way, and revision %d cannot begin.", len(r.is.Layers), r.Status.Revision)
}

// next says what follows by itself.
func (r rollout) next(stage Stage) []string {
	switch stage {
	case Updating:
		return r.nextOfStep()
	case Soaking:
		return []string{fmt.Sprintf("If all go on working, %s begins at %s.", r.terms.named(r.is.Step+1), instant(*later(r.is.SoakingSince, r.soak())))}
	case Paused:
		if r.waits() {
			return []string{fmt.Sprintf("Revision %d waits. When it is resumed, it begins with %s.", r.Status.Revision, r.terms.named(1))}
		}
		return []string{"No further step begins, and no new change, until it is resumed. What it has reached goes on."}
	case Halted:
		said := []string{"Nothing further is touched.", r.untilHaltEnds()}
		if r.isPaused() {
			said = append(said, "It is paused as well, and goes on only when it is resumed.")
		}
		return said
	case Unusable:
		return []string{"Instances are left as they are until that is mended in the entry."}
	case Unseen:
		return []string{"The operator has not looked at the entry yet."}
	case Complete:
		if others := value(r.Status.Instances) - value(r.Status.InstancesUpToDate); others > 0 {
			return []string{fmt.Sprintf("Not up to date: %d. They are being changed just now, or pinned to another revision, or nothing of them runs.", others)}
		}
	}
	return nil
}

// nextOfStep says what follows while those chosen so far are being changed.
func (r rollout) nextOfStep() []string {
	if !r.isUnderWay() {
		return []string{fmt.Sprintf("Revision %d is about to begin with %s.", r.Status.Revision, r.terms.named(1))}
	}
	then := "the rollout is complete"
	if r.is.Step < r.terms.steps() {
		then = r.terms.named(r.is.Step+1) + " begins"
		if soak := r.soak(); soak > 0 {
			then = fmt.Sprintf("%s watched for %s; then %s", r.ofChosen("it is", "they are"), lasting(soak), then)
		}
	}
	fails := r.ofChosen("it fails", "one of them fails")
	if r.terms.maxFailed > 0 {
		fails = fmt.Sprintf("more than %d of them fail", r.terms.maxFailed)
	}
	said := []string{fmt.Sprintf("When %s, %s.", r.allWork(), then)}
	if r.is.ProgressedAt == nil {
		return append(said, fmt.Sprintf("It halts if %s.", fails))
	}
	return append(said, fmt.Sprintf("It halts if %s, or if none further comes to work until %s.", fails, instant(*later(r.is.ProgressedAt, r.terms.deadline))))
}

// soak is how long the step that has been reached is watched.
func (r rollout) soak() time.Duration { return r.terms.step(r.is.Step).SoakOrDefault() }

// ofChosen says something of the one instance that is chosen, or of many.
func (r rollout) ofChosen(one, many string) string {
	if value(r.is.Chosen) == 1 {
		return one
	}
	return many
}

// allWork says without what a rollout does not go on.
func (r rollout) allWork() string {
	all := fmt.Sprintf("all %d chosen instances", value(r.is.Chosen))
	switch {
	case value(r.is.Chosen) == 1:
		return "the chosen instance works"
	case r.terms.maxFailed > 0:
		return fmt.Sprintf("%s but at most %d work", all, r.terms.maxFailed)
	}
	return all + " work"
}

func (r rollout) untilHaltEnds() string {
	if r.is.Halted == v1alpha1.HaltFinishOrUndo {
		return fmt.Sprintf("Let revision %d finish: put it back into the entry. Or put back an earlier one, which ends all after it.", r.is.Layers[0].Revision)
	}
	return fmt.Sprintf("It goes on by itself once %s. Else mend the entry, or put back what it said before.", r.allWork())
}
