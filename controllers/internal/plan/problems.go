package plan

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// maxProblems are named in one message; the others are counted.
	maxProblems = 5
	// maxValueRunes and maxPathRunes of a value or a path are repeated in a message.
	maxValueRunes = 64
	maxPathRunes  = 200
)

// problem is one thing that is wrong, and where, in words for whoever wrote it.
type problem struct {
	path, text string
}

type problems []problem

// err joins the problems into one error, the first five and the count of the others, in an order that
// depends on nothing but the problems: it ends up in a condition. nil when there is none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortFunc(p, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.text, b.text))
	})
	// The library says some things twice, once with the value and once without.
	var distinct []string
	for i, one := range p {
		if i+1 < len(p) && p[i+1].path == one.path && strings.HasPrefix(p[i+1].text, one.text) {
			continue
		}
		distinct = append(distinct, clip(cmp.Or(one.path, "the schema"), maxPathRunes)+": "+one.text)
	}
	if n := len(distinct) - maxProblems; n > 0 {
		distinct = append(distinct[:maxProblems], fmt.Sprintf("and %d more", n))
	}
	return errors.New(strings.Join(distinct, "; "))
}

// childPath names a key of an object. A key that is an NHS number is not repeated.
func childPath(path, key string) string {
	if HasNHSNumber(key) {
		key = "(an NHS number)"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func elementPath(path string, index int) string {
	return fmt.Sprintf("%s[%d]", path, index)
}

// problemsOf turns the errors of the apiextensions library into words for a user. place turns the
// library's path into the user's.
func problemsOf(errs field.ErrorList, place func(string) string) problems {
	var found problems
	for _, e := range errs {
		path, text := strings.ReplaceAll(place(e.Field), ".[", "["), wording.Replace(e.Detail)
		// "x in body should be …": the name is in the path already.
		if _, after, named := strings.Cut(text, " in body "); named {
			text = after
		}
		if m := namedWithin.FindStringSubmatch(text); m != nil {
			path, text = strings.TrimSuffix(childPath(path, m[1]+m[4]), "."), m[2]+m[3]
		} else {
			text = sentence(e, counted(text))
		}
		found = append(found, problem{path, text})
	}
	return found
}

var (
	// namedWithin matches what the library reports at the root, with the name in the text:
	// `"x" must validate at least one schema (anyOf)` and `Checked value must be of type integer in x`.
	namedWithin = regexp.MustCompile(`(?s)^(?:"(.*)" (must .*)|Checked value (must be .*) in (.*))$`)

	wording = strings.NewReplacer(
		"should be greater than or equal to", "must be at least",
		"should be less than or equal to", "must be at most",
		"should be", "must be",
		"should have", "must have",
		"integer,string", "integer or string",
		"should match", "must match",
		" chars long", " characters long",
		" (default format)", "",
		"may not be more than", "must be at most",
		" bytes", " characters long",
		" byte", " character long",
		"supported values:", "must be one of",
		"to be structural", "inside allOf, anyOf, oneOf and not",
	)

	countedKeys = regexp.MustCompile(`\b([0-9]+) properties\b`)
	countedOne  = regexp.MustCompile(`\b1 (character|item|key)s\b`)

	typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}
)

// counted mends the library's counts: "1 properties" is 1 key.
func counted(text string) string {
	return countedOne.ReplaceAllString(countedKeys.ReplaceAllString(text, "$1 keys"), "1 $1")
}

// sentence says what is wrong with a value and, where that helps, what the value is.
func sentence(e *field.Error, text string) string {
	switch e.Type {
	case field.ErrorTypeRequired:
		return "is required"
	case field.ErrorTypeDuplicate:
		return "is given twice"
	case field.ErrorTypeForbidden:
		return "is not allowed: " + text
	case field.ErrorTypeTooLong:
		return text
	default:
		return mismatch(text, e.BadValue)
	}
}

func mismatch(text string, value any) string {
	if before, _, isType := strings.Cut(text, ": "); isType && strings.HasPrefix(text, "must be of type ") {
		text = before
		if name, _ := value.(string); slices.Contains(typeNames, name) {
			return text + ", is of type " + name
		}
	}
	return text + actual(text, value)
}

// actual says what the value is, for values that fit into a message.
func actual(text string, value any) string {
	verb := ", is "
	if strings.HasPrefix(text, "must have") {
		verb = ", has "
	}
	switch v := value.(type) {
	case string:
		return verb + strconv.Quote(clip(v, maxValueRunes))
	case bool, int, int64, float64:
		return verb + fmt.Sprint(v)
	}
	return ""
}

// clip shortens a text for a message.
func clip(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes]) + "…"
}
