package dirlock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestSecondWaitsForFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first, err := Acquire(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan struct{})
	got := make(chan error, 1)
	go func() {
		second, err := Acquire(t.Context(), dir, func() { close(waited) })
		if err == nil {
			second.Release()
		}
		got <- err
	}()
	<-waited
	select {
	case err := <-got:
		t.Fatalf("got the lock while it was held, error %v", err)
	default:
	}
	first.Release()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestGivesUpWithTheContext(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Acquire(ctx, dir, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestRemovedFolderIsMadeAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	first, err := Acquire(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	waited := make(chan struct{})
	go func() {
		second, err := Acquire(t.Context(), dir, func() { close(waited) })
		if err == nil {
			defer second.Release()
			_, err = os.Stat(dir)
		}
		got <- err
	}()
	<-waited
	// As down does: the folder goes while its lock is held.
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	first.Release()
	if err := <-got; err != nil {
		t.Errorf("the second one has no folder: %v", err)
	}
}
