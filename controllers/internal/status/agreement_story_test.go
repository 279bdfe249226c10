package status_test

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/controllers/internal/golden"
)

// What an agreement's status says beside its conditions, at each step of an outage.
func TestAnOutageIsToldAsTheGoldenFileSays(t *testing.T) {
	page := strings.Builder{}
	page.WriteString("# What the status of an agreement says beside its conditions while its supplier fails, comes back, and fails again.\n# Written by: go test ./controllers/internal/status -update\n")
	for _, step := range []struct {
		title string
		facts *agreementFacts
	}{
		{"In force.", inForce()},
		{"The supplier has failed; the outage is not confirmed yet.", outageSeen()},
		{"Confirmed: the next supplier has taken over.", failedOver()},
		{"The first choice is back, and is watched.", stabilising()},
		{"Returned.", returned()},
		{"Instead of its return: the second supplier fails as well.", bothOut()},
		{"Instead of its return: the second supplier cannot be read.", unreadable()},
	} {
		told := step.facts.object.Status.DeepCopy()
		told.Conditions = nil // messages.golden has them
		text, err := yaml.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&page, "\n--- %s  %s\n%s", step.facts.now.Format("15:04:05"), step.title, text)
	}
	golden.Check(t, "testdata/outage.golden", page.String())
}
