package plan_test

import (
	"testing"

	"github.com/commissioning-support/operator/controllers/internal/plan"
)

func TestFirstThree(t *testing.T) {
	tests := map[string]struct {
		items []string
		want  string
	}{
		"none":              {want: ""},
		"one":               {items: []string{"a"}, want: "a"},
		"two":               {items: []string{"a", "b"}, want: "a and b"},
		"three":             {items: []string{"a", "b", "c"}, want: "a, b and c"},
		"one beyond three":  {items: []string{"a", "b", "c", "d"}, want: "a, b, c and 1 more"},
		"four beyond three": {items: []string{"a", "b", "c", "d", "e", "f", "g"}, want: "a, b, c and 4 more"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.FirstThree(tc.items); got != tc.want {
				t.Errorf("FirstThree() = %q, want %q", got, tc.want)
			}
		})
	}
}
