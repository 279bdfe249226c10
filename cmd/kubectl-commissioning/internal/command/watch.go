package command

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// checkWatch refuses flags that do not go together.
func checkWatch(cmd *cobra.Command, watch bool, timeout time.Duration, v view) error {
	switch {
	case cmd.Flags().Changed("timeout") && !watch:
		return usageError{errors.New("--timeout goes with --watch")}
	case timeout < 0:
		return usageError{fmt.Errorf("--timeout %s: expected a duration such as 30m, or 0", timeout)}
	case watch && v.output != "":
		return usageError{errors.New("--watch writes text: leave out --output")}
	}
	return nil
}

// untilEnded is a context that ends with Ctrl-C, and after a while, if that is more than 0.
func untilEnded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	signals, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	if timeout <= 0 {
		return signals, stop
	}
	limited, cancel := context.WithTimeout(signals, timeout)
	return limited, func() {
		cancel()
		stop()
	}
}
