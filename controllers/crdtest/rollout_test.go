package crdtest_test

import (
	"strings"
	"testing"
)

// step of a rollout, by percent.
func step(percent int64) map[string]any { return map[string]any{"percent": percent} }

// pilots is a step of those whose labels match.
func pilots() map[string]any {
	return map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"example.org/pilot": "yes"}}, "soak": "24h"}
}

// group is the largest group that a step can name.
func group(int) any {
	return map[string]any{"selector": map[string]any{"matchLabels": labels(16), "matchExpressions": conditionsOnLabels(16)}, "soak": "168h"}
}

func steps(all ...any) mutation { return set("spec.rollout.steps", all) }

func soak(span string) mutation {
	return steps(map[string]any{"percent": int64(5), "soak": span}, step(100))
}

func deadline(span string) mutation { return set("spec.rollout.deadline", span) }

// asMuchAsARolloutCanBe fills every field to its bound, but for the groups: fifteen are more than the
// database holds.
var asMuchAsARolloutCanBe = all(
	set("spec.rollout", map[string]any{"state": "Paused", "maxFailed": int64(100_000), "deadline": "24h"}),
	steps(append(repeat(5, group), append(repeat(10, func(i int) any { return step(int64(i + 1)) }), step(100))...)...),
)

const (
	eitherMessage   = "a step names a percent of the instances, or a selector of their labels: one of the two"
	lastMessage     = "the last step must be percent: 100, or the change would never reach everybody"
	sortedMessage   = "the percent of a step must not be below that of a step before it"
	soakMessage     = "soak must be at most 168h"
	deadlineMessage = "deadline must be from 10s to 24h"
	spanMessage     = "must be hours, minutes and seconds, such as 5m or 1h30m"
)

