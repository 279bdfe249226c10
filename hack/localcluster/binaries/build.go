package binaries

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// build compiles the missing binaries one after the other, so that each is kept when the build is
// interrupted.
func build(ctx context.Context, o Options, missing []pin) error {
	_, _ = fmt.Fprintf(o.Out, "Building %s.\nThis happens once; they are kept in %s.\n", names(missing), o.Cache)
	packages, err := countPackages(ctx, o, missing)
	if err != nil {
		return interrupted(ctx, o, err)
	}
	total := estimate(0, packages+len(missing)*linkUnits, 0, runtime.NumCPU())
	_, _ = fmt.Fprintf(o.Out, "%d packages to compile on %d cores: %s. Ctrl-C stops it, and the next run goes on from there.\n",
		packages, runtime.NumCPU(), roughly(total))

	started := time.Now()
	bar := newProgress(o.Out, packages, len(missing))
	for _, p := range missing {
		bar.begin(p.binary)
		begun := time.Now()
		if err := buildOne(ctx, o, p, bar.packageCompiled); err != nil {
			bar.stop()
			return interrupted(ctx, o, err)
		}
		bar.finished(p.binary, time.Since(begun))
	}
	bar.stop()
	_, _ = fmt.Fprintf(o.Out, "All binaries are built, in %s.\n", time.Since(started).Round(time.Second))
	return nil
}

// interrupted explains what is kept when it was the user who stopped the build.
func interrupted(ctx context.Context, o Options, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("the build was stopped; finished binaries are kept in %s and compiled packages in "+
		"the Go build cache, so run the same command again to go on: %w", o.Cache, ctx.Err())
}

// buildOne builds into a temporary name and renames: a file under its final name is complete.
func buildOne(ctx context.Context, o Options, p pin, compiled func()) error {
	folder := cacheFolder(o.Cache, p)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("creating the folder for %s: %w", p.binary, err)
	}
	// What a killed build left; its go command may even still run, so this one has its own name.
	left, err := filepath.Glob(filepath.Join(folder, p.binary+".partial-*"))
	if err != nil {
		return fmt.Errorf("looking for what an earlier build left: %w", err)
	}
	for _, file := range left {
		_ = os.Remove(file)
	}
	partial := filepath.Join(folder, fmt.Sprintf("%s.partial-%d", p.binary, os.Getpid()))
	defer func() { _ = os.Remove(partial) }()

	args := append([]string{"build", "-v", "-o", partial}, buildFlags(p)...)
	if err := runGo(ctx, moduleFolder(o.Root, p.project), append(args, p.pkg), nil, compiled); err != nil {
		return fmt.Errorf("building %s %s: %w", p.binary, p.version, err)
	}
	if err := os.Rename(partial, filepath.Join(folder, p.binary)); err != nil {
		return fmt.Errorf("putting %s in place: %w", p.binary, err)
	}
	return nil
}

func buildFlags(p pin) []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags", p.project.ldflags(p.version)}
}

// countPackages returns how many packages are not in the Go build cache yet. Sources that are
// missing in the module cache are downloaded on the way.
func countPackages(ctx context.Context, o Options, missing []pin) (int, error) {
	count := 0
	for len(missing) > 0 {
		first := missing[0]
		var pkgs []string
		missing = slices.DeleteFunc(slices.Clone(missing), func(p pin) bool {
			if p.project.folder != first.project.folder {
				return false
			}
			pkgs = append(pkgs, p.pkg)
			return true
		})
		_, _ = fmt.Fprintf(o.Out, "  looking at the source of %s %s (downloaded first where it is missing)\n",
			first.project.folder, first.version)
		args := append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, buildFlags(first)...)
		var out bytes.Buffer
		if err := runGo(ctx, moduleFolder(o.Root, first.project), append(args, pkgs...), &out, nil); err != nil {
			return 0, fmt.Errorf("listing the packages of %s: %w", first.project.folder, err)
		}
		// The programs themselves are listed as stale too, but count as linking.
		count += max(0, len(strings.Fields(out.String()))-len(pkgs))
	}
	return count, nil
}

// runGo runs the go command. Lines of its error output that name a package are counted as
// compiled, all others are kept for the error.
func runGo(ctx context.Context, dir string, args []string, stdout io.Writer, compiled func()) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	// A workspace of the user would change the pinned versions; without cgo no C compiler is needed.
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	cmd.Stdout = stdout
	// In its own process group the compilers can be stopped together with the go command.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("preparing the go command: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the go command (is it in PATH?): %w", err)
	}
	messages := readMessages(stderr, compiled)
	if err := cmd.Wait(); err != nil {
		return errors.Join(err, errors.New(strings.Join(messages, "\n")))
	}
	return nil
}

// readMessages reads to the end and returns the last lines that are not progress.
func readMessages(from io.Reader, compiled func()) []string {
	const keep = 20
	var messages []string
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
		case compiled != nil && isPackage(line):
			compiled()
		default:
			messages = append(messages, line)
			if len(messages) > keep {
				messages = messages[1:]
			}
		}
	}
	return messages
}

// isPackage tells the import paths printed by go build -v from messages.
func isPackage(line string) bool {
	return line != "" && !strings.HasPrefix(line, "#") && !strings.ContainsAny(line, " \t:")
}
