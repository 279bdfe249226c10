package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// operatorRecord is enough to recognise and stop the operator in a later run.
type operatorRecord struct {
	Pid int `json:"pid"`
	// Identity tells this process from a later one with the same id.
	Identity string `json:"identity"`
	// Binary tells which build of the operator runs.
	Binary  string    `json:"binary"`
	Started time.Time `json:"started"`
	// Probe is where it says that it is well.
	Probe string `json:"probe"`
}

const recordFile = "operator.json"

// readOperator returns the zero record when none was written.
func readOperator(folder string) (operatorRecord, error) {
	var r operatorRecord
	content, err := os.ReadFile(filepath.Join(folder, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &r)
	}
	if err != nil {
		return r, fmt.Errorf("reading which operator runs (stop it by hand and remove %s): %w", filepath.Join(folder, recordFile), err)
	}
	return r, nil
}

func (r operatorRecord) write(folder string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding which operator runs: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, recordFile), append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing down which operator runs: %w", err)
	}
	return nil
}

// running tells whether the recorded process still lives, and not another one with its id.
func (r operatorRecord) running() bool {
	return r.Pid > 0 && r.Identity != "" && identity(r.Pid) == r.Identity
}

// stop ends the process gently, so that it gives its lease back, and after grace by force. It
// finishes also for somebody who asked with Ctrl-C.
func (r operatorRecord) stop(ctx context.Context, grace time.Duration) error {
	if !r.running() {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	for _, try := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGTERM, grace}, {syscall.SIGKILL, 20 * time.Second}} {
		if err := syscall.Kill(-r.Pid, try.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping the operator (process %d): %w", r.Pid, err)
		}
		if poll(ctx, try.wait, func() bool { return !r.running() }) {
			return nil
		}
	}
	return fmt.Errorf("the operator (process %d) does not end: kill it by hand", r.Pid)
}

// poll asks every 20 ms until the answer is yes, and returns false when time is up.
func poll(ctx context.Context, limit time.Duration, yes func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !yes() {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
	return true
}

// background starts a program in its own session, so that neither Ctrl-C nor closing the terminal
// ends it, with its output in a log file. The channel is closed when it has ended.
func background(path string, args, env []string, logPath string) (int, <-chan struct{}, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, nil, fmt.Errorf("opening the log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, filepath.Dir(logPath)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return 0, nil, fmt.Errorf("starting %s: %w", path, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is in its log
	}()
	return cmd.Process.Pid, ended, nil
}

// identity is the moment at which a process started, empty when there is no such process: with its
// id it tells the process from every other. Where there is no /proc, ps knows.
func identity(pid int) string {
	if stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat")); err == nil {
		if ticks := startTicks(string(stat)); ticks != "" {
			return ticks + " since boot " + bootID()
		}
		return ""
	}
	if _, err := os.Stat("/proc/self/stat"); err == nil {
		return ""
	}
	cmd := exec.Command("ps", "-o", "stat=,lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	state, started, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || strings.HasPrefix(state, "Z") {
		return ""
	}
	return strings.TrimSpace(started)
}

func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(id))
}

// startTicks reads the start time, field 22 of /proc/PID/stat, of a process that is not a zombie.
// The program's name, in parentheses, may hold anything, so fields are counted after it.
func startTicks(stat string) string {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const state, started = 0, 19
	if len(fields) <= started || fields[state] == "Z" || fields[state] == "X" {
		return ""
	}
	return fields[started]
}

// lastLines returns the end of a log, for a reason.
func lastLines(path string, count int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "  (its log cannot be read: " + err.Error() + ")"
	}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	if len(lines) > count {
		lines = lines[len(lines)-count:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
