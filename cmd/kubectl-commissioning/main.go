// The kubectl plugin of the Commissioning Support Operator: kubectl commissioning.
package main

import (
	"os"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
)

// version is set at build time.
var version = "development"

func main() {
	os.Exit(command.Run(version, os.Args[1:], os.Stdout, os.Stderr))
}
