package overview

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// RolloutFacts are the objects that the overview of a rollout is made of.
type RolloutFacts struct {
	Function  *v1alpha1.SupportFunction
	Revisions []v1alpha1.SupportFunctionRevision
	Instances []Instance
	// Unread are the kinds of instances that the reader may not read.
	Unread []string
}

// Instance is one that runs a function.
type Instance struct {
	Kind, Namespace, Name string
	// Pinned is the revision that its owner chose; 0: it follows the rollout.
	Pinned int64
	// Revision that it is assigned; 0: none yet.
	Revision   int64
	Conditions []metav1.Condition
}

// Stage is how far a rollout is.
type Stage string

// Stages of a rollout. Only the first needs nothing more.
const (
	Complete Stage = "Complete"
	Updating Stage = "Updating"
	Soaking  Stage = "Soaking"
	Paused   Stage = "Paused"
	Halted   Stage = "Halted"
	// Unusable is an entry that cannot be rolled out: the schema of its parameters cannot be used.
	Unusable Stage = "Unusable"
	// Unseen is one that the operator has not looked at yet.
	Unseen Stage = "Unseen"
)

// Rollout is what there is to know of how a change of a function reaches its instances.
type Rollout struct {
	Function string `json:"function"`
	// Revision that the entry makes, as far as the operator has seen it, and its image.
	Revision int64  `json:"revision,omitempty"`
	Image    string `json:"image,omitempty"`
	State    Stage  `json:"state"`
	// Reason of a halt, for machines.
	Reason v1alpha1.HaltReason `json:"reason,omitempty"`
	// Since when all instances run it, or those of the step have worked, or the step goes on.
	Since *metav1.Time `json:"since,omitempty"`
	// Behind says that all this speaks of an older spec: the operator has not seen the latest change.
	Behind bool `json:"behind,omitempty"`
	// Step that has been reached. Absent when no rollout is under way.
	Step *RolloutStep `json:"step,omitempty"`
	// Chosen are those reached so far, and Updated those of them that work with the step's revision.
	Chosen  *int32 `json:"chosen,omitempty"`
	Updated *int32 `json:"updated,omitempty"`
	// Instances are all, and UpToDate those that run the revision that the entry makes.
	Instances *int32 `json:"instances,omitempty"`
	UpToDate  *int32 `json:"upToDate,omitempty"`
	// Why it does not go on.
	Why []string `json:"why,omitempty"`
	// Next is what happens next, and when.
	Next     []string          `json:"next,omitempty"`
	Failing  []FailingInstance `json:"failing,omitempty"`
	Layers   []RolloutLayer    `json:"layers,omitempty"`
	Commands []Command         `json:"commands"`
	Unread   []string          `json:"unread,omitempty"`
}

// RolloutStep is a step of a rollout.
type RolloutStep struct {
	// Revision that it brings.
	Revision int64 `json:"revision"`
	Number   int32 `json:"number"`
	Of       int32 `json:"of"`
	// Percent of the instances, or a selector of their labels.
	Percent  int32        `json:"percent,omitempty"`
	Selector string       `json:"selector,omitempty"`
	Began    *metav1.Time `json:"began,omitempty"`
	// SoakEnds is when the next step begins, and Deadline when the rollout halts, if nothing happens before.
	SoakEnds *metav1.Time `json:"soakEnds,omitempty"`
	Deadline *metav1.Time `json:"deadline,omitempty"`
}

// FailingInstance is one that keeps a rollout from going on.
type FailingInstance struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Message says what it lacks, where the reader may see that.
	Message string `json:"message,omitempty"`
}

// Ended says whether there is nothing more to wait for, unless somebody acts.
func (r Rollout) Ended() bool {
	return !r.Behind && slices.Contains([]Stage{Complete, Halted, Unusable}, r.State)
}

// IsStuck says whether somebody must act.
func (r Rollout) IsStuck() bool { return r.State == Halted || r.State == Unusable }

// rollout is an entry, as its overview is made.
type rollout struct {
	*v1alpha1.SupportFunction
	is         v1alpha1.RolloutStatus
	conditions conditions
	terms      terms
}

func rolloutOf(f *v1alpha1.SupportFunction) rollout {
	return rollout{f, f.Status.Rollout, f.Status.Conditions, termsOf(f.Spec.Rollout)}
}

