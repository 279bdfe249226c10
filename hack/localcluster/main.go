// Localcluster runs a Kubernetes control plane with simulated nodes on this machine. It needs only
// Go: see "go run ./hack/localcluster help".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	os.Exit(code)
}

// run returns 0 for success, 1 for a failure or a cluster that does not run, 2 for wrong usage.
func run(ctx context.Context, out, errs io.Writer, args []string) int {
	if len(args) == 0 {
		_, _ = fmt.Fprint(errs, usage)
		return 2
	}
	name, args := args[0], args[1:]
	if name == "help" || name == "-h" || name == "--help" {
		_, _ = fmt.Fprint(out, usage)
		return 0
	}
	command, known := commands[name]
	if !known {
		_, _ = fmt.Fprintf(errs, "localcluster: there is no command %q\n\n%s", name, usage)
		return 2
	}
	err := command(ctx, out, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.Is(err, errQuiet):
		return 1
	}
	_, _ = fmt.Fprintf(errs, "localcluster: %s\n", err)
	return 1
}
