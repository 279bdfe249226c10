package rollout_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// after lets time pass, and the operator look.
func (w *world) after(d time.Duration) {
	w.now = w.now.Add(d)
	w.reconcile()
}

// takesOn lets all take on what they are assigned, and the operator look.
func (w *world) takesOn() {
	w.tendAll()
	w.reconcile()
}

func (w *world) pause(state v1alpha1.RolloutState) {
	w.spec.State = state
	w.reconcile()
}

// fate is what becomes of a change that is made at 09:00, and of 20 instances has reached one, consortium-09.
type fate struct {
	how  conduct
	life func(w *world, first *instance)
	want string
}

func checkFates(t *testing.T, tests map[string]fate) {
	t.Helper()
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(20)
			w.change(tc.how)
			w.reconcile()
			tc.life(w, w.among(1, true)[0])
			if got := strings.TrimSuffix(w.progress()+"; "+w.state(), "; "); got != tc.want {
				t.Errorf("it is at %q, want %q", got, tc.want)
			}
		})
	}
}

func TestR12_WhatBecomesOfAStep(t *testing.T) {
	checkFates(t, map[string]fate{
		"the first is waited for": {
			works, func(w *world, _ *instance) { w.after(10*time.Minute - time.Second) },
			"step 1 of 3   1 chosen   0 updated",
		},
		"it does not come to work in time": {
			hangs, func(w *world, _ *instance) { w.takesOn(); w.after(10 * time.Minute) },
			"step 1 of 3   1 chosen   0 updated; DeadlineExceeded: consortium-09",
		},
		"it comes to work late": {
			hangs, func(w *world, first *instance) { w.takesOn(); w.after(time.Hour); first.IsDone = true; w.reconcile() },
			"step 1 of 3   1 chosen   1 updated; watched until 10:10",
		},
		"it says that it cannot": {
			fails, func(w *world, _ *instance) { w.takesOn() },
			"step 1 of 3   1 chosen   0 updated; InstancesFailed: consortium-09",
		},
		"it says that it cannot, while it is watched": {
			works, func(w *world, first *instance) {
				w.takesOn()
				first.IsDone, first.IsFailing = false, true
				w.after(time.Minute)
			},
			"step 1 of 3   1 chosen   0 updated; InstancesFailed: consortium-09",
		},
		"it stops to work while it is watched, and has the whole deadline": {
			works, func(w *world, first *instance) {
				w.takesOn()
				first.IsDone = false
				w.after(9 * time.Minute)
				w.after(10*time.Minute - time.Second)
			},
			"step 1 of 3   1 chosen   0 updated",
		},
		"and no more": {
			works, func(w *world, first *instance) {
				w.takesOn()
				first.IsDone = false
				w.after(9 * time.Minute)
				w.after(10 * time.Minute)
			},
			"step 1 of 3   1 chosen   0 updated; DeadlineExceeded: consortium-09",
		},
		"it says no more that it cannot, and does not come to work": {
			fails, func(w *world, first *instance) {
				w.takesOn()
				first.IsFailing = false
				w.after(time.Minute)
				w.wait()
				w.reconcile()
			},
			"step 1 of 3   1 chosen   0 updated; DeadlineExceeded: consortium-09",
		},
		"readiness of an older revision": {
			works, func(w *world, first *instance) { w.tendAll(); first.Revision = 1; w.reconcile() },
			"step 1 of 3   1 chosen   0 updated",
		},
		"a failure of an older revision": {
			works, func(w *world, first *instance) { first.IsDone, first.IsFailing = false, true; w.reconcile() },
			"step 1 of 3   1 chosen   0 updated",
		},
	})
}

// Whoever is gone, or idle, cannot tell whether a revision works: another is asked, and no step begins.
func TestR12_NoStepIsPassedOnNobodysWord(t *testing.T) {
	checkFates(t, map[string]fate{
		"it leaves": {
			fails, func(w *world, first *instance) { w.takesOn(); w.leave(first); w.reconcile() },
			"step 1 of 3   1 chosen   0 updated",
		},
		"it leaves, and the next cannot either": {
			fails, func(w *world, first *instance) { w.takesOn(); w.leave(first); w.reconcile(); w.takesOn() },
			"step 1 of 3   1 chosen   0 updated; InstancesFailed: consortium-15",
		},
		"it pins what it ran": {
			fails, func(w *world, first *instance) { w.takesOn(); first.Pinned = 1; w.reconcile() },
			"step 1 of 3   1 chosen   0 updated",
		},
		"it has no home, and cannot tell": {
			works, func(w *world, first *instance) { first.isHomeless = true; w.takesOn() },
			"step 1 of 3   2 chosen   0 updated",
		},
		"all leave": {
			fails, func(w *world, _ *instance) { w.takesOn(); w.instances = nil; w.reconcile() },
			"complete",
		},
		"all pin": {
			fails, func(w *world, _ *instance) {
				for _, i := range w.instances {
					i.Pinned = 1
				}
				w.reconcile()
			},
			"complete",
		},
		"nobody has a home": {
			works, func(w *world, _ *instance) {
				for _, i := range w.instances {
					i.isHomeless = true
				}
				w.takesOn()
			},
			"step 1 of 3   1 chosen   0 updated; watched until 09:10",
		},
		"all are created again, as from a backup: they count": {
			fails, func(w *world, _ *instance) {
				w.now = w.now.Add(time.Minute)
				for _, i := range w.instances {
					i.Created = w.now
				}
				w.takesOn()
			},
			"step 1 of 3   1 chosen   0 updated; InstancesFailed: consortium-09",
		},
	})
}

