package plan_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func labelled(name string, labels map[string]string) *v1alpha1.Consortium {
	return &v1alpha1.Consortium{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
}

func accepts(conditions ...v1alpha1.LabelCondition) v1alpha1.Acceptance {
	return v1alpha1.Acceptance{Selector: v1alpha1.LabelSelector{MatchExpressions: conditions}}
}

func TestR03_AServiceAcceptsWhomItNamesOrSelects(t *testing.T) {
	london := map[string]string{"region": "london"}
	byRegion := v1alpha1.LabelSelector{MatchLabels: london}
	byName := []v1alpha1.ObjectName{"salford", "tower-hamlets"}
	tests := map[string]struct {
		accepts v1alpha1.Acceptance
		labels  map[string]string
		wantBy  v1alpha1.AcceptedBy // empty: not selected
	}{
		"who says nothing accepts nobody":      {labels: london},
		"everyone is everyone":                 {accepts: v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone}, wantBy: v1alpha1.AcceptedByEveryone},
		"a policy that nobody knows":           {accepts: v1alpha1.Acceptance{Policy: "Friends", Names: byName}},
		"by name":                              {accepts: v1alpha1.Acceptance{Names: byName}, wantBy: v1alpha1.AcceptedByName},
		"by name, the policy spelt out":        {accepts: v1alpha1.Acceptance{Policy: v1alpha1.AcceptSelected, Names: byName}, wantBy: v1alpha1.AcceptedByName},
		"another's name":                       {accepts: v1alpha1.Acceptance{Names: []v1alpha1.ObjectName{"tower"}}},
		"by label":                             {accepts: v1alpha1.Acceptance{Selector: byRegion}, labels: london, wantBy: v1alpha1.AcceptedBySelector},
		"by name and by label, the name is it": {accepts: v1alpha1.Acceptance{Names: byName, Selector: byRegion}, labels: london, wantBy: v1alpha1.AcceptedByName},
		"another value of the label":           {accepts: v1alpha1.Acceptance{Selector: byRegion}, labels: map[string]string{"region": "north"}},
		"no label":                             {accepts: v1alpha1.Acceptance{Selector: byRegion}},
		"one of two labels": {
			accepts: v1alpha1.Acceptance{Selector: v1alpha1.LabelSelector{MatchLabels: map[string]string{"region": "london", "size": "large"}}},
			labels:  london,
		},
		"labels hold and a condition does not": {
			accepts: v1alpha1.Acceptance{Selector: v1alpha1.LabelSelector{
				MatchLabels:      london,
				MatchExpressions: []v1alpha1.LabelCondition{{Key: "size", Operator: v1alpha1.LabelExists}},
			}},
			labels: london,
		},
		"one of the values": {
			accepts: accepts(v1alpha1.LabelCondition{Key: "region", Operator: v1alpha1.LabelIn, Values: []string{"kent", "london"}}),
			labels:  london, wantBy: v1alpha1.AcceptedBySelector,
		},
		"a selector without a condition selects nobody, not everybody": {accepts: accepts(), labels: london},
		"an operator that nobody knows": {
			accepts: accepts(v1alpha1.LabelCondition{Key: "region", Operator: "Like", Values: []string{"london"}}), labels: london,
		},
		"a condition that lacks its values": {
			accepts: accepts(v1alpha1.LabelCondition{Key: "region", Operator: v1alpha1.LabelNotIn}), labels: london,
		},
		"a label that cannot be": {
			accepts: accepts(v1alpha1.LabelCondition{Key: "no label", Operator: v1alpha1.LabelDoesNotExist}), labels: london,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := plan.Consent{By: tc.wantBy}
			if tc.wantBy == "" {
				want.Refusal = plan.NotSelected
			}
			got := plan.Consents(tc.accepts, labelled("tower-hamlets", tc.labels), v1alpha1.Term{Start: "2026-04-01"})
			if got != want {
				t.Errorf("Consents() = %+v, want %+v", got, want)
			}
		})
	}
}

