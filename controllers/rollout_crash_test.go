package controllers_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/onsi/gomega"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// TestR12_ARolloutSurvivesTheOperatorsDeathAfterAnyOfItsWrites: the next operator finishes it, every
// instance is written once, and nobody but the instances.
func TestR12_ARolloutSurvivesTheOperatorsDeathAfterAnyOfItsWrites(t *testing.T) {
	established(t, "dies", 704)
	function := makeFunction("dying", rollingOut(percent(30, "0s"), percent(100, "")))
	create(t, function)
	instances := instancesOf(t, "dies", function, 3)
	pin := makeMemberFunction("dies", "dying", pinned(1), func(f *v1alpha1.MemberFunction) { f.Name = "dying-pinned" })
	create(t, pin)
	ready(t, pin)
	atRest(t, function, 1)
	deaths := 0
	for writes := 1; deaths == writes-1; writes++ {
		before := generations(t, append(instances, pin))
		env.Requests.DieAfter(writes)
		change(t, function, withImage(fmt.Sprint(writes+1)))
		isDone := fmt.Sprintf("True Complete: Every instance that follows the catalogue is assigned revision %d.", writes+1)
		gomega.NewWithT(t).Eventually(func() bool {
			return env.Requests.HasDied() || condition(t, function, v1alpha1.RolledOutCondition) == isDone && isAtRest(t, function, int64(writes+1))
		}).Should(gomega.BeTrue())
		if env.Requests.HasDied() {
			deaths++
			restart(t, env.Requests.Revive)
		}
		atRest(t, function, int64(writes+1))
		env.Requests.Revive()
		want := slices.Clone(before)
		for i := range instances {
			want[i]++
		}
		gomega.NewWithT(t).Expect(generations(t, append(instances, pin))).To(gomega.Equal(want), "after a death after %d writes: each workload is written once, and the pinned one is not", writes)
	}
	t.Logf("died after each of %d writes", deaths)
	if deaths < 8 {
		t.Error("so few writes do not make a rollout: this test looks at too few")
	}
}

// atRest waits until a revision has reached everybody who follows, and all work.
func atRest(t *testing.T, function *v1alpha1.SupportFunction, revision int64) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() bool { return isAtRest(t, function, revision) }).Should(gomega.BeTrue(), "revision %d", revision)
}

func isAtRest(t *testing.T, function *v1alpha1.SupportFunction, revision int64) bool {
	t.Helper()
	exists(t, function)
	s := function.Status
	pins := int32(1)
	if revision == 1 {
		pins = 0
	}
	return s.Revision == revision && len(s.Rollout.Layers) == 1 && s.Instances != nil && *s.Instances == 4 && *s.InstancesUpToDate == 4-pins && *s.InstancesReady == 4
}

func generations(t *testing.T, instances []*v1alpha1.MemberFunction) []int64 {
	t.Helper()
	all := make([]int64, len(instances))
	for i, instance := range instances {
		deployment := deploymentOf(instance.Namespace, instance.Name)
		exists(t, deployment)
		all[i] = deployment.Generation
	}
	return all
}