func TestR12_ARolloutIsPausedAndEdited(t *testing.T) {
	checkFates(t, map[string]fate{
		"paused while it is watched, it is watched anew": {
			works, func(w *world, _ *instance) {
				w.takesOn()
				w.pause(v1alpha1.RolloutPaused)
				w.after(time.Hour)
				w.pause(v1alpha1.RolloutRunning)
			},
			"step 1 of 3   1 chosen   1 updated; watched until 10:10",
		},
		"paused together with another change, that is taken back together": {
			hangs, func(w *world, _ *instance) {
				w.spec.State = v1alpha1.RolloutPaused
				w.change(works)
				w.reconcile()
				w.spec.State, w.target = v1alpha1.RolloutRunning, 2
				w.after(time.Hour)
			},
			"step 1 of 3   1 chosen   0 updated",
		},
		"paused, nobody is late": {
			hangs, func(w *world, _ *instance) {
				w.pause(v1alpha1.RolloutPaused)
				w.after(24 * time.Hour)
			},
			"step 1 of 3   1 chosen   0 updated",
		},
		"the steps become fewer: what they begin with is over": {
			works, func(w *world, _ *instance) {
				w.spec.Steps = []v1alpha1.RolloutStep{{Percent: 100, Soak: "1h"}}
				w.takesOn()
				w.after(time.Hour)
			},
			"step 1 of 1  20 chosen   1 updated",
		},
	})
}

// Of 20 instances three are pilots, and one is in the second group: what do steps with groups take?
func TestR12_AStepTakesAGroup(t *testing.T) {
	second := v1alpha1.LabelSelector{MatchLabels: map[string]string{"wave": "second"}}
	steps := []v1alpha1.RolloutStep{{Selector: pilot}, {Selector: second}, {Percent: 100}}
	tests := map[string]struct {
		steps       []v1alpha1.RolloutStep
		first, next string
		isPinned    bool // all pilots are
	}{
		"one after the other":                    {steps, "[01 02 03]", "[01 02 03 04]", false},
		"all of the first pin, and one is taken": {steps, "[09]", "[04 09]", true},
		"nobody is of the first":                 {[]v1alpha1.RolloutStep{{Selector: v1alpha1.LabelSelector{MatchLabels: map[string]string{"wave": "third"}}}, steps[1], steps[2]}, "[09]", "[04 09]", false},
		"nobody is of the second, and the first are kept": {
			[]v1alpha1.RolloutStep{steps[0], {Selector: v1alpha1.LabelSelector{MatchLabels: map[string]string{"wave": "third"}}}, steps[2]}, "[01 02 03]", "[01 02 03 09]", false,
		},
		"a share, and the group beside it": {[]v1alpha1.RolloutStep{{Percent: 5}, steps[0], steps[2]}, "[09]", "[01 02 03 09]", false},
		"the group, and a share beside it": {[]v1alpha1.RolloutStep{steps[0], {Percent: 10}, steps[2]}, "[01 02 03]", "[01 02 03 09 15]", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(20)
			for n, i := range w.instances[:4] {
				i.Labels = pilot.MatchLabels
				if tc.isPinned {
					i.Pinned = 1
				}
				if n == 3 {
					i.Labels, i.Pinned = second.MatchLabels, 0
				}
			}
			w.spec.Steps = tc.steps
			w.change(works)
			w.reconcile()
			first := strings.ReplaceAll(fmt.Sprint(w.touched()), "consortium-", "")
			w.takesOn()
			w.after(10 * time.Minute)
			if next := strings.ReplaceAll(fmt.Sprint(w.touched()), "consortium-", ""); first != tc.first || next != tc.next {
				t.Errorf("the first step takes %s, and the next %s; want %s and %s", first, next, tc.first, tc.next)
			}
		})
	}
}

