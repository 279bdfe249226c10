package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// forKubectl is what kubectl looks for on the PATH to complete a plugin's words.
const forKubectl = `#!/bin/sh
# kubectl completes the words of kubectl commissioning with this.
exec kubectl-commissioning __complete "$@"
`

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion [bash|zsh|fish|powershell]",
		Short: "Print what completes commands, flags and names in a shell",
		Long: `Print what completes commands, flags and names in a shell.

Without a shell: a program for kubectl, whose own completion asks it for the words of kubectl
commissioning. It belongs on the PATH under the name kubectl_complete-commissioning.

With a shell: a script for that shell, which completes kubectl-commissioning, called by its own
name.

Exit codes: 0 printed, 1 error, 2 wrong usage.`,
		Example: `  kubectl commissioning completion >~/.local/bin/kubectl_complete-commissioning
  chmod +x ~/.local/bin/kubectl_complete-commissioning

  # Called by its own name, in bash
  source <(kubectl-commissioning completion bash)`,
		DisableFlagsInUseLine: true,
		ValidArgs:             []string{"bash", "zsh", "fish", "powershell"},
		Args:                  atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			shell := ""
			if len(args) == 1 {
				shell = args[0]
			}
			return complete(cmd.Root(), shell, cmd.OutOrStdout())
		},
	}
}

func complete(root *cobra.Command, shell string, out io.Writer) error {
	switch shell {
	case "":
		if _, err := fmt.Fprint(out, forKubectl); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		return nil
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return usageError{fmt.Errorf("the shell %q is not known: expected bash, zsh, fish or powershell", shell)}
}