var rollouts = map[string]refusal{
	"a rollout, as much as it can be": {mutate: asMuchAsARolloutCanBe},
	"a rollout of a pilot group":      {mutate: steps(pilots(), step(20), step(100))},
	"a rollout to all at once":        {mutate: steps(step(100))},
	"a rollout paused":                {mutate: set("spec.rollout.state", "Paused")},
	"a rollout of nothing":            {mutate: set("spec.rollout", map[string]any{}), wantErrors: []string{"spec.rollout"}},
	"a rollout's state unknown":       {mutate: set("spec.rollout.state", "Stopped"), wantErrors: []string{`supported values: "Running", "Paused"`}},
	"a rollout's field misspelt":      {mutate: set("spec.rollout.maxFailures", int64(1)), wantErrors: []string{`unknown field "spec.rollout.maxFailures"`}},

	"a rollout without steps":               {mutate: set("spec.rollout.steps", []any{}), wantErrors: []string{"spec.rollout.steps"}},
	"a rollout of 16 steps":                 {mutate: steps(repeat(16, func(int) any { return step(100) })...)},
	"a rollout of 17 steps":                 {mutate: steps(repeat(17, func(int) any { return step(100) })...), wantErrors: []string{"must have at most 16 items"}},
	"a step of nothing":                     {mutate: steps(map[string]any{}, step(100)), wantErrors: []string{"spec.rollout.steps[0]", eitherMessage}},
	"a step of a soak alone":                {mutate: steps(map[string]any{"soak": "1h"}, step(100)), wantErrors: []string{"spec.rollout.steps[0]", eitherMessage}},
	"a step of a percentage and a group":    {mutate: all(steps(pilots(), step(100)), set("spec.rollout.steps.0.percent", int64(5))), wantErrors: []string{"spec.rollout.steps[0]", eitherMessage}},
	"a step of a group of everybody":        {mutate: steps(map[string]any{"selector": map[string]any{}}, step(100)), wantErrors: []string{"spec.rollout.steps[0].selector"}},
	"a step of no percent":                  {mutate: steps(step(0), step(100)), wantErrors: []string{"should be greater than or equal to 1"}},
	"a step of 101 percent":                 {mutate: steps(step(101)), wantErrors: []string{"should be less than or equal to 100"}},
	"a step of half a percent":              {mutate: steps(map[string]any{"percent": 0.5}, step(100)), wantErrors: []string{"must be of type integer"}},
	"the last step of 99 percent":           {mutate: steps(step(5), step(99)), wantErrors: []string{"spec.rollout.steps", lastMessage}},
	"the last step of a group":              {mutate: steps(step(5), pilots()), wantErrors: []string{lastMessage}},
	"steps that go back":                    {mutate: steps(step(50), step(5), step(100)), wantErrors: []string{"spec.rollout.steps", sortedMessage}},
	"steps that go back, across a group":    {mutate: steps(step(50), pilots(), step(5), step(100)), wantErrors: []string{sortedMessage}},
	"steps of the same percentage":          {mutate: steps(step(50), step(50), step(100))},
	"a step that is repeated at the end":    {mutate: steps(step(100), step(100))},
	"a group between percentages":           {mutate: steps(step(5), pilots(), step(5), step(100))},
	"a group by a condition without values": {mutate: all(steps(pilots(), step(100)), set("spec.rollout.steps.0.selector", map[string]any{"matchExpressions": []any{condition("region", "In")}})), wantErrors: []string{valuesMessage}},

	"a soak of nothing":               {mutate: soak("0s")},
	"a soak of a week":                {mutate: soak("168h")},
	"a soak of a week and a second":   {mutate: soak("168h1s"), wantErrors: []string{"spec.rollout.steps[0].soak", soakMessage}},
	"a soak of days":                  {mutate: soak("2d"), wantErrors: []string{"spec.rollout.steps[0].soak", spanMessage}},
	"a soak of an empty text":         {mutate: soak(""), wantErrors: []string{"spec.rollout.steps[0].soak"}},
	"a soak below zero":               {mutate: soak("-10m"), wantErrors: []string{spanMessage}},
	"a deadline of ten seconds":       {mutate: deadline("10s")},
	"a deadline of nine seconds":      {mutate: deadline("9s"), wantErrors: []string{"spec.rollout.deadline", deadlineMessage}},
	"a deadline of a day":             {mutate: deadline("24h")},
	"a deadline of a day and a bit":   {mutate: deadline("24h1s"), wantErrors: []string{deadlineMessage}},
	"a deadline in words":             {mutate: deadline("ten minutes"), wantErrors: []string{"spec.rollout.deadline", spanMessage}},
	"no instance that fails":          {mutate: set("spec.rollout.maxFailed", int64(0))},
	"instances that fail, below zero": {mutate: set("spec.rollout.maxFailed", int64(-1)), wantErrors: []string{"should be greater than or equal to 0"}},
	"too many instances that fail":    {mutate: set("spec.rollout.maxFailed", int64(100_001)), wantErrors: []string{"should be less than or equal to 100000"}},
	"instances that fail, in percent": {mutate: set("spec.rollout.maxFailed", "10%"), wantErrors: []string{"must be of type integer"}},
}

func TestR12_Rollout(t *testing.T) { tryCreating(t, supportFunctionBase, rollouts) }

// What a person may change of a rollout while it is under way: all of it.
func TestR12_RolloutChanges(t *testing.T) {
	tryUpdating(t, supportFunctionBase, map[string]change{
		"its rollout paused":  {was: nothing, mutate: set("spec.rollout.state", "Paused")},
		"its rollout resumed": {was: set("spec.rollout.state", "Paused"), mutate: set("spec.rollout.state", "Running")},
		"its steps":           {was: steps(pilots(), step(100)), mutate: steps(step(100))},
		"its rollout removed": {was: steps(step(100)), mutate: remove("spec.rollout")},
	})
}

