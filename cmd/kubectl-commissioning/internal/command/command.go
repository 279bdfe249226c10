// Package command is the command line of kubectl commissioning.
package command

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
)

// Exit codes. What 1 and 3 mean to a command stands in its help.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitWaiting     = 3   // an import found removals that wait for a decision
	exitNotReadable = 3   // what was asked for cannot be read from the cluster
	exitInterrupted = 130 // as a shell says it of Ctrl-C
)

// usageError is a mistake in how the command was called.
type usageError struct{ error }

// errWaiting says that all went well and that something waits for a decision.
var errWaiting = errors.New("removals wait for a decision")

// Run runs the command line and returns the exit code.
func Run(version string, args []string, stdout, stderr io.Writer) int {
	root := newRoot(version)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	called, err := root.ExecuteC()
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errWaiting):
		return exitWaiting
	case errors.Is(err, errFound):
		return exitError
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errNotChecked):
		return exitNotReadable
	case cluster.IsNotReadable(err):
		called.PrintErrf("Error: %v\n", err)
		return exitNotReadable
	case errors.As(err, &usage):
		called.PrintErrf("Error: %v\nSee: %s --help\n", err, called.CommandPath())
		return exitUsage
	default:
		called.PrintErrf("Error: %v\n", err)
		return exitError
	}
}

func newRoot(version string) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-commissioning",
		Short: "Work with the Commissioning Support Operator",
		Long: `Work with the Commissioning Support Operator: who is supplied, by whom, and does it work.

A kubectl plugin: the binary kubectl-commissioning on the PATH makes it kubectl commissioning.`,
		Version:           version,
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl commissioning"},
		Args:              noArguments,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:              showHelp,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newImport(), newCompletion())
	root.AddCommand(session{version: version, now: time.Now}.commands()...)
	completeFormats(root)
	return root
}

func newImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Turn publications and spreadsheets into YAML for a Git repository",
		Args:  noArguments,
		RunE:  showHelp,
	}
	cmd.AddCommand(newImportRegistrations(), newImportAgreements())
	return cmd
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unknown command or argument %q", args[0])}
	}
	return nil
}
