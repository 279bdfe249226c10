package metrics_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/metrics"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// noon is when the tests look.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func collector(failure error, standing metrics.Standing, perConsortium bool) *metrics.Collector {
	read := func() (metrics.Standing, error) { return standing, failure }
	return metrics.NewCollector(read, state.Settings{
		Zone: time.UTC, Clock: clocktesting.NewFakePassiveClock(noon), Version: "v1.2.3", PerConsortiumMetrics: perConsortium,
	})
}

// compare compares the metrics that want names.
func compare(t *testing.T, c *metrics.Collector, want string) {
	t.Helper()
	var names []string
	for line := range strings.Lines(want) {
		if rest, isHelp := strings.CutPrefix(line, "# HELP "); isHelp {
			name, _, _ := strings.Cut(rest, " ")
			names = append(names, name)
		}
	}
	if err := testutil.CollectAndCompare(c, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.CollectAndLint(c); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

func function(name string, state string) v1alpha1.SupportFunction {
	f := v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: name}}
	f.Status.Conditions = []metav1.Condition{{Type: v1alpha1.RolledOutCondition, Reason: state}}
	return f
}

func TestWhatIsToldOfTheCatalogue(t *testing.T) {
	complete, underWay := function("contracting", "Complete"), function("data-analytics", "Soaking")
	complete.Status.Revision = 4
	underWay.Status.Instances, underWay.Status.InstancesReady, underWay.Status.InstancesUpToDate = new(int32(15)), new(int32(14)), new(int32(1))
	underWay.Status.Rollout.Step, underWay.Status.Rollout.Steps = 1, 3
	want := `
# HELP commissioning_function_instances Instances of a function of the catalogue.
# TYPE commissioning_function_instances gauge
commissioning_function_instances{function="data-analytics"} 15
# HELP commissioning_function_instances_ready Instances of a function that work.
# TYPE commissioning_function_instances_ready gauge
commissioning_function_instances_ready{function="data-analytics"} 14
# HELP commissioning_function_instances_up_to_date Instances of a function that run the revision that the catalogue makes now.
# TYPE commissioning_function_instances_up_to_date gauge
commissioning_function_instances_up_to_date{function="data-analytics"} 1
# HELP commissioning_function_revision Number of the revision that a catalogue entry makes now.
# TYPE commissioning_function_revision gauge
commissioning_function_revision{function="contracting"} 4
# HELP commissioning_rollout_state 1 for the state of a function's rollout: the reason of its RolledOut condition.
# TYPE commissioning_rollout_state gauge
commissioning_rollout_state{function="contracting",state="Complete"} 1
commissioning_rollout_state{function="data-analytics",state="Soaking"} 1
# HELP commissioning_rollout_step Step that a rollout has reached; absent when it is complete.
# TYPE commissioning_rollout_step gauge
commissioning_rollout_step{function="data-analytics"} 1
# HELP commissioning_rollout_steps Steps of a rollout; absent when it is complete.
# TYPE commissioning_rollout_steps gauge
commissioning_rollout_steps{function="data-analytics"} 3
`
	compare(t, collector(nil, metrics.Standing{Functions: []v1alpha1.SupportFunction{complete, underWay}}, false), want)
}

func TestACacheThatDoesNotAnswerIsSaidToBe(t *testing.T) {
	err := testutil.CollectAndCompare(collector(errors.New("stopped"), metrics.Standing{}, false), strings.NewReader(""))
	if err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("the error is %v", err)
	}
}
