package docstest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const troubleshooting = "docs/troubleshooting.md"

var (
	section   = regexp.MustCompile(`(?m)^## ([A-Z][A-Za-z]+)$`)
	reasonRow = regexp.MustCompile("(?m)^\\| ([A-Za-z, ]+) \\| `([A-Za-z0-9]+)` \\| (.*) \\| (.+) \\|$")
)

// anywhere is the section whose reasons any condition may show.
const anywhere = ""

// explanation is a row of a table of reasons.
type explanation struct{ status, reason, says string }

// explanations are the rows of docs/troubleshooting.md by condition, and the text of each section.
func explanations(t *testing.T) (rows map[string][]explanation, texts map[string]string) {
	t.Helper()
	rows, texts = map[string][]explanation{}, map[string]string{}
	page := string(read(t, "../../"+troubleshooting))
	starts := section.FindAllStringSubmatchIndex(page, -1)
	condition, from := anywhere, 0
	for _, start := range append(starts, []int{len(page), len(page), 0, 0}) {
		text := page[from:start[0]]
		texts[condition] = text
		for _, match := range reasonRow.FindAllStringSubmatch(text, -1) {
			for status := range strings.SplitSeq(match[1], ", ") {
				rows[condition] = append(rows[condition], explanation{status, match[2], match[3]})
			}
		}
		condition, from = page[start[2]:start[3]], start[1]
	}
	return rows, texts
}

// TestTroubleshootingIsComplete: each condition of each kind has its section there, and each reason with
// which the operator shows it a row.
func TestTroubleshootingIsComplete(t *testing.T) {
	rows, texts := explanations(t)
	reasons := map[string]bool{}
	for _, all := range rows {
		for _, row := range all {
			reasons[row.reason] = true
		}
	}
	for name, value := range constantsOf(t) {
		if strings.HasPrefix(name, "Reason") && !reasons[value] {
			t.Errorf("%s does not explain the reason %s", troubleshooting, value)
		}
	}
	for _, shown := range statuses(t) {
		checkShown(t, shown, rows[shown.Condition], texts[shown.Condition])
	}
}

// checkShown: the section of a condition names the kind, and has a row for what is shown. Conditions
// that repeat what others say need no rows for that.
func checkShown(t *testing.T, shown Status, rows []explanation, text string) {
	t.Helper()
	repeats := slices.Contains([]string{"Ready", "Reconciling", "Stalled"}, shown.Condition)
	isShown := func(row explanation) bool { return row.status == shown.Status && row.reason == shown.Reason }
	if !repeats && !slices.ContainsFunc(rows, isShown) {
		t.Errorf("%s: the section %s has no row for %s %s", troubleshooting, shown.Condition, shown.Status, shown.Reason)
	}
	if !strings.Contains(text, shown.Kind) && !strings.Contains(text, "Every kind") {
		t.Errorf("%s: there is no section %s, or it does not say that a %s has it", troubleshooting, shown.Condition, shown.Kind)
	}
}

// TestTroubleshootingInventsNothing: what stands there is a condition and a reason of the API, and a
// message as the operator writes it.
func TestTroubleshootingInventsNothing(t *testing.T) {
	declared := map[string]bool{}
	for name, value := range constantsOf(t) {
		declared[value] = declared[value] || strings.HasPrefix(name, "Reason") || strings.HasSuffix(name, "Condition")
	}
	shown := statuses(t)
	rows, texts := explanations(t)
	for condition := range texts {
		if condition != anywhere && !declared[condition] {
			t.Errorf("%s: there is no condition %s", troubleshooting, condition)
		}
	}
	for condition, all := range rows {
		for _, row := range all {
			if !declared[row.reason] {
				t.Errorf("%s: there is no reason %s", troubleshooting, row.reason)
			}
			isSaid := func(s Status) bool { return s.Reason == row.reason && fits(row.says, s.Message) }
			if !slices.ContainsFunc(shown, isSaid) && !isDefault(t, row) {
				t.Errorf("%s, %s: no message of %s %s reads: %s", troubleshooting, condition, row.status, row.reason, row.says)
			}
		}
	}
}

// isDefault: this is what the API server writes of an object that nobody has looked at.
func isDefault(t *testing.T, row explanation) bool {
	t.Helper()
	return row.reason == "Pending" && strings.Contains(string(read(t, "../../config/crd/commissioning.support_consortia.yaml")), "message: "+row.says)
}

// fits: the parts of a form that stand between its … follow one another in the message.
func fits(form, message string) bool {
	for part := range strings.SplitSeq(form, "…") {
		_, rest, found := strings.Cut(message, strings.TrimSpace(part))
		if !found {
			return false
		}
		message = rest
	}
	return true
}

// TestWhatStallsIsListed: the reasons for which nothing changes until a person acts.
func TestWhatStallsIsListed(t *testing.T) {
	_, texts := explanations(t)
	_, list, _ := strings.Cut(texts["Stalled"], "Its reasons:")
	stalls := map[string]bool{}
	for _, shown := range statuses(t) {
		if shown.Condition == "Stalled" {
			stalls[shown.Reason] = true
		}
	}
	want, got := slices.Sorted(maps.Keys(stalls)), slices.Sorted(maps.Keys(explained(list)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s, Stalled (-what stalls +what stands there):\n%s", troubleshooting, diff)
	}
}

func statuses(t *testing.T) []Status {
	t.Helper()
	all, err := ReadStatuses("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 500 {
		t.Fatalf("only %d examples of conditions are found", len(all))
	}
	return all
}
