package controllers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// rollingOut are terms that a test does not have to wait for.
func rollingOut(steps ...v1alpha1.RolloutStep) func(*v1alpha1.SupportFunction) {
	return func(f *v1alpha1.SupportFunction) {
		f.Spec.Rollout = v1alpha1.Rollout{Steps: steps, Deadline: "10s"}
	}
}

func percent(share int32, soak v1alpha1.Duration) v1alpha1.RolloutStep {
	return v1alpha1.RolloutStep{Percent: share, Soak: soak}
}

func withImage(tag string) func(*v1alpha1.SupportFunction) {
	return func(f *v1alpha1.SupportFunction) { f.Spec.Workload.Image = "registry.example/" + f.Name + ":" + tag }
}

func pilot(f *v1alpha1.MemberFunction) { f.Labels = map[string]string{"pilot": "true"} }

func pinned(revision int64) func(*v1alpha1.MemberFunction) {
	return func(f *v1alpha1.MemberFunction) { f.Spec.Revision = revision }
}

// instancesOf makes so many instances of a function in one consortium, named after letters, and waits
// until they work.
func instancesOf(t *testing.T, namespace string, function *v1alpha1.SupportFunction, count int) []*v1alpha1.MemberFunction {
	t.Helper()
	instances := make([]*v1alpha1.MemberFunction, count)
	for i := range instances {
		instances[i] = makeMemberFunction(namespace, function.Name, func(f *v1alpha1.MemberFunction) {
			f.Name = fmt.Sprintf("%s-%c", function.Name, 'a'+i)
		})
		create(t, instances[i])
	}
	for _, instance := range instances {
		ready(t, instance)
	}
	return instances
}

// running tells the tag of the image that each instance's workload asks for, in order of name.
func running(t *testing.T, instances []*v1alpha1.MemberFunction) string {
	t.Helper()
	tags := make([]string, len(instances))
	for i, instance := range instances {
		deployment := deploymentOf(instance.Namespace, instance.Name)
		exists(t, deployment)
		_, tags[i], _ = strings.Cut(deployment.Spec.Template.Spec.Containers[0].Image, ":")
	}
	return strings.Join(tags, " ")
}

func rolledOut(t *testing.T, function *v1alpha1.SupportFunction, want string) {
	t.Helper()
	eventually(t, settled, function, v1alpha1.RolledOutCondition, want)
}

// TestR12_AChangeWalksItsSteps: a pilot group first, then half of the instances, then all; a pinned one
// is left alone, one that joins late disturbs nothing, and each step is told.
func TestR12_AChangeWalksItsSteps(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	established(t, "steps", 700)
	group := v1alpha1.RolloutStep{Selector: v1alpha1.LabelSelector{MatchLabels: map[string]string{"pilot": "true"}}, Soak: "2s"}
	function := makeFunction("stepping", rollingOut(group, percent(50, "2s"), percent(100, "")))
	create(t, function)
	pin := makeMemberFunction("steps", "stepping", pinned(1), func(f *v1alpha1.MemberFunction) { f.Name = "stepping-pinned" })
	create(t, pin)
	all := instancesOf(t, "steps", function, 7)
	pilots, others := all[:1], all[1:]
	change(t, pilots[0], pilot)
	ready(t, pin)
	rolledOut(t, function, "True Complete: Every instance that follows the catalogue is assigned revision 1.")

	change(t, function, withImage("2.0.0"))
	rolledOut(t, function, "False Soaking")
	g.Expect(running(t, pilots)+" | "+running(t, others)).To(gomega.Equal("2.0.0 | 1.0.0 1.0.0 1.0.0 1.0.0 1.0.0 1.0.0"), "the pilot group alone")
	rolledOut(t, function, "False Updating")
	late := makeMemberFunction("steps", "stepping", func(f *v1alpha1.MemberFunction) { f.Name = "stepping-late" })
	create(t, late)
	g.Eventually(func() string { return condition(t, function, v1alpha1.RolledOutCondition) }).Should(gomega.HavePrefix("False Soaking"))
	exists(t, function)
	half := strings.Count(running(t, all), "2.0.0")
	g.Expect(half).To(gomega.BeNumerically(">=", 4), "half of seven are four, and the pilot may be one more")
	g.Expect(half).To(gomega.BeNumerically("<=", 5))
	rolledOut(t, function, "True Complete: Every instance that follows the catalogue is assigned revision 2.")
	g.Eventually(func() string { return running(t, all) }).Should(gomega.Equal("2.0.0 2.0.0 2.0.0 2.0.0 2.0.0 2.0.0 2.0.0"))
	ready(t, late)
	g.Expect(running(t, []*v1alpha1.MemberFunction{pin, late})).To(gomega.Equal("1.0.0 2.0.0"))
	eventually(t, settled, pin, v1alpha1.UpToDateCondition, "True UpToDate")
	g.Eventually(func() int32 { exists(t, function); return *function.Status.InstancesUpToDate }).Should(gomega.Equal(int32(8)))
	g.Eventually(func() []string { return told(t, function.Name) }).Should(gomega.Equal(
		[]string{"Complete", "Soaking", "Soaking", "Updating", "Updating", "Updating"}), "one event at each step")
}

