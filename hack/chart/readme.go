package main

import (
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

const readmeHead = `# Helm chart of the Commissioning Support Operator

<!-- Generated from values.yaml by ` + "`make generate`" + `. -->

Installs the operator with its kinds, its admission policies, its rights and its priority. How to install, upgrade and
uninstall it is told in [docs/helm.md](../../docs/helm.md).

A cluster has one operator: names are fixed, and the chart is installed once. Its namespace is the release's.

| value | default | |
|---|---|---|
`

// valueLine is a line that begins a value.
var valueLine = regexp.MustCompile(`^( *)([A-Za-z]+):(.*)$`)

// readme documents the values: a comment describes the value that follows it, and what lies below.
func readme(values string) (string, error) {
	var defaults map[string]any
	if err := yaml.Unmarshal([]byte(values), &defaults); err != nil {
		return "", fmt.Errorf("read values.yaml: %w", err)
	}
	var made strings.Builder
	made.WriteString(readmeHead)
	var path, comment []string
	for line := range strings.Lines(values) {
		line = strings.TrimRight(line, "\n")
		if text, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "# "); ok {
			comment = append(comment, text)
			continue
		}
		if indent, key, ok := valueOf(line); ok && indent <= len(path) {
			path = append(path[:indent], key)
			if len(comment) > 0 {
				fmt.Fprintf(&made, "| `%s` | %s | %s |\n", strings.Join(path, "."), shown(lookUp(defaults, path)), strings.Join(comment, " "))
			}
		}
		comment = nil
	}
	return made.String(), nil
}

// valueOf says which value a line begins, and how deep.
func valueOf(line string) (depth int, key string, ok bool) {
	found := valueLine.FindStringSubmatch(line)
	if len(found) < 3 {
		return 0, "", false
	}
	return len(found[1]) / 2, found[2], true
}

func lookUp(values map[string]any, path []string) any {
	var found any = values
	for _, key := range path {
		below, _ := found.(map[string]any)
		found = below[key]
	}
	return found
}

// shown is a default as a cell of the table; what has a table of its own below it shows nothing.
func shown(value any) string {
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 {
			return ""
		}
		return "`{}`"
	case []any:
		if len(v) > 0 {
			return "see values.yaml"
		}
		return "`[]`"
	case string:
		return "`\"" + v + "\"`"
	default:
		return fmt.Sprintf("`%v`", v)
	}
}
