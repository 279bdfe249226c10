package main

import (
	"context"
	_ "embed" // what makes the operator profile itself
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/commissioning-support/operator/hack/testenv"
)

//go:embed profile.go.txt
var profiler []byte

// overlay writes what lays the profiler over cmd/manager, for go build -overlay.
func overlay(folder string) (string, error) {
	source, path := filepath.Join(folder, "profile.go"), filepath.Join(folder, "overlay.json")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{testenv.Path("cmd/manager/zz_profile.go"): source}})
	if err == nil {
		err = errors.Join(os.WriteFile(source, profiler, 0o600), os.WriteFile(path, replaced, 0o600))
	}
	if err != nil {
		return "", fmt.Errorf("prepare the operator's profiles: %w", err)
	}
	return path, nil
}

// beginProfile lets the operator begin a profile anew, of what is measured next.
func (b *bench) beginProfile(ctx context.Context, o *operator, row string) error {
	if b.profiles == "" {
		return nil
	}
	if o.profiling {
		if err := b.endProfile(ctx, o, row); err != nil { // the one from its start, which is written over
			return err
		}
	}
	if err := o.command.Process.Signal(syscall.SIGUSR1); err != nil {
		return fmt.Errorf("begin the operator's profile: %w", err)
	}
	o.profiling = true
	return nil
}

// endProfile lets the operator end the profile that it began, and gives the files the name of a row:
// ROW.cpu.pprof and ROW.heap.pprof.
func (b *bench) endProfile(ctx context.Context, o *operator, row string) error {
	if b.profiles == "" {
		return nil
	}
	if err := o.command.Process.Signal(syscall.SIGUSR2); err != nil {
		return fmt.Errorf("end the operator's profile: %w", err)
	}
	move := func(kind string) error {
		return os.Rename(filepath.Join(b.profiles, kind), filepath.Join(b.profiles, row+"."+kind+".pprof"))
	}
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, false, func(context.Context) (bool, error) {
		err := move("heap")
		return err == nil, ignoreAbsent(err)
	})
	if err = errors.Join(err, move("cpu")); err != nil {
		return fmt.Errorf("keep the operator's profile of %s: %w", row, err)
	}
	o.profiling = false
	say("operator: wrote %s", filepath.Join(b.profiles, row+".cpu.pprof"))
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
