package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// Marks stand in a manifest where the chart has an instruction, until it is text.
const (
	labelsMark = "chart-labels"
	keepMark   = "chart-keep"
)

var (
	labelsLine = regexp.MustCompile(`(?m)^( *)` + labelsMark + `: ""\n`)
	keepLine   = regexp.MustCompile(`(?m)^( *)` + keepMark + `: ""\n`)
	// braces are others' instructions, which the chart passes on.
	braces    = regexp.MustCompile(`\{\{|\}\}`)
	separator = regexp.MustCompile(`(?m)^---\s*$`)
)

// consortiumAdmin is the role that the component localities-by-consortium adds to.
const consortiumAdmin = "commissioning-consortium-admin"

// template makes a template of the chart from a file of config/. extra are the rules that a consortium's
// administrators have besides where they write localities.
func template(p part, source, content, extra string) (string, error) {
	var documents []string
	for _, text := range separator.Split(content, -1) {
		document, err := manifest(p, text, extra)
		if err != nil {
			return "", fmt.Errorf("%s: %w", source, err)
		}
		if document != "" {
			documents = append(documents, document)
		}
	}
	made := strings.Join(documents, "---\n")
	if p.condition != "" {
		made = "{{- if " + p.condition + " }}\n" + made + "{{- end }}\n"
	}
	return "{{- /* Generated from " + filepath.ToSlash(source) + " by `make generate`. */}}\n" + made, nil
}

// manifest turns one manifest into text for a template; empty where there is none.
func manifest(p part, text, extra string) (string, error) {
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	if len(object) == 0 {
		return "", nil
	}
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return "", fmt.Errorf("a manifest without metadata: %.40q", text)
	}
	mark(metadata, "labels", labelsMark)
	if p.folder == "crd" || p.folder == "catalogue" {
		mark(metadata, "annotations", keepMark)
	}
	written, err := yaml.Marshal(object)
	if err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	made := strings.ReplaceAll(braces.ReplaceAllString(string(written), `{{ "$0" }}`), namespace, "{{ .Release.Namespace }}")
	made = labelsLine.ReplaceAllStringFunc(made, func(line string) string {
		return fmt.Sprintf("%s{{- include \"commissioning.labels\" . | nindent %d }}\n", indent(line), len(indent(line)))
	})
	made = keepLine.ReplaceAllString(made, "${1}{{- if .Values."+keptBy(p)+" }}\n${1}helm.sh/resource-policy: keep\n${1}{{- end }}\n")
	if metadata["name"] == consortiumAdmin {
		made += extra
	}
	if p.folder == "prometheus" {
		made = strings.Replace(made, "  labels:\n", "  labels:\n    {{- with .Values.metrics.prometheusRule.labels }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n", 1)
	}
	return withImages(p, made), nil
}

// keptBy is the value by which what is installed stays when the chart is uninstalled.
func keptBy(p part) string {
	if p.folder == "crd" {
		return "crds.keep"
	}
	return "catalogue.keep"
}

// withImages lets the values say where the catalogue's images come from.
func withImages(p part, made string) string {
	if p.folder != "catalogue" {
		return made
	}
	return catalogueImage.ReplaceAllString(made, "image: {{ .Values.catalogue.registry }}/$1:{{ .Values.catalogue.tag }}")
}

var catalogueImage = regexp.MustCompile(`image: ghcr\.io/commissioning-support/functions/([a-z-]+):\S+`)

func mark(metadata map[string]any, field, mark string) {
	texts, ok := metadata[field].(map[string]any)
	if !ok {
		texts = map[string]any{}
		metadata[field] = texts
	}
	texts[mark] = ""
}

func indent(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

// localityRules are the rules of the component localities-by-consortium, as text at the end of the role's.
func localityRules(root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "config", "components", "localities-by-consortium", "kustomization.yaml"))
	if err != nil {
		return "", fmt.Errorf("read the component: %w", err)
	}
	var component struct {
		Patches []struct{ Patch string } `json:"patches"`
	}
	if err := yaml.Unmarshal(content, &component); err != nil {
		return "", fmt.Errorf("read the component: %w", err)
	}
	var rules []any
	for _, p := range component.Patches {
		var operations []struct{ Value any }
		if err := yaml.Unmarshal([]byte(p.Patch), &operations); err != nil {
			return "", fmt.Errorf("read the component's patch: %w", err)
		}
		for _, operation := range operations {
			rules = append(rules, operation.Value)
		}
	}
	written, err := yaml.Marshal(rules)
	if err != nil {
		return "", fmt.Errorf("write the component's rules: %w", err)
	}
	return "{{- if eq .Values.localitiesWrittenBy \"Consortium\" }}\n" + string(written) + "{{- end }}\n", nil
}
