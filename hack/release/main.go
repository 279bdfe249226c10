// Release builds what is published of a version: programs, images, chart, manifests, checksums and lists
// of what is in them. Built again from the same commit, everything is the same, byte by byte. It needs
// Go, and neither a container engine nor a registry.
//
//	go run . -version v0.1.0 -out ../../dist
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// release is one version to build.
type release struct {
	root, out, version string
	// at is the time of the commit: of every file that is written, and of nothing else.
	at        time.Time
	platforms []platform
}

// platform is an operating system and an architecture, by their names in Go.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "/" + p.arch }

// everywhere is where the plugin runs; the operator runs on Linux alone.
const everywhere = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

var versionPattern = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "`version` to build, as in v0.1.0")
	out := flags.String("out", "dist", "`folder` to write to; it must be empty or not exist")
	root := flags.String("root", "../..", "`folder` of the repository")
	platforms := flags.String("platforms", everywhere, "`platforms` to build for, separated by commas")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	r, err := newRelease(ctx, *root, *out, *version, *platforms)
	if err != nil {
		return err
	}
	return r.build(ctx)
}

func newRelease(ctx context.Context, root, out, version, platforms string) (*release, error) {
	if !versionPattern.MatchString(version) {
		return nil, fmt.Errorf("-version %q is no version: give one as in v0.1.0", version)
	}
	r := &release{version: version}
	var err error
	if r.root, err = filepath.Abs(root); err != nil {
		return nil, fmt.Errorf("find the repository: %w", err)
	}
	if r.out, err = filepath.Abs(out); err != nil {
		return nil, fmt.Errorf("find the folder to write to: %w", err)
	}
	if left, err := os.ReadDir(r.out); err == nil && len(left) > 0 {
		return nil, fmt.Errorf("%s is not empty: what is published must hold nothing else", r.out)
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	for name := range strings.SplitSeq(platforms, ",") {
		system, arch, ok := strings.Cut(name, "/")
		if !ok {
			return nil, fmt.Errorf("-platforms: %q is none, give one as in linux/amd64", name)
		}
		r.platforms = append(r.platforms, platform{system, arch})
	}
	r.at, err = commitTime(ctx, r.root)
	return r, err
}

// commitTime is when the commit was made: https://reproducible-builds.org/specs/source-date-epoch/.
func commitTime(ctx context.Context, root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		cmd := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct")
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("ask git for the time of the commit (or set SOURCE_DATE_EPOCH): %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// build makes everything, and says what.
func (r *release) build(ctx context.Context) error {
	work, err := os.MkdirTemp("", "release-")
	if err != nil {
		return fmt.Errorf("make a folder to work in: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	for _, step := range []struct {
		what string
		do   func(context.Context, string) error
	}{
		{"programs", r.programs}, {"images", r.images}, {"chart", r.chart}, {"manifests", r.manifests}, {"checksums", r.checksums},
	} {
		began := time.Now()
		if err := step.do(ctx, work); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		fmt.Printf("%-10s %5.1f s\n", step.what, time.Since(began).Seconds())
	}
	return r.list()
}

func (r *release) list() error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	var failures error
	for _, entry := range entries {
		info, err := entry.Info()
		failures = errors.Join(failures, err)
		if err == nil {
			fmt.Printf("%10d  %s\n", info.Size(), entry.Name())
		}
	}
	return failures
}
