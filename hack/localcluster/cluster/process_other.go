//go:build !linux

package cluster

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// endWithParent does nothing here: only Linux can tie a process to its parent. The watchdog of
// ephemeral clusters does the work alone.
func endWithParent(*syscall.SysProcAttr) {}

// identity tells a process from a later one with the same id: the moment of its start. It is empty
// when there is no such process, or only its not yet collected remains.
func identity(pid int) string {
	cmd := exec.Command("ps", "-o", "stat=", "-o", "lstart=", "-p", strconv.Itoa(pid))
	// The format of the time must not change between two looks.
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	state, started, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if strings.HasPrefix(state, "Z") {
		return ""
	}
	return strings.TrimSpace(started)
}
