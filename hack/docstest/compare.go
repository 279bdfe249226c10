package docstest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Differs from run to run without being wrong: ages, times, ports, versions, how wide a column is.
var varying = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\s+\(runs already\)`), ""},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`kube-apiserver v\S+`), "kube-apiserver VERSION"},
	{regexp.MustCompile(`commissioning-support-operator [^\s,]+,`), "commissioning-support-operator VERSION,"},
	{regexp.MustCompile(`\.{3,}`), "..."},
	{regexp.MustCompile(`\b\d+(\.\d+)? s\b`), "TIME"},
	{regexp.MustCompile(`\b\d{2}:\d{2}:\d{2}\b`), "CLOCK"},
	{regexp.MustCompile(`\b(\d+[dhm])*\d+[dhms]\b`), "AGE"},
	{regexp.MustCompile(`\s+`), " "},
}

// plain is a text without what varies.
func plain(line string) string {
	for _, v := range varying {
		line = v.pattern.ReplaceAllString(line, v.instead)
	}
	return strings.TrimSpace(line)
}

// anything is a line that stands for any lines, or none.
const anything = "…"

// Compare returns what is wrong with a text that the documentation shows, given the true one.
func Compare(shown, truth string) error {
	want, got := lines(shown), lines(truth)
	if matches(want, got) {
		return nil
	}
	for _, line := range want {
		if line != anything && !slices.Contains(got, line) {
			return fmt.Errorf("this line is not printed any more:\n  %s\nWhat is printed:\n%s", line, truth)
		}
	}
	return fmt.Errorf("lines are missing, or in another order. What is printed:\n%s", truth)
}

func lines(text string) []string {
	var all []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line = plain(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// matches compares line by line.
func matches(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == anything {
		for skipped := range len(got) + 1 {
			if matches(want[1:], got[skipped:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && want[0] == got[0] && matches(want[1:], got[1:])
}
