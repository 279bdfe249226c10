// The kubectl plugin of the Commissioning Support Operator: kubectl commissioning.
package main

import (
	"os"
	"runtime/debug"
	"strings"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
)

// unknown is the version of a build that nobody gave one.
const unknown = "development"

// version is set at build time.
var version = unknown

func main() {
	log.SetLogger(logr.Discard()) // what people are to know is printed
	info, _ := debug.ReadBuildInfo()
	os.Exit(command.Run(versionOf(version, info), os.Args[1:], os.Stdout, os.Stderr))
}

// versionOf is the version that was set at build time, else that of the module which `go install` took.
func versionOf(set string, info *debug.BuildInfo) string {
	if set != unknown || info == nil || !strings.HasPrefix(info.Main.Version, "v") {
		return set
	}
	return info.Main.Version
}