// A step takes 10 of 20; of these some fail, and some never come to work.
func TestR12_AsManyMayFailAsTheTermsSay(t *testing.T) {
	tests := []struct {
		maxFailed             int32
		fail, hang            int
		atOnce, afterDeadline string
	}{
		{0, 0, 0, "watched until 09:10", ""},
		{0, 1, 0, "InstancesFailed: consortium-01", "InstancesFailed: consortium-01"},
		{1, 1, 0, "watched until 09:10", ""},
		{1, 0, 1, "", "watched until 09:20"},
		{1, 1, 1, "", "DeadlineExceeded: consortium-01 consortium-02"},
		{1, 0, 2, "", "DeadlineExceeded: consortium-01 consortium-02"},
		{1, 2, 7, "InstancesFailed: consortium-01 consortium-02", "InstancesFailed: consortium-01 consortium-02"},
		{2, 1, 1, "", "watched until 09:20"},
		{3, 4, 0, "InstancesFailed: consortium-01 consortium-02 consortium-03", "InstancesFailed: consortium-01 consortium-02 consortium-03"},
		{10, 9, 1, "", "watched until 09:20"},
		{10, 10, 0, "watched until 09:10", ""},
	}
	for _, tc := range tests {
		t.Run(fmt.Sprintf("%d may, %d fail, %d hang", tc.maxFailed, tc.fail, tc.hang), func(t *testing.T) {
			w := newWorld(20)
			w.spec = v1alpha1.Rollout{MaxFailed: &tc.maxFailed, Steps: []v1alpha1.RolloutStep{{Percent: 50}, {Percent: 100}}}
			w.change(works)
			w.reconcile()
			w.tendAll()
			for n, i := range w.among(tc.fail+tc.hang, true) {
				i.IsDone, i.IsFailing = false, n < tc.fail
			}
			w.reconcile()
			atOnce := w.state()
			w.after(10 * time.Minute)
			if got := w.state(); atOnce != tc.atOnce || got != tc.afterDeadline {
				t.Errorf("at once %q, and after the deadline %q; want %q and %q", atOnce, got, tc.atOnce, tc.afterDeadline)
			}
		})
	}
}

// Half of 20 are chosen, and consortium-01 hangs: only who comes to work puts off the deadline.
func TestR12_TheDeadlineIsPutOffByProgress(t *testing.T) {
	w := newWorld(20)
	w.spec.Steps = []v1alpha1.RolloutStep{{Percent: 50}, {Percent: 100}}
	w.change(works)
	w.reconcile()
	chosen := w.among(10, true)
	chosen[0].isIll = true
	w.after(5 * time.Minute)
	w.takesOn()
	w.after(9 * time.Minute)
	chosen[1].IsDone = false
	w.reconcile()
	if got := w.next.Format("15:04"); got != "09:15" || w.state() != "" {
		t.Errorf("one stopped to work: the deadline is %s, and it is %q", got, w.state())
	}
	w.after(time.Minute)
	if got := w.state(); got != "DeadlineExceeded: consortium-01 consortium-02" {
		t.Errorf("after the deadline it is %q", got)
	}
	chosen[1].IsDone = true
	w.reconcile()
	if got := w.state(); got != "DeadlineExceeded: consortium-01" {
		t.Errorf("one works again: it is %q", got)
	}
	chosen[0].IsDone = true
	w.reconcile()
	if got := w.state(); got != "watched until 09:25" {
		t.Errorf("all work: it is %q", got)
	}
}

// A halt that a ninth revision covers is judged anew when the eighth is put back.
func TestR12_ANinthRevisionWaits(t *testing.T) {
	w := newWorld(20)
	w.change(hangs)
	for range 6 {
		w.change(hangs)
		w.reconcile()
	}
	w.change(hangs)
	w.reconcile()
	w.takesOn()
	w.after(10 * time.Minute)
	if len(w.status.Layers) != 8 || w.status.Halted != v1alpha1.HaltDeadlineExceeded {
		t.Fatalf("it is at %q with %d layers, want a halt with 8", w.state(), len(w.status.Layers))
	}
	before := w.status.Layers
	w.change(works)
	w.reconcile()
	if got := w.state(); got != "FinishOrUndo:" || !reflect.DeepEqual(w.status.Layers, before) {
		t.Errorf("with a ninth it is at %q with layers %+v, want %+v", got, w.status.Layers, before)
	}
	w.target--
	w.reconcile()
	if got := w.progress(); got != "step 1 of 3   1 chosen   0 updated" || w.state() != "" || len(w.status.Failing) > 0 {
		t.Errorf("put back, it is at %q, %q, and names %v", got, w.state(), w.status.Failing)
	}
}
