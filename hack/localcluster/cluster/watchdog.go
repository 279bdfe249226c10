package cluster

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// watchdogScript waits until its input ends, which the kernel does when the process at the other
// end is gone for whatever reason, then ends what the record names and removes the folder. After a
// proper Down there is no record and no folder.
const watchdogScript = `cat >/dev/null
for pid in $(sed -n 's/.*"pid": \([0-9][0-9]*\).*/\1/p' "$1/cluster.json" 2>/dev/null); do
  kill -KILL -- "-$pid" 2>/dev/null
done
tries=0
while [ -e "$1" ] && [ "$tries" -lt 50 ]; do
  rm -rf "$1" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done`

// watchdog cleans up after a process that was killed before it could.
type watchdog struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

func startWatchdog(folder string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "localcluster-watchdog", folder)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("preparing the watchdog of the cluster: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the watchdog of the cluster: %w", err)
	}
	return &watchdog{cmd: cmd, stdin: stdin}, nil
}

func (w *watchdog) dismiss() {
	_ = w.stdin.Close()
	_ = w.cmd.Wait()
}
