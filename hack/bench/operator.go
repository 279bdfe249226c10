package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/testenv"
)

// buildOperator compiles the operator as it is shipped; one that is to profile itself, with the code for
// that.
func buildOperator(ctx context.Context, folder string, profiled bool) (string, error) {
	path := filepath.Join(folder, "manager")
	arguments := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path}
	if profiled {
		laid, err := overlay(folder)
		if err != nil {
			return "", err
		}
		arguments = append(arguments, "-overlay", laid)
	}
	command := exec.CommandContext(ctx, "go", append(arguments, "./cmd/manager")...)
	command.Dir, command.Env = testenv.Path("."), append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile the operator: %w\n%s", err, output)
	}
	return path, nil
}

// operator is a running operator: a process of its own, with the rights of its service account.
type operator struct {
	command *exec.Cmd
	log     string
	ended   chan struct{}
	// began is when the process was started, elected when it became the leader: from then on it works.
	began, elected time.Time
	// profiling says that a profile is being written, as from the start.
	profiling bool
}

// startOperator starts the operator, and returns when it is the leader.
func (b *bench) startOperator(ctx context.Context, p *plane) (*operator, error) {
	kubeconfig, err := p.operatorKubeconfig(ctx)
	if err != nil {
		return nil, err
	}
	o := &operator{log: filepath.Join(p.Folder(), "operator.log"), ended: make(chan struct{}), profiling: b.profiles != ""}
	log, err := os.OpenFile(o.log, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the operator's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	o.command = exec.CommandContext(ctx, b.operator, "--metrics-bind-address=0", "--health-probe-bind-address=0")
	o.command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "BENCH_PROFILES="+b.profiles)
	o.command.Stdout, o.command.Stderr = log, log
	o.began = time.Now()
	if err := o.command.Start(); err != nil {
		return nil, fmt.Errorf("start the operator: %w", err)
	}
	go func() {
		defer close(o.ended)
		_ = o.command.Wait() // how it ended is in its log
	}()
	if err := p.awaitElection(ctx, o); err != nil {
		return nil, errors.Join(err, o.stop())
	}
	return o, nil
}

// awaitElection waits until the operator holds the lease.
func (p *plane) awaitElection(ctx context.Context, o *operator) error {
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		lease := &coordinationv1.Lease{}
		err := p.client.Get(ctx, client.ObjectKey{Namespace: operatorNamespace, Name: leaseName}, lease)
		if err == nil && lease.Spec.HolderIdentity != nil && *lease.Spec.HolderIdentity != "" && lease.Spec.AcquireTime.After(o.began) {
			o.elected = lease.Spec.AcquireTime.Time
			return true, nil
		}
		return false, o.alive()
	})
	if err != nil {
		return fmt.Errorf("wait for the operator to be elected: %w", err)
	}
	return nil
}

// alive is an error when the operator has ended.
func (o *operator) alive() error {
	select {
	case <-o.ended:
		content, _ := os.ReadFile(o.log)
		return fmt.Errorf("the operator ended; the end of its log:\n%s", content[max(0, len(content)-2000):])
	default:
		return nil
	}
}

// stop ends the operator gently, so that it gives its lease back.
func (o *operator) stop() error {
	if err := o.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the operator: %w", err)
	}
	select {
	case <-o.ended:
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the operator does not stop when it is asked to"), o.command.Process.Kill())
	}
}

// usage is what the operator has taken so far.
type usage struct {
	// CPUSeconds of all its threads, and PeakMiB of resident memory.
	CPUSeconds, PeakMiB float64
}

// usage reads what the kernel has counted.
func (o *operator) usage() (usage, error) {
	folder := filepath.Join("/proc", strconv.Itoa(o.command.Process.Pid))
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return usage{}, fmt.Errorf("read the operator's use of the processor: %w", err)
	}
	seconds, err := cpuSeconds(string(stat))
	if err != nil {
		return usage{}, err
	}
	kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(field(filepath.Join(folder, "status"), "VmHWM"), " kB"), 64)
	if err != nil {
		return usage{}, fmt.Errorf("read the operator's use of memory: %w", err)
	}
	return usage{CPUSeconds: seconds, PeakMiB: kilobytes / 1024}, nil
}

// cpuSeconds reads fields 14 and 15 of /proc/PID/stat, in hundredths of a second. The program's name,
// in parentheses, may hold anything, so fields are counted after it.
func cpuSeconds(stat string) (float64, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const user, system = 11, 12
	if len(fields) <= system {
		return 0, fmt.Errorf("the kernel says of the operator's use of the processor: %q", stat)
	}
	total := 0.0
	for _, i := range []int{user, system} {
		ticks, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return 0, fmt.Errorf("read the operator's use of the processor: %w", err)
		}
		total += ticks / 100
	}
	return total, nil
}
