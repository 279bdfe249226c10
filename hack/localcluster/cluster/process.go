package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// start runs a component in its own session, so that neither Ctrl-C nor closing the terminal ends
// it, with its output in a log file, and puts the process into the record.
func (c *componentRecord) start(logPath, workDir string, ephemeral bool) error {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log of %s: %w", c.Name, err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, workDir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if ephemeral {
		endWithParent(cmd.SysProcAttr)
	}

	started := make(chan error, 1)
	go func() {
		// The kernel takes the end of the starting thread for the end of the parent, so the thread
		// stays with the process for as long as that lives.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			// How it ended is in its log.
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", c.Name, err)
	}
	c.Pid, c.Identity = cmd.Process.Pid, identity(cmd.Process.Pid)
	return nil
}

// running tells whether the recorded process still lives, and not another one with its id.
func (c *componentRecord) running() bool {
	return c.Pid > 0 && c.Identity != "" && identity(c.Pid) == c.Identity
}

// kill ends the recorded process, if it still is that one, and waits until it is gone. The data of
// a cluster is thrown away with it, so there is nothing to end gently for.
func (c *componentRecord) kill(ctx context.Context) error {
	if !c.running() {
		return nil
	}
	if err := syscall.Kill(-c.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stopping %s (process %d): %w", c.Name, c.Pid, err)
	}
	// Somebody who asked to stop gets it finished even if he asked with Ctrl-C.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := poll(ctx, 10*time.Millisecond, func() (bool, error) { return !c.running(), nil }); err != nil {
		return fmt.Errorf("process %d of %s does not end, kill it by hand: %w", c.Pid, c.Name, err)
	}
	return nil
}

// poll calls done until it says yes or fails, or ctx ends.
func poll(ctx context.Context, interval time.Duration, done func() (bool, error)) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// lastLines returns the end of a log file, for an error message.
func lastLines(path string, count int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "(its log cannot be read: " + err.Error() + ")"
	}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	if len(lines) > count {
		lines = lines[len(lines)-count:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
