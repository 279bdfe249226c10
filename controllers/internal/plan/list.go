package plan

import (
	"fmt"
	"strings"
)

// FirstThree joins items into a phrase for a message: "a", "a and b", "a, b and c", and beyond three
// the first three and the count of the others, "a, b, c and 4 more". All messages name things so: they
// stay short however many there are. It is empty for no items.
func FirstThree(items []string) string {
	switch n := len(items); {
	case n == 0:
		return ""
	case n == 1:
		return items[0]
	case n <= 3:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(items[:3], ", "), n-3)
	}
}
