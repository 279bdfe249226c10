package plan

import (
	"regexp"
	"slices"
	"strconv"
)

// nhsNumberPattern is the pattern of the rule on v1alpha1.Title and v1alpha1.Description.
var nhsNumberPattern = regexp.MustCompile(`(\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\b|[^0-9])`)

const nhsNumberProblem = "holds an NHS number; delete it from the object and from the repository that holds it"

// HasNHSNumber says whether the text holds a valid NHS number (R14): ten digits that are not part of a
// longer number, the last a check digit modulo 11, optionally grouped three, three and four by a space
// or a hyphen. It is the rule that the schema enforces on titles and descriptions, for values that a
// schema cannot reach.
func HasNHSNumber(s string) bool {
	return slices.ContainsFunc(nhsNumberPattern.FindAllString(s, -1), hasCheckDigit)
}

func hasCheckDigit(match string) bool {
	sum, weight := 0, 10
	for _, r := range match {
		if '0' <= r && r <= '9' {
			sum += int(r-'0') * weight
			weight--
		}
	}
	return sum%11 == 0
}

// nhsNumbers names each place of the value where a key or a string, or a whole number if numbers is
// set, is a valid NHS number (R14), without repeating it.
func nhsNumbers(path string, value any, numbers bool) problems {
	var found problems
	switch v := value.(type) {
	case []any:
		for i := range v {
			found = append(found, nhsNumbers(elementPath(path, i), v[i], numbers)...)
		}
	case map[string]any:
		for key := range v {
			if HasNHSNumber(key) {
				found = append(found, problem{path, "has a key that " + nhsNumberProblem})
				continue
			}
			found = append(found, nhsNumbers(childPath(path, key), v[key], numbers)...)
		}
	default:
		if isNHSNumber(value, numbers) {
			found = append(found, problem{path, nhsNumberProblem})
		}
	}
	return found
}

func isNHSNumber(scalar any, numbers bool) bool {
	switch v := scalar.(type) {
	case string:
		return HasNHSNumber(v)
	case int64:
		return numbers && v > 0 && HasNHSNumber(strconv.FormatInt(v, 10))
	}
	return false
}
