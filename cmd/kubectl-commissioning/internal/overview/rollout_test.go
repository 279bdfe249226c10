package overview

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * time.Second: "30s", 10 * time.Minute: "10m", 90 * time.Second: "1m30s", time.Hour: "1h", 90 * time.Minute: "1h30m", 168 * time.Hour: "168h",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%d seconds: got %s, want %s", int(d.Seconds()), got, want)
		}
	}
}

func TestWhomOf(t *testing.T) {
	for want, step := range map[string]v1alpha1.RolloutStep{
		"5 %":                {Percent: 5},
		"one instance":       {},
		"those with a=1,b=2": {Selector: v1alpha1.LabelSelector{MatchLabels: map[string]string{"b": "2", "a": "1"}}},
		"those with a in (x,y),b notin (z),c,!d": {Selector: v1alpha1.LabelSelector{MatchExpressions: []v1alpha1.LabelCondition{
			{Key: "a", Operator: v1alpha1.LabelIn, Values: []string{"x", "y"}}, {Key: "b", Operator: v1alpha1.LabelNotIn, Values: []string{"z"}},
			{Key: "c", Operator: v1alpha1.LabelExists}, {Key: "d", Operator: v1alpha1.LabelDoesNotExist},
		}}},
	} {
		if got := WhomOf(step.Percent, selectorOf(step.Selector)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestDefaultsAreThoseOfTheAPI holds what the plugin says of a rollout without terms to what users read.
func TestDefaultsAreThoseOfTheAPI(t *testing.T) {
	data, err := os.ReadFile("../../../../config/crd/commissioning.support_supportfunctions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	api := strings.Join(strings.Fields(string(data)), " ")
	steps := v1alpha1.Rollout{}.StepsOrDefault()
	for _, want := range []string{
		fmt.Sprintf("Default: %d, %d and %d percent.", steps[0].Percent, steps[1].Percent, steps[2].Percent),
		fmt.Sprintf("from 0s to 168h. Default: %s.", lasting(steps[0].SoakOrDefault())),
		fmt.Sprintf("from 10s to 24h. Default: %s.", lasting(v1alpha1.Rollout{}.DeadlineOrDefault())),
	} {
		if !strings.Contains(api, want) {
			t.Errorf("the API does not say %q", want)
		}
	}
}
