package binaries

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"time"

	"k8s.io/apimachinery/pkg/util/version"
)

// Oldest versions that a local cluster can be made of.
var (
	oldestKubernetes = version.MustParseSemantic("v1.33.0")
	oldestEtcd       = version.MustParseSemantic("v3.5.0")
	// Stages with steps came with this version of KWOK.
	oldestKwok = version.MustParseSemantic("v0.8.0")
)

// versionPatterns find the version in what each binary prints.
var versionPatterns = map[string]*regexp.Regexp{
	Etcd:                  regexp.MustCompile(`(?m)^etcd Version: (\S+)`),
	KubeAPIServer:         regexp.MustCompile(`(?m)^Kubernetes (v\S+)`),
	KubeControllerManager: regexp.MustCompile(`(?m)^Kubernetes (v\S+)`),
	KubeScheduler:         regexp.MustCompile(`(?m)^Kubernetes (v\S+)`),
	Kubectl:               regexp.MustCompile(`(?m)^Client Version: (v\S+)`),
	Kwok:                  regexp.MustCompile(`(?m)^kwok version (v\S+)`),
	Helm:                  regexp.MustCompile(`(?m)^(v[0-9.]+)`),
	Prometheus:            regexp.MustCompile(`(?m)^prometheus, version (v?[0-9.]+)`),
	Promtool:              regexp.MustCompile(`(?m)^promtool, version (v?[0-9.]+)`),
}

// askVersion runs a binary for its version.
func askVersion(ctx context.Context, name, path string) (*version.Version, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	args := []string{"--version"}
	switch name {
	case Kubectl:
		args = []string{"version", "--client"}
	case Helm:
		args = []string{"version", "--short"}
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s does not say its version: %w", path, err)
	}
	return parseVersion(name, string(out))
}

func parseVersion(name, output string) (*version.Version, error) {
	match := versionPatterns[name].FindStringSubmatch(output)
	if match == nil {
		return nil, fmt.Errorf("%s does not say a version", name)
	}
	v, err := version.ParseSemantic(match[1])
	if err != nil {
		return nil, fmt.Errorf("%s says version %q: %w", name, match[1], err)
	}
	return v, nil
}

// tooOld returns why a version cannot be used, or "".
func tooOld(name string, v *version.Version) string {
	oldest := oldestKubernetes
	switch name {
	case Etcd:
		oldest = oldestEtcd
	case Kwok:
		oldest = oldestKwok
	}
	if v.LessThan(oldest) {
		return fmt.Sprintf("its version v%s is older than v%s", v, oldest)
	}
	return ""
}

// skew returns why a component cannot work with an API server, or "". Kubernetes supports
// components of the same minor version or the one before, never newer ones.
func skew(component, apiServer *version.Version) string {
	behind := int(apiServer.Minor()) - int(component.Minor())
	switch {
	case apiServer.Major() != component.Major() || behind < 0:
		return fmt.Sprintf("v%s is newer than the API server v%s", component, apiServer)
	case behind > 1:
		return fmt.Sprintf("v%s is more than one minor version older than the API server v%s", component, apiServer)
	}
	return ""
}
