package selector_test

import (
	"testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/selector"
)

func TestMatches(t *testing.T) {
	asks := func(operator v1alpha1.LabelOperator, values ...string) v1alpha1.LabelSelector {
		return v1alpha1.LabelSelector{MatchExpressions: []v1alpha1.LabelCondition{{Key: "wave", Operator: operator, Values: values}}}
	}
	labels := func(of map[string]string) v1alpha1.LabelSelector { return v1alpha1.LabelSelector{MatchLabels: of} }
	both := asks(v1alpha1.LabelNotIn, "last")
	both.MatchLabels = map[string]string{"region": "london"}
	tests := map[string]struct {
		selector v1alpha1.LabelSelector
		// Whether it selects who has no label, who is of wave first, and who is of wave last in London.
		none, first, last bool
	}{
		"nothing":             {v1alpha1.LabelSelector{}, false, false, false},
		"empty, and not nil":  {v1alpha1.LabelSelector{MatchLabels: map[string]string{}, MatchExpressions: []v1alpha1.LabelCondition{}}, false, false, false},
		"a label":             {labels(map[string]string{"wave": "first"}), false, true, false},
		"two labels":          {labels(map[string]string{"wave": "last", "region": "london"}), false, false, true},
		"an empty value":      {labels(map[string]string{"wave": ""}), false, false, false},
		"one of":              {asks(v1alpha1.LabelIn, "first", "second"), false, true, false},
		"none of":             {asks(v1alpha1.LabelNotIn, "first", "second"), true, false, true},
		"has":                 {asks(v1alpha1.LabelExists), false, true, true},
		"has not":             {asks(v1alpha1.LabelDoesNotExist), true, false, false},
		"all of it must hold": {both, false, false, false},
		// What the API refuses, and an older one may have kept, selects nobody.
		"a value that cannot be":         {labels(map[string]string{"wave": "no value!"}), false, false, false},
		"a key that cannot be":           {labels(map[string]string{"no key": "first"}), false, false, false},
		"one of nothing":                 {asks(v1alpha1.LabelIn), false, false, false},
		"none of nothing":                {asks(v1alpha1.LabelNotIn), false, false, false},
		"has, with values":               {asks(v1alpha1.LabelExists, "first"), false, false, false},
		"an operator that nobody knows":  {asks("Gt", "1"), false, false, false},
		"the absence of a key not to be": {v1alpha1.LabelSelector{MatchExpressions: []v1alpha1.LabelCondition{{Operator: v1alpha1.LabelDoesNotExist}}}, false, false, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := [...]bool{
				selector.Matches(tc.selector, nil), selector.Matches(tc.selector, map[string]string{"wave": "first"}),
				selector.Matches(tc.selector, map[string]string{"wave": "last", "region": "london"}),
			}
			if want := [...]bool{tc.none, tc.first, tc.last}; got != want {
				t.Errorf("it selects %v, want %v", got, want)
			}
		})
	}
}
