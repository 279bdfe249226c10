package status_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// dependents are the conditions that must be True where Ready is.
var dependents = map[string][]string{
	v1alpha1.ConsortiumKind:      {"NamespaceAvailable", "GuardRailsInPlace", "AccessGranted"},
	v1alpha1.LocalityKind:        {"ConsortiumResolved", "PracticesCounted"},
	v1alpha1.SupportFunctionKind: {"SchemaValid"},
	v1alpha1.SupportProviderKind: {"NamespaceAvailable", "GuardRailsInPlace", "AccessGranted"},
	v1alpha1.HostedServiceKind:   {"ProviderResolved", "FunctionResolved", "ParametersValid", "Applied", "Available"},
	v1alpha1.MemberFunctionKind:  {"ConsortiumResolved", "FunctionResolved", "ParametersValid", "Applied", "Available"},
}

// relative matches times that would be wrong a moment later. How long something must have been
// available is none.
var relative = regexp.MustCompile(`\bago\b|\b(in|for|since) [0-9]+ ?(s|m|h|ms|seconds?|minutes?|hours?|days?)\b`)

var required = regexp.MustCompile(`has been available for [0-9hms]+\b`)

type reporter interface{ Errorf(string, ...any) }

// check says whether a status keeps to what every status keeps to.
func check(t reporter, e example, known []string) {
	conditions := e.object.GetConditions()
	ready := meta.FindStatusCondition(conditions, v1alpha1.ReadyCondition)
	if ready == nil {
		t.Errorf("%s: there is no Ready", e.situation)
		return
	}
	for _, name := range dependents[e.kind] {
		if ready.Status == metav1.ConditionTrue && !meta.IsStatusConditionTrue(conditions, name) {
			t.Errorf("%s: Ready is True, and %s is not", e.situation, name)
		}
	}
	isBlocker := func(c metav1.Condition) bool {
		return !slices.Contains(summaries, c.Type) && c.Status == ready.Status && c.Message == ready.Message
	}
	checkProgress(t, e, ready)
	if e.kind == v1alpha1.SupportAgreementKind {
		checkAgreement(t, e, ready)
	} else if ready.Status != metav1.ConditionTrue && ready.Reason != v1alpha1.ReasonDeleting && !slices.ContainsFunc(conditions, isBlocker) {
		t.Errorf("%s: Ready names no blocker: %s", e.situation, ready.Message)
	}
	for _, c := range conditions {
		checkCondition(t, e, c, known)
	}
}

// summaries are the conditions that repeat what others say.
var summaries = []string{v1alpha1.ReadyCondition, v1alpha1.ReconcilingCondition, v1alpha1.StalledCondition}

// checkProgress: what GitOps engines read beside Ready is present only while it is true, never both,
// and one of the two wherever Ready is not True.
func checkProgress(t reporter, e example, ready *metav1.Condition) {
	conditions := e.object.GetConditions()
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.ReconcilingCondition)
	stalled := meta.FindStatusCondition(conditions, v1alpha1.StalledCondition)
	if reconciling != nil && stalled != nil {
		t.Errorf("%s: both Reconciling and Stalled", e.situation)
	}
	if ready.Status != metav1.ConditionTrue && reconciling == nil && stalled == nil {
		t.Errorf("%s: Ready is not True, and neither Reconciling nor Stalled says why", e.situation)
	}
	if stalled != nil && ready.Status == metav1.ConditionTrue {
		t.Errorf("%s: Ready and Stalled", e.situation)
	}
	for _, c := range []*metav1.Condition{reconciling, stalled} {
		if c != nil && c.Status != metav1.ConditionTrue {
			t.Errorf("%s: %s is present and not true", e.situation, c.Type)
		}
	}
}

func checkCondition(t reporter, e example, c metav1.Condition, known []string) {
	isLeft := e.object.GetDeletionTimestamp() != nil // what a deletion does not look at is left as it was
	if c.ObservedGeneration != generation && !isLeft {
		t.Errorf("%s: %s speaks of generation %d, want %d", e.situation, c.Type, c.ObservedGeneration, generation)
	}
	if !slices.Contains(known, c.Reason) {
		t.Errorf("%s: %s has the reason %q, which the API does not declare", e.situation, c.Type, c.Reason)
	}
	if c.Message == "" || len(c.Message) > 1024 || !utf8.ValidString(c.Message) {
		t.Errorf("%s: the message of %s is empty, broken or longer than 1024 bytes: %q", e.situation, c.Type, c.Message)
	}
	if relative.MatchString(required.ReplaceAllString(c.Message, "")) || strings.Contains(c.Message, "0x") || strings.Contains(c.Message, "10.96.0.1") {
		t.Errorf("%s: the message of %s has a part that changes by itself: %s", e.situation, c.Type, c.Message)
	}
}

func TestEveryExampleKeepsToTheRulesOfAStatus(t *testing.T) {
	for _, e := range examples() {
		check(t, e, reasons(t))
	}
}

func TestReasonsAreWordsForMachines(t *testing.T) {
	camelCase := regexp.MustCompile(`^([A-Z][a-z]+|[0-9]+)+$`)
	for _, reason := range reasons(t) {
		if !camelCase.MatchString(reason) {
			t.Errorf("%q is not in camel case", reason)
		}
	}
}

func TestTheSameFactsGiveTheSameStatus(t *testing.T) {
	again := examples()
	for i, e := range examples() {
		if diff := cmp.Diff(withoutTimes(e.object.GetConditions()), withoutTimes(again[i].object.GetConditions())); diff != "" {
			t.Errorf("%s: two statuses of the same facts differ (-first +second):\n%s", e.situation, diff)
		}
	}
}