// told are the reasons of the events about a catalogue entry's rollout, sorted.
func told(t *testing.T, function string) []string {
	t.Helper()
	events := &corev1.EventList{}
	must(t, env.Client.List(t.Context(), events))
	var reasons []string
	for i := range events.Items {
		if e := &events.Items[i]; e.InvolvedObject.Kind == v1alpha1.SupportFunctionKind && e.InvolvedObject.Name == function && e.Reason != v1alpha1.ReasonReady {
			for range max(1, e.Count) {
				reasons = append(reasons, e.Reason)
			}
		}
	}
	slices.Sort(reasons)
	return reasons
}

// TestR12_ABadChangeHaltsAndUndoingItTakesItBackAtOnce: the first step's instance is touched and no other,
// down to the version of each object; the former entry takes it back although its pod never became ready.
func TestR12_ABadChangeHaltsAndUndoingItTakesItBackAtOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	established(t, "halts", 701)
	function := makeFunction("halting", rollingOut(percent(10, "1s"), percent(100, "")))
	create(t, function)
	instances := instancesOf(t, "halts", function, 6)
	before := map[string]string{}
	for _, instance := range instances {
		before[instance.Name] = versions(t, instance)
	}
	bad := cluster.Failure{Image: "registry.example/halting:bad"}
	must(t, env.Cluster.Fail(t.Context(), bad))
	earlier := contents(t, instances)
	change(t, function, withImage("bad"))
	rolledOut(t, function, "False DeadlineExceeded: Halted. Revision 2, step 1 of 2: 0 of 1 chosen instance updated and working. MemberFunction halts/halting-")
	exists(t, function)
	failing := function.Status.Rollout.Failing
	g.Expect(failing).To(gomega.HaveLen(1))
	for _, instance := range instances {
		isTouched := instance.Name == failing[0].Name
		g.Expect(versions(t, instance) != before[instance.Name]).To(gomega.Equal(isTouched), "%s", instance.Name)
		ready(t, instance)
	}
	eventually(t, soon, makeMemberFunction("halts", failing[0].Name), v1alpha1.UpToDateCondition, "False RollingOut")

	change(t, function, withImage("1.0.0"))
	rolledOut(t, function, "True Complete: Every instance that follows the catalogue is assigned revision 1.")
	g.Eventually(func() string { return contents(t, instances) }).WithTimeout(soon).Should(gomega.Equal(earlier), "as it was, but for counters")
	eventually(t, settled, makeMemberFunction("halts", failing[0].Name), v1alpha1.UpToDateCondition, "True UpToDate")
	must(t, env.Cluster.Heal(t.Context(), bad))
}

// versions are the versions of an instance and of all that it consists of.
func versions(t *testing.T, instance *v1alpha1.MemberFunction) string {
	t.Helper()
	exists(t, instance)
	all := []string{instance.ResourceVersion}
	for _, child := range children(instance.Namespace, instance.Name) {
		exists(t, child)
		all = append(all, child.GetResourceVersion())
	}
	return strings.Join(all, " ")
}

func contents(t *testing.T, instances []*v1alpha1.MemberFunction) string {
	t.Helper()
	var all strings.Builder
	for _, instance := range instances {
		for _, child := range children(instance.Namespace, instance.Name) {
			all.WriteString(content(t, child))
		}
	}
	return all.String()
}

