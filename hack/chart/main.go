// The chart is made from config/: whatever does not depend on values is written once, there. This
// program writes its generated templates and its README; the rest of the chart is written by hand.
//
//	go run ./hack/chart
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// Folder of the chart, in the repository.
const Folder = "charts/commissioning-support-operator"

// namespace is what config/ calls the operator's namespace. In the chart it is the release's.
const namespace = "commissioning-system"

// part is a folder of config/ that becomes a folder of templates.
type part struct {
	folder string
	// condition in the chart's values under which it is rendered; empty: always.
	condition string
	// only names the one file of the folder that is a template of the chart; empty: all are.
	only string
}

var parts = []part{
	{folder: "crd", condition: ".Values.crds.install"},
	{folder: "rbac"},
	{folder: "policies"},
	{folder: "priority", condition: ".Values.flowSchemas.enabled"},
	{folder: "catalogue", condition: ".Values.catalogue.enabled"},
	{folder: "prometheus", condition: ".Values.metrics.prometheusRule.enabled", only: "rules.yaml"},
}

// dashboards are copied, for a ConfigMap.
const dashboards = "dashboards"

func main() {
	root, err := binaries.Root()
	if err == nil {
		err = write(root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

// write writes everything that is generated, and removes what is so no longer.
func write(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	chart := filepath.Join(root, Folder)
	former := []string{dashboards}
	for _, p := range parts {
		former = append(former, filepath.Join("templates", p.folder))
	}
	for _, folder := range former {
		if err := os.RemoveAll(filepath.Join(chart, folder)); err != nil {
			return fmt.Errorf("remove what was generated before: %w", err)
		}
	}
	for path, content := range files {
		path = filepath.Join(chart, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil { //nolint:gosec // to be read by everybody
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

// generate returns the generated files of the chart, by path in it.
func generate(root string) (map[string]string, error) {
	files := map[string]string{}
	extra, err := localityRules(root)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if err := p.generate(root, extra, files); err != nil {
			return nil, err
		}
	}
	if err := copyDashboards(root, files); err != nil {
		return nil, err
	}
	values, err := os.ReadFile(filepath.Join(root, Folder, "values.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the values: %w", err)
	}
	files["README.md"], err = readme(string(values))
	return files, err
}

// generate makes the templates of one part.
func (p part) generate(root, extra string, files map[string]string) error {
	paths, err := filepath.Glob(filepath.Join(root, "config", p.folder, "*.yaml"))
	if err != nil || len(paths) == 0 {
		return errors.Join(fmt.Errorf("nothing is in config/%s", p.folder), err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "kustomization.yaml" || name == "images.yaml" || (p.only != "" && name != p.only) {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		made, err := template(p, filepath.Join("config", p.folder, name), string(content), extra)
		if err != nil {
			return err
		}
		files[filepath.Join("templates", p.folder, strings.TrimPrefix(name, "commissioning.support_"))] = made
	}
	return nil
}

func copyDashboards(root string, files map[string]string) error {
	paths, err := filepath.Glob(filepath.Join(root, "config", "prometheus", dashboards, "*.json"))
	if err != nil || len(paths) == 0 {
		return errors.Join(errors.New("there are no dashboards"), err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		files[filepath.Join(dashboards, filepath.Base(path))] = string(content)
	}
	return nil
}
