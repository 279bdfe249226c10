// Package dirlock lets one process at a time work in a directory.
package dirlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Lock is held until Release or until the process ends, however it ends.
type Lock struct{ dir *os.File }

// Acquire creates dir if it is missing and locks it. When another process holds the lock, waiting
// is called once and Acquire tries again until ctx ends.
func Acquire(ctx context.Context, dir string, waiting func()) (*Lock, error) {
	for {
		lock, err := try(dir)
		if err != nil || lock != nil {
			return lock, err
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for another localcluster process that works in %s: %w", dir, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Release gives the lock back.
func (l *Lock) Release() {
	// Closing the last descriptor of the directory drops its lock.
	_ = l.dir.Close()
}

// try returns nil without an error when somebody else holds the lock.
func try(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating %s: %w", dir, err)
	}
	file, err := os.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s to lock it: %w", dir, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	if !sameFile(file, dir) {
		// The former holder removed the directory; a lock on what is gone protects nothing.
		_ = file.Close()
		return nil, nil
	}
	return &Lock{dir: file}, nil
}

func sameFile(file *os.File, path string) bool {
	held, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(held, there)
}