func TestR03_AServiceAcceptsTermsUpToItsLongest(t *testing.T) {
	tests := map[string]struct {
		longest v1alpha1.Period
		term    v1alpha1.Term
		refused bool
	}{
		"any term where there is no longest":       {term: v1alpha1.Term{Start: "2026-04-01"}},
		"as long as the longest":                   {longest: "P24M", term: v1alpha1.Term{Start: "2026-04-01", End: "2028-03-31"}},
		"shorter":                                  {longest: "P24M", term: v1alpha1.Term{Start: "2026-04-01", End: "2026-04-01"}},
		"a day longer":                             {longest: "P24M", term: v1alpha1.Term{Start: "2026-04-01", End: "2028-04-01"}, refused: true},
		"without an end":                           {longest: "P24M", term: v1alpha1.Term{Start: "2026-04-01"}, refused: true},
		"an end that is no date":                   {longest: "P24M", term: v1alpha1.Term{Start: "2026-04-01", End: "2026-02-30"}, refused: true},
		"a start that is no date":                  {longest: "P24M", term: v1alpha1.Term{Start: "2026-02-30", End: "2026-04-01"}, refused: true},
		"nothing is short enough for no day":       {longest: "P0D", term: v1alpha1.Term{Start: "2026-04-01", End: "2026-04-01"}, refused: true},
		"nothing is short enough for what is none": {longest: "2Y", term: v1alpha1.Term{Start: "2026-04-01", End: "2026-04-01"}, refused: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := plan.Consent{By: v1alpha1.AcceptedByEveryone}
			if tc.refused {
				want = plan.Consent{Refusal: plan.TermTooLong}
			}
			acceptance := v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone, MaxTerm: tc.longest}
			if got := plan.Consents(acceptance, labelled("tower-hamlets", nil), tc.term); got != want {
				t.Errorf("Consents() = %+v, want %+v", got, want)
			}
		})
	}
}

func TestConsentsSaysFirstThatNobodyIsSelected(t *testing.T) {
	got := plan.Consents(v1alpha1.Acceptance{MaxTerm: "P1M"}, labelled("tower-hamlets", nil), v1alpha1.Term{Start: "2026-04-01"})
	if want := (plan.Consent{Refusal: plan.NotSelected}); got != want {
		t.Errorf("Consents() = %+v, want %+v", got, want)
	}
}

var (
	anyKey   = rapid.SampledFrom([]string{"region", "size", "wave"})
	anyValue = rapid.SampledFrom([]string{"a", "b", "c"})
)

func anyCondition(t *rapid.T) v1alpha1.LabelCondition {
	c := v1alpha1.LabelCondition{
		Key: anyKey.Draw(t, "key"),
		Operator: rapid.SampledFrom([]v1alpha1.LabelOperator{
			v1alpha1.LabelIn, v1alpha1.LabelNotIn, v1alpha1.LabelExists, v1alpha1.LabelDoesNotExist,
		}).Draw(t, "operator"),
	}
	if c.Operator == v1alpha1.LabelIn || c.Operator == v1alpha1.LabelNotIn {
		c.Values = rapid.SliceOfNDistinct(anyValue, 1, 3, rapid.ID[string]).Draw(t, "values")
	}
	return c
}

// holds is what a condition means, in its own words.
func holds(c v1alpha1.LabelCondition, labels map[string]string) bool {
	value, has := labels[c.Key]
	switch c.Operator {
	case v1alpha1.LabelIn:
		return has && slices.Contains(c.Values, value)
	case v1alpha1.LabelNotIn:
		return !has || !slices.Contains(c.Values, value)
	case v1alpha1.LabelExists:
		return has
	case v1alpha1.LabelDoesNotExist:
		return !has
	}
	return false
}

func TestConsentsProperties(t *testing.T) {
	anyLabels := rapid.MapOfN(anyKey, anyValue, 0, 3)
	tests := map[string]func(*rapid.T){
		"a selector selects those for whom all of it holds": func(t *rapid.T) {
			selector := v1alpha1.LabelSelector{
				MatchLabels:      anyLabels.Draw(t, "matchLabels"),
				MatchExpressions: rapid.SliceOfN(rapid.Custom(anyCondition), 0, 3).Draw(t, "matchExpressions"),
			}
			labels := anyLabels.Draw(t, "labels")
			want := len(selector.MatchLabels)+len(selector.MatchExpressions) > 0
			for key, value := range selector.MatchLabels {
				want = want && labels[key] == value
			}
			for _, c := range selector.MatchExpressions {
				want = want && holds(c, labels)
			}
			got := plan.Consents(v1alpha1.Acceptance{Selector: selector}, labelled("bolton", labels), v1alpha1.Term{})
			if (got.By == v1alpha1.AcceptedBySelector) != want {
				t.Fatalf("%+v of %+v by %+v", got, labels, selector)
			}
		},
		"who accepts a term accepts a shorter one": func(t *rapid.T) {
			acceptance := v1alpha1.Acceptance{Policy: v1alpha1.AcceptEveryone, MaxTerm: anyPeriod(t, 3, 30, 300)}
			start := anyDay(t, "start")
			days := rapid.IntRange(0, 2000).Draw(t, "days")
			fewer := rapid.IntRange(0, days).Draw(t, "fewer")
			consents := func(days int) bool {
				term := v1alpha1.Term{Start: dateOf(start), End: dateOf(start.AddDate(0, 0, days))}
				return plan.Consents(acceptance, labelled("bolton", nil), term).Refusal == ""
			}
			if consents(days) && !consents(fewer) {
				t.Fatalf("%s lets %d days pass from %s, and not %d", acceptance.MaxTerm, days, dateOf(start), fewer)
			}
		},
	}
	for name, property := range tests {
		t.Run(name, rapid.MakeCheck(property))
	}
}
