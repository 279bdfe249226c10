package status_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/controllers/internal/golden"
)

const head = `# What the operator says of each object, and when. Each line is a condition of the object:
# kind, condition, whether it is true, the reason for machines, the message for people.
# Written by: go test ./controllers/internal/status -update
`

func TestEverySentenceIsAsTheGoldenFileSays(t *testing.T) {
	var page strings.Builder
	page.WriteString(head)
	for _, e := range examples() {
		fmt.Fprintf(&page, "\n%s\n", e.situation)
		for _, c := range e.object.GetConditions() {
			fmt.Fprintf(&page, "    %s  %s  %s  %s  %s\n", e.kind, c.Type, c.Status, c.Reason, c.Message)
		}
	}
	golden.Check(t, "testdata/messages.golden", page.String())
}

func TestNoTwoSituationsAreCalledTheSame(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range examples() {
		if seen[e.situation] {
			t.Errorf("two situations are called %q", e.situation)
		}
		seen[e.situation] = true
	}
}

// declared are the constants of the API whose names begin so or end so, by value.
func declared(t *testing.T, isWanted func(name string) bool) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../api/v1alpha1/conditions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, isConstant := node.(*ast.ValueSpec)
		if !isConstant || len(spec.Values) != 1 || !isWanted(spec.Names[0].Name) {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
		return true
	})
	return values
}

func reasons(t *testing.T) []string {
	t.Helper()
	return declared(t, func(name string) bool { return strings.HasPrefix(name, "Reason") })
}

// Every reason and every condition that the API declares has an example.
func TestTheExamplesLeaveNothingOut(t *testing.T) {
	used := map[string]bool{}
	for _, e := range examples() {
		for _, c := range e.object.GetConditions() {
			used[c.Type], used[c.Reason] = true, true
		}
	}
	conditions := declared(t, func(name string) bool { return strings.HasSuffix(name, "Condition") })
	if len(conditions) < 10 {
		t.Fatalf("only %d conditions are declared: %v", len(conditions), conditions)
	}
	for _, name := range slices.Concat(conditions, reasons(t)) {
		if !used[name] {
			t.Errorf("no example has %s", name)
		}
	}
}

// withoutTimes are conditions but for when they changed.
func withoutTimes(conditions []metav1.Condition) []metav1.Condition {
	stripped := slices.Clone(conditions)
	for i := range stripped {
		stripped[i].LastTransitionTime = metav1.Time{}
	}
	return stripped
}