// TestR12_AFunctionWithStorageIsTakenBackToo: it is replaced in place, and says so; a broken replica does
// not stand in the way of the former entry.
func TestR12_AFunctionWithStorageIsTakenBackToo(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	established(t, "holds", 702)
	function := makeFunction("holding", rollingOut(percent(100, "")), stored)
	create(t, function)
	instance := makeMemberFunction("holds", "holding")
	create(t, instance)
	ready(t, instance)
	bad := cluster.Failure{Image: "registry.example/holding:bad"}
	must(t, env.Cluster.Fail(t.Context(), bad))
	change(t, function, withImage("bad"))
	eventually(t, settled, instance, v1alpha1.AvailableCondition, "False NotAvailable")
	eventually(t, soon, instance, v1alpha1.UpToDateCondition, "True UpToDate")
	set := &appsv1.StatefulSet{ObjectMeta: childMeta("holds", "holding")}
	rolledOut(t, function, "False DeadlineExceeded: ")
	change(t, function, withImage("1.0.0"))
	rolledOut(t, function, "True Complete")
	eventually(t, settled, instance, v1alpha1.ReadyCondition, "True")
	exists(t, set)
	g.Expect(set.Status.CurrentRevision).To(gomega.Equal(set.Status.UpdateRevision))
	must(t, env.Cluster.Heal(t.Context(), bad))
}

// TestR12_ConsortiaAreServedWhileTheirServiceChanges: make before break; the agreement is Ready and its
// name leads to where it is let in, at every version.
func TestR12_ConsortiaAreServedWhileTheirServiceChanges(t *testing.T) {
	t.Parallel()
	p := paired(t, "upgrade", 715)
	function := &v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: "upgrade-function"}}
	change(t, function, rollingOut(percent(50, "1s"), percent(100, "")))
	seen, g := observe(t, p.agreement), gomega.NewWithT(t)
	exists(t, p.agreement)
	since := lastChange(p.agreement, v1alpha1.ReadyCondition)
	began := afterWhatWas(t, p.one, p.two)
	change(t, function, withImage("2.0.0"))
	rolledOut(t, function, "True Complete: Every instance that follows the catalogue is assigned revision 2.")
	for _, service := range []*v1alpha1.HostedService{p.one, p.two} {
		eventually(t, settled, service, v1alpha1.UpToDateCondition, "True UpToDate")
		g.Expect(service.Status.Revision).To(gomega.Equal(int64(2)))
		g.Expect(service.Status.UnavailableSince).To(gomega.BeNil())
		for _, transition := range service.Status.Transitions {
			isNew := !transition.Time.Time.Before(began)
			g.Expect(isNew && transition.Available == v1alpha1.ServiceNotAvailable).To(gomega.BeFalse(), "%+v", service.Status.Transitions)
		}
	}
	exists(t, p.agreement)
	g.Expect(lastChange(p.agreement, v1alpha1.ReadyCondition)).To(gomega.Equal(since), "it stayed Ready")
	g.Expect(suppliedBy(t, p.agreement)).To(gomega.Equal("upgrade-one"))
	g.Expect(seen.gaps()).To(gomega.BeEmpty())
}

// TestR12_AServiceWithStorageIsReplacedInPlace: nobody answers for a moment that is shorter than any
// afterOutage, and no consortium moves.
func TestR12_AServiceWithStorageIsReplacedInPlace(t *testing.T) {
	t.Parallel()
	p := beside(t, paired(t, "inplace", 720), "inplace-records", stored, rollingOut(percent(100, "")))
	function := &v1alpha1.SupportFunction{ObjectMeta: metav1.ObjectMeta{Name: "inplace-records"}}
	began := afterWhatWas(t, p.one, p.two)
	change(t, function, withImage("2.0.0"))
	rolledOut(t, function, "True Complete: Every instance that follows the catalogue is assigned revision 2.")
	g := gomega.NewWithT(t)
	g.Eventually(func() time.Duration { return longestOutage(t, p.one, began) }).Should(gomega.And(gomega.BeNumerically(">", 0), gomega.BeNumerically("<", afterOutage)))
	eventually(t, settled, p.one, v1alpha1.UpToDateCondition, "True UpToDate")
	g.Expect(suppliedBy(t, p.agreement)).To(gomega.Equal("inplace-one"))
	g.Expect(reasons(t, p.agreement)).To(gomega.Equal([]v1alpha1.SwitchReason{v1alpha1.SwitchAccepted}))
}

