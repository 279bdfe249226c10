// Function is an example of a hosted function's image: it keeps the contract of
// docs/function-contract.md, answers each caller with the consortium that it takes the caller for, and
// fails when it is told to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/commissioning-support/operator/hack/function/contract"
)

// graceful is how long calls may take to end. With the time to linger, it fits into the 30 seconds that a
// pod has.
const graceful = 20 * time.Second

type options struct {
	config, listen, control, sample string
	linger                          time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns 0 for success, 1 for a failure and 2 for wrong usage.
func run(ctx context.Context, args []string, out, complaints io.Writer) int {
	o, err := parse(args, complaints)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if o.sample != "" {
		err = writeSample(o.sample, time.Now())
	} else {
		err = serve(ctx, o, out)
	}
	if err != nil {
		_, _ = fmt.Fprintf(complaints, "function: %s\n", err)
		return 1
	}
	return 0
}

func parse(args []string, complaints io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("function", flag.ContinueOnError)
	flags.SetOutput(complaints)
	flags.StringVar(&o.config, "config", "/etc/commissioning", "`folder` with parameters.json, keys and consortia")
	flags.StringVar(&o.listen, "listen", ":8080", "`address` to serve at")
	flags.StringVar(&o.control, "control", "", "loopback `address` at which the function is told to fail and to heal (default none)")
	flags.DurationVar(&o.linger, "linger", 5*time.Second, "`time` to go on serving after SIGTERM: callers learn a moment later that the pod ends")
	flags.StringVar(&o.sample, "sample", "", "write a `folder` to try with instead of serving: files for --config, and a token")
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("what is %q?", flags.Arg(0))
		_, _ = fmt.Fprintln(complaints, err)
	}
	return o, err
}

// serve answers until it is told to end, and then lets the calls that it has come to their end.
func serve(ctx context.Context, o options, out io.Writer) error {
	function := contract.New(o.config, time.Now)
	servers := []*http.Server{{Addr: o.listen, Handler: function}}
	said := []string{"serving"}
	if o.control != "" {
		if err := checkLoopback(o.control); err != nil {
			return err
		}
		servers = append(servers, &http.Server{Addr: o.control, Handler: function.Control()})
		said = append(said, "control")
	}
	ended := make(chan error, len(servers))
	for i, server := range servers {
		listener, err := net.Listen("tcp", server.Addr)
		if err != nil {
			return fmt.Errorf("listening: %w", err)
		}
		bound(server)
		_, _ = fmt.Fprintf(out, "%s at http://%s\n", said[i], listener.Addr())
		go func() { ended <- server.Serve(listener) }()
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	_, _ = fmt.Fprintf(out, "ending in %s\n", o.linger)
	select {
	case err := <-ended:
		return err
	case <-time.After(o.linger):
		return shutdown(servers)
	}
}

// bound keeps a slow or a large request from taking the function away from others.
func bound(server *http.Server) {
	server.ReadHeaderTimeout = 5 * time.Second
	server.ReadTimeout = 15 * time.Second
	server.WriteTimeout = 15 * time.Second
	server.IdleTimeout = time.Minute
	server.MaxHeaderBytes = 16 << 10
}

func shutdown(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), graceful)
	defer cancel()
	var all error
	for _, server := range servers {
		all = errors.Join(all, server.Shutdown(ctx))
	}
	return all
}

// checkLoopback: whoever can tell a function to fail must be in its pod already.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--control: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--control: %s is not a loopback address such as 127.0.0.1:8081", address)
	}
	return nil
}
