package cluster

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// endWithParent makes the kernel kill the process when its parent ends.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// identity tells a process from a later one with the same id: the boot and the moment of its
// start. It is empty when there is no such process, or only its not yet collected remains.
func identity(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	started := startTicks(string(stat))
	if started == "" {
		return ""
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		boot = []byte("unknown boot")
	}
	return strings.TrimSpace(string(boot)) + " " + started
}

// startTicks reads the start time from /proc/PID/stat. The name of the program, in parentheses,
// may hold spaces and parentheses itself.
func startTicks(stat string) string {
	end := strings.LastIndexByte(stat, ')')
	if end < 0 {
		return ""
	}
	fields := strings.Fields(stat[end+1:])
	// Counted from the state, which is field 3 of the line; the threads are field 20 and the start
	// time is field 22.
	const state, threads, started = 0, 17, 19
	if len(fields) <= started {
		return ""
	}
	// A killed program is a zombie as soon as its first thread has ended, but holds its files and
	// ports until the others have.
	if ended := fields[state] == "Z" || fields[state] == "X"; ended && (fields[threads] == "0" || fields[threads] == "1") {
		return ""
	}
	return fields[started]
}
