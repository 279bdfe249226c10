package v1alpha1

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RolloutState says whether a rollout goes on.
//
// +kubebuilder:validation:Enum=Running;Paused
type RolloutState string

const (
	// RolloutRunning lets the rollout take its steps.
	RolloutRunning RolloutState = "Running"
	// RolloutPaused lets it begin no further step; what it has reached goes on.
	RolloutPaused RolloutState = "Paused"
)

// RolloutStep is a share of the instances, or those with certain labels.
//
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="has(self.percent) != has(self.selector)",message="a step names a percent of the instances, or a selector of their labels: one of the two"
type RolloutStep struct {
	// percent of the instances that run the new revision when the step is done, rounded up: at least one.
	// Where nobody can tell whether it works, since all that were chosen are gone or run nothing, the step
	// takes the next that runs something.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	Percent int32 `json:"percent,omitempty"`

	// selector takes the instances whose labels match, such as a pilot group, beside those of the steps
	// before. Where none match, the step takes one instance all the same.
	// +optional
	Selector LabelSelector `json:"selector,omitempty,omitzero"`

	// soak is how long all instances of the step must have worked before the next begins: from 0s to
	// 168h. Default: 10m. After the last step nothing follows, and it is not waited for.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.matches('^([0-9]{1,5}(s|m|h)){1,3}$') || duration(self) <= duration('168h')",message="soak must be at most 168h"
	Soak Duration `json:"soak,omitempty"`
}

// Rollout says how a change of what instances run reaches them.
//
// +kubebuilder:validation:MinProperties=1
type Rollout struct {
	// state is Running, or Paused: no further step begins, and no new change. Default: Running.
	// +optional
	State RolloutState `json:"state,omitempty"`

	// steps in order; the last must take all. Default: 5, 50 and 100 percent.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.size() == 0 || has(self[self.size() - 1].percent) && self[self.size() - 1].percent == 100",message="the last step must be percent: 100, or the change would never reach everybody"
	// +kubebuilder:validation:XValidation:rule="self.filter(s, has(s.percent)).map(s, s.percent).isSorted()",message="the percent of a step must not be below that of a step before it"
	Steps []RolloutStep `json:"steps,omitempty"`

	// maxFailed is how many of the instances chosen so far may fail before the rollout halts. Default: 0.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100000
	MaxFailed *int32 `json:"maxFailed,omitempty"`

	// deadline is after how long a step halts in which no further instance comes to work: from 10s to
	// 24h. Default: 10m.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.matches('^([0-9]{1,5}(s|m|h)){1,3}$') || (duration(self) >= duration('10s') && duration(self) <= duration('24h'))",message="deadline must be from 10s to 24h"
	Deadline Duration `json:"deadline,omitempty"`
}

// Defaults of rollouts, as the fields' documentation has them.
const (
	defaultSoak     = 10 * time.Minute
	defaultDeadline = 10 * time.Minute
)

// StepsOrDefault returns the steps: 5, 50 and 100 percent where there are none.
func (r Rollout) StepsOrDefault() []RolloutStep {
	if len(r.Steps) == 0 {
		return []RolloutStep{{Percent: 5}, {Percent: 50}, {Percent: 100}}
	}
	return r.Steps
}

// DeadlineOrDefault returns the deadline: ten minutes where there is none.
func (r Rollout) DeadlineOrDefault() time.Duration { return r.Deadline.Or(defaultDeadline) }

// SoakOrDefault returns the soak: ten minutes where there is none.
func (s RolloutStep) SoakOrDefault() time.Duration { return s.Soak.Or(defaultSoak) }

// HaltReason is why a rollout halted.
//
// +kubebuilder:validation:Enum=InstancesFailed;DeadlineExceeded;FinishOrUndo
type HaltReason string

const (
	// HaltInstancesFailed: more instances than allowed say that they cannot run the revision.
	HaltInstancesFailed HaltReason = "InstancesFailed"
	// HaltDeadlineExceeded: no further instance came to work within the deadline.
	HaltDeadlineExceeded HaltReason = "DeadlineExceeded"
	// HaltFinishOrUndo: eight revisions are under way: let one finish, or put an earlier one back.
	HaltFinishOrUndo HaltReason = "FinishOrUndo"
)

// RolloutLayer is a revision, and who is assigned it. An instance runs the revision of the first layer
// that holds it; the last holds everybody.
type RolloutLayer struct {
	// revision of the layer.
	// +required
	// +kubebuilder:validation:Minimum=1
	Revision int64 `json:"revision,omitempty"`

	// threshold holds every instance whose position is not above it: 16 hexadecimal digits. The position is
	// the beginning of the SHA-256 of function/revision/namespace/name.
	// +optional
	// +kubebuilder:validation:MinLength=16
	// +kubebuilder:validation:MaxLength=16
	Threshold string `json:"threshold,omitempty"`

	// selectors hold every instance whose labels match one of them.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Selectors []LabelSelector `json:"selectors,omitempty"`

	// step that the revision has reached. Absent of the last layer.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=16
	Step int32 `json:"step,omitempty"`
}

// RolloutStatus is how far a function's newest revision has come.
//
// +kubebuilder:validation:MinProperties=1
type RolloutStatus struct {
	// halted is why nothing further is touched. Absent while the rollout is not halted.
	// +optional
	Halted HaltReason `json:"halted,omitempty"`

	// startedAt is when the step began. Who is created later is not waited for. Absent when the rollout is
	// complete.
	// +optional
	StartedAt *metav1.Time `json:"startedAt,omitempty"`

	// progressedAt is when the step began, or when last an instance came to work. Absent when the rollout
	// is complete, or paused.
	// +optional
	ProgressedAt *metav1.Time `json:"progressedAt,omitempty"`

	// soakingSince is since when all instances of the step have worked. Absent while some do not.
	// +optional
	SoakingSince *metav1.Time `json:"soakingSince,omitempty"`

	// step that the rollout has reached, of steps. Absent when it is complete.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Step int32 `json:"step,omitempty"`

	// steps of the rollout. Absent when it is complete.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Steps int32 `json:"steps,omitempty"`

	// chosen is how many instances the rollout has reached so far. Absent when it is complete.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Chosen *int32 `json:"chosen,omitempty"`

	// updated is how many of those run it and work. Absent when it is complete.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Updated *int32 `json:"updated,omitempty"`

	// failing names the first three instances that keep the rollout from going on, while it is halted.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	Failing []FunctionUser `json:"failing,omitempty"`

	// layers of revisions that are in use, the newest first. Which revision an instance is assigned
	// follows from these and from its name and labels alone.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Layers []RolloutLayer `json:"layers,omitempty"`
}
