package rollout_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/golden"
)

// story tells what becomes of a world, minute by minute: a line whenever anything is new. An instance takes
// a minute to take on a revision, and another to come to work.
type story struct {
	*world
	page strings.Builder
	last string
}

// tell writes a heading, and then lives for so many minutes.
func (s *story) tell(minutes int, heading string) {
	fmt.Fprintf(&s.page, "\n# %s\n", heading)
	s.last = ""
	for minute := range minutes + 1 {
		if minute > 0 {
			s.now = s.now.Add(time.Minute)
			for _, i := range s.instances {
				s.tend(i)
			}
		}
		s.reconcile()
		if line := s.line(); line != s.last {
			fmt.Fprintf(&s.page, "%s  %s\n", s.now.Format("15:04"), line)
			s.last = line
		}
	}
}

func (s *story) line() string {
	runs := map[int64]int{}
	for _, i := range s.instances {
		runs[s.assigned(i)]++
	}
	whom := []string{}
	for _, revision := range slices.Backward(slices.Sorted(maps.Keys(runs))) {
		whom = append(whom, fmt.Sprintf("r%d for %d", revision, runs[revision]))
	}
	return strings.TrimRight(fmt.Sprintf("%-36s  %-40s  %s", s.progress(), strings.Join(whom, ", "), s.state()), " ")
}

func (w *world) progress() string {
	is := w.status
	if is.Chosen == nil {
		return "complete"
	}
	return fmt.Sprintf("step %d of %d  %2d chosen  %2d updated", is.Step, is.Steps, *is.Chosen, *is.Updated)
}

// state says whether it is halted, and by whom, or watched.
func (w *world) state() string {
	switch {
	case w.status.Halted != "":
		text := string(w.status.Halted) + ":"
		for _, failing := range w.status.Failing {
			text += " " + failing.Namespace
		}
		return text
	case w.status.SoakingSince != nil:
		return "watched until " + w.next.Format("15:04")
	}
	return ""
}

// among are the first so many of those who follow, and are assigned the target or not.
func (w *world) among(n int, isTarget bool) []*instance {
	var found []*instance
	for _, i := range w.instances {
		if i.Pinned == 0 && (w.assigned(i) == w.target) == isTarget && len(found) < n {
			found = append(found, i)
		}
	}
	return found
}

func TestR12_TheStoryOfARollout(t *testing.T) {
	s := &story{world: newWorld(40)}
	for _, i := range s.instances[:2] {
		i.Pinned = 1
	}
	s.tell(0, "40 instances work; two of them pin revision 1.")
	s.change(works)
	s.tell(30, "Revision 2 works.")
	s.change(fails)
	s.tell(60, "Revision 3 cannot run: nothing further is touched.")
	s.target = 2
	s.tell(1, "Revision 2 is put back.")
	s.change(works)
	s.tell(14, "Revision 4 works.")
	s.change(works)
	s.tell(30, "Revision 5 is put on top of it, before it has reached everybody.")
	s.pauses()
	s.unpauses()
	s.pilots()
	s.losesThoseThatFail()
	s.pilesUp()
	golden.Check(t, "testdata/story.golden", strings.TrimLeft(s.page.String(), "\n"))
}

func (s *story) pauses() {
	s.change(works)
	s.tell(5, "Revision 6 works.")
	s.spec.State = v1alpha1.RolloutPaused
	s.tell(60, "It is paused: what was chosen goes on, and no step begins.")
	s.target = 5
	s.tell(1, "While it is paused, revision 5 is put back.")
	s.target = 6
	s.tell(60, "While it is paused, revision 6 is wanted again.")
}

func (s *story) unpauses() {
	s.spec.State = v1alpha1.RolloutRunning
	s.tell(13, "It goes on.")
	s.leave(s.among(1, true)[0])
	s.leave(s.among(1, false)[0])
	for range 4 {
		s.join().isIll = true
	}
	s.tell(8, "In the middle of a step two leave, and four join that never work: they are not waited for.")
	s.tell(20, "In the next step they are, and they are too many.")
	for _, i := range s.instances {
		i.isIll = false
	}
	s.tell(2, "They are mended.")
}

func (s *story) pilots() {
	for _, i := range s.instances[10:13] {
		i.Labels = pilot.MatchLabels
	}
	s.spec = v1alpha1.Rollout{
		Steps:     []v1alpha1.RolloutStep{{Selector: pilot, Soak: "1h"}, {Percent: 20, Soak: "0s"}, {Percent: 100}},
		MaxFailed: new(int32(1)), Deadline: "5m",
	}
	s.change(hangs)
	s.tell(20, "Three are pilots, and one may fail. Revision 7 never comes to work.")
	s.conduct[7] = works
	ill := s.among(1, true)[0]
	ill.isIll = true
	s.tell(90, "It is mended, but for one instance: as many may fail.")
	ill.isIll = false
}

func (s *story) losesThoseThatFail() {
	s.spec = v1alpha1.Rollout{}
	s.change(fails)
	s.tell(5, "The default steps again. Revision 8 cannot run.")
	for _, i := range s.among(3, true) {
		i.Pinned = 7
	}
	s.tell(30, "Those that cannot run it pin revision 7: another tries, and no step begins.")
	s.target = 7
	s.tell(0, "Revision 7 is put back.")
}

func (s *story) pilesUp() {
	s.spec.Steps = []v1alpha1.RolloutStep{{Percent: 1}, {Percent: 100}}
	for range 7 {
		s.change(works)
		s.reconcile()
	}
	s.tell(1, "Seven more changes follow at once.")
	s.change(works)
	s.tell(30, "An eighth begins when the last finishes, or an earlier one is put back.")
	s.target--
	s.tell(30, "The last is put back, and finishes.")
}