// RolloutOf makes the overview of a function's rollout.
func RolloutOf(facts RolloutFacts) Rollout {
	r := rolloutOf(facts.Function)
	said := Progress(facts.Function)
	said.Image = imageOf(facts.Revisions, said.Revision)
	said.Layers, said.Unread = r.layers(facts), facts.Unread
	for i, failing := range said.Failing {
		said.Failing[i].Message = complaint(facts.Instances, failing)
	}
	said.Commands = r.commands(said.State, facts.Revisions)
	return said
}

// Progress is the part of it that the function alone tells.
func Progress(f *v1alpha1.SupportFunction) Rollout {
	r := rolloutOf(f)
	said := Rollout{
		Function: f.Name, Revision: f.Status.Revision, State: r.stage(), Reason: r.is.Halted,
		Behind: isBehind(f.Generation, f.Status.ObservedGeneration), Instances: f.Status.Instances, UpToDate: f.Status.InstancesUpToDate,
		Commands: []Command{},
	}
	if r.isUnderWay() {
		said.Step, said.Chosen, said.Updated = r.step(said.State), r.is.Chosen, r.is.Updated
	}
	said.Since, said.Why, said.Next = r.since(said.State), r.why(said.State), r.next(said.State)
	if said.Behind && said.State == Complete {
		said.Next = []string{"The operator looks at the latest change."}
	}
	for _, user := range r.is.Failing {
		said.Failing = append(said.Failing, FailingInstance{Kind: user.Kind, Namespace: user.Namespace, Name: user.Name})
	}
	return said
}

// isUnderWay says whether a revision has begun to reach the instances, and not yet reached all.
func (r rollout) isUnderWay() bool { return len(r.is.Layers) > 1 }

// waits says whether the revision that the entry makes has not begun.
func (r rollout) waits() bool {
	return len(r.is.Layers) > 0 && r.is.Layers[0].Revision != r.Status.Revision
}

func (r rollout) isPaused() bool { return r.Spec.Rollout.State == v1alpha1.RolloutPaused }

func (r rollout) stage() Stage {
	schema := r.conditions.of(v1alpha1.SchemaValidCondition)
	switch {
	case schema.Status == metav1.ConditionFalse:
		return Unusable
	case len(r.is.Layers) == 0:
		return Unseen
	case r.is.Halted != "":
		return Halted
	case !r.isUnderWay() && !r.waits():
		return Complete
	case r.isPaused():
		return Paused
	case r.is.SoakingSince != nil:
		return Soaking
	}
	return Updating
}

func (r rollout) since(stage Stage) *metav1.Time {
	switch stage {
	case Complete:
		return since(r.conditions.of(v1alpha1.RolledOutCondition))
	case Soaking:
		return r.is.SoakingSince
	case Updating, Paused, Halted:
		return r.is.StartedAt
	case Unusable:
		return since(r.conditions.of(v1alpha1.SchemaValidCondition))
	case Unseen:
	}
	return nil
}

// step that has been reached. What is due is due only while nothing holds it up.
func (r rollout) step(stage Stage) *RolloutStep {
	terms := r.terms.step(r.is.Step)
	step := &RolloutStep{
		Revision: r.is.Layers[0].Revision, Number: r.is.Step, Of: r.is.Steps,
		Percent: terms.Percent, Selector: selectorOf(terms.Selector), Began: r.is.StartedAt,
	}
	switch {
	case stage == Soaking:
		step.SoakEnds = later(r.is.SoakingSince, r.soak())
	case stage == Updating && r.is.ProgressedAt != nil:
		step.Deadline = later(r.is.ProgressedAt, r.terms.deadline)
	}
	return step
}

func later(t *metav1.Time, by time.Duration) *metav1.Time { return &metav1.Time{Time: t.Add(by)} }

// complaints are the conditions in which an instance says what it lacks, the plainest first.
var complaints = []string{v1alpha1.ParametersValidCondition, v1alpha1.AvailableCondition, v1alpha1.UpToDateCondition}

// complaint of an instance that fails.
func complaint(all []Instance, failing FailingInstance) string {
	at := slices.IndexFunc(all, func(i Instance) bool {
		return i.Kind == failing.Kind && i.Namespace == failing.Namespace && i.Name == failing.Name
	})
	if at < 0 {
		return ""
	}
	for _, name := range complaints {
		if c := conditions(all[at].Conditions).of(name); c.Status == metav1.ConditionFalse {
			return c.Message
		}
	}
	return ""
}