// An instance pins a revision by its number, which need not exist yet.
func TestR12_PinnedRevision(t *testing.T) {
	pin := func(revision any) mutation { return set("spec.revision", revision) }
	for _, base := range []string{memberFunctionBase, hostedServiceBase} {
		tryCreating(t, base, map[string]refusal{
			"revision 1":               {mutate: pin(int64(1))},
			"the largest revision":     {mutate: pin(int64(2147483647))},
			"revision 0":               {mutate: pin(int64(0)), wantErrors: []string{"spec.revision", "should be greater than or equal to 1"}},
			"a revision below zero":    {mutate: pin(int64(-1)), wantErrors: []string{"should be greater than or equal to 1"}},
			"a revision too large":     {mutate: pin(int64(2147483648)), wantErrors: []string{"should be less than or equal to 2147483647"}},
			"a revision by its name":   {mutate: pin("referral-management-3"), wantErrors: []string{"must be of type integer"}},
			"a revision as a fraction": {mutate: pin(1.5), wantErrors: []string{"must be of type integer"}},
		})
		tryUpdating(t, base, map[string]change{
			"its revision pinned":   {was: nothing, mutate: pin(int64(2))},
			"its revision":          {was: pin(int64(3)), mutate: pin(int64(2))},
			"its revision released": {was: pin(int64(2)), mutate: remove("spec.revision")},
		})
	}
}

const underWay = `
observedGeneration: 4
revision: 4
rollout:
  startedAt: "2026-11-22T10:00:00Z"
  progressedAt: "2026-11-22T10:04:00Z"
  soakingSince: "2026-11-22T10:04:00Z"
  halted: InstancesFailed
  step: 2
  steps: 3
  chosen: 7
  updated: 0
  failing: [{kind: MemberFunction, namespace: newham, name: referral-management}]
  layers:
  - {revision: 4, threshold: 8f00000000000000, step: 2, selectors: [{matchLabels: {example.org/pilot: "yes"}}]}
  - {revision: 3}
`

// What the operator could not write would stop a rollout for ever; what it must not write is refused.
func TestR12_StatusOfARollout(t *testing.T) {
	failing := repeat(4, func(int) any {
		return map[string]any{"kind": "MemberFunction", "namespace": "newham", "name": "referral-management"}
	})
	layers := repeat(9, func(i int) any {
		return map[string]any{"revision": int64(9 - i), "threshold": "8f00000000000000", "step": int64(16)}
	})
	stating := func(more mutation) mutation {
		return all(set("status", parse(underWay).Object), more)
	}
	tryStating(t, supportFunctionBase, map[string]change{
		"under way":                  {mutate: stating(nothing)},
		"complete":                   {mutate: stating(set("status.rollout", map[string]any{"layers": []any{map[string]any{"revision": int64(4)}}}))},
		"eight revisions under way":  {mutate: stating(set("status.rollout.layers", layers[:8]))},
		"nine revisions under way":   {nil, stating(set("status.rollout.layers", layers)), []string{"must have at most 8 items"}},
		"no revision":                {nil, stating(set("status.revision", int64(0))), []string{"status.revision"}},
		"a layer without a revision": {nil, stating(set("status.rollout.layers", []any{map[string]any{"step": int64(1)}})), []string{"revision: Required value"}},
		"a short threshold":          {nil, stating(set("status.rollout.layers.0.threshold", strings.Repeat("f", 15))), []string{"should be at least 16 chars long"}},
		"three instances that fail":  {mutate: stating(set("status.rollout.failing", failing[:3]))},
		"four instances that fail":   {nil, stating(set("status.rollout.failing", failing)), []string{"must have at most 3 items"}},
		"halted for no known reason": {nil, stating(set("status.rollout.halted", "Tired")), []string{`supported values: "InstancesFailed", "DeadlineExceeded", "FinishOrUndo"`}},
	})
	for _, base := range []string{memberFunctionBase, hostedServiceBase} {
		tryStating(t, base, map[string]change{
			"a revision":  {mutate: set("status", map[string]any{"revision": int64(4)})},
			"no revision": {nil, set("status", map[string]any{"revision": int64(0)}), []string{"status.revision"}},
		})
	}
}
