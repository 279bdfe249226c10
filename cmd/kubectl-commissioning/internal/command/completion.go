package command

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/amend"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
)

// patience with a cluster while a shell waits for names.
const patience = 3 * time.Second

// names completes the first argument. Where they cannot be read, there are none.
func (s session) names(flags *cluster.Flags, read func(context.Context, *cluster.Cluster) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return s.read(cmd, flags, read), cobra.ShellCompDirectiveNoFileComp
	}
}

func (s session) read(cmd *cobra.Command, flags *cluster.Flags, read func(context.Context, *cluster.Cluster) ([]string, error)) []string {
	ctx, cancel := context.WithTimeout(cmd.Context(), patience)
	defer cancel()
	from, err := flags.Connect("kubectl-commissioning/"+s.version, io.Discard)
	if err != nil {
		return nil
	}
	names, err := read(ctx, from)
	if err != nil {
		return nil
	}
	return names
}

func (s session) completeConsortia(flags *cluster.Flags) cobra.CompletionFunc {
	return s.names(flags, func(ctx context.Context, from *cluster.Cluster) ([]string, error) {
		consortia, err := from.Consortia(ctx)
		names := make([]string, len(consortia))
		for i := range consortia {
			names[i] = consortia[i].Name
		}
		return names, err
	})
}

func (s session) completeAgreements(flags *cluster.Flags) cobra.CompletionFunc {
	return s.names(flags, func(ctx context.Context, from *cluster.Cluster) ([]string, error) {
		agreements, err := from.Agreements(ctx, from.Namespace)
		names := make([]string, len(agreements))
		for i := range agreements {
			names[i] = agreements[i].Name
		}
		return names, err
	})
}

func (s session) completeFunctions(flags *cluster.Flags) cobra.CompletionFunc {
	return s.names(flags, func(ctx context.Context, from *cluster.Cluster) ([]string, error) {
		functions, err := from.Functions(ctx)
		names := make([]string, len(functions))
		for i := range functions {
			names[i] = functions[i].Name
		}
		return names, err
	})
}

// completeFormats completes --output of every command that has it.
func completeFormats(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		completeFormats(below)
	}
	if cmd.Flags().Lookup("output") != nil {
		_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	}
}

func (s session) completeProviders(flags *cluster.Flags) cobra.CompletionFunc {
	return s.names(flags, func(ctx context.Context, from *cluster.Cluster) ([]string, error) {
		providers, err := from.Providers(ctx)
		names := make([]string, len(providers))
		for i := range providers {
			names[i] = providers[i].Name
		}
		return names, err
	})
}

// completeSuppliers completes --supplier from the agreement that was named.
func (s session) completeSuppliers(flags *cluster.Flags) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) != 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return s.read(cmd, flags, func(ctx context.Context, from *cluster.Cluster) ([]string, error) {
			agreement, err := from.Agreement(ctx, args[0])
			if err != nil {
				return nil, err
			}
			var names []string
			for i := range agreement.Spec.Suppliers {
				names = append(names, amend.Name(agreement, i))
			}
			return names, nil
		}), cobra.ShellCompDirectiveNoFileComp
	}
}
