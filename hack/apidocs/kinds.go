package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/hack/docstest"
)

// kind is what a page is made from.
type kind struct {
	crd        apiextensionsv1.CustomResourceDefinition
	conditions []condition
	// example is YAML; empty for a kind that people do not write.
	example string
}

// condition of a kind: what it is about, and the reasons for each of its statuses.
type condition struct {
	name, about string
	reasons     map[string][]string
}

// examples are where an object of each kind is found, by name.
var examples = map[string]struct{ file, name string }{
	"Consortium":       {"config/samples/tower-hamlets/consortium.yaml", "tower-hamlets"},
	"HostedService":    {"config/samples/providers/nel-csu/hosted-services.yaml", "data-analytics"},
	"Locality":         {"config/samples/tower-hamlets/localities.yaml", "tower-hamlets-network-1"},
	"MemberFunction":   {"config/samples/tower-hamlets/member-functions.yaml", "referral-management"},
	"SupportAgreement": {"config/samples/tower-hamlets/support-agreements.yaml", "data-analytics"},
	"SupportFunction":  {"config/catalogue/data-analytics.yaml", "data-analytics"},
	"SupportProvider":  {"config/samples/providers/nel-csu/provider.yaml", "nel-csu"},
}

func (k kind) name() string { return k.crd.Spec.Names.Kind }

func (k kind) file() string { return k.crd.Spec.Names.Singular + ".md" }

func (k kind) version() apiextensionsv1.CustomResourceDefinitionVersion {
	return k.crd.Spec.Versions[0]
}

func (k kind) schema() *apiextensionsv1.JSONSchemaProps { return k.version().Schema.OpenAPIV3Schema }

// readKinds reads all kinds, in the order of their names.
func readKinds(root string) ([]kind, error) {
	files, err := filepath.Glob(filepath.Join(root, "config", "crd", "commissioning.support_*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no kinds are found in %s/config/crd: run this in the repository, or name it by -root", root)
	}
	about, err := readAbout(root)
	if err != nil {
		return nil, err
	}
	shown, err := docstest.ReadStatuses(root)
	if err != nil {
		return nil, err
	}
	kinds := make([]kind, len(files))
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(content, &kinds[i].crd)
		}
		if err == nil {
			kinds[i].example, err = readExample(root, kinds[i].name())
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		kinds[i].conditions = conditionsOf(kinds[i].name(), shown, about)
	}
	slices.SortFunc(kinds, func(a, b kind) int { return cmp.Compare(a.name(), b.name()) })
	return kinds, nil
}

// readExample returns the object of a file that has the name, with the remarks above it.
func readExample(root, kind string) (string, error) {
	where, isWritten := examples[kind]
	if !isWritten {
		return "", nil
	}
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(where.file)))
	if err != nil {
		return "", fmt.Errorf("reading an example: %w", err)
	}
	for document := range strings.SplitSeq(string(content), "---\n") {
		if strings.Contains(document, "\nkind: "+kind+"\n") && strings.Contains(document, "\n  name: "+where.name+"\n") {
			return strings.TrimSpace(document), nil
		}
	}
	return "", fmt.Errorf("%s holds no %s %s: name another example", where.file, kind, where.name)
}

// conditionsOf a kind, as the examples of statuses show them: Ready first, and without the two that only
// repeat what is waited for.
func conditionsOf(kind string, shown []docstest.Status, about map[string]string) []condition {
	var all []condition
	for _, s := range shown {
		if s.Kind != kind || s.Condition == "Reconciling" || s.Condition == "Stalled" {
			continue
		}
		i := slices.IndexFunc(all, func(c condition) bool { return c.name == s.Condition })
		if i < 0 {
			i = len(all)
			all = append(all, condition{s.Condition, about[s.Condition], map[string][]string{}})
		}
		if reasons := all[i].reasons[s.Status]; !slices.Contains(reasons, s.Reason) {
			all[i].reasons[s.Status] = append(reasons, s.Reason)
		}
	}
	slices.SortStableFunc(all, func(a, b condition) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

func rank(c condition) int {
	if c.name == "Ready" {
		return 0
	}
	return 1
}
