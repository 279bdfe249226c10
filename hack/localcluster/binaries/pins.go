// Package binaries finds or builds the programs of a local control plane - etcd, the Kubernetes
// binaries and KWOK - and those with which the operator is installed on one and observed.
package binaries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Names of the binaries, as they are used by Set.Path.
const (
	Etcd                  = "etcd"
	KubeAPIServer         = "kube-apiserver"
	KubeControllerManager = "kube-controller-manager"
	KubeScheduler         = "kube-scheduler"
	Kubectl               = "kubectl"
	Kwok                  = "kwok"
	Helm                  = "helm"
	Prometheus            = "prometheus"
	Promtool              = "promtool"
)

// Names are the binaries of a control plane, in the order in which they are built. Others are built
// for who names them.
var Names = []string{Etcd, KubeAPIServer, KubeControllerManager, KubeScheduler, Kubectl, Kwok}

// project is one of the modules below hack/localcluster/build.
type project struct {
	folder string
	// module is the one whose version in go.mod is the version of the binaries.
	module string
	// ldflags link that version into the binaries.
	ldflags func(version string) string
}

var (
	etcdProject = project{
		folder:  "etcd",
		module:  "go.etcd.io/etcd/server/v3",
		ldflags: func(string) string { return "-s -w" }, // etcd's version is a constant of its source
	}
	kubernetesProject = project{
		folder:  "kubernetes",
		module:  "k8s.io/kubernetes",
		ldflags: kubernetesLdflags,
	}
	kwokProject = project{
		folder:  "kwok",
		module:  "sigs.k8s.io/kwok",
		ldflags: func(v string) string { return "-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=" + v },
	}
	helmProject = project{
		folder:  "helm",
		module:  "helm.sh/helm/v4",
		ldflags: func(v string) string { return "-s -w -X helm.sh/helm/v4/internal/version.version=" + v },
	}
	prometheusProject = project{
		folder:  "prometheus",
		module:  "github.com/prometheus/prometheus",
		ldflags: func(v string) string { return "-s -w -X github.com/prometheus/common/version.Version=" + v },
	}
)

func kubernetesLdflags(version string) string {
	major, minor, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ = strings.Cut(minor, ".")
	const x = " -X k8s.io/component-base/version."
	return "-s -w" + x + "gitVersion=" + version + x + "gitMajor=" + major + x + "gitMinor=" + minor + x + "gitTreeState=clean"
}

// pin says how one binary is built.
type pin struct {
	binary  string
	project project
	pkg     string
	version string
}

func pins() []pin {
	cmd := func(name string) string { return "k8s.io/kubernetes/cmd/" + name }
	return []pin{
		{binary: Etcd, project: etcdProject, pkg: "go.etcd.io/etcd/server/v3"},
		{binary: KubeAPIServer, project: kubernetesProject, pkg: cmd(KubeAPIServer)},
		{binary: KubeControllerManager, project: kubernetesProject, pkg: cmd(KubeControllerManager)},
		{binary: KubeScheduler, project: kubernetesProject, pkg: cmd(KubeScheduler)},
		{binary: Kubectl, project: kubernetesProject, pkg: cmd(Kubectl)},
		{binary: Kwok, project: kwokProject, pkg: "sigs.k8s.io/kwok/cmd/kwok"},
		{binary: Helm, project: helmProject, pkg: "helm.sh/helm/v4/cmd/helm"},
		{binary: Prometheus, project: prometheusProject, pkg: "github.com/prometheus/prometheus/cmd/prometheus"},
		{binary: Promtool, project: prometheusProject, pkg: "github.com/prometheus/prometheus/cmd/promtool"},
	}
}

// loadPins reads the versions from the go.mod files, so that they are written down only there: of a control
// plane's binaries, which must fit together, and of those that are named.
func loadPins(ctx context.Context, root string, named []string) ([]pin, error) {
	versions := map[string]string{}
	all := slices.DeleteFunc(pins(), func(p pin) bool { return !slices.Contains(Names, p.binary) && !slices.Contains(named, p.binary) })
	for i, p := range all {
		if versions[p.project.module] == "" {
			version, err := requiredVersion(ctx, moduleFolder(root, p.project), p.project.module)
			if err != nil {
				return nil, err
			}
			versions[p.project.module] = version
		}
		all[i].version = versions[p.project.module]
	}
	return all, nil
}

func requiredVersion(ctx context.Context, folder, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "edit", "-json")
	cmd.Dir = folder
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("reading %s (is go in PATH?): %w", filepath.Join(folder, "go.mod"), err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return "", fmt.Errorf("reading %s: %w", filepath.Join(folder, "go.mod"), err)
	}
	for _, r := range mod.Require {
		if r.Path == module {
			return r.Version, nil
		}
	}
	return "", fmt.Errorf("%s does not require %s: restore the file from git", filepath.Join(folder, "go.mod"), module)
}

func moduleFolder(root string, p project) string {
	return filepath.Join(root, "hack", "localcluster", "build", p.folder)
}

// cacheFolder is where finished binaries of a project are kept: one folder for each platform and
// version, so that neither a new version nor a folder shared with another machine mixes them up.
func cacheFolder(cache string, p pin) string {
	return filepath.Join(cache, runtime.GOOS+"-"+runtime.GOARCH, p.project.folder+"-"+p.version)
}

var moduleLine = regexp.MustCompile(`(?m)^module github\.com/commissioning-support/operator\s*$`)

// Root finds the repository by walking up from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	for start := dir; ; dir = filepath.Dir(dir) {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleLine.Match(content) {
			return dir, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("looking for the repository: %w", err)
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside the commissioning-support/operator repository: change into it", start)
		}
	}
}