func TestALongMessageIsCutBetweenLetters(t *testing.T) {
	for length := 1018; length < 1030; length++ {
		e := consortium("A refusal of many words.", func(f *consortiumFacts) {
			f.done = refused(2, state.Blocked{Kind: "RoleBinding", Name: strings.Repeat("x", length%5)}, strings.Repeat("é", length/2))
		})
		check(t, e, reasons(t))
	}
}

// Anything that may come of a reconcile, also what should not.
func TestEveryStatusKeepsToTheRules(t *testing.T) {
	known := reasons(t)
	rapid.Check(t, func(r *rapid.T) {
		check(r, example{"a consortium", v1alpha1.ConsortiumKind, anyConsortium(r)}, known)
		check(r, example{"a function", v1alpha1.MemberFunctionKind, anyFunction(r)}, known)
	})
}

func anyResult(r *rapid.T, steps int) (state.Result, error) {
	done := stepsDone(rapid.IntRange(0, steps).Draw(r, "steps done"))
	if done.StepsDone == steps {
		return done, rapid.SampledFrom([]error{nil, errUnknown}).Draw(r, "error of pruning")
	}
	for range rapid.IntRange(0, 5).Draw(r, "blocked") {
		done.Blocked = append(done.Blocked, state.Blocked{
			Kind: "NetworkPolicy", Name: words(r),
			Obstacle: rapid.SampledFrom([]state.Obstacle{state.InTheWay, state.Leaving, state.Refused}).Draw(r, "obstacle"), Message: words(r),
		})
	}
	return done, rapid.SampledFrom([]error{nil, errUnknown, errConflict}).Draw(r, "error")
}

func words(r *rapid.T) string {
	return rapid.StringMatching(`[a-z é]{1,300}`).Filter(func(s string) bool { return !relative.MatchString(s) }).Draw(r, "words")
}

func anyStatus(r *rapid.T) metav1.ConditionStatus {
	return rapid.SampledFrom([]metav1.ConditionStatus{"", "True", "False", "Unknown"}).Draw(r, "status")
}

func anyConsortium(r *rapid.T) *v1alpha1.Consortium {
	facts := atRest()
	facts.verdict = rapid.SampledFrom([]plan.NamespaceVerdict{
		plan.NamespaceReserved, plan.CodeTaken, plan.NamespaceTerminating, plan.NamespaceForeign, plan.NamespaceOfAnEarlier,
		plan.NamespaceMissing, plan.NamespaceCreated, plan.NamespaceAdopted,
	}).Draw(r, "verdict")
	if facts.done = stepsDone(0); facts.verdict.IsUsable() {
		facts.done, facts.err = anyResult(r, 3)
	}
	facts.seen.QuotaCounted = rapid.Bool().Draw(r, "quota counted")
	facts.seen.Functions = nil
	for range rapid.IntRange(0, 70).Draw(r, "functions") {
		facts.seen.Functions = append(facts.seen.Functions, state.UsesByMembers([]v1alpha1.MemberFunction{function(words(r), anyStatus(r))})...)
	}
	if rapid.Bool().Draw(r, "has a successor") {
		facts.object.Spec.SucceededBy = "newham"
	}
	facts.object.Status.Conditions = with(condition("Ready", "Unknown", v1alpha1.ReasonPending))
	return facts.mark()
}

func anyFunction(r *rapid.T) *v1alpha1.MemberFunction {
	facts := running()
	facts.planned.Obstacle = rapid.SampledFrom([]plan.Obstacle{
		plan.NoObstacle, plan.HomeMissing, plan.GuardRailsMissing, plan.GuardRailsUnknown, plan.FunctionMissing, plan.FunctionHosted,
		plan.RevisionMissing, plan.RevisionUnknown, plan.SchemaBroken, plan.ParametersWrong, plan.LocalityMissing, plan.PopulationUncounted,
	}).Draw(r, "obstacle")
	facts.planned.Problem = errors.New(words(r))
	switch facts.planned.Obstacle {
	case plan.NoObstacle:
		facts.done, facts.err = anyResult(r, 1)
	case plan.HomeMissing:
		facts.seen.Home = rapid.SampledFrom(homeless()).Draw(r, "home").home
	case plan.FunctionMissing:
		facts.seen.Function = nil
	case plan.FunctionHosted:
		facts.seen.Function.Spec.Delivery = v1alpha1.DeliveryHosted
	default: // nothing of what was read tells them apart
	}
	facts.planned.Revision, facts.seen.Workload = anyRevision(r), anyWorkload(r)
	if rapid.Bool().Draw(r, "was looked at before") {
		facts.object.Status.Conditions = with(condition("Available", anyOf(r), "Available"), condition("UpToDate", anyOf(r), "UpToDate"))
	}
	return facts.mark()
}

func anyRevision(r *rapid.T) plan.Revision {
	return plan.Revision{Number: rapid.Int64Range(0, 3).Draw(r, "assigned revision")}
}

func anyWorkload(r *rapid.T) *state.Workload {
	count := rapid.Int32Range(0, 5)
	return rapid.SampledFrom([]*state.Workload{nil, {
		Revision: rapid.Int64Range(0, 3).Draw(r, "revision"), IsReplacedInPlace: rapid.Bool().Draw(r, "in place"),
		Observed: rapid.Bool().Draw(r, "observed"), Desired: count.Draw(r, "desired"), Updated: count.Draw(r, "updated"),
		Total: count.Draw(r, "total"), Available: count.Draw(r, "available"), Failure: rapid.SampledFrom([]string{"", "no room"}).Draw(r, "failure"),
	}}).Draw(r, "workload")
}

func anyOf(r *rapid.T) metav1.ConditionStatus {
	return rapid.SampledFrom([]metav1.ConditionStatus{"True", "False", "Unknown"}).Draw(r, "status")
}
