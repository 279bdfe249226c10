package docstest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

var (
	codeSpan = regexp.MustCompile("`[^`\n]+`")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	fence    = regexp.MustCompile("(?ms)^```.*?^```$")
	word     = regexp.MustCompile(`[A-Za-z0-9]+`)
	flagName = regexp.MustCompile(`(?m)^  -([a-z-]+)`)
)

// explained are the words that stand in code spans outside of blocks.
func explained(text string) map[string]bool {
	words := map[string]bool{}
	for _, span := range codeSpan.FindAllString(fence.ReplaceAllString(text, ""), -1) {
		for _, one := range word.FindAllString(span, -1) {
			words[one] = true
		}
	}
	return words
}

// TestFieldsAreExplained: every field of every spec stands in the page of its kind.
func TestFieldsAreExplained(t *testing.T) {
	files, err := filepath.Glob("../../config/crd/commissioning.support_*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no kinds found: %v", err)
	}
	for _, file := range files {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(read(t, file), &crd); err != nil {
			t.Fatal(err)
		}
		page := "docs/" + strings.TrimSuffix(crd.Spec.Names.Singular, "revision") + ".md" // what a revision holds, its function explains
		known := explained(string(read(t, "../../"+page)))
		fields := map[string]bool{}
		fieldsOf(crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"], fields)
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if !known[field] {
				t.Errorf("%s does not explain the field %s", page, field)
			}
		}
	}
}

func fieldsOf(schema apiextensionsv1.JSONSchemaProps, into map[string]bool) {
	for name := range schema.Properties {
		into[name] = true
		fieldsOf(schema.Properties[name], into)
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		fieldsOf(*schema.Items.Schema, into)
	}
}

// TestConditionsAreExplained: every condition, every reason and every label of the API stands in
// some page.
func TestConditionsAreExplained(t *testing.T) {
	known := map[string]bool{}
	var text strings.Builder
	for _, page := range pagesOf(t) {
		maps.Copy(known, explained(page.Text))
		text.WriteString(page.Text)
	}
	constants := constantsOf(t)
	if len(constants) < 40 {
		t.Fatalf("only %d constants found in the API", len(constants))
	}
	for name, value := range constants {
		switch {
		case strings.HasPrefix(name, "Reason"), strings.HasSuffix(name, "Condition"), strings.HasPrefix(name, "Claim"):
			if !known[value] {
				t.Errorf("no page explains %s (%s)", value, name)
			}
		case strings.HasSuffix(name, "Label"), strings.HasSuffix(name, "Annotation"), name == "Finalizer":
			if !strings.Contains(text.String(), "`"+value+"`") {
				t.Errorf("no page explains %s", value)
			}
		}
	}
}

// constantsOf reads the string constants of the API.
func constantsOf(t *testing.T) map[string]string {
	t.Helper()
	constants := map[string]string{}
	files, err := filepath.Glob("../../api/v1alpha1/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if value, err := strconv.Unquote(literal.Value); err == nil {
					constants[spec.Names[0].Name] = value
				}
			}
			return true
		})
	}
	return constants
}

// TestLinksLeadSomewhere: every relative link, and the heading that it names.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, page := range pagesOf(t) {
		prose := codeSpan.ReplaceAllString(fence.ReplaceAllString(page.Text, ""), "") // a pattern may look like a link
		for _, match := range link.FindAllStringSubmatch(prose, -1) {
			if strings.HasPrefix(match[1], "https://") {
				continue
			}
			path, anchor, _ := strings.Cut(match[1], "#")
			target := filepath.Join("../..", filepath.Dir(page.Path), path)
			if path == "" {
				target = filepath.Join("../..", page.Path)
			}
			content, err := os.ReadFile(target)
			if err != nil {
				t.Errorf("%s: the link %s leads nowhere", page.Path, match[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(string(content)), anchor) {
				t.Errorf("%s: the link %s names a heading that is not there", page.Path, match[1])
			}
		}
	}
}

var notInAnchor = regexp.MustCompile(`[^a-z0-9 -]`)

// anchors are the headings as links name them.
func anchors(text string) []string {
	var all []string
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-"))
	}
	return all
}

// checkFlags: every flag of the manager stands in docs/operations.md.
func checkFlags(t *testing.T, w *world) {
	help, _ := w.run(t.Context(), "bin/manager -h || true")
	found := flagName.FindAllStringSubmatch(help, -1)
	if len(found) < 5 {
		t.Fatalf("no flags found in:\n%s", help)
	}
	page := string(read(t, "../../docs/operations.md"))
	for _, match := range found {
		if !strings.Contains(page, "`--"+match[1]+"`") {
			t.Errorf("docs/operations.md does not explain --%s", match[1])
		}
	}
}

func pagesOf(t *testing.T) []Page {
	t.Helper()
	pages, err := ReadPages("../..")
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
