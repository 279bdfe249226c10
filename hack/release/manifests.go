package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// chartFolder is where the chart is, in the repository.
const chartFolder = "charts/commissioning-support-operator"

var (
	chartVersion = regexp.MustCompile(`(?m)^version: .*$`)
	appVersion   = regexp.MustCompile(`(?m)^appVersion: .*$`)
	operatorTag  = regexp.MustCompile(regexp.QuoteMeta(repository) + `:\S+`)
)

// chart packs the chart with the version.
func (r *release) chart(context.Context, string) error {
	files, err := filesOf(filepath.Join(r.root, chartFolder))
	if err != nil {
		return err
	}
	plain := strings.TrimPrefix(r.version, "v")
	for i, f := range files {
		if f.name == "Chart.yaml" {
			content := chartVersion.ReplaceAll(f.content, []byte("version: "+plain))
			files[i].content = appVersion.ReplaceAll(content, []byte("appVersion: "+r.version))
		}
		files[i].name = "commissioning-support-operator/" + f.name
	}
	return r.pack(filepath.Join(r.out, "commissioning-support-operator-"+plain+".tgz"), files)
}

// manifests writes everything that a cluster needs into one file.
func (r *release) manifests(context.Context, string) error {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(r.root, "config", "default"))
	if err != nil {
		return fmt.Errorf("build config/default: %w", err)
	}
	content, err := built.AsYaml()
	if err != nil {
		return fmt.Errorf("write config/default: %w", err)
	}
	if operatorTag.Find(content) == nil {
		return fmt.Errorf("config/default does not name the image %s", repository)
	}
	return write(filepath.Join(r.out, "install.yaml"), operatorTag.ReplaceAll(content, []byte(repository+":"+r.version)))
}

// checksums writes SHA256SUMS of everything, as sha256sum -c reads it.
func (r *release) checksums(context.Context, string) error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	sums := &bytes.Buffer{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(r.out, entry.Name()))
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		fmt.Fprintf(sums, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return write(filepath.Join(r.out, "SHA256SUMS"), sums.Bytes())
}