func stored(f *v1alpha1.SupportFunction) {
	f.Spec.Workload.Storage = v1alpha1.Storage{Size: new(resource.MustParse("1Gi")), MountPath: "/var/lib/data"}
	f.Spec.Sizing.MinReplicas, f.Spec.Sizing.MaxReplicas = 1, 1
}

// afterWhatWas returns a moment from which on what services go through is new. Transitions have the time to
// the second, so it waits until the last one is older than that.
func afterWhatWas(t *testing.T, services ...*v1alpha1.HostedService) time.Time {
	t.Helper()
	for _, service := range services {
		gomega.NewWithT(t).Eventually(func() time.Duration {
			exists(t, service)
			return time.Since(service.Status.Transitions[0].Time.Time)
		}).Should(gomega.BeNumerically(">", 2*time.Second))
	}
	return time.Now().Add(-time.Second)
}

// longestOutage is the longest time since a moment in which a service was seen not available, and is again.
func longestOutage(t *testing.T, service *v1alpha1.HostedService, since time.Time) time.Duration {
	t.Helper()
	exists(t, service)
	var longest time.Duration
	var back time.Time
	for _, transition := range service.Status.Transitions { // the newest first
		switch {
		case transition.Time.Time.Before(since):
			return longest
		case transition.Available == v1alpha1.ServiceAvailable:
			back = transition.Time.Time
		case transition.Available == v1alpha1.ServiceNotAvailable && !back.IsZero():
			longest = max(longest, back.Sub(transition.Time.Time), time.Nanosecond)
		}
	}
	return longest
}

func lastChange(a *v1alpha1.SupportAgreement, condition string) time.Time {
	for _, c := range a.Status.Conditions {
		if c.Type == condition {
			return c.LastTransitionTime.Time
		}
	}
	return time.Time{}
}

// TestR12_APinNamesARevisionThatIsKept: while an instance pins a revision it stays; one that is gone is
// said to be, and what runs goes on.
func TestR12_APinNamesARevisionThatIsKept(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	established(t, "pins", 703)
	function := makeFunction("pinning", rollingOut(percent(100, "")))
	create(t, function)
	keeper := makeMemberFunction("pins", "pinning", pinned(1))
	create(t, keeper)
	ready(t, keeper)
	for n := 2; n <= 13; n++ {
		change(t, function, withImage(fmt.Sprint(n)))
		rolledOut(t, function, fmt.Sprintf("True Complete: Every instance that follows the catalogue is assigned revision %d.", n))
	}
	g.Eventually(func() []int64 { return kept(t, "pinning") }).Should(gomega.Equal([]int64{1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}))
	change(t, keeper, pinned(2))
	eventually(t, soon, keeper, v1alpha1.FunctionResolvedCondition, "False RevisionMissing: pinning has no revision 2 (any more)")
	eventually(t, soon, keeper, v1alpha1.AvailableCondition, "True")
	g.Expect(running(t, []*v1alpha1.MemberFunction{keeper})).To(gomega.Equal("1.0.0"))
	change(t, keeper, pinned(0))
	eventually(t, settled, keeper, v1alpha1.ReadyCondition, "True")
	g.Eventually(func() string { return running(t, []*v1alpha1.MemberFunction{keeper}) }).Should(gomega.Equal("13"))
	remove(t, keeper)
	restored := &v1alpha1.SupportFunctionRevision{ObjectMeta: metav1.ObjectMeta{Name: "pinning-13"}}
	change(t, restored, func(r *v1alpha1.SupportFunctionRevision) {
		r.Annotations[v1alpha1.OwnerAnnotation] = "SupportFunction//pinning/4f2a9a7e-0000-4000-8000-00000000dead"
	})
	g.Eventually(func() error { return env.Client.Delete(t.Context(), function) }).Should(gomega.Succeed())
	g.Eventually(func() []int64 { return kept(t, "pinning") }).Should(gomega.BeEmpty(), "they go with their function")
}

// kept are the numbers of a function's revisions, in order.
func kept(t *testing.T, function string) []int64 {
	t.Helper()
	revisions := &v1alpha1.SupportFunctionRevisionList{}
	must(t, env.Client.List(t.Context(), revisions))
	var numbers []int64
	for i := range revisions.Items {
		if string(revisions.Items[i].Spec.Function) == function {
			numbers = append(numbers, revisions.Items[i].Spec.Revision)
		}
	}
	slices.Sort(numbers)
	return numbers
}
